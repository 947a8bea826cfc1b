"""The structured facts of an accident: what is given, what is checked, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from trainhub import regulations
from trainhub.cases.models import CaseVersion, Cause
from trainhub.kernel import clock
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.regulations import AccidentLevel, accident_level

LONGEST = 20_000
INDUSTRIES = {
    "mining": _l("mining"),
    "manufacturing": _l("manufacturing"),
    "chemicals": _l("chemicals"),
    "energy": _l("electricity, heat, gas and water"),
    "construction": _l("construction"),
    "transport": _l("transport and storage"),
    "trade": _l("trade, hotels and restaurants"),
    "services": _l("services"),
    "agriculture": _l("agriculture, forestry and fishing"),
}
"""Industries after the sections of GB/T 4754, chemicals apart because of their own hazards."""


@dataclass(frozen=True)
class CaseFacts:
    """What is known of an accident (事故要素).

    Args:
        title: of the case.
        occurred_on: day of the accident; its tables of types and levels count.
        district: district of the city.
        place: where, in words.
        unit: about the unit in which it happened.
        industry: one of ``INDUSTRIES``.
        accident_type: code of the national table of that day.
        cause: what kind of cause was decisive.
        deaths: number of persons.
        serious_injuries: number of persons.
        minor_injuries: number of persons.
        missing: number of persons.
        loss_fen: direct economic loss in fen.
        is_responsibility: whether people were to blame (责任事故).
        events: what happened.
        rescue: what was done to help.
        direct_cause: in words.
        indirect_cause: causes behind it, of management above all.
        responsibility: who was held responsible, and how.
        lessons: what is to be learned.
        measures: against it happening again.
        source: document and body that approved it.
        source_url: where it is published; may be empty.
    """

    title: str
    occurred_on: date
    district: str
    place: str
    unit: str
    industry: str
    accident_type: str
    cause: str
    deaths: int
    serious_injuries: int
    minor_injuries: int
    missing: int
    loss_fen: int
    is_responsibility: bool
    events: str
    rescue: str
    direct_cause: str
    indirect_cause: str
    responsibility: str
    lessons: str
    measures: str
    source: str
    source_url: str = ""


def check(facts: CaseFacts) -> None:
    """Check what was given.

    Raises:
        Invalid: something cannot be; the sentence says what.
    """
    if facts.occurred_on > clock.today():
        raise Invalid(_("The accident lies in the future."), about="occurred_on")
    if not 4 <= len(facts.title.strip()) <= 120:
        raise Invalid(_("A title has 4 to 120 characters."), about="title")
    if facts.industry not in INDUSTRIES or facts.cause not in set(Cause):
        raise Invalid(_("Choose industry and cause from the lists."))
    if facts.accident_type not in types_on(facts.occurred_on):
        raise Invalid(
            _("This type of accident is not in the national table of that day."), about="accident_type"
        )
    if min(facts.deaths, facts.serious_injuries, facts.minor_injuries, facts.missing, facts.loss_fen) < 0:
        raise Invalid(_("Deaths, injuries and loss cannot be negative."))
    if any(len(str(getattr(facts, each.name))) > LONGEST for each in fields(facts)):
        raise Invalid(_("A text has at most %(count)s characters.", count=LONGEST))
    if facts.source_url and urlsplit(facts.source_url).scheme not in ("http", "https"):
        raise Invalid(_("The address of the source begins with http:// or https://."), about="source_url")


def types_on(day: date) -> dict[str, str]:
    """Return the types of accidents by code, of the national table of a day, in the reader's language."""
    name = "name_en" if choose_language() == "en" else "name_zh"
    return {each["code"]: each[name] for each in regulations.value("accident.types", on=day)}


def type_name(code: str, day: date) -> str:
    """Return the name of a type of accident in the reader's language."""
    return types_on(day).get(code, code)


def level_of(facts: CaseFacts) -> AccidentLevel:
    """Return the level that follows from deaths, serious injuries and loss by the thresholds of the day."""
    return accident_level(facts.deaths, facts.serious_injuries, facts.loss_fen, on=facts.occurred_on)


def facts_of(version: CaseVersion) -> CaseFacts:
    """Return the facts of a version."""
    return CaseFacts(**{each.name: getattr(version, each.name) for each in fields(CaseFacts)})


def write(version: CaseVersion, facts: CaseFacts) -> None:
    """Write facts and the level that follows from them into a version."""
    for each in fields(facts):
        given: Any = getattr(facts, each.name)
        setattr(version, each.name, given.strip() if isinstance(given, str) else given)
    version.level = level_of(facts)
