"""What breaks each rule in each of its ways, planted beside a city: the audit has to find exactly this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trainhub.cli.city import City, Made, person
from trainhub.people.models import OrganisationKind as Kind
from trainhub.separation.duties import Duty

Found = tuple[str, str, str]
"""Rule, person, object."""

DAY = 3400
"""The day around which everything planted lies, counted from the first."""


@dataclass
class Broken:
    """Rows that break rules, and what the audit must say of them.

    Args:
        city: beside which they lie.
        turn: which of several plantings this is; nobody and nothing is shared between two.
    """

    city: City
    turn: int
    rows: dict[str, list[Made]] = field(default_factory=dict)
    found: set[Found] = field(default_factory=set)

    def code(self, name: str) -> str:
        """Return a code of this planting."""
        return f"V{self.turn}-{name}"

    def who(self, name: str) -> str:
        """Return somebody of this planting."""
        return person("planted", self.turn, name)

    def add(self, relation: str, *facts: str | None, first: int = DAY, last: int | None = None) -> None:
        """Plant a row."""
        day = self.city.day
        made: Made = (day(first), None if last is None else day(last), "", *facts)
        self.rows.setdefault(relation, []).append(made)

    def sitting(self, code: str, *, on: int = DAY, hour: int = 1, site: str = "", of: str = "") -> str:
        """Plant a sitting at a site, of which nobody is staff yet."""
        code = self.code(code)
        day = self.city.day(on)
        times = (f"{day} {hour:02}:00:00", f"{day} {hour + 2:02}:00:00")
        place = (self.code(site or "A"), of or self.code("HOLDER"), self.code("D"))
        self.add("sitting", code, *place, "QV", "1", "30", *times, first=on, last=on)
        return code

    def staff(self, name: str, code: str, duty: Duty = Duty.INVIGILATE, room: str | None = None) -> str:
        """Plant somebody who holds a duty and is appointed for it."""
        who = self.who(name)
        self.add("granted", who, str(duty), "CENTRE-0", first=DAY - 300)
        self.add("appointed", who, code, str(duty), room, first=DAY - 5)
        return who

    def breaks(self, rule: str, who: str, what: str) -> None:
        """Note what the audit must find."""
        self.found.add((rule, who, what))


def plant(city: City, times: int) -> tuple[dict[str, list[Made]], set[Found]]:
    """Return rows that break every rule in every way, so many times, and what is to be found."""
    rows: dict[str, list[Made]] = {}
    found: set[Found] = set()
    for turn in range(times):
        broken = Broken(city, turn)
        for way in WAYS:
            way(broken)
        for relation, made in broken.rows.items():
            rows.setdefault(relation, []).extend(made)
        found |= broken.found
    return rows, found


def _duties(b: Broken) -> None:
    one, two = b.who("S-01"), b.who("S-02")
    b.add("granted", one, str(Duty.TEACH), "BODY-0", first=DAY - 400, last=DAY - 100)
    b.add("granted", one, str(Duty.MARK), "CENTRE-0", first=DAY)
    b.breaks("S-01", one, str(Duty.MARK))
    b.add("granted", two, str(Duty.AUDIT), "BUREAU-0", first=DAY)
    b.add("granted", two, str(Duty.PUBLISH_RESULTS), "CENTRE-0", first=DAY + 9)
    b.breaks("S-02", two, str(Duty.PUBLISH_RESULTS))


def _organisations(b: Broken) -> None:
    def organisation(name: str, kind: Kind, who: str) -> str:
        b.add("organisation", b.code(name), str(kind), "D0", b.who(who))
        return b.code(name)

    granted = b.who("S-03")
    b.add("granted", granted, str(Duty.TEACH), "SITE-0")
    b.breaks("S-03", granted, "SITE-0")
    organisation("SCHOOL", Kind.TRAINING_BODY, "owner")
    b.breaks("S-03", b.who("owner"), organisation("SITE", Kind.EXAM_SITE, "owner"))
    school = organisation("SCHOOL2", Kind.TRAINING_BODY, "owner 2")
    site = organisation("SITE2", Kind.EXAM_SITE, "owner 3")
    b.add("affiliated", school, b.code("SHELL"))
    b.add("affiliated", b.code("SHELL"), site)
    b.breaks("S-03", "", site)
    b.breaks("S-03", "", b.sitting("AT-SCHOOL", of=school))


def _content_teaches(b: Broken) -> None:
    for relation in ("authored", "reviewed", "saw", "assembled", "sealed"):
        who, item, paper = b.who(f"S-04 {relation}"), b.code(f"I4-{relation}"), b.code(f"P4-{relation}")
        kind, lesson = b.code(f"Q4-{relation}"), b.code(f"K4-{relation}")
        b.add("live", item, kind, first=DAY - 50)
        b.add("class", lesson, "BODY-0", kind, first=DAY, last=DAY + 14)
        b.add("taught", who, lesson, "BODY-0", first=DAY, last=DAY + 14)
        b.add("contains", paper, item)
        b.add(relation, who, item if relation in ("authored", "reviewed") else paper)
        b.breaks("S-04", who, item)


def _trainers(b: Broken) -> None:
    for relation in ("authored", "reviewed", "saw", "assembled", "sealed", "marked"):
        who, what = b.who(f"S-05 {relation}"), b.code(f"X5-{relation}")
        b.add("granted", who, str(Duty.TEACH), "BODY-0", first=DAY - 300)
        b.add(relation, who, what)
        b.breaks("S-05", who, what)
    signs = b.who("S-06")
    b.add("granted", signs, str(Duty.INVIGILATE), "CENTRE-0", first=DAY - 300)
    b.add("attested", signs, b.code("K6"), "BODY-0")
    b.breaks("S-06", signs, b.code("K6"))


def _of_the_day(b: Broken) -> None:
    def candidate(name: str, code: str, firm: str | None = None) -> str:
        b.add("registered", b.who(name), code, firm, None, first=DAY - 10)
        return b.who(name)

    def day_of(rule: str, way: str = "", duty: Duty = Duty.INVIGILATE) -> tuple[str, str]:
        code = b.sitting(f"{rule}{way}")
        who = b.staff(f"{rule}{way}", code, duty)
        b.breaks(rule, who, code)
        return who, code

    who, code = day_of("S-07")
    b.add("taught", who, b.code("K7"), "BODY-0", first=DAY - 320, last=DAY - 300)
    b.add("attended", candidate("7", code), b.code("K7"), "BODY-0", first=DAY - 320, last=DAY - 300)
    who, code = day_of("S-08", duty=Duty.INSPECT)
    b.add("registered", who, code, None, None)
    firms = [b.code(f"FIRM{number}") for number in range(3)]
    for number, firm in enumerate(firms):
        who, code = day_of("S-09", str(number))
        b.add("employed", who, firm, first=DAY - 900, last=DAY - 200)
        other = candidate(f"9-{number}", code, firm if number == 0 else None)
        if number == 1:
            b.add("employed", other, firm, first=DAY - 50)
        elif number == 2:
            b.add("attended", other, b.code("K9"), firm, first=DAY - 20, last=DAY - 10)
    who, _code = day_of("S-10", "home", Duty.INSPECT)
    b.add("employed", who, b.code("HOLDER"), first=DAY - 900)
    who, _code = day_of("S-10", "district", Duty.INSPECT)
    b.add("qualified", who, str(Duty.INSPECT), "BUREAU-0", b.code("D"), first=DAY - 900)
    who, code = day_of("S-18")
    b.add("related", who, candidate("18", code))
    who, code = day_of("S-18", "back")
    b.add("related", candidate("18 back", code), who)


def _four_eyes(b: Broken) -> None:
    pairs = (
        ("S-11", "authored", "reviewed"),
        ("S-12", "assembled", "sealed"),
        ("S-13", "marked", "published"),
        ("S-14", "published", "issued"),
        ("S-15", "drafted", "approved"),
        ("S-21", "corrected", "confirmed"),
    )
    for rule, first, second in pairs:
        what = (b.code(f"S{rule}"), b.code(rule)) if rule == "S-21" else (b.code(rule),)
        b.add(first, b.who(rule), *what)
        b.add(second, b.who(rule), *what)
        b.breaks(rule, b.who(rule), what[-1])


def _content_on_duty(b: Broken) -> None:
    for relation in ("authored", "reviewed", "knows", "saw", "assembled", "sealed"):
        code, paper = b.sitting(f"S17-{relation}"), b.code(f"P17-{relation}")
        who, item = b.staff(f"S-17 {relation}", code), b.code(f"I17-{relation}")
        b.add("uses", code, paper)
        b.add("contains", paper, item)
        b.add(relation, who, item if relation in ("authored", "reviewed") else paper)
        b.breaks("S-17", who, code)


def _numbers(b: Broken) -> None:
    few, short = b.sitting("S16-few"), b.sitting("S16-short")
    b.staff("S-16 alone", few)
    b.add("opened", few)
    b.breaks("S-16", "", few)
    for number in range(2):
        b.staff(f"S-16 {number}", short, room="R1")
    b.add("room", short, "R1", "10")
    b.add("room", short, "R2", "10")
    b.add("opened", short)
    b.breaks("S-16", "", short)


def _turns(b: Broken) -> None:
    one, two = b.sitting("S19-1", site="B1"), b.sitting("S19-2", site="B1", hour=2)
    who = b.staff("S-19", one)
    b.add("appointed", who, two, str(Duty.INVIGILATE), None)
    b.breaks("S-19", who, one)
    b.breaks("S-19", who, two)
    codes = [b.sitting(f"S20-{number}", on=DAY + number, site="B2") for number in range(4)]
    who = b.staff("S-20", codes[0])
    for code in codes[1:]:
        b.add("appointed", who, code, str(Duty.INVIGILATE), None)
    for code in codes:
        b.breaks("S-20", who, code)
    without, code = b.who("S-22"), b.sitting("S22")
    b.add("granted", without, str(Duty.ASSESS), "CENTRE-0", first=DAY - 300)
    b.add("granted", without, str(Duty.INVIGILATE), "CENTRE-0", first=DAY - 300, last=DAY - 1)
    b.add("appointed", without, code, str(Duty.INVIGILATE), None)
    b.breaks("S-22", without, code)


def _marking(b: Broken) -> None:
    """Each way in which somebody marks whom they may not, and one response twice."""
    firm, klass = b.code("FIRM23"), b.code("K23")

    def mark(way: str, *, of: str = "") -> tuple[str, str]:
        who, other = b.who(f"S-23 {way}"), b.who(of or f"23 {way}")
        b.add("judged", who, b.sitting(f"S23-{way}"), other, b.code(f"A23-{way}"))
        b.breaks("S-23", who, b.code(f"A23-{way}"))
        return who, other

    mark("own", of="S-23 own")
    who, other = mark("taught")
    b.add("taught", who, klass, "BODY-0", first=DAY - 320, last=DAY - 300)
    b.add("attended", other, klass, "BODY-0", first=DAY - 320, last=DAY - 300)
    who, other = mark("sent")
    b.add("employed", who, firm, first=DAY - 900)
    b.add("registered", other, b.code("S23-sent"), firm, None, first=DAY - 10)
    for person_id in mark("colleague"):
        b.add("employed", person_id, b.code("FIRM23-2"), first=DAY - 900)
    who, other = mark("school")
    b.add("employed", who, b.code("FIRM23-3"), first=DAY - 900)
    b.add("attended", other, b.code("K23-2"), b.code("FIRM23-3"), first=DAY - 20, last=DAY - 10)
    b.add("related", *mark("close"))
    code = b.sitting("S24")
    for _turn in range(2):
        b.add("judged", b.who("S-24"), code, b.who("24"), b.code("A24"))
    b.breaks("S-24", b.who("S-24"), b.code("A24"))


WAYS: tuple[Callable[[Broken], Any], ...] = (
    _duties,
    _organisations,
    _content_teaches,
    _trainers,
    _of_the_day,
    _four_eyes,
    _content_on_duty,
    _numbers,
    _turns,
    _marking,
)
