"""Rules of content and of four eyes: items, papers, marks, results, certificates, cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.register import Register
from trainhub.separation.rules import Rule, Way, local_policy


def _same_person(first: Any, second: Any, code: str) -> Any:
    return select(
        second.c.person_id.label("person"),
        second.c[code].label("object"),
        first.c.starts_on.label("day"),
    ).join_from(first, second, and_(first.c.person_id == second.c.person_id, first.c[code] == second.c[code]))


def _authored_item(r: Register) -> Any:
    return _of_paper_item(r, r.authored)


def _reviewed_item(r: Register) -> Any:
    return _of_paper_item(r, r.reviewed)


def _of_paper_item(r: Register, worked: Any) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
        )
        .select_from(r.appointed)
        .join(r.uses, r.uses.c.sitting_code == r.appointed.c.sitting_code)
        .join(worked, worked.c.person_id == r.appointed.c.person_id)
        .join(
            r.contains,
            and_(
                r.contains.c.paper_code == r.uses.c.paper_code, r.contains.c.item_code == worked.c.item_code
            ),
        )
    )


def _of_paper(r: Register, worked: Any) -> Any:
    return (
        select(r.appointed.c.person_id.label("person"), r.appointed.c.sitting_code.label("object"))
        .select_from(r.appointed)
        .join(r.uses, r.uses.c.sitting_code == r.appointed.c.sitting_code)
        .join(
            worked,
            and_(worked.c.person_id == r.appointed.c.person_id, worked.c.paper_code == r.uses.c.paper_code),
        )
    )


_FOUR_EYES = local_policy(_l("four eyes: the gravest acts need two people"))
_CONTENT_FACT = _l("%(person)s has worked on the content of the paper that this sitting uses.")

AUTHOR_DOES_NOT_REVIEW = Rule(
    id="S-11",
    title=_l("Whoever wrote or imported an item does not review it"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.authored, r.reviewed, "item_code"),
            _l("%(person)s wrote or imported this item on %(day)s."),
        ),
    ),
)
ASSEMBLER_DOES_NOT_SEAL = Rule(
    id="S-12",
    title=_l("Whoever assembled a paper does not seal it"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.assembled, r.sealed, "paper_code"),
            _l("%(person)s assembled this paper on %(day)s."),
        ),
    ),
)
MARKER_DOES_NOT_PUBLISH = Rule(
    id="S-13",
    title=_l("Whoever marked a sitting does not publish its results"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.marked, r.published, "sitting_code"),
            _l("%(person)s marked this sitting on %(day)s."),
        ),
    ),
)
PUBLISHER_DOES_NOT_ISSUE = Rule(
    id="S-14",
    title=_l("Whoever published the results does not issue the certificates, nor revoke what they issued"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.published, r.issued, "sitting_code"),
            _l("%(person)s published the results of this sitting on %(day)s."),
        ),
    ),
)
DRAFTER_DOES_NOT_APPROVE = Rule(
    id="S-15",
    title=_l("Whoever drafted an accident case does not approve it"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.drafted, r.approved, "case_code"),
            _l("%(person)s drafted this case on %(day)s."),
        ),
    ),
)
CONTENT_STAYS_AWAY = Rule(
    id="S-17",
    title=_l("Whoever wrote, reviewed or saw the content of a paper is not staff of a sitting that uses it"),
    source=local_policy(_l("city rule on secrecy of papers; 应急管理部令第19号 penalises leaking questions")),
    ways=(
        Way(_authored_item, _CONTENT_FACT),
        Way(_reviewed_item, _CONTENT_FACT),
        Way(lambda r: _of_paper(r, r.knows), _CONTENT_FACT),
        Way(lambda r: _of_paper(r, r.saw), _CONTENT_FACT),
        Way(lambda r: _of_paper(r, r.assembled), _CONTENT_FACT),
        Way(lambda r: _of_paper(r, r.sealed), _CONTENT_FACT),
    ),
)

CORRECTOR_DOES_NOT_CONFIRM = Rule(
    id="S-21",
    title=_l("Whoever proposes to change a mark does not approve the change"),
    source=_FOUR_EYES,
    may_be_overridden=False,
    ways=(
        Way(
            lambda r: _same_person(r.corrected, r.confirmed, "result_code"),
            _l("%(person)s proposed this change on %(day)s."),
        ),
    ),
)

RULES = (
    AUTHOR_DOES_NOT_REVIEW,
    ASSEMBLER_DOES_NOT_SEAL,
    MARKER_DOES_NOT_PUBLISH,
    PUBLISHER_DOES_NOT_ISSUE,
    DRAFTER_DOES_NOT_APPROVE,
    CONTENT_STAYS_AWAY,
    CORRECTOR_DOES_NOT_CONFIRM,
)
