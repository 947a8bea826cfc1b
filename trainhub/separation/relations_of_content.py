"""Stating what happens to items and papers: who knows which, and what is in use."""

from __future__ import annotations

from collections.abc import Iterable

from trainhub.kernel import clock
from trainhub.people.models import Person
from trainhub.separation import models
from trainhub.separation.decisions import require
from trainhub.separation.models import (
    Contains,
)
from trainhub.separation.stating import (
    each_once,
    end,
    fill_period,
    id_of,
    note,
    once,
    standing,
    state,
    withdraw,
)


def state_live(item_code: str, qualification: str, *, by: Person | None, source: str = "bank") -> None:
    """State that an item of a qualification is in use from today, also if it was before."""
    facts = {"item_code": item_code, "qualification": qualification}
    if all(row.ends_on is not None for row in standing(models.Live, **facts)):
        state(models.Live(**facts), by=by, source=source)


def end_live(item_code: str, *, by: Person | None, source: str = "bank") -> None:
    """State that an item is in use no more after today."""
    end(models.Live, clock.today(), item_code=item_code, by=by, source=source)


def withdraw_live(item_code: str, *, by: Person | None, source: str = "bank") -> int:
    """State that an item is in use no more, as of now: somebody who knows it teaches for it."""
    return withdraw(models.Live, item_code=item_code, by=by, source=source)


def state_contains(
    paper_code: str, item_codes: Iterable[str], *, by: Person | None, source: str = "assembly"
) -> None:
    """State which items a paper contains."""
    rows = [Contains(paper_code=paper_code, item_code=code) for code in dict.fromkeys(item_codes)]
    state(*rows, by=by, source=source)


def require_contains(paper_code: str, item_codes: Iterable[str], *, by: Person | None) -> None:
    """Ask the rules about the items of a paper without putting on record which they are.

    Raises:
        Refused: somebody who saw it teaches for its items, or is staff where it is used.
    """
    rows = [Contains(paper_code=paper_code, item_code=code) for code in dict.fromkeys(item_codes)]
    for row in rows:
        fill_period(row)
        row.void = False
    require(*rows, by=by)


def note_contains(
    paper_code: str, item_codes: Iterable[str], *, by: Person | None, source: str = "opening"
) -> None:
    """State which items an opened paper contains, whatever follows: its exam is not kept from beginning."""
    rows = [Contains(paper_code=paper_code, item_code=code) for code in dict.fromkeys(item_codes)]
    note(*rows, by=by, source=source)


def state_knows(person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers") -> None:
    """State that a person wrote or reviewed an item of a sealed paper.

    Raises:
        Refused: they are staff where it is used.
    """
    once(models.Knows, by, source, person_id=id_of(person), paper_code=paper_code)


def state_authored(person: Person | str, item_code: str, *, by: Person | None, source: str = "bank") -> None:
    """State that a person wrote or imported an item."""
    once(models.Authored, by, source, person_id=id_of(person), item_code=item_code)


def state_authored_many(
    person: Person | str, item_codes: Iterable[str], *, by: Person | None, source: str = "bank"
) -> None:
    """State that a person wrote or imported many items, as ``state_authored`` does for one."""
    each_once(models.Authored, "item_code", item_codes, by=by, source=source, person_id=id_of(person))


def state_reviewed(person: Person | str, item_code: str, *, by: Person | None, source: str = "bank") -> None:
    """State that a person reviewed an item."""
    once(models.Reviewed, by, source, person_id=id_of(person), item_code=item_code)


def state_assembled(
    person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers"
) -> None:
    """State that a person assembled a paper."""
    once(models.Assembled, by, source, person_id=id_of(person), paper_code=paper_code)


def state_sealed(person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers") -> None:
    """State that a person reviewed and sealed a paper."""
    once(models.Sealed, by, source, person_id=id_of(person), paper_code=paper_code)


def state_saw(person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers") -> None:
    """State that a person saw the content of a paper."""
    once(models.Saw, by, source, person_id=id_of(person), paper_code=paper_code)
