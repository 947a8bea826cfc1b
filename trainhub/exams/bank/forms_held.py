"""What the file says of a held row, written into the form in which a person decides on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.forms_items import ItemForm
from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.models import KnowledgePoint
from trainhub.exams.bank.reading.classes import level_of
from trainhub.exams.bank.reading.options import unpack

_NUMBERED = re.compile(r"^\s*\d{1,2}\s*[.、．)）:：]\s*")


def classify_as_said(
    form: ItemForm, content: Mapping[str, Any], points: Mapping[str, KnowledgePoint]
) -> None:
    """Choose knowledge point, cognitive level and difficulty as the file says them of a held row.

    Args:
        form: to be filled.
        content: what is kept of the row.
        points: those that may be chosen, by what a file may call them.
    """
    cells = content.get("cells", {})
    point = points.get((content.get("point") or cells.get("point", "")).strip())
    form.point.data = "" if point is None else point.code
    form.cognitive.data = level_named(cells.get("cognitive", "")) or ""
    form.difficulty.data = str(content.get("level") or level_of(cells) or "")


def write_down(form: ItemForm, content: Mapping[str, Any]) -> None:
    """Fill the form with a row of which no question could be made, as far as its cells say something."""
    cells, proposal = content.get("cells", {}), content.get("proposal") or {}
    form.type.data = content.get("type") or ItemType.SINGLE.value
    form.stem.data = proposal.get("stem") or cells.get("stem", "")
    form.options.data = "\n".join(proposal.get("options", {}).values()) or _options(cells)
    key = proposal.get("answer") or cells.get("answer", "")
    form.answer.data = {"T": "√", "F": "×"}.get(key, key)
    form.explanation.data, form.source_article.data = cells.get("explanation", ""), cells.get("source", "")
    lines = cells.get("targets", "").splitlines()
    form.targets.data = "\n".join(_NUMBERED.sub("", line) for line in lines)
    form.criteria.data = cells.get("rubric", "")
    if form.type.data == ItemType.CONSTRUCTED:
        form.model.data = cells.get("answer", "")
    if cells.get("longest", "").isdecimal():
        form.longest.data = int(cells["longest"])


def _options(cells: Mapping[str, str]) -> str:
    own = [text for name, text in cells.items() if name.startswith("option:")]
    found = own or [each.text for each in unpack(cells.get("options", "")).options]
    return "\n".join(each.replace("\n", " ") for each in found)
