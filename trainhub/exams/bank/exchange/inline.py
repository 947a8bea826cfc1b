"""What stands raised, lowered or as a picture in the text of an Office file, taken along as layout."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from trainhub.exams.bank.content import ItemBody, check_body
from trainhub.exams.bank.exchange.carrying import Carrying, bare, settled, with_texts
from trainhub.exams.bank.exchange.found import with_files
from trainhub.exams.bank.exchange.showing_pictures import Shown, carrying_of
from trainhub.exams.bank.exchange.wording import shifted
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.exams.bank.rich import clean_html
from trainhub.exams.bank.texts import media_in_order
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_OPEN, _CLOSE = "\u29fc", "\u29fd"
"""Two brackets that nobody writes; signs that cannot be seen would be refused as such."""
_PIECE = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_TAG = re.compile(r"<[^<>]*>")
_NONE = frozenset("否 无 没有 不 0 n no none false / - —".split())


def own_signs_away(text: str) -> str:
    """Return a text of a file without the signs by which pieces are marked here."""
    return text.replace(_OPEN, "□").replace(_CLOSE, "□")


def moved(text: str, tag: str) -> str:
    """Return what was raised (``sup``) or lowered (``sub``): in signs that are so, or as a marked piece."""
    if not text.strip():
        return text
    signs = shifted(text, tag)
    return f"{_OPEN}<{tag}>{html.escape(text, quote=False)}</{tag}>{_CLOSE}" if signs is None else signs


def picture(shown: Shown) -> str:
    """Return a picture as a marked piece."""
    return f"{_OPEN}{shown.markup}{_CLOSE}"


def with_inline(row: Row, pictures: Sequence[Shown] = ()) -> Row:
    """Return a row whose marked pieces have become layout; held if that cannot be."""
    if not any(_OPEN in text for text in (*row.cells.values(), row.reason)):
        return row
    beside = "".join(found.group() for found in _PIECE.finditer(row.cells.get("picture", "")))
    cells = {name: _words(text) for name, text in row.cells.items()}
    row = replace(row, cells=cells, reason=_words(row.reason))
    if row.body is None or row.outcome is Outcome.REJECTED:
        return row
    carrying = carrying_of(pictures)
    body = _laid(replace(row.body, stem=row.body.stem + beside), carrying)
    reasons = [row.reason, *carrying.problems]
    if _OPEN in repr(body.detail):
        reasons.append(_("Raised or lowered words, or a picture, stand in the key."))
        body = replace(body, detail=None)
    row = replace(row, body=body, notes=(*row.notes, *carrying.notes))
    if any(reasons[1:]):
        row = replace(row, outcome=Outcome.HELD, reason=" ".join(each for each in reasons if each))
    return with_files(_checked(row, body), carrying, {medium.digest for medium in body.media})


def _checked(row: Row, body: ItemBody) -> Row:
    if row.outcome is Outcome.GOOD and row.type is not None:
        try:
            check_body(row.type, body)
        except Invalid as problem:
            return replace(row, outcome=Outcome.HELD, reason=str(problem))
    return row


def _laid(body: ItemBody, carrying: Carrying) -> ItemBody:
    """Return a body with layout for its marked pieces; one that is rich already has them as words."""

    def piece(found: re.Match[str]) -> str:
        markup = html.unescape(found[1]) if body.rich else found[1]
        return carrying.laid_out(markup) or ""

    def text(said: str) -> str:
        laid = _PIECE.sub(piece, said)
        return clean_html(bare(laid)) if body.rich and laid != said else laid

    marked = replace(with_texts(body, text), source_article=_words(body.source_article))
    if not body.rich:
        return settled(marked, carrying)
    media = (*body.media, *(medium for medium, _clean in carrying.media.values()))
    return replace(marked, media=media_in_order(marked, media))


def _words(text: str) -> str:
    """Return a text with words in place of its marked pieces."""
    return _PIECE.sub(lambda found: html.unescape(_TAG.sub("", found[1])), text)


def without_its_picture(row: Row) -> Row:
    """Return a row held, if it says that it has a picture and none came with it."""
    said = row.cells.get("picture", "").strip()
    if row.outcome is not Outcome.GOOD or row.media or not said or said.lower() in _NONE:
        return row
    reason = _("The row speaks of a picture that the file does not hold: %(name)s.", name=said[:60])
    return replace(row, outcome=Outcome.HELD, reason=reason)
