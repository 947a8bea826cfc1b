"""When answers enter themselves: rules over the journal, plain values in, findings out; none of them acts.

What separates a hand from a program is decided by rates over several questions, never by one event: screen
readers press without a pointer, practised people are quick, and everybody changes their mind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trainhub.kernel.i18n import _l

Json = Any

LATIN_LETTERS_A_GLANCE = 3
DRIFT_OF_CLOCKS = 1.05
SLACK_MS = 60_000
MANY_REFUSED = 3
"""So many answers that cannot be taken are no slip of the candidate: page or server is wrong."""


class AlarmKind(StrEnum):
    """What an alarm is about."""

    NO_HAND = "no_hand"
    TOO_FAST = "too_fast"
    SCRIPTED = "scripted"
    FALSE_TIMES = "false_times"
    REFUSED = "refused"
    FAULT = "fault"

    @property
    def label(self) -> Any:
        """The kind in the reader's language."""
        return LABELS[self.value]


LABELS = {
    "no_hand": _l("Answers came without mouse, finger or key"),
    "too_fast": _l("Answers came faster than a person reads"),
    "scripted": _l("A program pressed on the answers"),
    "false_times": _l("The page claims more time than has passed"),
    "refused": _l("An answer could not be taken: have the candidate look at this question"),
    "fault": _l("Answer after answer cannot be taken: a fault of the software, call the exam centre"),
}


