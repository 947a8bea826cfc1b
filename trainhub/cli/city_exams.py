"""Rows of an invented city: items, papers, sittings, staff, results."""

from __future__ import annotations

from collections.abc import Iterator

from trainhub.cli.city import (
    DAYS,
    DISTRICTS,
    IN_CLASS,
    IN_SITTING,
    ON_PAPER,
    QUALIFICATIONS,
    ROOM_OF,
    TEAM,
    TO_COME,
    City,
    Made,
    person,
)
from trainhub.separation.duties import Duty


def authored(c: City) -> Iterator[Made]:
    """Each item was written by somebody."""
    for number in range(c.items):
        yield c.day(number * 3000 // c.items), None, "", person("author", number % c.authors), f"I{number}"


def reviewed(c: City) -> Iterator[Made]:
    """Each item was reviewed by somebody else."""
    for number in range(c.items):
        who = person("author", (number + 1) % c.authors)
        yield c.day(number * 3000 // c.items + 5), None, "", who, f"I{number}"


def live(c: City) -> Iterator[Made]:
    """Each item is in use; half of them were retired."""
    for number in range(c.items):
        day = number * 3000 // c.items + 10
        facts = (f"I{number}", f"Q{number % QUALIFICATIONS}")
        yield c.day(day), None, "", *facts
        if number % 2:
            yield c.day(day), c.day(day + 600), "replaces", *facts


def contains(c: City) -> Iterator[Made]:
    """A hundred items of one qualification on each paper."""
    of_one = c.items // QUALIFICATIONS
    for paper in range(c.papers):
        day = c.day(_paper_day(c, paper))
        for place in range(min(ON_PAPER, of_one)):
            item = paper % QUALIFICATIONS + QUALIFICATIONS * ((paper * 13 + place) % of_one)
            yield day, None, "", f"P{paper}", f"I{item}"


def _paper_day(c: City, paper: int) -> int:
    return c.sitting_day(paper * 5) - 20


def on_paper(c: City, turns: tuple[int, ...]) -> Iterator[Made]:
    """Some of the officers worked on each paper."""
    for paper in range(c.papers):
        for turn in turns:
            who = person("officer", (paper + turn) % c.officers)
            yield c.day(_paper_day(c, paper)), None, "", who, f"P{paper}"


def uses(c: City) -> Iterator[Made]:
    """Five sittings use one paper."""
    for number in range(c.sittings):
        yield c.day(c.sitting_day(number) - 15), None, "", f"S{number}", f"P{number // 5}"


def sitting(c: City) -> Iterator[Made]:
    """Where and when each sitting is; one of twenty was moved by an hour."""
    for number in range(c.sittings):
        day, site, hour = c.day(c.sitting_day(number)), c.site_of(number), 1 + 3 * (number % 3)
        place = (f"A{site}", f"SITE-{site}", f"D{site % DISTRICTS}")
        facts = (f"S{number}", *place, f"Q{number // 5 % QUALIFICATIONS}", "2", str(IN_SITTING))
        if number % 20 == 0:
            yield day, day, "", *facts, f"{day} {hour - 1:02}:00:00", f"{day} {hour + 1:02}:00:00"
        after = "replaces" if number % 20 == 0 else ""
        yield day, day, after, *facts, f"{day} {hour:02}:00:00", f"{day} {hour + 2:02}:00:00"


def room(c: City) -> Iterator[Made]:
    """Two rooms for each sitting."""
    for number in range(c.sittings):
        day = c.day(c.sitting_day(number))
        for code in ("R1", "R2"):
            yield day, day, "", f"S{number}", code, str(IN_SITTING // 2)


def opened(c: City) -> Iterator[Made]:
    """Each sitting was opened on its day, those to come were not."""
    for number in range(c.sittings):
        if c.sitting_day(number) < DAYS - TO_COME:
            yield c.day(c.sitting_day(number)), None, "", f"S{number}"


def registered(c: City) -> Iterator[Made]:
    """Sixty to a sitting, after their class; now and then somebody of the staff by mistake, taken back."""
    for place in range(c.classes * IN_CLASS):
        number, day = place // IN_SITTING, c.day(c.sitting_day(place // IN_SITTING) - 10)
        who = c.learner(place)
        firm, body = f"FIRM-{place % c.enterprises}", c.body_of(place // IN_CLASS)
        yield day, None, "", who, f"S{number}", firm, body
        if place % 100 == 0:
            wrong = (person("staff", c.team_of(number), 0), f"S{number}", firm, body)
            yield day, None, "", *wrong
            yield day, None, "withdraws", *wrong


def appointed(c: City) -> Iterator[Made]:
    """A team and an inspector for each sitting; now and then one of the wrong district, taken back."""
    for number in range(c.sittings):
        day, code = c.day(c.sitting_day(number) - 5), f"S{number}"
        for place, duty in enumerate(TEAM):
            who = person("staff", c.team_of(number), place)
            yield day, None, "", who, code, str(duty), ROOM_OF[place]
        home, turn = c.inspector_of(number)
        yield day, None, "", person("inspector", home, turn), code, str(Duty.INSPECT), None
        if number % 10 == 0:
            home = c.site_of(number) % DISTRICTS
            wrong = (person("inspector", home, turn), code, str(Duty.INSPECT), None)
            yield day, None, "", *wrong
            yield day, None, "withdraws", *wrong


def after_sitting(c: City, name: str, days: int, each: int) -> Iterator[Made]:
    """Some people worked on the results of each sitting that was held."""
    for number in range(c.sittings):
        if c.sitting_day(number) < DAYS - TO_COME:
            day = c.day(c.sitting_day(number) + days)
            for turn in range(each):
                yield day, None, "", person(name, (number + turn) % c.officers), f"S{number}"


def judged(c: City) -> Iterator[Made]:
    """A response of every twentieth sitting was marked by two."""
    for number in range(0, c.sittings, 20):
        day = c.day(c.sitting_day(number) + 2)
        for turn in range(2):
            who = person("marker", (number // 20 + turn) % c.officers)
            yield day, None, "", who, f"S{number}", person("judged", number), f"A{number}"


def on_result(c: City, name: str) -> Iterator[Made]:
    """A mark of every twentieth sitting was corrected."""
    for number in range(0, c.sittings, 20):
        day = c.day(c.sitting_day(number) + 9)
        yield day, None, "", person(name, number // 20 % c.officers), f"S{number}", f"C{number}"


def on_case(c: City, name: str) -> Iterator[Made]:
    """Accident cases were drafted and approved."""
    for number in range(c.classes // 20):
        yield c.day(c.class_day(number)), None, "", person(name, number % c.officers), f"CASE{number}"
