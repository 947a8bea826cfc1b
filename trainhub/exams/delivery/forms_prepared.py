"""The form document: an opened paper prepared and compressed once a process, the same bytes for everybody.

A candidate gets the document and, beside it, their own order as a small list of numbers. The document's
order is neither the paper's nor anybody's: it is drawn by a key that only the examination side holds, so that
all processes draw the same and nobody can tell from it how the paper stands to its keys.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app

from trainhub.exams import papers
from trainhub.exams.bank.media import clear_media, media_of
from trainhub.exams.delivery.asked import Laid, asked, lay
from trainhub.exams.delivery.form import Deck, Form, Place
from trainhub.exams.delivery.journal import Overloaded
from trainhub.exams.delivery.lengths import note_lengths
from trainhub.exams.papers.sealing import open_paper
from trainhub.kernel import clock, keys
from trainhub.kernel.db import after_commit, is_reading, known_to_deed, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l
from trainhub.kernel.patience import present

_preparing = threading.Lock()
PATIENCE_S = 5.0
"""How long to wait for another thread that prepares; then the page comes again."""

PAPERS, DOCUMENTS, BY_CODE = "opened-papers", "prepared-forms", "prepared-by-code"
"""What a process holds in memory of open papers: none of it before the record of the opening is committed."""


@dataclass(frozen=True)
class PreparedForm:
    """A form document (成卷) with what is needed to give each candidate their order of it.

    Args:
        code: hash of the document: its name in the address.
        packed: the document, gzip-compressed JSON.
        deck: the questions as drawing needs them.
        places: place of each question in the document, by its number in the paper and its part of a case.
        laid: how each question stands in the document, in the document's order.
        media: the files that its questions show, in clear, with their kinds, by their digests.
        orders: each place that somebody drew, as numbers of the document, by how it is written.
    """

    code: str
    packed: bytes
    deck: Deck
    places: Mapping[tuple[int, int], int]
    laid: tuple[Laid, ...]
    media: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    orders: dict[str, list[Any]] = field(default_factory=dict)

    def order(self, form: Form) -> list[list[Any]]:
        """Return a candidate's order as numbers of the document."""
        known = self.orders
        return [known.get(place.written) or self._kept(place) for place in form]

    def _kept(self, place: Place) -> list[Any]:
        order = self.orders[place.written] = self._order(place)
        return order

    def _order(self, place: Place) -> list[Any]:
        at = self.places[place.number, place.part]
        laid = self.laid[at]
        order: list[Any] = [at, [laid.options[key] for key in place.options]]
        if place.targets:
            order.append([laid.targets[key] for key in place.targets])
        return order


def paper_of(paper_code: str | None, sitting_code: str) -> Any:
    """Return the opened paper of a sitting; the opening itself is recorded and refused before its time.

    Raises:
        Conflict: the sitting has no paper, or it may not be opened yet.
    """
    if paper_code is None:
        raise Conflict(_l("This sitting has no paper."))
    here = paper_code, sitting_code
    known = _known(PAPERS, here)
    if known is None:
        # No lock: who waits for the database in here would keep one from a deed that the database waits for.
        known = open_paper(paper_code, by=None, sitting_code=sitting_code, at=clock.now())
        _keep(PAPERS, here, known)
    return known


def held(paper_code: str, sitting_code: str) -> Any:
    """Return a sitting's paper if it lies open in this process, without opening it; else None."""
    return _known(PAPERS, (paper_code, sitting_code))


def _known(what: str, name: Any) -> Any:
    """Return what this process holds, or what the present deed opened itself and has yet to commit."""
    found = current_app.extensions.get(what, {}).get(name)
    return found if found is not None else (known_to_deed() or {}).get((what, name))


def _keep(what: str, name: Any, thing: Any) -> None:
    """Let the process hold something from the moment at which the record of the opening is committed.

    Whoever only reads has recorded it in a deed of its own before.
    """
    held = current_app.extensions.setdefault(what, {})
    own = None if is_reading() else known_to_deed()
    if own is None:
        held[name] = thing
    else:
        own[what, name] = thing
        after_commit(lambda: held.__setitem__(name, thing))


