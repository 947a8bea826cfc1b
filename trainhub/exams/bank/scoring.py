"""Marks for a response: a pure function of the key and of what was answered."""

from __future__ import annotations

from trainhub.exams.bank.content import ItemBody

Response = str | list[str] | None


def score(body: ItemBody, response: Response) -> bool:
    """Tell whether a response is right: exactly the key, all of it and nothing else.

    Args:
        body: of the item.
        response: an option key (``T`` / ``F`` for true or false), a list of keys for a multiple choice, or
            None for unanswered.
    """
    if response is None:
        return False
    given = [response] if isinstance(response, str) else response
    return len(given) == len(set(given)) and tuple(sorted(given)) == tuple(sorted(body.answer))
