"""What QTI 2 and 3 give marks for, where that is another answer than the one that a file calls right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.found import Question
from trainhub.kernel.i18n import _

_BRANCHES = ("responseIf", "responseElseIf")
_COMPARING = ("match", "member", "contains")
_SCORE = "SCORE"
CORRECT = ""
"""Stands for the answer that the file calls right, among those that earn marks."""


def weigh(
    question: Question, root: _Element, declaration: _Element | None, mapped: Mapping[str, float]
) -> None:
    """Doubt the key of a choice where other answers earn the marks; where only marks name it, propose it.

    Args:
        question: with the key that the file calls right.
        root: the item.
        declaration: of its response.
        mapped: what each entry of its mapping earns.
    """
    if question.is_exact or declaration is None:
        return
    several = question.kind is not ItemType.SINGLE
    scored = dict(_scored(root, declaration.get("identifier") or ""))
    if not question.key and (told := _earning(scored, several=several) - {CORRECT}):
        question.key = [name for name in question.names if name in told]
        question.doubts.append(_("The file calls no answer right; this one earns the marks."))
        return
    key = question.key
    if _is_mapped_otherwise(root, key, mapped, several=several) or _differs(scored, key, several=several):
        question.doubts.append(_not_the_one())


def weigh_others(
    question: Question,
    root: _Element,
    key: Sequence[str],
    mapped: Mapping[str, float],
    *,
    several: bool = False,
) -> None:
    """Doubt the key of a blank, or of a matching, where a mapping gives the marks to other words or pairs."""
    marks = {_plain(name): each for name, each in mapped.items()}
    if not question.is_exact and _is_mapped_otherwise(root, [*map(_plain, key)], marks, several=several):
        question.doubts.append(_not_the_one())


def _not_the_one() -> str:
    return _("The answer that the file calls right is not the one that earns the marks.")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_mapped_otherwise(
    root: _Element, key: Sequence[str], mapped: Mapping[str, float], *, several: bool
) -> bool:
    """Tell whether a mapping that the item goes by gives its marks for another answer than the key."""
    earning = _earning(mapped, several=several)
    if not key or not earning or not _goes_by_mapping(root):
        return False
    return earning != set(key) if several else key[0] not in earning


def _differs(scored: Mapping[str, float], key: Sequence[str], *, several: bool) -> bool:
    earning = _earning(scored, several=several)
    if not earning:
        return min(scored.values(), default=0.0) < 0 or bool({CORRECT, *key} & scored.keys())
    named = earning - {CORRECT}
    return not named <= set(key) or (CORRECT not in earning and named != set(key))


def _earning(marks: Mapping[str, float], *, several: bool) -> set[str]:
    """Return what earns marks; of a choice of one what earns most."""
    best = max(marks.values(), default=0.0)
    return {name for name, each in marks.items() if each > 0 and (several or each == best)}


def _goes_by_mapping(root: _Element) -> bool:
    processing = root.find("responseProcessing")
    if processing is None or not (len(processing) or processing.get("template")):
        return True
    if "map_response" in (processing.get("template") or ""):
        return True
    return processing.find(".//mapResponse") is not None


def _scored(root: _Element, name: str) -> Iterator[tuple[str, float]]:
    """Yield what the item's own processing compares a response with, and the score that it sets then.

    What must not be answered to earn marks earns less than nothing.
    """
    for branch in root.iterfind("responseProcessing//*"):
        marks = _set_by(branch) if branch.tag in _BRANCHES and len(branch) else None
        for compared in () if marks is None else branch[0].iter(*_COMPARING):
            is_negated = _is_negated(compared, branch)
            if marks is None or (is_negated and marks <= 0):
                continue
            if any(each.get("identifier") == name for each in compared.iter("variable")):
                yield from ((each, -marks if is_negated else marks) for each in _compared_with(compared))


def _set_by(branch: _Element) -> float | None:
    """Return the score that a branch sets; one without a number counts as one, none where it sets none."""
    for each in branch.iterfind("setOutcomeValue"):
        if each.get("identifier") == _SCORE:
            said = next(each.iter("baseValue"), None)
            try:
                return 1.0 if said is None else float(said.text or 0)
            except ValueError:
                return 1.0
    return None


def _compared_with(compared: _Element) -> Iterator[str]:
    if next(compared.iter("correct"), None) is not None:
        yield CORRECT
    yield from ((each.text or "").strip() for each in compared.iter("baseValue"))


def _is_negated(element: _Element, branch: _Element) -> bool:
    above = element.getparent()
    while above is not None and above is not branch:
        if above.tag == "not":
            return True
        above = above.getparent()
    return False
