"""What is written for every beginning and every answer; a test writes the same rows by the tables' models."""

from __future__ import annotations

from trainhub.kernel.many import Rows

RESPONSES = Rows(
    "delivery_response",
    {
        "attempt_id": "integer",
        "sequence": "integer",
        "position": "integer",
        "response": "text",
        "flagged": "boolean",
        "how": "text",
        "shown_ms": "integer",
        "received_at": "timestamp",
        "link": "text",
        "circumstance": "text",
    },
)
"""The journal: rows are only added."""

HEADS = Rows(
    "delivery_attempt",
    {
        "last_seen_at": "timestamp",
        "last_response_at": "timestamp",
        "last_sequence": "integer",
        "head": "text",
        "id": "integer",
    },
)
"""How far the journals of attempts have come."""

SEEN = Rows("delivery_attempt", {"last_seen_at": "timestamp", "id": "integer"})
"""When attempts were last heard of."""

BEGUN = Rows(
    "delivery_attempt",
    {
        "state": "text",
        "form": "text",
        "paper_code": "text",
        "head": "text",
        "started_at": "timestamp",
        "deadline": "timestamp",
        "last_seen_at": "timestamp",
        "id": "integer",
    },
)
"""That attempts began: order, paper, first link and times."""

CLOSED = Rows(
    "delivery_attempt",
    {
        "state": "text",
        "ended_at": "timestamp",
        "ending": "text",
        "receipt": "text",
        "seal": "text",
        "ledger_leaf": "text",
        "paused_at": "timestamp",
        "halt_id": "integer",
        "id": "integer",
    },
)
"""That journals were sealed."""

LATE = Rows(
    "delivery_attempt",
    {
        "late_state": "text",
        "late_sequence": "integer",
        "late_head": "text",
        "late_received_at": "timestamp",
        "id": "integer",
    },
)
"""How far late journals have come."""
