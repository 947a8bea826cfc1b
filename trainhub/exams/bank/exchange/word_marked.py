"""Keys that a Word document shows instead of saying them: right options that stand out, blanks filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trainhub.exams.bank.content import ItemType, Option
from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.exchange.found import BLANK
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_lines import OPTION
from trainhub.exams.bank.exchange.word_standing_out import CLOSE, COLOUR, KINDS, LIGHT, OPEN, SIGN
from trainhub.exams.bank.reading.answers import letters
from trainhub.exams.bank.reading.given_away import key_in_options
from trainhub.kernel.i18n import _

_FEWEST, _SHARE = 3, 0.9
"""In how many questions, and what part of those without a key, a sign must stand to be surely the key."""
_STARTS = re.compile(r"(?:(?<=\s)|(?<=[;；]))(?=[（(]?[A-HＡ-Ｈ]\s*[.．、:：)）])")
_HOLE = re.compile(r"_{2,}|[（(]\s*[）)]")
_BRACKETED = re.compile(r"[（(]([^（()）]{1,40})[）)]")
_WIDE = str.maketrans("ＡＢＣＤＥＦＧＨ", "ABCDEFGH")


def give_marked(drafts: Sequence[Draft]) -> None:
    """Give questions without a key the options that stand out; doubt keys that say something else.

    What stands out is surely the key only where it does so in nearly all questions without one, and not in
    the same options of all: bold first lines and letters are an author's hand, no key.
    """
    bare: list[tuple[Draft, dict[str, str]]] = []
    for draft in drafts:
        own = draft.own_key
        if draft.options and own is None:
            _take_signs(draft)
        if draft.options and draft.stressed:
            found = standing_out(draft)
            if own is None:
                bare.append((draft, found))
            else:
                _compare(draft, own, found)
    count = sum(1 for each in drafts if each.options and each.own_key is None) if bare else 0
    said = {kind: [found[kind] for _draft, found in bare if kind in found] for kind in KINDS}
    sure = [
        kind
        for kind in KINDS
        if len(said[kind]) >= max(_FEWEST, _SHARE * count) and (kind == SIGN or len(set(said[kind])) > 1)
    ]
    for draft, found in bare:
        _give(draft, found, sure)


def _give(draft: Draft, found: dict[str, str], sure: Sequence[str]) -> None:
    if not found:
        return
    said = [found[kind] for kind in sure if kind in found] or list(found.values())
    draft.key = said[0]
    is_plain = len(set(found.values())) == 1 and len(draft.signs) < 2
    is_one_too_many = type_named(draft.heading) is ItemType.SINGLE and len(draft.key) > 1
    if any(kind in found for kind in sure) and is_plain and not is_one_too_many:
        draft.notes.append(_("The key is what stands out among the options: %(key)s.", key=draft.key))
    else:
        draft.doubts.append(_("What stands out among the options seems to be the key."))
    if is_one_too_many:
        draft.key = None


def _take_signs(draft: Draft) -> None:
    """Take signs such as √ and （正确答案） behind an option away from its words."""
    options, named = key_in_options([Option(letter, text) for letter, text in draft.options])
    if named:
        draft.options = [(each.key, each.text) for each in options]
        draft.stressed += [(SIGN, f"{letter}.") for letter in named]


def _compare(draft: Draft, own: str, found: dict[str, str]) -> None:
    """Doubt a key where another option stands out in colour."""
    named = letters(own)
    shown = {found[kind] for kind in (COLOUR, LIGHT) if kind in found}
    if named is not None and shown and shown != {"".join(named)}:
        text = _("The option that stands out is not the one that the key names: %(key)s.", key=shown.pop())
        draft.doubts.append(text)


def standing_out(draft: Draft) -> dict[str, str]:
    """Return by kind the letters of the options that stand out, where some do and others do not."""
    found: dict[str, str] = {}
    there = {kind for kind, _piece in draft.stressed}
    asked = _bare(_BRACKETED.sub("", draft.stem)).translate(_WIDE) if there else ""
    for kind in (each for each in KINDS if each in there):
        pieces = [part for each, piece in draft.stressed if each == kind for part in _STARTS.split(piece)]
        # A letter or word of the question itself, as in A类火灾, may stand out for its own sake.
        said = {each for each in _labels(pieces) if all(each) or "".join(each) not in asked}
        named = "".join(letter for letter, text in draft.options if (letter, _bare(text)) in said)
        named = named or "".join(letter for letter, _text in draft.options if (letter, "") in said)
        if not named:
            texts = {text for letter, text in said if not letter}
            named = "".join(letter for letter, text in draft.options if _bare(text) in texts)
        if named and len(named) < len(draft.options):
            found[kind] = named
    return found


def _labels(pieces: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the letter and the words of pieces, each of which may lack one of them."""
    for piece in pieces:
        option = OPTION.fullmatch(piece)
        alone = re.fullmatch(r"[（(]?\s*([A-Ha-hＡ-Ｈ])\s*[)）]?", piece.strip())
        if option is not None:
            yield option[1].translate(_WIDE), _bare(option[2])
        elif alone is not None:
            yield alone[1].translate(_WIDE).upper(), ""
        else:
            yield "", _bare(piece)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text).strip(";；,，、/|")


