"""A question in words for who may read its key: author, reviewer, paper officer; pages and proof agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trainhub.exams.bank.content import TRUE, TYPE_LABELS, Credit, ItemBody, ItemType, Medium, Option
from trainhub.exams.bank.details import (
    Blank,
    Blanks,
    CaseSet,
    Matching,
    Number,
    Part,
    Region,
    Rubric,
    Scene,
    Target,
)
from trainhub.exams.bank.rich import Nodes
from trainhub.exams.bank.texts import nodes_in, words_in
from trainhub.kernel.i18n import _, _l, ngettext

RULES = {
    ItemType.MULTIPLE: _l(
        "Each right option chosen earns its share of the marks; any wrong option chosen earns nothing at "
        "all. Marks are rounded down."
    ),
    ItemType.FILL_IN: _l("Each blank filled rightly earns its share of the marks. Marks are rounded down."),
    ItemType.ORDERING: _l(
        "Each line in its right place earns its share of the marks. Marks are rounded down."
    ),
    ItemType.MATCHING: _l("Each right pair earns its share of the marks. Marks are rounded down."),
}
"""What a response earns that is right in part, by type."""


@dataclass(frozen=True)
class Line:
    """A line that is offered, and whether it belongs to the key by itself."""

    mark: str
    text: str
    is_key: bool = False
    nodes: Nodes = ()


@dataclass(frozen=True)
class Words:
    """A question as it is read beside its key.

    Args:
        label: name of the type, of a question of a case with its number and weight.
        stem: the question.
        options: what it offers, or the left side.
        targets: the right side of a matching.
        key: what is right, a line each.
        rule: what a response earns that is right in part.
        parts: the questions of a case.
        nodes: the question with its layout and files, as ``rich.as_html`` shows it.
        why: the explanation, likewise.
        scene: of hazard spotting the picture or film with the hazards on it.
    """

    label: str
    stem: str
    options: tuple[Line, ...]
    targets: tuple[Line, ...]
    key: tuple[str, ...]
    rule: str
    parts: tuple[Words, ...] = ()
    nodes: Nodes = ()
    why: Nodes = ()
    scene: SceneWords | None = None


@dataclass(frozen=True)
class SceneWords:
    """A picture or film with its hazards (隐患图).

    Args:
        medium: None if the question has lost it.
        regions: the hazards.
        length_ms: how long the film is, if that is known.
    """

    medium: Medium | None
    regions: tuple[Region, ...]
    length_ms: int | None = None

    @property
    def whole_ms(self) -> int:
        """How far the time line of a film goes: to its end; if unknown, to that of the last hazard."""
        return max([self.length_ms or 1, *(each.to_ms or 0 for each in self.regions)])


def words_of(
    kind: str, body: ItemBody, label: str = "", *, lengths: Mapping[str, int] | None = None
) -> Words:
    """Return a question in the reader's words.

    Args:
        kind: its type.
        body: what it says.
        label: its name if that is not the type's.
        lengths: how long its films are, in milliseconds, by their digests.
    """
    detail, type_ = body.detail, ItemType(kind)
    chosen = type_ in (ItemType.SINGLE, ItemType.MULTIPLE)
    options = tuple(_line(body, each, chosen and each.key in body.answer) for each in body.options)
    targets = tuple(_line(body, each) for each in detail.targets) if isinstance(detail, Matching) else ()
    parts: tuple[Words, ...] = ()
    if isinstance(detail, CaseSet):
        parts = tuple(_part(place, each) for place, each in enumerate(detail.parts, start=1))
    return Words(
        label or str(TYPE_LABELS[type_]),
        words_in(body, body.stem),
        options,
        targets,
        key_of(type_, body),
        rule_of(type_, body),
        parts,
        nodes_in(body, body.stem),
        nodes_in(body, body.explanation),
        _scene(body, lengths or {}),
    )


def _line(body: ItemBody, each: Option | Target, is_key: bool = False) -> Line:
    return Line(each.key, words_in(body, each.text), is_key, nodes_in(body, each.text))


def _scene(body: ItemBody, lengths: Mapping[str, int]) -> SceneWords | None:
    if not isinstance(body.detail, Scene):
        return None
    medium = next((each for each in body.media if each.name == body.detail.medium), None)
    length = lengths.get(medium.digest) if medium else None
    return SceneWords(medium, body.detail.regions, length)


def _part(place: int, part: Part) -> Words:
    kind = TYPE_LABELS[ItemType(part.type)]
    label = _(
        "Question %(number)s · %(type)s · weight %(weight)s", number=place, type=kind, weight=part.weight
    )
    return words_of(part.type, part.body, label)


def rule_of(kind: ItemType, body: ItemBody) -> str:
    """Return what a response earns that is right in part; empty where there is nothing to say."""
    if kind is ItemType.CASE_SET:
        return _("Each question earns by its own rule and counts by its weight. Marks are rounded down.")
    if isinstance(body.detail, Scene):
        return _(
            "Each hazard hit earns its share of the marks; each mark on nothing takes off %(percent)s%% of "
            "one hazard, never below zero. Marks are rounded down.",
            percent=body.detail.false_percent,
        )
    if kind not in RULES:
        return ""
    return str(RULES[kind]) if body.credit is Credit.PARTIAL else _("All or nothing.")


def key_of(kind: ItemType, body: ItemBody) -> tuple[str, ...]:
    """Return what is right, a line each."""
    match body.detail:
        case Blanks(blanks, any_order):
            lines = [_blank(place, each) for place, each in enumerate(blanks, start=1)]
            return (*lines, _("in any order")) if any_order else tuple(lines)
        case Number():
            return _number(body.detail)
        case Rubric():
            return _rubric(body.detail)
        case Scene():
            return _hazards(body.detail)
        case CaseSet():
            return ()
        case _:
            pass
    return _key_in_letters(kind, body)


def _key_in_letters(kind: ItemType, body: ItemBody) -> tuple[str, ...]:
    if kind is ItemType.TRUE_FALSE:
        return (_("√ right") if body.answer == (TRUE,) else _("× wrong"),)
    if kind is ItemType.ORDERING:
        return (" → ".join(body.answer),)
    if kind is ItemType.MATCHING:
        return ("  ".join(f"{pair[:1]}–{pair[1:]}" for pair in body.answer),)
    return ("".join(body.answer),)


def _rubric(rubric: Rubric) -> tuple[str, ...]:
    lines = [
        ngettext("%(num)s point: %(words)s", "%(num)s points: %(words)s", each.points, words=each.text)
        for each in rubric.criteria
    ]
    lines += [_("Model answer: %(words)s", words=rubric.model)] if rubric.model else []
    return (*lines, ngettext("%(num)s character at most", "%(num)s characters at most", rubric.longest))


def _hazards(scene: Scene) -> tuple[str, ...]:
    lines = [_hazard(place, each) for place, each in enumerate(scene.regions, start=1)]
    return (*lines, ngettext("%(num)s mark at most", "%(num)s marks at most", scene.most_marks))


def _hazard(place: int, region: Region) -> str:
    if region.from_ms is None or region.to_ms is None:
        return f"({place}) {region.name}"
    return f"({place}) {region.name} · {region.from_ms / 1000:g}–{region.to_ms / 1000:g} s"


def _plain(number: Decimal) -> str:
    return f"{number:f}" if abs(number.adjusted()) < 12 else str(number)


def _blank(place: int, blank: Blank) -> str:
    words = f"({place}) " + " | ".join(blank.accepted)
    if blank.tolerance is not None:
        words += f" ± {_plain(blank.tolerance)}"
    case = _("large and small letters differ")
    return f"{words} · {case}" if blank.case_sensitive else words


def _number(detail: Number) -> tuple[str, ...]:
    words = f"{_plain(detail.value)} {detail.unit}".strip()
    if detail.tolerance:
        words += f" ± {_plain(detail.tolerance)} {detail.unit}".rstrip()
    others = [f"1 {each.name} = {_plain(each.factor)} {detail.unit}" for each in detail.units]
    return (words, *others)


def in_a_row(lines: Sequence[str]) -> str:
    """Return the lines of a key one behind the other; what ends a sentence needs no further sign."""
    text = "".join(line if line.endswith("。") else line + _("; ") for line in lines[:-1])
    return text + "".join(lines[-1:])
