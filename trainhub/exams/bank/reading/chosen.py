"""Rows whose key is chosen: among options, or between right and wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from trainhub.exams.bank.content import LETTERS, ItemBody, ItemType, Option, check_body
from trainhub.exams.bank.reading.answers import is_pair_of_truth, letters, says_truth_plainly
from trainhub.exams.bank.reading.given_away import key_in_options, key_in_stem
from trainhub.exams.bank.reading.keys import NOT_TOLD, Counting, Meant, choice_meant, truth_meant
from trainhub.exams.bank.reading.options import (
    Unpacked,
    are_labelled_otherwise,
    likely,
    unpack,
    without_labels,
)
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_FIRST_OPTION = re.compile(
    r"(?<=[\s？?。：:；;，,）)_])(?:[AＡ]\s*[.．、:：)）]|[(（]\s*[AＡ]\s*[)）])"
    r"|(?<=\n)[（(]?a\s*[.．、:：)）]|(?<=\n)①"
)
_LONGEST_STEM, _MOST_STARTS = 5000, 5


@dataclass(frozen=True)
class Asked:
    """What a row asks, and its key (题目与答案).

    Args:
        stem: the question without its number.
        unpacked: what it offers.
        key: as it was written.
        why: the reason that stood behind the key.
        counting: how the keys of the sheet name options.
    """

    stem: str
    unpacked: Unpacked
    key: str
    why: str = ""
    counting: Counting = NOT_TOLD

    @property
    def says_truth(self) -> bool:
        """Whether it offers nothing, or right and wrong alone."""
        return not self.unpacked.options or is_pair_of_truth(self.unpacked.options)

    def choice(self, kind: ItemType) -> Meant | None:
        """Return what its key means if it is a choice."""
        return choice_meant(self.key, self.unpacked.options, kind, self.stem, self.counting)

    def truth(self) -> Meant | None:
        """Return what its key means if it is true or false."""
        return truth_meant(self.key, self.unpacked.options, self.counting)


def options_of(cells: Mapping[str, str]) -> Unpacked:
    """Return what a row offers, in columns of their own or in one cell."""
    own = [Option(name[-1], text) for name, text in cells.items() if name.startswith("option:")]
    if not own:
        return unpack(cells.get("options", ""))
    return Unpacked(without_labels(own), not are_labelled_otherwise(own), _left_out(own))


def _left_out(own: list[Option]) -> str:
    """Return the first letter whose column is empty though that of a later one is not."""
    letters_ = [option.key for option in own]
    return next((letter for letter in LETTERS[: len(own)] if letter not in letters_), "")


def guess(asked: Asked) -> ItemType | None:
    """Return the type that options and key speak of, where no column tells it."""
    if asked.says_truth:
        meant = asked.truth() if asked.key else key_in_stem(asked.stem, (), ItemType.TRUE_FALSE)
        return None if meant is None else ItemType.TRUE_FALSE
    if asked.key:
        named = asked.choice(ItemType.MULTIPLE)
        keys = None if named is None else named.keys
    else:
        told = _told_without_key(asked, ItemType.MULTIPLE)
        keys = None if told is None else told.keys
    return None if keys is None else ItemType.MULTIPLE if len(keys) > 1 else ItemType.SINGLE


def _body(
    draft: Row, asked: Asked, answer: tuple[str, ...], *, options: tuple[Option, ...] = (), stem: str = ""
) -> ItemBody:
    reasons = [each for each in (draft.cells.get("explanation", ""), asked.why) if each]
    source = draft.cells.get("source", "")
    return ItemBody(stem or asked.stem, options, answer, "\n".join(dict.fromkeys(reasons)), source)


@dataclass(frozen=True)
class _Told:
    """A key that a question or its options say, what they say without it, and why it is doubted."""

    keys: tuple[str, ...]
    stem: str
    options: tuple[Option, ...]
    doubt: str


def _told_without_key(asked: Asked, kind: ItemType) -> _Told | None:
    options = asked.unpacked.options
    within = key_in_stem(asked.stem, options, kind)
    if within is not None:
        doubt = _("Letters in brackets within the question seem to be its key.")
        return _Told(*within, () if kind is ItemType.TRUE_FALSE else options, doubt)
    bare, marked = key_in_options(options)
    if not marked or kind is ItemType.TRUE_FALSE:
        return None
    doubt = _("An option says itself that it is right: %(letters)s.", letters="、".join(marked))
    return _Told(marked, asked.stem, bare, doubt)


def judge_without_key(draft: Row, asked: Asked) -> Row:
    """Judge a row whose key is empty: one that its question or its options say themselves is proposed."""
    kind, reason = draft.type, _("The question has no key.")
    if kind not in (ItemType.TRUE_FALSE, ItemType.SINGLE, ItemType.MULTIPLE):
        return replace(draft, reason=reason)
    told = _told_without_key(asked, kind)
    if told is None:
        return replace(draft, reason=reason)
    body = _proposed(draft, _body(draft, asked, told.keys, options=told.options, stem=told.stem))
    return replace(draft, outcome=Outcome.HELD, body=body, reason=" ".join((reason, told.doubt)))


def judge_truth(draft: Row, asked: Asked) -> Row:
    """Judge a true or false question; right and wrong may be offered in the cell of its question."""
    if not asked.unpacked.options and letters(asked.key) is not None:
        apart = with_options_of_stem(asked)
        asked = apart if is_pair_of_truth(apart.unpacked.options) else asked
    if not asked.says_truth:
        return replace(draft, reason=_("The options of a true or false question are not right and wrong."))
    meant = asked.truth()
    if meant is None:
        key = asked.key[:20]
        return replace(draft, reason=_("The key “%(key)s” says neither right nor wrong.", key=key))
    if not meant.doubt and not (draft.cells.get("type") or asked.unpacked.options):
        is_plain = says_truth_plainly(asked.key)
        meant = meant if is_plain else replace(meant, doubt=_("Nothing says that it is true or false."))
    return _settled(draft, meant, _body(draft, asked, meant.keys))


def judge_choice(draft: Row, kind: ItemType, asked: Asked) -> Row:
    """Judge a choice; options that stand in the cell of its question are taken out of it."""
    asked = _offering(draft, asked)
    unpacked, meant = asked.unpacked, asked.choice(kind)
    if not unpacked.is_certain or (unpacked.missing and unpacked.options):
        return _held_for_options(draft, asked, () if meant is None else meant.keys)
    if unpacked.missing:
        return replace(draft, reason=_("The option %(letter)s is missing.", letter=unpacked.missing))
    if not unpacked.options:
        return replace(draft, reason=_("The question has no options."))
    if meant is None:
        key = asked.key[:20]
        return replace(draft, reason=_("The key “%(key)s” names no option of the row.", key=key))
    if kind is ItemType.SINGLE and len(meant.keys) > 1:
        return replace(draft, reason=_("A single choice has exactly one key."))
    if kind is ItemType.MULTIPLE and len(meant.keys) == 1:
        draft = replace(draft, notes=(_("A multiple choice with one key alone."),))
    return _settled(draft, meant, _body(draft, asked, meant.keys, options=unpacked.options))


def _offering(draft: Row, asked: Asked) -> Asked:
    """Return a choice with what it offers: in its own cell, in that of its question, or as is likely."""
    if asked.unpacked.options:
        return asked
    if not asked.unpacked.missing and not draft.cells.get("options"):
        return with_options_of_stem(asked)
    is_sure = asked.unpacked.is_certain
    return asked if is_sure else replace(asked, unpacked=likely(draft.cells.get("options", "")))


def with_options_of_stem(asked: Asked) -> Asked:
    """Return a question whose options stand in its own cell with the two apart, or as it is."""
    for found in islice(_FIRST_OPTION.finditer(asked.stem, 1, _LONGEST_STEM), _MOST_STARTS):
        unpacked = unpack(asked.stem[found.start() : _LONGEST_STEM])
        is_statement = asked.stem[found.start()] == "①" and letters(asked.key) is not None
        if len(unpacked.options) > 1 and not is_statement:
            return replace(asked, stem=asked.stem[: found.start()].rstrip(), unpacked=unpacked)
    return asked


def _settled(draft: Row, meant: Meant, body: ItemBody) -> Row:
    """Return a row with its body: held where its key is only proposed."""
    if meant.doubt:
        return replace(draft, outcome=Outcome.HELD, body=_proposed(draft, body), reason=meant.doubt)
    draft = replace(draft, notes=(*draft.notes, meant.note)) if meant.note else draft
    assert draft.type is not None
    try:
        check_body(draft.type, body)
    except Invalid as problem:
        return replace(draft, reason=str(problem))
    return replace(draft, outcome=Outcome.GOOD, body=body)


def _held_for_options(draft: Row, asked: Asked, answer: tuple[str, ...]) -> Row:
    """Hold a row whose options cannot be told apart for certain, with a proposal where one is sound."""
    body = _proposed(draft, _body(draft, asked, answer, options=asked.unpacked.options))
    reason = _("The options cannot be told apart for certain: separators or letters are out of order.")
    if asked.unpacked.is_certain:
        reason = _("The option %(letter)s is missing.", letter=asked.unpacked.missing)
    return replace(draft, outcome=Outcome.HELD, body=body, reason=reason)


def _proposed(draft: Row, body: ItemBody) -> ItemBody | None:
    """Return a body if it is a sound question of its type."""
    assert draft.type is not None
    try:
        check_body(draft.type, body)
    except Invalid:
        return None
    return body