@dataclass(frozen=True)
class Limits:
    """The figures of the rules (regulations, ``exam.watch.…``).

    Args:
        no_hand_answers: so many different questions answered without a hand are an alarm.
        no_hand_ms: within this time.
        characters_a_second: nobody reads Chinese faster than this.
        glance_ms: nobody takes in, decides and presses faster than this, however short the question.
        run: so many different questions in a row, each too fast, are an alarm.
        scripted_answers: so many different questions pressed on by a program are an alarm.
    """

    no_hand_answers: int = 5
    no_hand_ms: int = 600_000
    characters_a_second: int = 60
    glance_ms: int = 400
    run: int = 8
    scripted_answers: int = 3

    def shortest_ms(self, length: int) -> int:
        """Return the time below which nobody has read a question of some length."""
        return max(self.glance_ms, length * 1000 // self.characters_a_second)


@dataclass(frozen=True)
class Entry:
    """One row of the journal, as the rules see it.

    Args:
        sequence: number of the row.
        position: which question, as shown.
        answer: in the letters shown; None is taken back or only flagged.
        how: what entered it.
        shown_ms: how long the question had been on the screen, as the page says.
        at_ms: when the server took it, in milliseconds since the attempt began.
    """

    sequence: int
    position: int
    answer: Json
    how: str
    shown_ms: int
    at_ms: int


@dataclass(frozen=True)
class Finding:
    """What a rule found: its evidence in plain values, to be looked at by a person."""

    kind: AlarmKind
    until_sequence: int
    evidence: list[dict[str, Json]]


@dataclass
class Look:
    """What is remembered of an attempt from one look to the next, so that no row is read twice.

    Args:
        sequence: up to which the journal was read.
        event: id of the last event that was read.
        shown: longest time on the screen by position, also of questions not answered.
        answered: positions that had an answer.
        quick: the present run of answers that were too fast.
        no_hand: answers without a hand in the present window.
        scripted: positions on which a program pressed, with the evidence.
        assisted: positions on which assistive technology pressed.
        told: kinds of which one finding per attempt is enough.
        refused: answers that could not be taken, since a fault of the software was found last.
    """

    sequence: int = 0
    event: int = 0
    shown: dict[int, int] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    quick: list[dict[str, Json]] = field(default_factory=list)
    no_hand: list[dict[str, Json]] = field(default_factory=list)
    scripted: list[dict[str, Json]] = field(default_factory=list)
    assisted: set[int] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    refused: list[dict[str, Json]] = field(default_factory=list)

    def write(self) -> dict[str, Json]:
        """Return it as plain values, to be kept."""
        return {
            "shown": [list(each) for each in self.shown.items()],
            "answered": sorted(self.answered),
            "quick": self.quick,
            "no_hand": self.no_hand,
            "scripted": self.scripted,
            "assisted": sorted(self.assisted),
            "told": sorted(self.told),
            "refused": self.refused,
        }

    @classmethod
    def read(cls, sequence: int, event: int, kept: Mapping[str, Json]) -> Look:
        """Return what was kept."""
        return cls(
            sequence=sequence,
            event=event,
            shown={position: shown for position, shown in kept.get("shown", [])},
            answered=set(kept.get("answered", [])),
            quick=list(kept.get("quick", [])),
            no_hand=list(kept.get("no_hand", [])),
            scripted=list(kept.get("scripted", [])),
            assisted=set(kept.get("assisted", [])),
            told=set(kept.get("told", [])),
            refused=list(kept.get("refused", [])),
        )


def reading_length(text: str) -> int:
    """Return how much there is to read, in Chinese characters; three letters of an alphabet count as one."""
    shown = "".join(text.split())
    narrow = sum(each.isascii() for each in shown)
    return len(shown) - narrow + narrow // LATIN_LETTERS_A_GLANCE


def judge(
    look: Look,
    entries: Iterable[Entry],
    lengths: Mapping[int, int],
    limits: Limits,
    *,
    assisted: Collection[int] = (),
    scripted: Collection[int] = (),
    refused: Sequence[dict[str, Json]] = (),
) -> list[Finding]:
    """Read new rows of one journal and return what is found; ``look`` remembers for the next time.

    Args:
        look: what was remembered; it is brought up to date.
        entries: rows after ``look.sequence``, in order.
        lengths: of the questions by position (``reading_length``); one that is missing counts as a glance.
        limits: the figures.
        assisted: positions on which assistive technology pressed since the last look.
        scripted: positions on which a program pressed since the last look.
        refused: answers that could not be taken since the last look: question, as far as known, and event.
    """
    look.assisted |= set(assisted)
    found = [_scripted(look, scripted, limits), *_refused(look, refused)]
    for entry in entries:
        first = entry.answer is not None and entry.position not in look.answered
        if first:
            found += [_no_hand(look, entry, limits), _too_fast(look, entry, lengths, limits)]
            look.answered.add(entry.position)
        look.shown[entry.position] = max(entry.shown_ms, look.shown.get(entry.position, 0))
        look.sequence = entry.sequence
        found.append(_false_times(look, entry))
    return [each for each in found if each is not None]


def _evidence(entry: Entry, **more: Json) -> dict[str, Json]:
    return {
        "sequence": entry.sequence,
        "position": entry.position,
        "how": entry.how,
        "shown_ms": entry.shown_ms,
        "at_ms": entry.at_ms,
    } | more


def _no_hand(look: Look, entry: Entry, limits: Limits) -> Finding | None:
    """Several different questions answered with no pointer, touch or key, and not by assistive technology."""
    if entry.how != "none":
        return None
    look.no_hand = [each for each in look.no_hand if entry.at_ms - each["at_ms"] <= limits.no_hand_ms]
    look.no_hand.append(_evidence(entry))
    counted = [each for each in look.no_hand if each["position"] not in look.assisted]
    if len(counted) < limits.no_hand_answers:
        return None
    look.no_hand = []
    return Finding(AlarmKind.NO_HAND, entry.sequence, counted)


def _too_fast(look: Look, entry: Entry, lengths: Mapping[int, int], limits: Limits) -> Finding | None:
    """A run of first answers, each sooner than its question can be read.

    A question that was looked at before and skipped has its earlier time in ``shown_ms``. Who gives up and
    presses the same answer all along has read nothing, but is no program either.
    """
    least = limits.shortest_ms(lengths.get(entry.position, 0))
    seen = max(entry.shown_ms, look.shown.get(entry.position, 0))
    if seen >= least:
        look.quick = []
        return None
    look.quick.append(_evidence(entry, least_ms=least, answer=entry.answer))
    if len(look.quick) < limits.run:
        return None
    run, look.quick = look.quick, []
    if len({repr(each.pop("answer")) for each in run}) == 1:
        return None
    return Finding(AlarmKind.TOO_FAST, entry.sequence, run)


def _scripted(look: Look, positions: Collection[int], limits: Limits) -> Finding | None:
    """Several different questions pressed on by events that the browser itself calls untrusted."""
    known = {each["position"] for each in look.scripted}
    look.scripted += [{"position": position} for position in sorted(set(positions) - known)]
    if len(look.scripted) < limits.scripted_answers:
        return None
    run, look.scripted = look.scripted, []
    return Finding(AlarmKind.SCRIPTED, look.sequence, run)


def _refused(look: Look, refused: Sequence[dict[str, Json]]) -> Iterator[Finding]:
    """Each answer that could not be taken is told to a person; several are a fault of page or server."""
    if not refused:
        return
    yield Finding(AlarmKind.REFUSED, look.sequence, list(refused))
    look.refused += refused
    if len(look.refused) >= MANY_REFUSED:
        run, look.refused = look.refused, []
        yield Finding(AlarmKind.FAULT, look.sequence, run)


def _false_times(look: Look, entry: Entry) -> Finding | None:
    """All questions together were on the screen for longer than the attempt has lasted; told once."""
    claimed = sum(look.shown.values())
    if claimed <= entry.at_ms * DRIFT_OF_CLOCKS + SLACK_MS or AlarmKind.FALSE_TIMES in look.told:
        return None
    look.told.add(AlarmKind.FALSE_TIMES)
    return Finding(
        AlarmKind.FALSE_TIMES, entry.sequence, [{"claimed_ms": claimed, "passed_ms": max(0, entry.at_ms)}]
    )
