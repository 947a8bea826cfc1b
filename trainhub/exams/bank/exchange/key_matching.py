"""Keys of a list given to their questions: by number where it is certain, else only as a proposal."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.key_lists import Entry, KeyList, Part
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.folding import exact
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.kernel.i18n import _

_WHY = re.compile(
    r"(?:[【\[（(]\s*(?:答案|试题)?(?:解析|分析|解释)\s*[】\]）)]\s*[:：]?|(?:答案|试题)?解析\s*[:：])\s*"
)
_SAYS_KEY = re.compile(r"\s*[【\[（(]?\s*(?:正确|参考|标准)?答案\s*[】\]）)]?\s*[:：]?\s*|\s*答\s*[:：]\s*")
_WITH_TEXT = re.compile(r"\s*([A-HＡ-Ｈ])\s*[.．、:：)）\s]\s*(\S.*)", re.DOTALL)

_TOLD_BESIDE = re.compile(r"[（(].*", re.DOTALL)
_MOST_PARTS = 100


def give_keys(lists: Sequence[KeyList], drafts: Sequence[Draft]) -> list[Entry]:
    """Give the keys of a document's lists to its questions.

    A list speaks of the questions between it and the list above; the first one, where none stands above it,
    of those below.

    Args:
        lists: in the order of the document.
        drafts: its questions.

    Returns:
        What names no question.
    """
    left: list[Entry] = []
    begin = 0
    for place, keys in enumerate(lists):
        end = keys.before
        if end == 0 and place == 0:
            end = lists[1].before if len(lists) > 1 else len(drafts)
        left += _give_list(keys.entries, drafts[begin:end])
        begin = end
    return left


def _give_list(entries: Sequence[Entry], drafts: Sequence[Draft]) -> list[Entry]:
    groups: dict[Part | None, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.part, []).append(entry)
    if len(groups) > _MOST_PARTS:
        for draft in drafts:
            draft.doubts.append(_unsure_of_part())
        return []
    are_unique = max(Counter(each.number for each in entries).values(), default=0) == 1
    left: list[Entry] = []
    for part, group in groups.items():
        meant, doubt = _meant(part, drafts, are_unique=are_unique)
        left += _give_group(group, meant, doubt)
    _doubt_shifted(entries, drafts)
    return left


def _meant(part: Part | None, drafts: Sequence[Draft], *, are_unique: bool) -> tuple[list[Draft], str]:
    """Return the questions that a heading of a list means, and a doubt about it or nothing."""
    kind = None if part is None else type_named(part.title)
    if part is not None and kind is None:
        titled = [each for each in drafts if each.part is not None and bears(each.part, part)]
        return (titled, "") if titled else (list(drafts), "")
    if part is None or kind is None:
        return list(drafts), ""
    alike = [each for each in drafts if type_named(each.heading) is kind]
    parts = {each.part for each in alike}
    same = {each for each in parts if each is not None and each.ordinal == part.ordinal}
    if len(parts) > 1 and len(same) == 1:
        return [each for each in alike if each.part in same], ""
    if len(parts) == 1:
        only = next(iter(parts))
        differs = only is not None and part.ordinal and only.ordinal and only.ordinal != part.ordinal
        doubt = (
            _("The parts of the document and of its list of keys are counted differently.") if differs else ""
        )
        return alike, doubt
    if not parts and are_unique:
        return list(drafts), ""
    return list(alike or drafts), _unsure_of_part()


def bears(part: Part, other: Part) -> bool:
    """Tell whether two headings are the same, what stands in brackets aside: 一、选择题（每题2分）.

    The second may be a number alone (一、).
    """
    ones, others = (_TOLD_BESIDE.sub("", each.title).strip() for each in (part, other))
    return part.ordinal == other.ordinal and (ones == others or not (others or other.title))


def _unsure_of_part() -> str:
    return _("It is not certain which part of the document the list of keys means.")


def _give_group(entries: Sequence[Entry], drafts: Sequence[Draft], doubt: str) -> list[Entry]:
    """Give the keys under one heading; returns those that name no question."""
    if any(each.number is None for each in drafts):
        _propose(
            entries, drafts, doubt or _("The questions bear no numbers by which their keys could be found.")
        )
        return []
    numbers = Counter(each.number for each in drafts)
    said = Counter(each.number for each in entries)
    if max(numbers.values(), default=0) > 1 or max(said.values(), default=0) > 1:
        again = _("Numbers stand more than once among the questions or in the list of keys.")
        _propose(entries, drafts, doubt or again)
        return [each for each in entries if each.number not in numbers]
    by_number: dict[int | None, Draft] = {each.number: each for each in drafts}
    left = []
    for entry in entries:
        draft = by_number.get(entry.number)
        if draft is None:
            left.append(entry)
        else:
            _give(draft, entry, doubt)
    _doubt_above([each.number for each in left], by_number)
    return left


def _doubt_above(missing: Sequence[int], by_number: Mapping[int | None, Draft]) -> None:
    """Doubt the questions above those that the list knows and the document seems not to have."""
    asked = sorted(each for each in by_number if each is not None)
    for number in missing:
        place = bisect_left(asked, number)
        if place:
            by_number[asked[place - 1]].doubts.append(
                _(
                    "The list of keys has a question %(number)s, which was not found; is it in this one?",
                    number=number,
                )
            )


def _propose(entries: Sequence[Entry], drafts: Sequence[Draft], doubt: str) -> None:
    """Hold questions; where list and document count in the same way, with the keys in their order."""
    counted = [each.number for each in entries]
    asked = [each.number for each in drafts]
    if counted == asked or (None in asked and counted == list(range(1, len(asked) + 1))):
        for draft, entry in zip(drafts, entries, strict=True):
            _give(draft, entry, doubt)
    else:
        for draft in drafts:
            draft.doubts.append(doubt)


def _give(draft: Draft, entry: Entry, doubt: str) -> None:
    draft.doubts += [*([doubt] if doubt else []), *entry.doubts]
    key, why = _said(entry.text, draft)
    draft.explanation = draft.explanation or why
    own = draft.own_key
    if own:
        if _normal(own) != _normal(key):
            draft.doubts.append(_("The key at the question and that in the list of keys are not the same."))
        return
    draft.key = key
    if entry.run and type_named(draft.heading) is ItemType.MULTIPLE:
        draft.doubts.append(_("For a multiple choice the list of keys has a single sign in a row of others."))


def _said(text: str, draft: Draft) -> tuple[str, str]:
    """Return the key and the explanation that an entry says."""
    begin = _SAYS_KEY.match(text)
    text = text[begin.end() :] if begin is not None else text
    found = _WHY.search(text)
    key, why = (text[: found.start()], text[found.end() :].strip()) if found is not None else (text, "")
    key = key.strip()
    named = _WITH_TEXT.fullmatch(key) if draft.options else None
    if named is not None and letters(key) is None:
        letter = "".join(letters(named[1]) or ())
        options = dict(draft.options)
        if letter in options and exact(options[letter]) == exact(named[2]):
            key = letter
    return key, why


def _normal(key: str) -> str:
    named = letters(key)
    return "".join(named) if named is not None else truth(key) or exact(key)


def _doubt_shifted(entries: Sequence[Entry], drafts: Sequence[Draft]) -> None:
    """Doubt all keys of a run of which one does not fit its question: they may be shifted."""
    by_number = {each.number: each for each in drafts}
    runs: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.run:
            runs.setdefault(entry.run, []).append(entry)
    for members in runs.values():
        meant = [draft for each in members if (draft := by_number.get(each.number)) is not None]
        if any(_does_not_fit(each) for each in meant):
            for draft in meant:
                draft.doubts.append(
                    _("A key in the same row of the list does not fit its question; they may be shifted.")
                )


def _does_not_fit(draft: Draft) -> bool:
    named = letters(draft.key or "")
    if draft.options:
        return named is None or not set(named) <= {letter for letter, _text in draft.options}
    return truth(draft.key or "") is None and type_named(draft.heading) in (None, ItemType.TRUE_FALSE)
