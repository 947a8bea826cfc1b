"""What types with lettered options share: a letter shown stands for a key of the paper."""

from __future__ import annotations

from collections.abc import Iterable

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

Answer = str | list[str] | None
LETTERS = "ABCDEFGHIJKL"


def wrong_form() -> Invalid:
    """Return the refusal of an answer that a question does not offer."""
    return Invalid(_l("The answer has a form that this question does not know."))


def letters_of(options: int) -> tuple[str, ...]:
    """Return a letter for every option."""
    return tuple(LETTERS[:options])


def require_offered(given: Iterable[str], letters: tuple[str, ...]) -> None:
    """Raise Invalid unless every letter given is one that is offered."""
    if not set(given) <= set(letters):
        raise wrong_form()


def require_one(response: Answer, letters: tuple[str, ...]) -> None:
    """Raise Invalid unless an answer is one of the letters, or None."""
    if isinstance(response, list):
        raise wrong_form()
    require_offered([] if response is None else [response], letters)


def key_of(keys: tuple[str, ...], letter: str) -> str:
    """Return the paper's key behind a letter shown."""
    return keys[LETTERS.index(letter)]
