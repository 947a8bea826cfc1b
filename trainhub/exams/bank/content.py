"""What an item says, in memory only: stem, options, answer; its one written form and its fingerprint."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trainhub.exams.bank.checking import FALSE, LETTERS, MAX_TEXT, TRUE, check_detail, require_texts
from trainhub.exams.bank.details import (
    Blanks,
    CaseSet,
    Detail,
    Matching,
    Medium,
    Number,
    Rubric,
    Scene,
    read_detail,
    write_detail,
)
from trainhub.exams.bank.folding import BLANK, GAP, SOFT, exact
from trainhub.exams.bank.texts import exact_words_in, same_words_in, texts_of
from trainhub.kernel.i18n import _l

__all__ = [
    "FALSE", "LETTERS", "MAX_TEXT", "PARTLY_RIGHT", "SETTABLE", "TRUE", "TYPE_LABELS", "Credit", "ItemBody",
    "ItemType", "Medium", "Option", "bigrams", "check_body", "normalised", "read_body", "same_answer",
    "same_question", "same_question_exactly", "texts_of", "write_body",
]  # fmt: skip


class ItemType(StrEnum):
    """Forms of questions (题型)."""

    TRUE_FALSE = "true_false"
    SINGLE = "single"
    MULTIPLE = "multiple"
    FILL_IN = "fill_in"
    NUMERIC = "numeric"
    ORDERING = "ordering"
    MATCHING = "matching"
    CONSTRUCTED = "constructed"
    CASE_SET = "case_set"
    HAZARD_SPOTTING = "hazard_spotting"


TYPE_LABELS = {
    ItemType.TRUE_FALSE: _l("True or false"),
    ItemType.SINGLE: _l("Single choice"),
    ItemType.MULTIPLE: _l("Multiple choice"),
    ItemType.FILL_IN: _l("Fill-in"),
    ItemType.NUMERIC: _l("Numeric"),
    ItemType.ORDERING: _l("Ordering"),
    ItemType.MATCHING: _l("Matching"),
    ItemType.CONSTRUCTED: _l("Constructed response"),
    ItemType.CASE_SET: _l("Case set"),
    ItemType.HAZARD_SPOTTING: _l("Hazard spotting"),
}


SETTABLE = tuple(ItemType)
"""Types that a paper can hold, because what is answered to them is marked: by the machine or by people."""

PARTLY_RIGHT = (ItemType.MULTIPLE, ItemType.FILL_IN, ItemType.ORDERING, ItemType.MATCHING)
"""Types whose author chooses what a response earns that is right in part."""


class Credit(StrEnum):
    """What a response earns that is right in part (得分规则)."""

    ALL_OR_NOTHING = "all"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Option:
    """One answer that a question offers (选项)."""

    key: str
    text: str


@dataclass(frozen=True)
class ItemBody:
    """What an item says (题目内容); never stored in clear, never logged.

    Args:
        stem: the question; of a fill-in with ``____`` for each blank, of a case set the case.
        options: what it offers, what is to be ordered, or the left side of a matching; else empty.
        answer: the key: option keys sorted, ``T`` / ``F``, of an ordering the keys in their right order, of a
            matching the pairs such as ``A2``; empty where ``detail`` holds the key.
        explanation: why, for reviewers and later for candidates.
        source_article: article of the law or standard it rests on.
        credit: what a response that is right in part earns.
        detail: what else the type holds.
        rich: whether stem, options and explanation are the bank's small HTML instead of plain text.
        media: files that the text names.
    """

    stem: str
    options: tuple[Option, ...]
    answer: tuple[str, ...]
    explanation: str = ""
    source_article: str = ""
    credit: Credit = Credit.ALL_OR_NOTHING
    detail: Detail | None = None
    rich: bool = False
    media: tuple[Medium, ...] = ()


def check_body(kind: ItemType, body: ItemBody) -> None:
    """Raise Invalid unless a body is a sound question of its type."""
    require_texts(body)
    check_detail(kind, body, lambda part, inner: check_body(ItemType(part), inner))


def write_body(kind: ItemType, body: ItemBody) -> bytes:
    """Return the one written form of a body, as it is encrypted and hashed."""
    form = _plain(kind, body)
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(kind: str, body: ItemBody) -> dict[str, Any]:
    """Return a body as plain values; what it has not is left out, so that older bodies keep their hash."""
    form: dict[str, Any] = {
        "type": str(kind),
        "stem": body.stem,
        "options": [[option.key, option.text] for option in body.options],
        "answer": list(body.answer),
        "explanation": body.explanation,
        "source": body.source_article,
    }
    if body.credit is not Credit.ALL_OR_NOTHING:
        form["credit"] = body.credit.value
    if body.detail is not None:
        form["detail"] = write_detail(body.detail, _plain)
    if body.rich:
        form["rich"] = True
    if body.media:
        form["media"] = [[each.name, each.digest, each.content_type, each.description] for each in body.media]
    return form


def read_body(written: bytes) -> ItemBody:
    """Return a body from its written form."""
    return _from_plain(json.loads(written))


def _from_plain(form: dict[str, Any]) -> ItemBody:
    return ItemBody(
        stem=form["stem"],
        options=tuple(Option(key, text) for key, text in form["options"]),
        answer=tuple(form["answer"]),
        explanation=form["explanation"],
        source_article=form["source"],
        credit=Credit(form.get("credit", Credit.ALL_OR_NOTHING)),
        detail=read_detail(form["detail"], _from_plain) if "detail" in form else None,
        rich=form.get("rich", False),
        media=tuple(Medium(*each) for each in form.get("media", ())),
    )


# What a question says does not hang on blanks and the width of its punctuation. Signs that carry a quantity
# (point, minus, stroke, greater and less) stay, and so does the case of letters: e is not E. It is coarse:
# two questions of which it is the same may still differ in a sign that counts, as ``folding.exact`` tells.
_CHOSEN = (ItemType.TRUE_FALSE, ItemType.SINGLE, ItemType.MULTIPLE)
_SOFT = re.compile(f"[{SOFT}]")

Fold = Callable[[ItemBody, str], str]


def normalised(text: str) -> str:
    """Return a text without what may differ between two copies of the same question."""
    folded = unicodedata.normalize("NFKC", BLANK.sub(GAP, text))
    return _SOFT.sub("", folded).rstrip(".")


def _same(body: ItemBody, text: str) -> str:
    return normalised(same_words_in(body, text))


def _exactly(body: ItemBody, text: str) -> str:
    return exact(exact_words_in(body, text))


def same_question(kind: ItemType, body: ItemBody, fold: Fold = _same) -> str:
    """Return what two copies of one question share: stem and all that is offered, its order aside.

    Args:
        kind: its type.
        body: what it says.
        fold: what is left of each of its texts.
    """
    parts = sorted(fold(body, option.text) for option in body.options)
    if isinstance(body.detail, Matching):
        parts += ["\x1d", *sorted(fold(body, each.text) for each in body.detail.targets)]
    if isinstance(body.detail, Scene):
        parts += ["\x1c", *(each.digest for each in body.media if each.name == body.detail.medium)]
    if isinstance(body.detail, CaseSet):
        parts += [same_question(ItemType(each.type), each.body, fold) for each in body.detail.parts]
    stem = fold(body, body.stem)
    # Where the answer is chosen, the bracket at the end that waits for it says nothing; many copies lack it.
    stem = stem.rstrip(GAP) if kind in _CHOSEN else stem
    return "\x1f".join([kind.value, stem, *parts])


def same_question_exactly(kind: ItemType, body: ItemBody) -> str:
    """Return what two copies of one question share, signs that count and raised ones included."""
    return f"\x1a{same_question(kind, body, _exactly)}"


def same_answer(kind: ItemType, body: ItemBody) -> str:
    """Return what two copies of one question share if their keys agree as well, signs that count included."""
    texts = {option.key: _exactly(body, option.text) for option in body.options}
    answer = [texts.get(key, key) for key in body.answer]
    if kind is not ItemType.ORDERING:
        answer = sorted(answer)
    match body.detail:
        case Matching(targets):
            right = {each.key: _exactly(body, each.text) for each in targets}
            answer = sorted(f"{texts.get(pair[:1])}\x1d{right.get(pair[1:])}" for pair in body.answer)
        case Blanks(blanks, any_order):
            keys = [
                f"{sorted(map(exact, each.accepted))}{each.case_sensitive}{each.tolerance}" for each in blanks
            ]
            answer = [str(any_order), *(sorted(keys) if any_order else keys)]
        case Number(value, tolerance, unit, units):
            others = sorted(f"{each.name}\x1d{each.factor.normalize()}" for each in units)
            answer = [str(value.normalize()), str(tolerance.normalize()), unit, *others]
        case Rubric(criteria, model, _longest):
            answer = [*(f"{exact(each.text)}\x1d{each.points}" for each in criteria), exact(model)]
        case Scene(_medium, regions, false_percent, most_marks):
            areas = sorted(
                repr((each.corners, each.from_ms, each.to_ms, each.is_ellipse)) for each in regions
            )
            answer = [str(false_percent), str(most_marks), *areas]
        case CaseSet(parts):
            answer = [f"{each.weight}\x1d{same_answer(ItemType(each.type), each.body)}" for each in parts]
        case _:
            pass
    return "\x1e".join([same_question_exactly(kind, body), *answer])


def bigrams(texts: Iterable[str]) -> set[str]:
    """Return the pairs of neighbouring characters of texts, by which an item is found."""
    pairs: set[str] = set()
    for text in texts:
        folded = normalised(text)
        pairs.update(folded[place : place + 2] for place in range(len(folded) - 1))
    return pairs
