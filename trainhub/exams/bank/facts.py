"""All that a version says, one fact after the other under a name: what two versions are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainhub.exams.bank.content import TYPE_LABELS, Credit, ItemBody, ItemType, Medium
from trainhub.exams.bank.details import (
    WHOLE_PICTURE,
    Blanks,
    CaseSet,
    Matching,
    Number,
    Part,
    Region,
    Rubric,
    Scene,
)
from trainhub.exams.bank.parts import parts_of
from trainhub.exams.bank.rich import Nodes
from trainhub.exams.bank.texts import nodes_in, words_in
from trainhub.exams.bank.wording import key_of, rule_of
from trainhub.kernel.i18n import _, ngettext


@dataclass(frozen=True)
class Fact:
    """One thing that a question says (题目要素).

    Args:
        name: what it is, for a reader.
        words: what it says.
        nodes: the same with its layout, where it may have one.
        medium: the file, where it is one.
    """

    name: str
    words: str
    nodes: Nodes = ()
    medium: Medium | None = None


def facts_of(kind: str, body: ItemBody) -> dict[str, Fact]:
    """Return all that a question says by keys that are the same in each of its versions, in reading order."""
    names = parts_of(body)
    found = dict(_of_question(ItemType(kind), body, "", names))
    for number, medium in enumerate(body.media, start=1):
        said = f"{medium.description} ({medium.name})"
        found[f"file-{number}"] = Fact(_("file %(number)s", number=number), said, medium=medium)
    found["explanation"] = _text(names["explanation"], body, body.explanation)
    found["source"] = Fact(names["source"], body.source_article)
    found["rich"] = Fact(_("layout"), _("with layout") if body.rich else _("plain text"))
    return found


def _text(name: str, body: ItemBody, text: str) -> Fact:
    return Fact(name, words_in(body, text), nodes_in(body, text))


def _of_question(
    kind: ItemType, body: ItemBody, prefix: str, names: dict[str, str]
) -> Iterator[tuple[str, Fact]]:
    yield f"{prefix}stem", _text(names[f"{prefix}stem"], body, body.stem)
    targets = body.detail.targets if isinstance(body.detail, Matching) else ()
    lines = [(f"option-{each.key}", each.text) for each in body.options]
    for key, text in [*lines, *((f"target-{each.key}", each.text) for each in targets)]:
        yield prefix + key, _text(names[prefix + key], body, text)
    parts = body.detail.parts if isinstance(body.detail, CaseSet) else ()
    for number, part in enumerate(parts, start=1):
        yield from _of_part(number, part, names)
    before = "".join(names[f"{prefix}stem"].rpartition(_(": "))[:2])
    for key, name, words in _of_detail(kind, body):
        yield prefix + key, Fact(before + name, words)


def _of_detail(kind: ItemType, body: ItemBody) -> Iterator[tuple[str, str, str]]:
    """Yield what is right and what it earns: key, name, words."""
    match body.detail:
        case Number():
            yield from _of_number(body.detail)
        case Rubric():
            yield from _of_rubric(body.detail)
        case Scene():
            yield from _of_scene(body.detail)
        case CaseSet():
            pass
        case _:
            yield from _of_key(kind, body)


def _of_key(kind: ItemType, body: ItemBody) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(key_of(kind, body), start=1):
        is_blank = isinstance(body.detail, Blanks)
        yield f"key-{number}", _("answer %(number)s", number=number) if is_blank else _("the key"), line
    yield "credit", _("marks for what is right in part"), _credit(kind, body)


def _credit(kind: ItemType, body: ItemBody) -> str:
    return rule_of(kind, body) or (_("yes") if body.credit is Credit.PARTIAL else _("no"))


def _of_part(number: int, part: Part, names: dict[str, str]) -> Iterator[tuple[str, Fact]]:
    prefix, kind = f"part-{number}-", ItemType(part.type)
    name = names[f"part-{number}"]
    words = _("%(type)s · weight %(weight)s", type=TYPE_LABELS[kind], weight=part.weight)
    yield f"part-{number}", Fact(name, words)
    yield from _of_question(kind, part.body, prefix, names)


def _of_number(detail: Number) -> Iterator[tuple[str, str, str]]:
    yield "value", _("the right number"), f"{detail.value} {detail.unit}".strip()
    yield "tolerance", _("the tolerance"), f"± {detail.tolerance} {detail.unit}".rstrip()
    for number, unit in enumerate(detail.units, start=1):
        words = f"1 {unit.name} = {unit.factor} {detail.unit}"
        yield f"unit-{number}", _("other unit %(number)s", number=number), words


def _of_rubric(detail: Rubric) -> Iterator[tuple[str, str, str]]:
    for number, each in enumerate(detail.criteria, start=1):
        words = ngettext(
            "%(num)s point: %(words)s", "%(num)s points: %(words)s", each.points, words=each.text
        )
        yield f"criterion-{number}", _("line %(number)s of the rubric", number=number), words
    yield "model", _("the model answer"), detail.model
    yield (
        "longest",
        _("the length"),
        ngettext("%(num)s character at most", "%(num)s characters at most", detail.longest),
    )


def _of_scene(detail: Scene) -> Iterator[tuple[str, str, str]]:
    for number, region in enumerate(detail.regions, start=1):
        yield f"hazard-{number}", _("hazard %(number)s", number=number), f"{region.name} · {_place(region)}"
    cost = _("%(percent)s%% of one hazard", percent=detail.false_percent)
    yield "false", _("what a false mark takes off"), cost
    yield (
        "most",
        _("the number of marks"),
        ngettext("%(num)s mark at most", "%(num)s marks at most", detail.most_marks),
    )


def _place(region: Region) -> str:
    """Return where a hazard is: its times, or its corners in percent of width and height."""
    if region.from_ms is not None and region.to_ms is not None:
        return f"{region.from_ms / 1000:g}–{region.to_ms / 1000:g} s"
    scale = WHOLE_PICTURE / 100
    corners = _(", ").join(f"{across / scale:g}/{down / scale:g}" for across, down in region.corners)
    return _("ellipse in %(corners)s", corners=corners) if region.is_ellipse else corners
