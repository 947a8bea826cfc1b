"""Each rule in small: the rows that break it, and next to them all that only nearly does.

A scenario names its rows. ``spared`` changes or leaves out a row so that exactly one condition of the rule no
longer holds: nothing may be found then. ``broken_too`` changes a row and the rule is broken all the same. A
condition that no scenario tries is found by ``make mutate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from trainhub.people.models import OrganisationKind as Kind
from trainhub.separation.duties import Duty
from trainhub.separation.models import RELATIONS

TODAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
SCHOOL, CENTRE, SITE, FACTORY = "SCHOOL", "CENTRE", "SITE-OWNER", "FACTORY"

Row = tuple[str, dict[str, Any]]
Change = Mapping[str, Row | None]


def day(number: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=number)


def row(relation: str, starts: int = 0, ends: int | None = None, **facts: Any) -> Row:
    """Return a row of the register; its period is given in days from today."""
    period = {"starts_on": day(starts), "ends_on": None if ends is None else day(ends)}
    return relation, period | facts


def sitting(code: str = "S1", on: int = 10, hour: int = 1, **changed: Any) -> Row:
    """A sitting of two hours at the site A in the district 东港区."""
    starts_at = NOW.replace(hour=hour, minute=0) + timedelta(days=on)
    facts = {
        "sitting_code": code,
        "site_code": "A",
        "organisation_code": SITE,
        "district": "东港区",
        "qualification": "LV",
        "rooms": 1,
        "candidates": 30,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
    }
    return row("sitting", on, on, **(facts | changed))


def granted(
    person: str, duty: Duty, organisation: str = "O", starts: int = -900, ends: int | None = None
) -> Row:
    """A duty that somebody holds."""
    return row("granted", starts, ends, person_id=person, duty=str(duty), organisation_code=organisation)


def taught(person: str, code: str = "K", starts: int = -60, ends: int | None = -30) -> Row:
    """Somebody who taught a class."""
    return row("taught", starts, ends, person_id=person, class_code=code, organisation_code=SCHOOL)


def attended(
    person: str, code: str = "K", starts: int = -60, ends: int | None = -30, body: str = SCHOOL
) -> Row:
    """Somebody who learned in a class."""
    return row("attended", starts, ends, person_id=person, class_code=code, organisation_code=body)


def registered(person: str, code: str = "S1", employer: str | None = None, body: str | None = None) -> Row:
    """A candidate."""
    return row(
        "registered", person_id=person, sitting_code=code, employer_code=employer, training_body_code=body
    )


def appointed(person: str, code: str = "S1", duty: Duty = Duty.INVIGILATE, room: str | None = None) -> Row:
    """Somebody on duty."""
    return row("appointed", person_id=person, sitting_code=code, duty=str(duty), room_code=room)


def employed(person: str, organisation: str, starts: int = -900, ends: int | None = None) -> Row:
    """Somebody who works for an organisation."""
    return row("employed", starts, ends, person_id=person, organisation_code=organisation)


def organisation(code: str, kind: Kind, person: str | None = None) -> Row:
    """What an organisation is, and who answers for it."""
    return row(
        "organisation", -900, organisation_code=code, kind=str(kind), district="东港区", person_id=person
    )


def belongs(owned: str, owner: str) -> Row:
    """An organisation that belongs to another."""
    return row("affiliated", -900, organisation_code=owned, other_code=owner)


def worked(relation: str, person: str, code: str, starts: int = 0) -> Row:
    """Somebody who worked on an item, a paper or a sitting."""
    column = {"authored": "item_code", "reviewed": "item_code", "marked": "sitting_code"}
    return row(relation, starts, person_id=person, **{column.get(relation, "paper_code"): code})


def of_sitting(relation: str, person: str, code: str = "S1") -> Row:
    """Somebody who did something with the results of a sitting."""
    return row(relation, person_id=person, sitting_code=code)


@dataclass(frozen=True)
class Scenario:
    """One way to break a rule, and what nearly does.

    Args:
        rule: its identifier.
        name: what happens.
        rows: what breaks it, by name; the last is the act that brings it about.
        spared: changes after which the rule is not broken.
        broken_too: changes after which it still is.
        never: persons and objects that are named in no case.
        found: person and object that the violation names.
    """

    rule: str
    name: str
    rows: Mapping[str, Row]
    found: tuple[str, str]
    spared: Mapping[str, Change] = field(default_factory=dict)
    broken_too: Mapping[str, Change] = field(default_factory=dict)
    never: frozenset[tuple[str, str]] = frozenset()

    def changed(self, change: Change) -> list[Row]:
        """Return the rows after a change; a row that is changed to None is left out."""
        rows = {**self.rows, **change}
        return [each for each in rows.values() if each is not None]


def made(each: Row) -> Any:
    """Return a row as an object that is not stored yet."""
    name, facts = each
    return RELATIONS[name](**facts, void=False, source="scenario", recorded_at=NOW)


def _duties() -> list[Scenario]:
    teach, exam = granted("P", Duty.TEACH, SCHOOL, -100, -50), granted("P", Duty.INVIGILATE, CENTRE, -10)
    return [
        Scenario(
            "S-01",
            "an instructor becomes an invigilator within the cooling-off period",
            {"training": teach, "exam": exam},
            ("P", str(Duty.INVIGILATE)),
            spared={
                "somebody else": {"exam": granted("Q", Duty.INVIGILATE, CENTRE, -10)},
                "after the cooling-off": {"training": granted("P", Duty.TEACH, SCHOOL, -800, -380)},
                "after the cooling-off, the other way": {
                    "training": granted("P", Duty.TEACH, SCHOOL, -10),
                    "exam": granted("P", Duty.INVIGILATE, CENTRE, -800, -380),
                },
                "a publisher of cases": {"training": granted("P", Duty.DRAFT_CASES, SCHOOL, -100, -50)},
                "an auditor": {"exam": granted("P", Duty.AUDIT, CENTRE, -10)},
            },
            broken_too={
                "at once": {"training": granted("P", Duty.TEACH, SCHOOL, -100)},
                "the other way": {
                    "training": granted("P", Duty.MANAGE_COURSES, SCHOOL, -10),
                    "exam": granted("P", Duty.INVIGILATE, CENTRE, -100, -50),
                },
                "on the last day of the cooling-off": {
                    "training": granted("P", Duty.TEACH, SCHOOL, -800, -375),
                },
                "the other way, for ever": {
                    "training": granted("P", Duty.TEACH, SCHOOL, -10),
                    "exam": granted("P", Duty.INVIGILATE, CENTRE, -100),
                },
            },
        ),
        Scenario(
            "S-02",
            "one person is auditor and invigilator",
            {
                "administration": granted("P", Duty.AUDIT, ends=20),
                "other": granted("P", Duty.INVIGILATE, ends=50),
            },
            ("P", str(Duty.INVIGILATE)),
            spared={
                "somebody else": {"other": granted("Q", Duty.INVIGILATE)},
                "the one after the other": {"other": granted("P", Duty.INVIGILATE, starts=21)},
                "the other before the one": {
                    "administration": granted("P", Duty.AUDIT, starts=0),
                    "other": granted("P", Duty.INVIGILATE, ends=-1),
                },
                "no administrator": {"administration": granted("P", Duty.MARK)},
                "the same duty twice": {"other": granted("P", Duty.AUDIT, "O2")},
            },
            broken_too={
                "for ever": {"administration": granted("P", Duty.AUDIT)},
                "begins for ever": {
                    "administration": granted("P", Duty.AUDIT, starts=0),
                    "other": granted("P", Duty.INVIGILATE),
                },
            },
        ),
    ]


def _organisations() -> list[Scenario]:
    school, site = organisation(SCHOOL, Kind.TRAINING_BODY, "P"), organisation(SITE, Kind.EXAM_SITE, "P")
    plain_school, plain_site = organisation(SCHOOL, Kind.TRAINING_BODY), organisation(SITE, Kind.EXAM_SITE)
    return [
        Scenario(
            "S-03",
            "an exam centre has somebody teach",
            {
                "organisation": organisation(CENTRE, Kind.EXAM_CENTRE),
                "duty": granted("P", Duty.TEACH, CENTRE),
            },
            ("P", CENTRE),
            spared={
                "a school does": {"organisation": organisation(CENTRE, Kind.TRAINING_BODY)},
                "another organisation does": {"duty": granted("P", Duty.TEACH, "ELSEWHERE")},
                "it publishes cases": {"duty": granted("P", Duty.DRAFT_CASES, CENTRE)},
                "it examines": {"duty": granted("P", Duty.INVIGILATE, CENTRE)},
                "an authority audits": {
                    "organisation": organisation(CENTRE, Kind.TRAINING_BODY),
                    "duty": granted("P", Duty.AUDIT, CENTRE),
                },
            },
            broken_too={
                "a school has somebody examine": {
                    "organisation": organisation(CENTRE, Kind.TRAINING_BODY),
                    "duty": granted("P", Duty.INVIGILATE, CENTRE),
                },
            },
        ),
        Scenario(
            "S-03",
            "one person answers for a school and a site",
            {"school": school, "site": site},
            ("P", SITE),
            spared={
                "two persons": {"site": organisation(SITE, Kind.EXAM_SITE, "Q")},
                "nobody": {"school": plain_school, "site": plain_site},
                "two schools": {"site": organisation(SITE, Kind.TRAINING_BODY, "P")},
                "a factory": {"school": organisation(SCHOOL, Kind.ENTERPRISE, "P")},
            },
            broken_too={"a centre": {"site": organisation(SITE, Kind.EXAM_CENTRE, "P")}},
        ),
        Scenario(
            "S-03",
            "a school belongs to a site through two shells",
            {
                "school": plain_school,
                "site": plain_site,
                "first": belongs(SCHOOL, "X"),
                "second": belongs("X", "Y"),
                "third": belongs("Y", SITE),
            },
            ("", SITE),
            spared={
                "two daughters of one house": {"second": belongs("Y", "X"), "third": belongs(SITE, "Y")},
                "the chain is broken": {"second": None},
                "a factory": {"school": organisation(SCHOOL, Kind.ENTERPRISE)},
                "another school": {"site": organisation(SITE, Kind.TRAINING_BODY)},
                "the chain ends elsewhere": {"third": belongs("Y", "Z")},
                "the chain begins elsewhere": {"first": belongs("Z", "X")},
            },
            broken_too={
                "at once": {"first": belongs(SCHOOL, SITE), "second": None, "third": None},
                "the site to the school": {"first": belongs(SITE, SCHOOL), "second": None, "third": None},
            },
        ),
        Scenario(
            "S-03",
            "a school holds a sitting",
            {"school": organisation(SITE, Kind.TRAINING_BODY), "sitting": sitting()},
            ("", "S1"),
            spared={
                "a site does": {"school": plain_site},
                "somebody else does": {"sitting": sitting(organisation_code="ELSE")},
            },
        ),
    ]


def _other_work(relation: str) -> dict[str, Change]:
    """Somebody else worked on it, and whoever teaches on something else."""
    code = "I" if relation in ("authored", "reviewed") else "A"
    work, own = worked(relation, "Q", code), worked(relation, "P", f"{code}9")
    return {"somebody else worked on it": {"work": work, "own work": own}}


def _wings() -> list[Scenario]:
    found: list[Scenario] = []
    teaching = {
        "class": row("class", -60, 60, class_code="K", organisation_code=SCHOOL, qualification="LV"),
        "live": row("live", -20, 20, item_code="I", qualification="LV"),
        "taught": taught("P", starts=-60, ends=60),
    }
    spared: dict[str, Change] = {
        "teaches another class": {"taught": taught("P", "K2", -60, 60)},
        "teaches for another qualification": {
            "class": row("class", -60, 60, class_code="K", organisation_code=SCHOOL, qualification="HV")
        },
        "somebody else teaches": {"taught": taught("Q", starts=-60, ends=60)},
        "retired before": {"taught": taught("P", starts=21, ends=60)},
        "live after": {"taught": taught("P", starts=-60, ends=-21)},
        "another item is live": {"live": row("live", -20, 20, item_code="I2", qualification="LV")},
    }
    broken_too: dict[str, Change] = {
        "live for ever": {"live": row("live", -20, item_code="I", qualification="LV")},
        "teaches for ever": {"taught": taught("P", starts=-60, ends=None)},
        "teaches for ever from the last day": {
            "taught": taught("P", starts=20, ends=None),
        },
        "live for ever from the last day": {
            "live": row("live", 60, item_code="I", qualification="LV"),
        },
    }
    for relation in ("authored", "reviewed"):
        rows = {"work": worked(relation, "P", "I"), **teaching}
        name = f"who {relation} a live item teaches for it"
        found.append(Scenario("S-04", name, rows, ("P", "I"), spared | _other_work(relation), broken_too))
    for relation in ("saw", "assembled", "sealed"):
        contains = row("contains", paper_code="A", item_code="I")
        rows = {"work": worked(relation, "P", "A"), "contains": contains, **teaching}
        more = (
            spared
            | _other_work(relation)
            | {
                "another paper": {"contains": row("contains", paper_code="B", item_code="I")},
                "without the item": {"contains": row("contains", paper_code="A", item_code="I2")},
            }
        )
        name = f"who {relation} a paper with a live item teaches for it"
        found.append(Scenario("S-04", name, rows, ("P", "I"), more, broken_too))
    periods: dict[str, Change] = {
        "somebody else trains": {"duty": granted("Q", Duty.TEACH)},
        "no training duty": {"duty": granted("P", Duty.DRAFT_CASES)},
        "before the duty begins": {"duty": granted("P", Duty.TEACH, starts=1)},
        "after the duty ended": {"duty": granted("P", Duty.TEACH, ends=-1)},
    }
    last_days: dict[str, Change] = {
        "on the first and last day": {"duty": granted("P", Duty.TEACH, starts=0, ends=0)},
    }
    for relation in ("authored", "reviewed", "saw", "assembled", "sealed", "marked"):
        rows = {"duty": granted("P", Duty.TEACH), "work": worked(relation, "P", "X1")}
        found.append(Scenario("S-05", f"an instructor {relation}", rows, ("P", "X1"), periods, last_days))
    attests = row("attested", person_id="P", class_code="K", organisation_code=SCHOOL)
    found.append(
        Scenario(
            "S-06",
            "an invigilator signs a training record",
            {"duty": granted("P", Duty.INVIGILATE), "record": attests},
            ("P", "K"),
            spared={
                "somebody else": {"duty": granted("Q", Duty.INVIGILATE)},
                "no examination duty": {"duty": granted("P", Duty.ISSUE_TRAINING_RECORDS)},
                "before the duty begins": {"duty": granted("P", Duty.INVIGILATE, starts=1)},
                "after the duty ended": {"duty": granted("P", Duty.INVIGILATE, ends=-1)},
            },
            broken_too={
                "on the first and last day": {"duty": granted("P", Duty.INVIGILATE, starts=0, ends=0)}
            },
        )
    )
    return found


def _candidates() -> list[Scenario]:
    base = {"sitting": sitting(), "candidate": registered("C"), "staff": appointed("P")}
    as_inspector = {"staff": appointed("P", duty=Duty.INSPECT)}
    works = {"sitting": sitting(), "work": employed("P", FACTORY)}
    lookback: dict[str, Change] = {
        "an inspector": as_inspector,
        "long ago": {"work": employed("P", FACTORY, -900, -356)},
        "long ago, though not for an earlier sitting": {
            "work": employed("P", FACTORY, -900, -356),
            "other": sitting("S2", on=-100),
        },
        "at another sitting": {"staff": appointed("P", "S2"), "other": sitting("S2")},
        "somebody else works there": {"work": employed("Q", FACTORY)},
    }
    lately: dict[str, Change] = {
        "on the last day of the look-back": {"work": employed("P", FACTORY, -900, -355)},
        "an assessor": {"staff": appointed("P", duty=Duty.ASSESS)},
    }
    return [
        Scenario(
            "S-07",
            "an instructor invigilates people they taught",
            {"taught": taught("P"), "attended": attended("C"), **base},
            ("P", "S1"),
            spared={
                "another class": {"taught": taught("P", "K2")},
                "somebody else taught": {"taught": taught("Q")},
                "long ago": {"taught": taught("P", starts=-500, ends=-356)},
                "long ago, though not for an earlier sitting": {
                    "taught": taught("P", starts=-500, ends=-356),
                    "other": sitting("S2", on=-100),
                },
                "somebody else attended": {"attended": attended("D")},
                "candidate elsewhere": {"candidate": registered("C", "S2")},
                "staff elsewhere": {"staff": appointed("P", "S2"), "other": sitting("S2")},
                "an inspector": as_inspector,
            },
            broken_too={
                "on the last day of the look-back": {"taught": taught("P", starts=-500, ends=-355)},
                "still teaching": {"taught": taught("P", ends=None)},
                "an assessor": {"staff": appointed("P", duty=Duty.ASSESS)},
            },
        ),
        Scenario(
            "S-08",
            "a candidate is on duty",
            {"candidate": registered("P"), "staff": appointed("P", duty=Duty.INSPECT)},
            ("P", "S1"),
            spared={
                "another person": {"candidate": registered("C")},
                "another sitting": {"candidate": registered("P", "S2")},
            },
        ),
        Scenario(
            "S-09",
            "an invigilator works for the employer that sent a candidate",
            {**works, "candidate": registered("C", employer=FACTORY), "staff": appointed("P")},
            ("P", "S1"),
            spared={
                **lookback,
                "another employer": {"candidate": registered("C", employer="F2")},
                "candidate elsewhere": {"candidate": registered("C", "S2", employer=FACTORY)},
            },
            broken_too={**lately, "as training body": {"candidate": registered("C", body=FACTORY)}},
        ),
        Scenario(
            "S-09",
            "an invigilator and a candidate work for the same employer",
            {
                **works,
                "colleague": employed("C", FACTORY),
                "candidate": registered("C"),
                "staff": appointed("P"),
            },
            ("P", "S1"),
            spared={
                **lookback,
                "another employer": {"colleague": employed("C", "F2")},
                "another candidate": {"colleague": employed("D", FACTORY)},
                "candidate left long ago": {"colleague": employed("C", FACTORY, -900, -356)},
                "candidate elsewhere": {"candidate": registered("C", "S2")},
            },
            broken_too={
                **lately,
                "candidate left lately": {"colleague": employed("C", FACTORY, -900, -355)},
            },
        ),
        Scenario(
            "S-09",
            "an invigilator works for the school where a candidate learned",
            {
                **works,
                "attended": attended("C", body=FACTORY),
                "candidate": registered("C"),
                "staff": appointed("P"),
            },
            ("P", "S1"),
            spared={
                **lookback,
                "another school": {"attended": attended("C", body="B2")},
                "another candidate": {"attended": attended("D", body=FACTORY)},
                "learned long ago": {"attended": attended("C", starts=-900, ends=-356, body=FACTORY)},
                "candidate elsewhere": {"candidate": registered("C", "S2")},
            },
            broken_too={
                **lately,
                "still learning": {"attended": attended("C", ends=None, body=FACTORY)},
                "learned lately": {"attended": attended("C", starts=-900, ends=-355, body=FACTORY)},
            },
        ),
        Scenario(
            "S-18",
            "an invigilator is close to a candidate",
            {
                "candidate": registered("C"),
                "related": row("related", person_id="P", other_id="C"),
                "staff": appointed("P"),
            },
            ("P", "S1"),
            spared={
                "to somebody else": {"related": row("related", person_id="P", other_id="D")},
                "somebody else is": {"related": row("related", person_id="Q", other_id="C")},
                "somebody else is, the other way": {"related": row("related", person_id="C", other_id="Q")},
                "somebody else declared": {"related": row("related", person_id="D", other_id="P")},
                "candidate elsewhere": {"candidate": registered("C", "S2")},
                "an inspector": as_inspector,
            },
            broken_too={
                "declared the other way": {"related": row("related", person_id="C", other_id="P")},
                "an assessor": {"staff": appointed("P", duty=Duty.ASSESS)},
            },
        ),
        Scenario(
            "S-18",
            "a candidate declared to be close to an invigilator",
            {
                "candidate": registered("C"),
                "related": row("related", person_id="C", other_id="P"),
                "staff": appointed("P"),
            },
            ("P", "S1"),
            spared={
                "somebody else declared": {"related": row("related", person_id="D", other_id="P")},
                "to somebody else": {"related": row("related", person_id="C", other_id="Q")},
                "candidate elsewhere": {"candidate": registered("C", "S2")},
                "an inspector": as_inspector,
            },
        ),
    ]


def _inspection() -> list[Scenario]:
    inspects = appointed("P", duty=Duty.INSPECT)
    qualified = {"person_id": "P", "duty": str(Duty.INSPECT), "organisation_code": "B", "district": "东港区"}
    return [
        Scenario(
            "S-10",
            "an inspector works for the site",
            {"sitting": sitting(), "work": employed("P", SITE), "staff": inspects},
            ("P", "S1"),
            spared={
                "an invigilator": {"staff": appointed("P")},
                "another site": {"work": employed("P", "ELSE")},
                "somebody else": {"work": employed("Q", SITE)},
                "long ago": {"work": employed("P", SITE, -900, -356)},
                "another sitting": {
                    "staff": appointed("P", "S2", Duty.INSPECT),
                    "other": sitting("S2", organisation_code="ELSE"),
                },
            },
            broken_too={"on the last day of the look-back": {"work": employed("P", SITE, -900, -355)}},
        ),
        Scenario(
            "S-10",
            "an inspector belongs to the district",
            {"sitting": sitting(), "register": row("qualified", **qualified), "staff": inspects},
            ("P", "S1"),
            spared={
                "an invigilator": {"staff": appointed("P")},
                "in the register as an invigilator": {
                    "register": row("qualified", **(qualified | {"duty": str(Duty.INVIGILATE)}))
                },
                "another district": {"register": row("qualified", **(qualified | {"district": "西城区"}))},
                "somebody else": {"register": row("qualified", **(qualified | {"person_id": "Q"}))},
                "another sitting": {
                    "staff": appointed("P", "S2", Duty.INSPECT),
                    "other": sitting("S2", district="西城区"),
                },
            },
        ),
    ]


def _content() -> list[Scenario]:
    def eyes(rule: str, what: str, first: Row, second: Row, other: Change, code: str) -> Scenario:
        relation, facts = second
        somebody = (relation, facts | {"person_id": "Q"})
        return Scenario(
            rule,
            what,
            {"first": first, "second": second},
            ("P", code),
            spared={"another person": {"second": somebody}, "another thing": other},
        )

    case = {"person_id": "P", "case_code": "D"}
    change = {"person_id": "P", "sitting_code": "S1", "result_code": "R"}
    found = [
        eyes(
            "S-11",
            "an author reviews",
            worked("authored", "P", "I"),
            worked("reviewed", "P", "I"),
            {"second": worked("reviewed", "P", "I2")},
            "I",
        ),
        eyes(
            "S-12",
            "an assembler seals",
            worked("assembled", "P", "A"),
            worked("sealed", "P", "A"),
            {"second": worked("sealed", "P", "B")},
            "A",
        ),
        eyes(
            "S-13",
            "a marker publishes",
            of_sitting("marked", "P"),
            of_sitting("published", "P"),
            {"second": of_sitting("published", "P", "S2")},
            "S1",
        ),
        eyes(
            "S-14",
            "a publisher issues",
            of_sitting("published", "P"),
            of_sitting("issued", "P"),
            {"second": of_sitting("issued", "P", "S2")},
            "S1",
        ),
        eyes(
            "S-15",
            "a drafter approves",
            row("drafted", **case),
            row("approved", **case),
            {"second": row("approved", **(case | {"case_code": "D2"}))},
            "D",
        ),
        eyes(
            "S-21",
            "a mark is changed and approved by one",
            row("corrected", **change),
            row("confirmed", **change),
            {"second": row("confirmed", **(change | {"result_code": "R2"}))},
            "R",
        ),
    ]
    uses = row("uses", sitting_code="S1", paper_code="A")
    elsewhere: dict[str, Change] = {
        "staff elsewhere": {"staff": appointed("P", "S2")},
        "somebody else on duty": {"staff": appointed("Q")},
        "another paper is used": {"uses": row("uses", sitting_code="S1", paper_code="B")},
    }
    for relation in ("authored", "reviewed"):
        rows = {
            "contains": row("contains", paper_code="A", item_code="I"),
            "uses": uses,
            "work": worked(relation, "P", "I"),
            "staff": appointed("P"),
        }
        another = {"another item": {"work": worked(relation, "P", "I2")}}
        found.append(Scenario("S-17", f"who {relation} is on duty", rows, ("P", "S1"), elsewhere | another))
    for relation in ("knows", "saw", "assembled", "sealed"):
        rows = {"uses": uses, "work": worked(relation, "P", "A"), "staff": appointed("P")}
        another = {"another paper seen": {"work": worked(relation, "P", "B")}}
        found.append(Scenario("S-17", f"who {relation} is on duty", rows, ("P", "S1"), elsewhere | another))
    return found


def _numbers() -> list[Scenario]:
    opened = row("opened", sitting_code="S1")
    candidates = {f"candidate {number}": registered(f"C{number}") for number in range(61)}
    third, enough = appointed("P3"), {"one": appointed("P1"), "two": appointed("P2")}
    room_a = row("room", sitting_code="S1", room_code="R1", candidates=30)
    return [
        Scenario(
            "S-16",
            "a sitting is opened with one invigilator",
            {"sitting": sitting(), "one": appointed("P1"), "opened": opened},
            ("", "S1"),
            spared={
                "two": {"two": appointed("P2")},
                "not opened": {"opened": row("opened", sitting_code="S2")},
            },
            broken_too={
                "the second at another sitting": {"two": appointed("P2", "S2")},
                "the second inspects": {"two": appointed("P2", duty=Duty.INSPECT)},
                "the same twice": {"two": appointed("P1")},
            },
        ),
        Scenario(
            "S-16",
            "two invigilators for 61 candidates",
            {"sitting": sitting(), **candidates, **enough, "opened": opened},
            ("", "S1"),
            spared={
                "three": {"three": third},
                "60 candidates": {"candidate 60": None},
                "one of them elsewhere": {"candidate 60": registered("C60", "S2")},
                "one registered twice": {"candidate 60": registered("C1")},
            },
        ),
        Scenario(
            "S-16",
            "four invigilators in one room and none in the other",
            {
                "sitting": sitting(rooms=2),
                "room 1": room_a,
                "room 2": row("room", sitting_code="S1", room_code="R2", candidates=30),
                **{f"staff {number}": appointed(f"P{number}", room="R1") for number in range(4)},
                "opened": opened,
            },
            ("", "S1"),
            spared={
                "two each": {"staff 2": appointed("P2", room="R2"), "staff 3": appointed("P3", room="R2")},
                "two are free": {"staff 2": appointed("P2"), "staff 3": appointed("P3")},
                "the room is of another sitting": {
                    "room 2": row("room", sitting_code="S2", room_code="R2", candidates=30)
                },
                "not opened": {"opened": row("opened", sitting_code="S2")},
            },
            broken_too={
                "one is free": {"staff 3": appointed("P3")},
                "in that room of another sitting": {
                    "more": appointed("P8", "S2", room="R2"),
                    "still more": appointed("P9", "S2", room="R2"),
                },
                "inspectors": {
                    "staff 2": appointed("P2", duty=Duty.INSPECT),
                    "staff 3": appointed("P3", duty=Duty.INSPECT),
                },
                "inspectors in the room": {
                    "staff 2": appointed("P2", duty=Duty.INSPECT, room="R2"),
                    "staff 3": appointed("P3", duty=Duty.INSPECT, room="R2"),
                },
                "inspectors in the other room": {
                    "more": appointed("P8", duty=Duty.INSPECT, room="R2"),
                    "still more": appointed("P9", duty=Duty.INSPECT, room="R2"),
                },
                "free inspectors": {
                    "more": appointed("P8", duty=Duty.INSPECT),
                    "still more": appointed("P9", duty=Duty.INSPECT),
                },
                "free at another sitting": {
                    "more": appointed("P8", "S2"),
                    "still more": appointed("P9", "S2"),
                },
                "one is free twice": {"staff 3": appointed("P2"), "staff 2": appointed("P2")},
                "one counts twice in a room": {
                    "staff 2": appointed("P2", room="R2"),
                    "staff 3": appointed("P2", room="R2"),
                },
            },
        ),
        Scenario(
            "S-16",
            "two invigilators in a room of 61",
            {
                "sitting": sitting(),
                "room": row("room", sitting_code="S1", room_code="R1", candidates=61),
                "one": appointed("P1", room="R1"),
                "two": appointed("P2", room="R1"),
                "opened": opened,
            },
            ("", "S1"),
            spared={"a room of 60": {"room": row("room", sitting_code="S1", room_code="R1", candidates=60)}},
        ),
    ]


def _turns() -> list[Scenario]:
    days = {f"sitting {number}": sitting(f"S{number}", on=number) for number in range(1, 5)}
    duties = {f"staff {number}": appointed("P", f"S{number}") for number in range(1, 5)}
    away = sitting("S9", on=2, hour=6, site_code="B", organisation_code="ELSE")
    return [
        Scenario(
            "S-19",
            "somebody is on duty at two sittings at once",
            {
                "one": sitting("S1"),
                "two": sitting("S2", hour=2),
                "first": appointed("P", "S2"),
                "second": appointed("P"),
            },
            ("P", "S1"),
            spared={
                "one after the other": {"two": sitting("S2", hour=3)},
                "one before the other": {"one": sitting("S1", hour=5)},
                "two persons": {"second": appointed("Q")},
                "at one alone": {"first": None},
            },
            broken_too={"twice at one": {"first": appointed("P", duty=Duty.ASSESS)}},
        ),
        Scenario(
            "S-20",
            "somebody is at one site on four exam days in a row",
            {**days, **duties},
            ("P", "S4"),
            spared={
                "three days": {"staff 2": None},
                "elsewhere in between": {"other": away, "more": appointed("P", "S9")},
                "elsewhere at the very time of the first": {
                    "other": sitting("S9", on=1, site_code="B"),
                    "more": appointed("P", "S9"),
                },
                "elsewhere at the very time of the last": {
                    "other": sitting("S9", on=4, site_code="B"),
                    "more": appointed("P", "S9"),
                },
                "one of them at another site": {"sitting 2": sitting("S2", on=2, site_code="B")},
                "somebody else on one of them": {"staff 2": appointed("Q", "S2")},
                "two on one day": {"sitting 2": sitting("S2", on=1, hour=6)},
                "one as inspector": {"staff 2": appointed("P", "S2", Duty.INSPECT)},
                "the last as inspector": {"staff 4": appointed("P", "S4", Duty.INSPECT)},
            },
            broken_too={
                "elsewhere before": {
                    "other": sitting("S9", on=0, site_code="B"),
                    "more": appointed("P", "S9"),
                },
                "elsewhere after": {
                    "other": sitting("S9", on=9, site_code="B"),
                    "more": appointed("P", "S9"),
                },
                "somebody else elsewhere": {"other": away, "more": appointed("Q", "S9")},
                "somebody else there once": {"more": appointed("Q", "S2")},
                "there once and elsewhere once before": {
                    "early": sitting("S7", on=0, hour=1),
                    "first": appointed("P", "S7"),
                    "other": sitting("S9", on=0, hour=6, site_code="B"),
                    "more": appointed("P", "S9"),
                },
                "an inspector there on the next day": {
                    "other": sitting("S9", on=5),
                    "more": appointed("P", "S9", Duty.INSPECT),
                },
                "at the same site in between": {
                    "other": sitting("S8", on=2, hour=6),
                    "more": appointed("P", "S8"),
                },
            },
            never=frozenset({("P", "S9"), ("P", "S7"), ("Q", "S2")}),
        ),
        Scenario(
            "S-20",
            "somebody is at one site on four exam days in a row after a day in two places",
            {
                **days,
                **duties,
                "both": sitting("S0", on=0),
                "there": appointed("P", "S0"),
                "other": sitting("S9", on=0, site_code="B"),
                "more": appointed("P", "S9"),
            },
            ("P", "S4"),
            never=frozenset({("P", "S9"), ("P", "S0")}),
        ),
        Scenario(
            "S-22",
            "somebody without the duty is on duty",
            {"sitting": sitting(), "duty": granted("P", Duty.INVIGILATE, ends=9), "staff": appointed("P")},
            ("P", "S1"),
            spared={
                "for ever": {"duty": granted("P", Duty.INVIGILATE)},
                "until that day": {"duty": granted("P", Duty.INVIGILATE, ends=10)},
                "from that day": {"duty": granted("P", Duty.INVIGILATE, starts=10)},
                "at a sitting before": {"staff": appointed("P", "S2"), "other": sitting("S2", on=5)},
            },
            broken_too={
                "another duty": {"duty": granted("P", Duty.ASSESS)},
                "somebody else holds it": {"duty": granted("Q", Duty.INVIGILATE)},
                "from the day after": {"duty": granted("P", Duty.INVIGILATE, starts=11)},
            },
        ),
    ]


def judged(person: str, candidate: str = "C", code: str = "S1", response: str = "A1") -> Row:
    """A response of a candidate that somebody has to mark, or marked."""
    return row("judged", 10, person_id=person, sitting_code=code, other_id=candidate, response_code=response)


def _marking() -> list[Scenario]:
    mine = judged("P")
    others: dict[str, Change] = {
        "somebody else marks it": {"mark": judged("Q")},
        "of another candidate": {"mark": judged("P", "D")},
    }
    works = {"work": employed("P", FACTORY)}
    gone: dict[str, Change] = {"long ago": {"work": employed("P", FACTORY, -900, -356)}}
    lately: dict[str, Change] = {"left lately": {"work": employed("P", FACTORY, -900, -355)}}
    return [
        Scenario("S-23", "their own", {"mark": judged("P", "P")}, ("P", "A1"), {"other": {"mark": mine}}),
        Scenario(
            "S-23",
            "whom they taught",
            {"taught": taught("P"), "attended": attended("C"), "mark": mine},
            ("P", "A1"),
            spared={
                **others,
                "another class": {"taught": taught("P", "K2")},
                "long ago": {"taught": taught("P", starts=-500, ends=-356)},
            },
        ),
        Scenario(
            "S-23",
            "sent or trained by their organisation",
            {**works, "candidate": registered("C", employer=FACTORY), "mark": mine},
            ("P", "A1"),
            spared={
                **others,
                **gone,
                "sent elsewhere": {"candidate": registered("C", "S2", employer=FACTORY)},
                "sent by another": {"candidate": registered("C", employer="F2")},
            },
            broken_too={**lately, "trained there": {"candidate": registered("C", body=FACTORY)}},
        ),
        Scenario(
            "S-23",
            "of a colleague",
            {**works, "colleague": employed("C", FACTORY), "mark": mine},
            ("P", "A1"),
            spared={
                **others,
                **gone,
                "elsewhere": {"colleague": employed("C", "F2")},
                "who left long ago": {"colleague": employed("C", FACTORY, -900, -356)},
            },
        ),
        Scenario(
            "S-23",
            "who learned at their school",
            {**works, "attended": attended("C", body=FACTORY), "mark": mine},
            ("P", "A1"),
            spared={
                **others,
                **gone,
                "elsewhere": {"attended": attended("C", body="B2")},
                "long ago in a class": {"attended": attended("C", starts=-900, ends=-356, body=FACTORY)},
            },
        ),
        Scenario(
            "S-23",
            "to whom they are close",
            {"related": row("related", person_id="P", other_id="C"), "mark": mine},
            ("P", "A1"),
            spared={
                **others,
                "to somebody else": {"related": row("related", person_id="P", other_id="D")},
                "somebody else is": {"related": row("related", person_id="C", other_id="Q")},
                "another declared it": {"related": row("related", person_id="D", other_id="P")},
            },
            broken_too={"declared back": {"related": row("related", person_id="C", other_id="P")}},
        ),
        Scenario(
            "S-24",
            "one response twice",
            {"mark": mine, "again": judged("P", "D")},
            ("P", "A1"),
            spared={
                "another marks it again": {"again": judged("Q")},
                "another response": {"again": judged("P", "D", response="A2")},
            },
        ),
    ]


SCENARIOS: list[Scenario] = [
    *_duties(),
    *_organisations(),
    *_wings(),
    *_candidates(),
    *_inspection(),
    *_content(),
    *_numbers(),
    *_turns(),
    *_marking(),
]
