"""What a paper says once it is opened, in memory only, and its one written form."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainhub.exams.bank.content import ItemBody, ItemType, read_body, write_body
from trainhub.exams.bank.vault import body_of
from trainhub.exams.papers.models import Paper


@dataclass(frozen=True)
class PaperItem:
    """A question as it stands in an opened paper."""

    number: int
    item_code: str
    version: int
    type: str
    marks: int
    body: ItemBody


@dataclass(frozen=True)
class PaperContent:
    """An opened paper (启封的试卷)."""

    code: str
    qualification: str
    minutes: int
    pass_mark: int
    items: tuple[PaperItem, ...]

    @property
    def marks(self) -> int:
        """All marks of the paper."""
        return sum(item.marks for item in self.items)


def content_of(paper: Paper) -> PaperContent:
    """Return what an unsealed paper would say, read from the bank."""
    items = tuple(
        PaperItem(
            number=place.number,
            item_code=place.item.code,
            version=place.version.number,
            type=place.item.type,
            marks=place.marks,
            body=body_of(place.version),
        )
        for place in paper.places
    )
    return PaperContent(paper.code, paper.qualification, paper.minutes, paper.pass_mark, items)


def write_content(content: PaperContent, hidden: Mapping[str, Any] | None = None) -> bytes:
    """Return a paper as it is sealed; a random salt keeps its hash from being guessed.

    Args:
        content: what the paper says.
        hidden: what else of it is sealed with it.
    """
    form: dict[str, Any] = {
        "paper": content.code,
        "qualification": content.qualification,
        "minutes": content.minutes,
        "pass_mark": content.pass_mark,
        "salt": secrets.token_hex(16),
        "items": [_write_item(item) for item in content.items],
    }
    if hidden is not None:
        form["hidden"] = hidden
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _write_item(item: PaperItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "item": item.item_code,
        "version": item.version,
        "type": item.type,
        "marks": item.marks,
        "body": write_body(ItemType(item.type), item.body).decode(),
    }


def read_content(written: bytes) -> PaperContent:
    """Return a paper from its written form."""
    form = json.loads(written)
    items = tuple(
        PaperItem(
            each["number"],
            each["item"],
            each["version"],
            each["type"],
            each["marks"],
            read_body(each["body"].encode()),
        )
        for each in form["items"]
    )
    return PaperContent(form["paper"], form["qualification"], form["minutes"], form["pass_mark"], items)


def hash_of(written: bytes) -> str:
    """Return the hash of a written paper as it goes into the ledger."""
    return hashlib.sha256(written).hexdigest()
