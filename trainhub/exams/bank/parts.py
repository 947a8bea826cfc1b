"""The parts of a question that can be spoken about: its text, an option, the key, a file."""

from __future__ import annotations

from collections.abc import Iterator

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.details import CaseSet, Matching, Scene
from trainhub.kernel.i18n import _

WHOLE = ""
"""The part that is everything."""


def parts_of(body: ItemBody) -> dict[str, str]:
    """Return the parts of a question by their keys, each with its name; the whole comes first."""
    return {WHOLE: _("the question as a whole"), **dict(_of_question(body, "", ""))} | dict(_around(body))


def _of_question(body: ItemBody, prefix: str, before: str) -> Iterator[tuple[str, str]]:
    yield f"{prefix}stem", before + _("the text of the question")
    for option in body.options:
        yield f"{prefix}option-{option.key}", before + _("option %(letter)s", letter=option.key)
    if isinstance(body.detail, Matching):
        for target in body.detail.targets:
            yield f"{prefix}target-{target.key}", before + _("right side %(number)s", number=target.key)
    if isinstance(body.detail, Scene):
        for number in range(1, len(body.detail.regions) + 1):
            yield f"{prefix}hazard-{number}", before + _("hazard %(number)s", number=number)
    if isinstance(body.detail, CaseSet):
        for number, part in enumerate(body.detail.parts, start=1):
            name = _("question %(number)s of the case", number=number)
            yield f"part-{number}", name
            yield from _of_question(part.body, f"part-{number}-", f"{name}{_(': ')}")
    else:
        yield f"{prefix}key", before + _("the key and its marks")


def _around(body: ItemBody) -> Iterator[tuple[str, str]]:
    for number, medium in enumerate(body.media, start=1):
        yield f"file-{number}", _("file %(name)s", name=medium.name)
    yield "explanation", _("the explanation")
    yield "source", _("what it rests on")
