"""The only audit log: append-only, a salted leaf per decision, written in the transaction of the act.

The tree over the leaves, its signed heads and its proofs are computed from what stands here.
"""

from trainhub.ledger.append import append, append_all, erase_body
from trainhub.ledger.models import Entry, Head
from trainhub.ledger.proving import promise, prove
from trainhub.ledger.reading import (
    Decisions,
    covered,
    decisions,
    first_number_since,
    kinds,
    number_of_decisions,
    number_of_leaf,
)
from trainhub.ledger.sequencing import newest_head, number_waiting
from trainhub.ledger.verifying import verify

__all__ = [
    "Decisions",
    "Entry",
    "Head",
    "append",
    "append_all",
    "covered",
    "decisions",
    "erase_body",
    "first_number_since",
    "kinds",
    "newest_head",
    "number_of_decisions",
    "number_of_leaf",
    "number_waiting",
    "promise",
    "prove",
    "verify",
]
