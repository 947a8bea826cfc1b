"""The written rules of 考培分离: each one object, with its source, and one query over relations.

The same object refuses an act before it is done, tells the plan who cannot be chosen, and audits the whole
register afterwards. A rule that can be broken in several ways has one query for each way; together they are
its query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Select

from trainhub.kernel.errors import RuleReference
from trainhub.kernel.i18n import _, _l
from trainhub.separation.models import side_of
from trainhub.separation.register import Register, relation_of

VISIBLE = {
    "training": frozenset({"core", "door", "training"}),
    "exam": frozenset({"core", "door", "exam"}),
    "core": frozenset({"core", "door"}),
    "door": frozenset({"core", "door", "training"}),
    "oversight": frozenset(),
}
"""Which relations may decide an act of a side; what crosses the door is stated by the training side.

Oversight states only what it lets pass; no rule decides that.
"""


class SourceKind(StrEnum):
    """Whether a rule is law or a local policy that the authority has yet to confirm."""

    LAW = "law"
    LOCAL_POLICY = "local_policy"


@dataclass(frozen=True)
class Source:
    """Where a rule is written (依据).

    Args:
        kind: law, or local policy to be confirmed.
        text: the rule's source in words.
    """

    kind: SourceKind
    text: Any

    @property
    def label(self) -> Any:
        """The kind in the reader's language."""
        if self.kind is SourceKind.LAW:
            return _l("Law")
        return _l("Local policy, to be confirmed by the authority")

    def __str__(self) -> str:
        return _("%(kind)s: %(source)s", kind=self.label, source=self.text)


@dataclass(frozen=True)
class Way:
    """One way to break a rule.

    Args:
        query: over the register; columns ``person`` and ``object``, and those that the fact speaks of.
        fact: the sentence for the acting side, with the query's columns as placeholders.
        evidence: the looks whose rows prove it; empty: all that the query takes.
        whole: whether only the whole register tells (chains of any length); for small relations alone.
    """

    query: Callable[[Register], Select[Any]]
    fact: Any
    evidence: tuple[str, ...] = ()
    whole: bool = False

    @cached_property
    def looks(self) -> tuple[str, ...]:
        """The looks at relations that the query takes."""
        register = Register()
        self.query(register)
        return tuple(register.looks)

    @cached_property
    def relations(self) -> frozenset[str]:
        """The relations that the query reads."""
        return frozenset(relation_of(look) for look in self.looks)

    @cached_property
    def composed(self) -> dict[Any, Any]:
        """The statements that were composed for it; see ``prepared``."""
        return {}

    def may_decide(self, side: str) -> bool:
        """Tell whether this way may decide an act of a side: it reads nothing that the side may not know."""
        return all(side_of(name) in VISIBLE[side] for name in self.relations)

    def with_evidence(self, register: Register) -> Select[Any]:
        """Return the query with the row of each relation that it joins as a column ``row_<look>``."""
        statement = self.query(register)
        looks = {
            name: look for name, look in register.looks.items() if not self.evidence or name in self.evidence
        }
        return statement.add_columns(*(look.c.row_id.label(f"row_{name}") for name, look in looks.items()))


@dataclass(frozen=True)
class Rule:
    """A rule of separation (分离规则).

    Args:
        id: such as ``S-07``.
        title: in the reader's language.
        source: where it is written.
        ways: how it can be broken; none: it is checked by comparing two persons as the act is done.
        counts: whether it counts rather than compares (numbers of staff).
        may_be_overridden: whether two of the oversight side may let pass what it forbids; never if it is law.
    """

    id: str
    title: Any
    source: Source
    ways: tuple[Way, ...]
    counts: bool = False
    may_be_overridden: bool = True

    def __post_init__(self) -> None:
        if self.source.kind is SourceKind.LAW:
            object.__setattr__(self, "may_be_overridden", False)

    @property
    def reference(self) -> RuleReference:
        """The rule as a refusal shows it."""
        return RuleReference(self.id, self.title, self.source)

    @cached_property
    def relations(self) -> tuple[str, ...]:
        """The relations that the rule reads."""
        return tuple(sorted(frozenset[str]().union(*(way.relations for way in self.ways))))

    def may_decide(self, side: str) -> bool:
        """Tell whether this rule may decide an act of a side in one of its ways at least."""
        return any(way.may_decide(side) for way in self.ways)


def law(text: Any) -> Source:
    """Return a source that was found in the law."""
    return Source(SourceKind.LAW, text)


def local_policy(text: Any) -> Source:
    """Return a source that is ours until the authority confirms it."""
    return Source(SourceKind.LOCAL_POLICY, text)
