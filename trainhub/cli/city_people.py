"""Rows of an invented city: teaching, learning, people, organisations and duties."""

from __future__ import annotations

from collections.abc import Iterator

from trainhub.cli.city import DISTRICTS, IN_CLASS, OLD_HAND, QUALIFICATIONS, TEAM, City, Made, person
from trainhub.people.models import OrganisationKind as Kind
from trainhub.separation.duties import Duty


def classes(c: City) -> Iterator[Made]:
    """What each class leads to."""
    for number in range(c.classes):
        day = c.class_day(number)
        yield c.day(day), c.day(day + 14), "", f"K{number}", c.body_of(number), _of_class(c, number)


def _of_class(c: City, number: int) -> str:
    return f"Q{(number * 7 + number // c.bodies) % QUALIFICATIONS}"


def attended(c: City) -> Iterator[Made]:
    """Forty in each class; one of fifty rows was stated without its last day and corrected."""
    for number in range(c.classes):
        first, last = c.day(c.class_day(number)), c.day(c.class_day(number) + 14)
        facts = (f"K{number}", c.body_of(number))
        for place in range(number * IN_CLASS, (number + 1) * IN_CLASS):
            who = c.learner(place)
            if place % 50 == 0:
                yield first, None, "", who, *facts
                yield first, last, "replaces", who, *facts
            else:
                yield first, last, "", who, *facts


def taught(c: City) -> Iterator[Made]:
    """One or two instructors for each class; of the early classes some who became staff or authors later."""
    for number in range(c.classes):
        day = c.class_day(number)
        first, last = c.day(day), c.day(day + 14)
        facts = (f"K{number}", c.body_of(number))
        for turn in range(1 + number % 2):
            who = (number // c.bodies + turn) % c.instructors
            yield first, last, "", person("instructor", number % c.bodies, who), *facts
        if day + 14 < OLD_HAND and number % 5 == 0:
            team = c.teams + number // 5 % c.teams
            yield first, last, "", person("staff", team, 0), *facts


def attested(c: City) -> Iterator[Made]:
    """Each class's records are signed."""
    for number in range(c.classes):
        day = c.day(c.class_day(number) + 15)
        issuer = person("issuer", number % c.bodies)
        yield day, None, "", issuer, f"K{number}", c.body_of(number)


def employed(c: City) -> Iterator[Made]:
    """Learners work for enterprises, a third has changed; staff came from enterprises long ago."""
    for number, name in enumerate(c.names):
        here = f"FIRM-{number % c.enterprises}"
        if number % 3 == 0:
            yield c.day(-300), c.day(1500), "", name, f"FIRM-{number * 7 % c.enterprises}"
            yield c.day(1501), None, "", name, here
        else:
            yield c.day(-300), None, "", name, here
    for team in range(2 * c.teams):
        for place in range(len(TEAM)):
            who = person("staff", team, place)
            yield c.day(-390), c.day(-380), "", who, f"FIRM-{team % c.enterprises}"
            yield c.day(-100), None, "", who, f"BUREAU-{team % DISTRICTS}"
    for body in range(c.bodies):
        for number in range(c.instructors):
            yield c.day(-300), None, "", person("instructor", body, number), f"BODY-{body}"


def organisation(c: City) -> Iterator[Made]:
    """Every organisation with a person of its own who answers for it."""
    known: list[tuple[str, Kind, int]] = [("CENTRE", Kind.EXAM_CENTRE, 1)]
    known += [("FIRM", Kind.ENTERPRISE, c.enterprises), ("BODY", Kind.TRAINING_BODY, c.bodies)]
    known += [("SITE", Kind.EXAM_SITE, c.sites), ("BUREAU", Kind.AUTHORITY, DISTRICTS)]
    for name, kind, count in known:
        for number in range(count):
            facts = (f"{name}-{number}", str(kind), f"D{number % DISTRICTS}", person(name, number))
            yield c.day(-400), None, "", *facts


def affiliated(c: City) -> Iterator[Made]:
    """Enterprises belong to enterprises, those to others."""
    for number in range(5, c.enterprises, 3):
        yield c.day(-400), None, "", f"FIRM-{number}", f"FIRM-{number // 5}"


def granted(c: City) -> Iterator[Made]:
    """Who held which duty when."""
    always = c.day(-100)
    for body in range(c.bodies):
        for number in range(c.instructors):
            yield always, None, "", person("instructor", body, number), str(Duty.TEACH), f"BODY-{body}"
        yield always, None, "", person("issuer", body), str(Duty.ISSUE_TRAINING_RECORDS), f"BODY-{body}"
    for district in range(DISTRICTS):
        for number in range(c.inspectors):
            who = person("inspector", district, number)
            yield always, None, "", who, str(Duty.INSPECT), f"BUREAU-{district}"
    for name, duty, count in _offices(c):
        for number in range(count):
            yield always, None, "", person(name, number), str(duty), "CENTRE-0"
    yield from _granted_to_staff(c)


def _offices(c: City) -> tuple[tuple[str, Duty, int], ...]:
    return (
        ("author", Duty.AUTHOR_ITEMS, c.authors),
        ("author", Duty.REVIEW_ITEMS, c.authors),
        ("officer", Duty.ASSEMBLE_PAPERS, c.officers),
        ("officer", Duty.REVIEW_PAPERS, c.officers),
        ("marker", Duty.MARK, c.officers),
        ("publisher", Duty.PUBLISH_RESULTS, c.officers),
        ("issuing", Duty.ISSUE_CERTIFICATES, c.officers),
        ("auditor", Duty.AUDIT, 1),
        ("system", Duty.ADMINISTER_SYSTEM, 1),
        ("security", Duty.ADMINISTER_SECURITY, 1),
    )


def _granted_to_staff(c: City) -> Iterator[Made]:
    """Duties of staff who left were granted without end and ended later; one of each young team taught."""
    always = c.day(-100)
    for team in range(2 * c.teams):
        young = team >= c.teams
        for place, duty in enumerate(TEAM):
            facts = (person("staff", team, place), str(duty), "CENTRE-0")
            if young:
                yield c.day(1750), None, "", *facts
            else:
                yield always, None, "", *facts
                yield always, c.day(2000), "replaces", *facts
        if young:
            yield always, c.day(OLD_HAND), "", person("staff", team, 0), str(Duty.TEACH), "BODY-0"


def related(c: City) -> Iterator[Made]:
    """Staff declared their families; some learners are of one family."""
    for team in range(2 * c.teams):
        for place in range(len(TEAM)):
            yield c.day(0), None, "", person("staff", team, place), person("family", team, place)
    for number in range(0, c.learners - 1, 50):
        yield c.day(0), None, "", c.names[number], c.names[number + 1]


def qualified(c: City) -> Iterator[Made]:
    """The register of exam staff."""
    for team in range(2 * c.teams):
        for place, duty in enumerate(TEAM):
            district = f"D{team % DISTRICTS}"
            yield c.day(-100), None, "", person("staff", team, place), str(duty), "CENTRE-0", district
    for home in range(DISTRICTS):
        for number in range(c.inspectors):
            who = person("inspector", home, number)
            yield c.day(-100), None, "", who, str(Duty.INSPECT), f"BUREAU-{home}", f"D{home}"