def settle_filled(draft: Draft) -> None:
    """Take what is underlined in a question without a key and options as the filling of its blanks."""
    kind = type_named(draft.heading)
    if draft.options or draft.own_key is not None or kind not in (None, ItemType.FILL_IN):
        return
    is_named = kind is ItemType.FILL_IN
    found = _filled_in(draft.stem, draft.underlined)
    if found is not None:
        doubt = "" if is_named else _("Underlined words seem to fill the blanks of the question.")
        is_open = _HOLE.search(found[0].replace(BLANK, "")) or found[0].count(BLANK) != len(found[1])
        doubt = _("Some blanks of the question are filled in, others are not.") if is_open else doubt
    elif is_named:
        found = _in_brackets(draft.stem)
        doubt = _("Words in brackets seem to fill the blanks of the question.")
    if found is None or not found[0].replace(BLANK, "").strip():
        return
    draft.stem, keys = found
    draft.filled = Blanks(tuple(Blank((each,)) for each in keys))
    if doubt:
        draft.doubts.append(doubt)
    else:
        draft.notes.append(_("The key is what was filled in and underlined."))


def _filled_in(stem: str, lines: Sequence[tuple[str, str]]) -> tuple[str, list[str]] | None:
    """Return a question with blanks for its underlined words, and these; None where none are underlined."""
    rows, keys = [], list[str]()
    for row in stem.split("\n"):
        told = next((told for text, told in lines if row and text.endswith(row)), row)
        marked = row if told is row else _tail(told, len(row))
        pieces = re.split(f"_*[ \t]*{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}[ \t]*_*", marked)
        rest = "".join(pieces[::2])
        if OPEN in rest or CLOSE in rest:
            return None
        keys += [each.strip() for each in pieces[1::2]]
        rows.append(BLANK.join(pieces[::2]))
    return ("\n".join(rows), keys) if keys else None


def _in_brackets(stem: str) -> tuple[str, list[str]] | None:
    """Return a question with blanks for the words in its brackets, or, if it has blanks, without these."""
    said = [each for each in _BRACKETED.finditer(stem) if each[1].strip()]
    if _HOLE.search(stem):
        last = said[-1] if said and not stem[said[-1].end() :].strip(" 。.") else None
        keys = [] if last is None else [last[1].strip()]
        is_one = last is not None and len(_HOLE.findall(stem)) == 1
        return (_HOLE.sub(BLANK, stem[: last.start()]).strip(), keys) if is_one and last else None
    rest = _BRACKETED.sub(lambda found: BLANK if found[1].strip() else found.group(), stem)
    return (rest, [each[1].strip() for each in said]) if said else None


def _tail(told: str, length: int) -> str:
    """Return the end of a marked line that has so many characters beside its marks."""
    place = len(told)
    while place and length:
        place -= 1
        length -= told[place] not in (OPEN, CLOSE)
    return told[place - 1 :] if place and told[place - 1] == OPEN else told[place:]
