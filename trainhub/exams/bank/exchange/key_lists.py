"""Lists of keys that stand apart from their questions: ``1-5 ABCDA``, ``6.√ 7.×``, or a key a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from trainhub.exams.bank.exchange.limits import require_few
from trainhub.kernel.i18n import _

_NUMBER = re.compile(
    r"\s*(?:第\s*)?(\d{1,4})\s*(?:[-–—~～－至到]\s*(?:第\s*)?(\d{1,4})\s*)?题?\s*[.．、:：)）]?\s*([^\d]*)"
)
_SAID = re.compile(r"[A-HＡ-ＨTF√✓✔×✗✘╳xX对错正确误\s,，、;；.。()（）【】|/]+")
_APART = re.compile(r"[\s,，、;；.。()（）【】|/]+")
_SIGN = re.compile(r"正确|错误|[A-HＡ-ＨTF√✓✔×✗✘╳xX对错]")
_ONE = re.compile(r"\s*[（(【\[]?\s*(?:第\s*)?(\d{1,4})\s*题?\s*[)）】\].．、:：]\s*(.*)", re.DOTALL)
_NEXT = re.compile(r"(?<=[\s;；。])(\d{1,4})\s*[.．、)）]\s*")
_GROUPS = (5, 10)
_MOST = 1000
_LONGEST = 20_000


@dataclass(frozen=True)
class Part:
    """A part of a document under a heading (大题): what counts it, and what it is called."""

    ordinal: str
    title: str


@dataclass
class Entry:
    """What a list of keys says of one question (答案条目).

    Args:
        number: of the question.
        text: the key, perhaps with more about it.
        where: its place in the document.
        part: the heading in the list under which it stands.
        run: the run of signs without numbers of their own from which it was cut, 0 if from none.
        doubts: why it may not be meant so.
    """

    number: int
    text: str
    where: str
    part: Part | None = None
    run: int = 0
    doubts: list[str] = field(default_factory=list)


@dataclass
class KeyList:
    """A list of keys as its lines come by (答案表).

    Args:
        before: how many questions stand above it.
        entries: what it says.
        part: the heading that holds now.
    """

    before: int
    entries: list[Entry] = field(default_factory=list)
    part: Part | None = None
    _runs: int = 0
    _said: set[tuple[int, Part | None]] = field(default_factory=set)

    def has(self, number: int) -> bool:
        """Tell whether it says something of a question under the heading that holds now."""
        return (number, self.part) in self._said

    def add(self, entries: Sequence[Entry]) -> None:
        """Take what a line says, under the heading that holds now."""
        runs = self._runs
        for each in entries:
            each.part = self.part
            each.run += runs if each.run else 0
            self._runs = max(self._runs, each.run)
        self.entries += entries
        self._said |= {(each.number, self.part) for each in entries}
        require_few(len(self.entries))

    def take_back(self) -> Entry:
        """Return the last entry, which was none."""
        last = self.entries.pop()
        self._said.discard((last.number, last.part))
        return last


def compact(text: str, where: str, least: int = 1) -> list[Entry]:
    """Return what a line of nothing but numbers and keys says; nothing if it is no such line.

    Args:
        text: the line.
        where: its place.
        least: how many questions it must speak of.
    """
    found: list[Entry] = []
    place = runs = 0
    text = text.rstrip()
    while place < len(text) and len(text) <= _LONGEST:
        here = _NUMBER.match(text, place)
        if here is None or not _SAID.fullmatch(here[3]) or not _SIGN.search(here[3]):
            return []
        place = here.end()
        first, last = int(here[1]), int(here[2] or here[1])
        if not first <= last < first + _MOST:
            return []
        runs += last > first
        found += (
            _in_run(first, last, here[3], where, runs) if last > first else [_alone(first, here[3], where)]
        )
    return found if len(found) >= least else []


def _alone(number: int, said: str, where: str) -> Entry:
    """Return the key of one question; several words of right and wrong for it are a doubt."""
    signs = _SIGN.findall(said)
    entry = Entry(number, "".join(signs), where)
    if len(signs) > 1 and not all(re.fullmatch("[A-HＡ-Ｈ]", sign) for sign in signs):
        entry.doubts.append(_("The list of keys says several things of this question."))
    return entry


def _in_run(first: int, last: int, said: str, where: str, run: int) -> list[Entry]:
    """Return the keys of questions that follow one another: parted, or a sign each."""
    count = last - first + 1
    pieces = [each for each in _APART.split(said) if each]
    signs = _SIGN.findall(said)
    if len(pieces) == count:
        return [Entry(first + place, each, where) for place, each in enumerate(pieces)]
    if len(signs) != count:
        reason = _(
            "The list of keys has %(keys)s keys for the questions %(first)s to %(last)s.",
            keys=len(pieces) if len(pieces) > 1 else len(signs),
            first=first,
            last=last,
        )
        return [Entry(first + place, "", where, run=run, doubts=[reason]) for place in range(count)]
    entries = [Entry(first + place, each, where, run=run) for place, each in enumerate(signs)]
    sizes = [len(_SIGN.findall(each)) for each in pieces]
    if len(sizes) > 1 and not (len(set(sizes[:-1])) == 1 and sizes[0] in _GROUPS and sizes[-1] <= sizes[0]):
        for entry in entries:
            entry.doubts.append(_("It is not certain which signs of the list of keys belong together."))
    return entries


def number_before(text: str) -> tuple[int, str] | None:
    """Return the number with which a line of a list begins, and what follows it; None if it has none."""
    found = _ONE.fullmatch(text)
    return (int(found[1]), found[2].strip()) if found is not None and found[2].strip() else None


def written(number: int, text: str, where: str) -> list[Entry]:
    """Return what a line says that begins with a number and is no list of signs.

    Where the next numbers stand in the same line as well, it is not certain that they count questions.
    """
    starts = [(number, 0, 0)]
    for found in _NEXT.finditer(text):
        if int(found[1]) == starts[-1][0] + 1:
            starts.append((int(found[1]), found.start(), found.end()))
    ends = [start for _number, start, _end in starts[1:]] + [len(text)]
    entries = [
        Entry(each, text[begin:end].strip(" \t;；"), where)
        for (each, _start, begin), end in zip(starts, ends, strict=True)
    ]
    if len(entries) > 1:
        for entry in entries:
            entry.doubts.append(_("Several answers stand in one line of the list of keys."))
    return entries


def from_grid(cells: Sequence[Sequence[str]], name: str) -> list[Entry] | None:
    """Return what a table of numbers (题号) and keys (答案) says, lying or standing; None if it is none."""
    lying = _from_lines(cells, name, is_lying=True)
    if lying is not None:
        return lying
    width = max((len(row) for row in cells), default=0)
    turned = [[row[place] if place < len(row) else "" for row in cells] for place in range(width)]
    return _from_lines(turned, name, is_lying=False)


def _from_lines(cells: Sequence[Sequence[str]], name: str, *, is_lying: bool) -> list[Entry] | None:
    lines = [list(row) for row in cells]
    if len(lines) < 2 or len(lines) % 2:
        return None
    entries: list[Entry] = []
    for place in range(0, len(lines), 2):
        heads, keys = lines[place], lines[place + 1]
        if (
            not heads
            or not keys
            or _bare(heads[0]) not in ("题号", "序号", "题目")
            or _bare(keys[0]) not in _HEADS
        ):
            return None
        for column in range(1, min(len(heads), len(keys))):
            number = re.fullmatch(r"\s*(\d{1,4})\s*[.．、]?\s*", heads[column])
            where = f"{name}!{place + 2}" if is_lying else f"{name}!{column + 1}"
            if number is not None and keys[column].strip():
                entries.append(Entry(int(number[1]), keys[column].strip(), where))
            elif keys[column].strip():
                return None
    return entries


_HEADS = ("答案", "参考答案", "正确答案", "标准答案", "选项")


def _bare(text: str) -> str:
    return re.sub(r"[\s:：]", "", text)