def is_openable(paper_code: str | None, sitting_code: str) -> bool:
    """Tell whether a sitting's paper is open in this process, or can be opened without any further person."""
    opened = current_app.extensions.get(PAPERS, {})
    return (paper_code, sitting_code) in opened or (paper_code is not None and papers.is_ready(paper_code))


def prepared(paper_code: str | None, sitting_code: str) -> PreparedForm | None:
    """Return the form document of a sitting's paper if this process has prepared it."""
    found: PreparedForm | None = _known(DOCUMENTS, (paper_code, sitting_code))
    return found


def prepare(paper_code: str | None, sitting_code: str) -> PreparedForm:
    """Return the form document of a sitting's paper, prepared now if it was not before.

    How much there is to read in it is written down with it, for whoever looks at journals.

    Raises:
        Conflict: the sitting has no paper, or it may not be opened yet.
    """
    known = prepared(paper_code, sitting_code)
    if known is None:
        paper = paper_of(paper_code, sitting_code)
        note_lengths(str(paper_code), sitting_code, paper)
        known = replace(_made(paper, f"{paper_code}|{sitting_code}"), media=_media_of(paper))
        _keep(DOCUMENTS, (paper_code, sitting_code), known)
        _keep(BY_CODE, known.code, known)
    return known


def prepare_on_record(
    paper_code: str | None, sitting_code: str, patience_s: float = PATIENCE_S
) -> PreparedForm:
    """Prepare a form document in a deed of its own; nobody is served from it before its record is kept.

    Args:
        paper_code: which paper.
        sitting_code: of which sitting.
        patience_s: how long to wait for another thread that prepares it; ``PATIENCE_S`` at most.

    Raises:
        Conflict: the sitting has no paper, or it may not be opened yet.
        Overloaded: another thread prepares it for too long.
    """
    known = prepared(paper_code, sitting_code)
    if known is not None:
        return known
    # Hundreds ask in the same second: one prepares, the others find it.
    asked = time.monotonic()
    if not _preparing.acquire(timeout=max(0.0, min(PATIENCE_S, patience_s))):
        raise Overloaded(_l("The server is busy. Try again."))
    try:
        patience = present()
        if patience is not None and time.monotonic() - asked + PATIENCE_S > patience_s:
            patience.shorten()
        with transaction():
            return prepare(paper_code, sitting_code)
    finally:
        _preparing.release()


def document(code: str) -> PreparedForm | None:
    """Return a form document that this process has prepared, by its code."""
    found: PreparedForm | None = current_app.extensions.get(BY_CODE, {}).get(code)
    return found


def pass_for(form_code: str, token_hash: str) -> str:
    """Return what stands in the address of a document: only the machine with this token may use it."""
    return keys.mac(_key(), f"{form_code}|{token_hash}".encode())[:32]


def _key() -> bytes:
    return keys.derived(keys.key("exam"), b"delivery-form")


def _made(paper: Any, name: str) -> PreparedForm:
    chance = random.Random(hmac.digest(_key(), name.encode(), "sha256"))  # noqa: S311  (seeded by a secret key)
    questions = asked(paper.items)
    shown = list(questions)
    chance.shuffle(shown)
    laid = tuple(lay(each, chance) for each in shown)
    document = {"questions": [each.plain for each in laid]}
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return PreparedForm(
        code=hashlib.sha256(written).hexdigest()[:40],
        packed=gzip.compress(written, 9, mtime=0),
        deck=Deck(each.drawable for each in questions),
        places={(each.number, each.part): place for place, each in enumerate(shown)},
        laid=laid,
    )


def _media_of(paper: Any) -> dict[str, tuple[str, bytes]]:
    """Return the files of a paper in clear; one that was changed or lost is refused, and so is the paper."""
    found: dict[str, tuple[str, bytes]] = {}
    for item in paper.items:
        kinds = {medium.digest: medium.content_type for medium in media_of(item.body)}
        if kinds:
            clear = clear_media(item.item_code, item.body)
            found |= {digest: (kind, clear[digest]) for digest, kind in kinds.items()}
    return found
