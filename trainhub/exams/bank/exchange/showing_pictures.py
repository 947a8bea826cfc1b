"""Pictures that stand in a row or paragraph of an Office file, taken along with its question."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainhub.exams.bank.content import check_body
from trainhub.exams.bank.exchange.carrying import Carrying, settled
from trainhub.exams.bank.reading.judging import Outcome, Row
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
    """Return a good row with pictures below its question; held if one of them cannot be taken."""
    if row.outcome is not Outcome.GOOD or row.body is None or row.type is None:
        return row
    carrying = carrying_of(pictures)
    laid = carrying.laid_out("".join(each.markup for each in pictures))
    if laid is None:
        return replace(row, outcome=Outcome.HELD, reason=" ".join(carrying.problems))
    body = settled(replace(row.body, stem=row.body.stem + laid), carrying)
    try:
        check_body(row.type, body)
    except Invalid as problem:
        return replace(row, outcome=Outcome.HELD, reason=str(problem))
    media = {clean.digest: clean for _medium, clean in carrying.media.values()}
    note = _("The picture of the row is shown below its question.")
    notes = (*row.notes, *carrying.notes, note)
    return replace(row, body=body, media=tuple(media.values()), notes=notes)
