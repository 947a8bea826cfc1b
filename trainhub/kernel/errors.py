"""The error tree: every foreseeable failure is one of these, and its sentence is for the person.

Views need not catch them: the handlers in ``kernel.web`` turn each into a page (or JSON) with the right
status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainhub.kernel.i18n import as_read


class DomainError(Exception):
    """Something the person asked for cannot be done; ``str(error)`` says what, where and what to do.

    Args:
        message: the sentence.
        about: which of the values given is meant, as a form calls its field, or “#” and the mark of a
            field that the page has beside the form; empty: none alone.
    """

    status = 400

    def __init__(self, message: object, *, about: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.about = about

    def __str__(self) -> str:
        return as_read(str(self.message))


class Invalid(DomainError):
    """What was given has not the right form or content."""

    status = 422


class NotFound(DomainError):
    """There is no such thing, or it is none of this person's business: the two are never told apart."""

    status = 404


class Conflict(DomainError):
    """The thing is in a state that does not allow the act."""

    status = 409


class Forbidden(DomainError):
    """The person's duties do not cover the act."""

    status = 403


class NotSignedIn(DomainError):
    """The page asks for a signed-in person."""

    status = 401


class TooMany(DomainError):
    """Too many tries in too short a time."""

    status = 429


@dataclass(frozen=True)
class RuleReference:
    """A written rule as shown with a refusal.

    Args:
        id: the rule's identifier, such as ``S-07``.
        title: its title in the reader's language.
        source: where it is written, with the mark law, or local policy to be confirmed.
    """

    id: str
    title: object
    source: object


class Refused(DomainError):
    """A written rule forbids the act: the refusal names rule, source and facts (拒绝).

    Args:
        rule: the rule that forbids.
        facts: the evidence, a sentence each, already fit for the eyes of the acting side.
    """

    status = 409

    def __init__(self, rule: RuleReference, facts: Sequence[object]) -> None:
        super().__init__(rule.title)
        self.rule = rule
        self.facts = tuple(facts)
