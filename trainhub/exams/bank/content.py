"""What an item says, in memory only: stem, options, answer; its one written form and its fingerprint."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l

LETTERS = "ABCDEFGH"
TRUE, FALSE = "T", "F"
MAX_TEXT = 4000


class ItemType(StrEnum):
    """Forms of questions that are set and marked so far."""

    TRUE_FALSE = "true_false"
    SINGLE = "single"
    MULTIPLE = "multiple"


TYPE_LABELS = {
    ItemType.TRUE_FALSE: _l("True or false"),
    ItemType.SINGLE: _l("Single choice"),
    ItemType.MULTIPLE: _l("Multiple choice"),
}


@dataclass(frozen=True)
class Option:
    """One answer that a question offers (选项)."""

    key: str
    text: str


@dataclass(frozen=True)
class ItemBody:
    """What an item says (题目内容); never stored in clear, never logged.

    Args:
        stem: the question.
        options: what it offers; empty for true or false.
        answer: the key: option keys in order, or ``T`` / ``F``.
        explanation: why, for reviewers and later for candidates.
        source_article: article of the law or standard it rests on.
    """

    stem: str
    options: tuple[Option, ...]
    answer: tuple[str, ...]
    explanation: str = ""
    source_article: str = ""


def check_body(kind: ItemType, body: ItemBody) -> None:
    """Raise Invalid unless a body is a sound question of its type."""
    texts = [body.stem, body.explanation, body.source_article, *(option.text for option in body.options)]
    if not body.stem.strip() or any(len(text) > MAX_TEXT for text in texts):
        raise Invalid(_("A question needs a text, of %(count)s characters at most.", count=MAX_TEXT))
    if any(not each.isprintable() and each not in "\n\t" for text in texts for each in text):
        raise Invalid(_("The text holds control characters."))
    if kind is ItemType.TRUE_FALSE:
        if body.options or body.answer not in ((TRUE,), (FALSE,)):
            raise Invalid(_("A true or false question has no options, and its key is right or wrong."))
        return
    _check_choice(kind, body)


def _check_choice(kind: ItemType, body: ItemBody) -> None:
    keys = [option.key for option in body.options]
    if not 2 <= len(keys) <= len(LETTERS) or len(set(keys)) != len(keys) or not set(keys) <= set(LETTERS):
        raise Invalid(_("A choice has two to eight options, each with a letter of its own."))
    if any(not option.text.strip() for option in body.options):
        raise Invalid(_("Every option needs a text."))
    if not body.answer or not set(body.answer) <= set(keys):
        raise Invalid(_("The key names an option that does not exist."))
    if list(body.answer) != sorted(set(body.answer)):
        raise Invalid(_("The key names each option once, in order."))
    if kind is ItemType.SINGLE and len(body.answer) != 1:
        raise Invalid(_("A single choice has exactly one key."))


def write_body(kind: ItemType, body: ItemBody) -> bytes:
    """Return the one written form of a body, as it is encrypted and hashed."""
    form = {
        "type": kind.value,
        "stem": body.stem,
        "options": [[option.key, option.text] for option in body.options],
        "answer": list(body.answer),
        "explanation": body.explanation,
        "source": body.source_article,
    }
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_body(written: bytes) -> ItemBody:
    """Return a body from its written form."""
    form = json.loads(written)
    return ItemBody(
        stem=form["stem"],
        options=tuple(Option(key, text) for key, text in form["options"]),
        answer=tuple(form["answer"]),
        explanation=form["explanation"],
        source_article=form["source"],
    )


# What a question says does not hang on blanks and the width of its punctuation. Signs that carry a quantity
# (point, minus, stroke, greater and less) stay, and so does the case of letters: e is not E.
_BLANK = re.compile(r"[（(]\s*[)）]|_{2,}")
_SOFT = re.compile(r"[\s。,;:?!…、\"'“”‘’《》〈〉【】\[\]()]")


def normalised(text: str) -> str:
    """Return a text without what may differ between two copies of the same question."""
    folded = unicodedata.normalize("NFKC", _BLANK.sub("□", text))
    return _SOFT.sub("", folded).rstrip(".")


def same_question(kind: ItemType, body: ItemBody) -> str:
    """Return what two copies of one question share: stem and options, their order aside."""
    parts = sorted(normalised(option.text) for option in body.options)
    return "\x1f".join([kind.value, normalised(body.stem), *parts])


def same_answer(kind: ItemType, body: ItemBody) -> str:
    """Return what two copies of one question share if their keys agree as well."""
    texts = {option.key: normalised(option.text) for option in body.options}
    return "\x1e".join([same_question(kind, body), *sorted(texts.get(key, key) for key in body.answer)])


def bigrams(texts: Iterable[str]) -> set[str]:
    """Return the pairs of neighbouring characters of texts, by which an item is found."""
    pairs: set[str] = set()
    for text in texts:
        folded = normalised(text)
        pairs.update(folded[place : place + 2] for place in range(len(folded) - 1))
    return pairs
