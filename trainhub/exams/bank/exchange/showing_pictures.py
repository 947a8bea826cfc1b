"""Pictures that stand in a row or paragraph of an Office file, taken along with its question."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainhub.exams.bank.content import ItemBody, check_body
from trainhub.exams.bank.exchange.carrying import Carrying, bare, settled
from trainhub.exams.bank.exchange.found import with_files
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.exams.bank.rich import clean_html
from trainhub.exams.bank.texts import media_in_order
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _


@dataclass(frozen=True)
class Shown:
    """A picture as a file shows it (文件中的图片); ``content`` is None where the file has it not."""

    name: str
    content: bytes | None
    description: str = ""

    @property
    def markup(self) -> str:
        """The picture as HTML."""
        return f'<img src="{html.escape(self.name)}" alt="{html.escape(self.description)}">'


def carrying_of(pictures: Sequence[Shown]) -> Carrying:
    """Return what takes some pictures along."""
    by_name = {each.name: each.content for each in pictures}
    return Carrying(by_name.get)


def with_pictures(row: Row, pictures: Sequence[Shown]) -> Row:
    """Return a row with pictures below its question; held if one of them cannot be taken."""
    kind = row.type
    if not pictures or row.outcome is Outcome.REJECTED or kind is None:
        return row
    carrying = carrying_of(pictures)
    laid = carrying.laid_out("".join(each.markup for each in pictures))
    if laid is None:
        reasons = " ".join(dict.fromkeys(each for each in (row.reason, *carrying.problems) if each))
        return with_files(replace(row, outcome=Outcome.HELD, reason=reasons), carrying, ())
    if row.body is None:
        return with_files(row, carrying, ())
    body = _below(row.body, laid, carrying)
    row = replace(row, body=body, notes=(*row.notes, *carrying.notes))
    if row.outcome is Outcome.GOOD:
        try:
            check_body(kind, body)
        except Invalid as problem:
            row = replace(row, outcome=Outcome.HELD, reason=str(problem))
        else:
            note = _("The picture of the row is shown below its question.")
            row = replace(row, notes=(*row.notes, note))
    return with_files(row, carrying, {medium.digest for medium in body.media})


def _below(body: ItemBody, laid: str, carrying: Carrying) -> ItemBody:
    """Return a body with a marked piece below its question, also one that has layout already."""
    if not body.rich:
        return settled(replace(body, stem=body.stem + laid), carrying)
    shown = replace(body, stem=clean_html(body.stem + bare(laid)))
    media = (*body.media, *(medium for medium, _clean in carrying.media.values()))
    return replace(shown, media=media_in_order(shown, media))
