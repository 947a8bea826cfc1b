"""Writing a figure's value so that a reader, not a programmer, understands it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import get_locale

from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.regulations.accidents import AccidentLevel
from trainhub.regulations.lookup import Figure

UNITS: dict[str, Callable[[Any], Any]] = {
    "seconds": lambda count: ngettext("%(num)s second", "%(num)s seconds", count),
    "minutes": lambda count: ngettext("%(num)s minute", "%(num)s minutes", count),
    "hours": lambda count: ngettext("%(num)s hour", "%(num)s hours", count),
    "training_hours": lambda count: ngettext("%(num)s training hour", "%(num)s training hours", count),
    "days": lambda count: ngettext("%(num)s day", "%(num)s days", count),
    "working_days": lambda count: ngettext("%(num)s working day", "%(num)s working days", count),
    "months": lambda count: ngettext("%(num)s month", "%(num)s months", count),
    "years": lambda count: ngettext("%(num)s year", "%(num)s years", count),
    "marks": lambda count: ngettext("%(num)s mark", "%(num)s marks", count),
    "times": lambda count: ngettext("%(num)s time", "%(num)s times", count),
    "persons": lambda count: ngettext("%(num)s person", "%(num)s people", count),
    "machines": lambda count: ngettext("%(num)s unit", "%(num)s units", count),
    "lines": lambda count: ngettext("%(num)s line", "%(num)s lines", count),
    "percent": lambda count: f"{count} %",
    "per_mille": lambda count: f"{count} ‰",
    "cm": lambda count: f"{count} cm",
    "m2": lambda count: f"{count} m²",
    "dm2": lambda count: f"{Decimal(count) / 100} m²",
    "fen": lambda count: _("%(count)s yuan", count=f"{Decimal(count) / 100:.2f}"),
}

WORDS = {
    "none": _l("none"),
    "theory": _l("theory part again"),
    "national": _l("national"),
    "provincial": _l("provincial"),
    "junior_secondary": _l("junior secondary school"),
    "factory": _l("factory"),
    "workshop": _l("workshop"),
    "team": _l("team"),
    "real_name": _l("real name"),
    "snapshot": _l("snapshots"),
    "face": _l("face check"),
    "no_fast_forward": _l("no fast-forward"),
    "single_sign_in": _l("one sign-in at a time"),
    "lock_when_idle": _l("locks when idle"),
    "attendance": _l("attendance device"),
    "monitoring": _l("monitoring device"),
    "principal": _l("principals"),
    "safety_manager": _l("safety managers"),
    "special_worker_responsible": _l("special workers directly responsible"),
    "college_degree": _l("college degree or higher"),
    "intermediate_title_or_technician": _l("intermediate title or technician"),
    "assessor_card": _l("assessor's card"),
    "true_false": _l("true/false"),
    "single": _l("single choice"),
    "multiple": _l("multiple choice"),
}

NOTHING = {
    "exam.theory.retakes": _l("unlimited"),
    "exam.minimum_education": _l("no requirement"),
    "certificate.review_months": _l("abolished"),
    "training.review_hours": _l("abolished"),
}


def lines_of(figure: Figure) -> list[str]:
    """Return a figure's value in words: one line for a number, several for a list."""
    value = figure.value
    if value is None:
        return [str(NOTHING.get(figure.key, _("none")))]
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if isinstance(value, int):
        return [str(UNITS[figure.unit](value) if figure.unit in UNITS else value)]
    if isinstance(value, str):
        return [str(WORDS.get(value, value))]
    if figure.key == "accident.levels":
        return _levels(value)
    if isinstance(value, dict):
        return [f"{old} → {', '.join(new)}" for old, new in value.items()]
    return [_entry(row) for row in value]


def _entry(row: Any) -> str:
    if not isinstance(row, dict):
        return str(WORDS.get(row, row))
    if "count" in row:
        text = _(
            "%(type)s: %(count)s of %(marks)s",
            type=WORDS[row["type"]],
            count=row["count"],
            marks=row["marks"],
        )
        return text
    name = str(row["name_en"] if str(get_locale()) == "en" else row["name_zh"])
    return f"{name} {row['share']} %" if "share" in row else name


def _levels(rows: list[dict[str, Any]]) -> list[str]:
    return [_level(row, AccidentLevel(row["level"]).label) for row in rows]


def _level(row: dict[str, Any], name: object) -> str:
    deaths, injuries, loss = row["deaths"], row["serious_injuries"], row["loss_fen"]
    if not deaths:
        return _("%(level)s: below all of these", level=name)
    return _(
        "%(level)s: %(deaths)s deaths, %(injuries)s serious injuries, a loss of %(loss)s yuan, or more",
        level=name,
        deaths=deaths,
        injuries=injuries,
        loss=_yuan(loss),
    )


def _yuan(fen: int) -> str:
    if str(get_locale()) == "en":
        return f"{fen // 100:,}"
    return f"{fen // 100 // 10_000:,} 万"
