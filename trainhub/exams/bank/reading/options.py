"""Options packed into one cell: taken apart where that is certain, held with a proposal where it is not."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from trainhub.exams.bank.content import LETTERS, Option

SEPARATORS = ("**", "##", "$$", "@@", "||", "|")
_LABEL = re.compile(r"([A-HＡ-Ｈ])\s*([.．、:：)）]?)\s*(.*)", re.DOTALL)
_INLINE = re.compile(r"(?:^|(?<=[\s;；。,，]))([A-H])\s*[.．、:：)）]")
_TIGHT = re.compile(r"([A-H])\s*[.．、:：)）]")
_BRACKETED = re.compile(r"[(（]\s*([A-H])\s*[)）]")
_COUNTED = (
    (re.compile(r"[（(]?([a-h])\s*[.．、:：)）]\s*(\S.*)", re.DOTALL), "abcdefgh"),
    (re.compile(r"([①-⑧])\s*[.．、:：]?\s*(\S.*)", re.DOTALL), "①②③④⑤⑥⑦⑧"),
    (re.compile(r"[（(]?([1-8])\s*[.．、:：)）]\s*(?!\d)(\S.*)", re.DOTALL), "12345678"),
)
"""How options are counted where they bear no capital letters."""
_LIKELY = tuple(map(re.compile, (r"[;；]", r"\s*[,，]\s*", r"、")))
_DASHED = re.compile(r"[A-H]\s*[-—]\s*(?=\S)")
_PARTING = ",，、/／&|｜"
_WIDE = str.maketrans("ＡＢＣＤＥＦＧＨ", "ABCDEFGH")


@dataclass(frozen=True)
class Unpacked:
    """What a cell of options says.

    Args:
        options: as they stand there; a proposal only, if ``is_certain`` is false.
        is_certain: whether the cell can be read in one way alone.
        missing: a letter that was left out, if that is what is wrong.
    """

    options: tuple[Option, ...]
    is_certain: bool
    missing: str = ""


def unpack(cell: str) -> Unpacked:
    """Take a cell of options apart."""
    text = cell.strip()
    if not text:
        return Unpacked((), True)
    if text[0] in "[{" and (listed := _listed(text)):
        bare = without_labels(listed)
        return Unpacked(bare, not any(_has_label(option.text) for option in bare))
    for separator in SEPARATORS:
        if separator in text:
            return _separated(_lettered([piece.strip() for piece in text.split(separator)]))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        by_lines = _separated(_lettered(lines))
        if (by_lines.is_certain and by_lines.options) or not all(map(_begins_with_label, lines)):
            return by_lines
        # Two options in each line, as many files have them.
        together = _labelled(text)
        return together if together.is_certain else by_lines
    return _labelled(text)


def _begins_with_label(line: str) -> bool:
    return any(pattern.match(line.translate(_WIDE)) for pattern in (_INLINE, _BRACKETED))


def _listed(text: str) -> tuple[Option, ...]:
    """Return the options of a list or an object in JSON; none unless it holds two to eight texts in order."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if isinstance(said, dict):
        said = list(said.values()) if list(said) == list(LETTERS[: len(said)]) else []
    if not isinstance(said, list) or not 2 <= len(said) <= len(LETTERS):
        return ()
    if not all(isinstance(each, str) and each.strip() for each in said):
        return ()
    return tuple(Option(letter, each.strip()) for letter, each in zip(LETTERS, said, strict=False))


def _lettered(pieces: Sequence[str]) -> list[str]:
    """Return pieces with letters where all of them are counted in another way: a. b., ① ②, 1. 2."""
    filled = [piece for piece in pieces if piece]
    if not 2 <= len(filled) <= len(LETTERS):
        return list(pieces)
    for pattern, signs in _COUNTED:
        found = [pattern.fullmatch(piece) for piece in filled]
        if [each and each[1] for each in found] == list(signs[: len(filled)]):
            texts = [each[2] for each in found if each is not None]
            return [f"{letter}. {text}" for letter, text in zip(LETTERS, texts, strict=False)]
    return list(pieces)


def likely(cell: str) -> Unpacked:
    """Propose options of a cell that are parted by a sign that may as well belong to their words."""
    text = cell.strip()
    for sign in _LIKELY:
        pieces = [piece.strip() for piece in sign.split(text)]
        if 2 <= len(pieces) <= len(LETTERS) and all(pieces):
            texts = (_DASHED.sub("", each) if _DASHED.match(each) else each for each in pieces)
            return Unpacked(tuple(map(Option, LETTERS, texts)), False)
    return Unpacked((), False)


def _separated(pieces: Sequence[str]) -> Unpacked:
    """Read pieces between separators: each begins with its own letter, or none has a letter."""
    filled = [piece for piece in pieces if piece]
    if not filled or not filled[0].translate(_WIDE).startswith("A"):
        plain = tuple(Option(letter, piece) for letter, piece in zip(LETTERS, filled, strict=False))
        unlabelled = not any(_has_label(piece) for piece in filled)
        return Unpacked(plain, unlabelled and 2 <= len(filled) <= len(LETTERS))
    strict = _strictly(filled)
    if strict is not None and not _runs_on(strict):
        return Unpacked(strict, True)
    missing = _missing_letter(filled)
    if missing:
        return Unpacked((), True, missing)
    return Unpacked(_repaired(filled), False)


def _has_label(piece: str) -> bool:
    found = _LABEL.fullmatch(piece)
    return found is not None and bool(found.group(2))


def _missing_letter(pieces: Sequence[str]) -> str:
    """Return the first letter that is left out where all else is in order: A, C, D."""
    found = [_LABEL.fullmatch(piece) for piece in pieces]
    letters = [each.group(1).translate(_WIDE) if each and each.group(3).strip() else "" for each in found]
    if not all(letters) or letters != sorted(set(letters)):
        return ""
    return next((letter for letter in LETTERS[: LETTERS.index(letters[-1])] if letter not in letters), "")


def _strictly(pieces: Sequence[str]) -> tuple[Option, ...] | None:
    """Return the options if every piece begins with the next letter and says something after it."""
    if not 2 <= len(pieces) <= len(LETTERS):
        return None
    options = []
    for letter, piece in zip(LETTERS, pieces, strict=False):
        found = _LABEL.fullmatch(piece)
        if found is None or found.group(1).translate(_WIDE) != letter or not found.group(3).strip():
            return None
        options.append(Option(letter, found.group(3).strip()))
    return tuple(options)


def _runs_on(options: Sequence[Option]) -> bool:
    """Tell whether the last option seems to hold the next one as well."""
    following = ascii_uppercase[len(options)]
    return re.search(rf"[^A-Za-z0-9、]{following}[、.．]", options[-1].text) is not None


def _repaired(pieces: Sequence[str]) -> tuple[Option, ...]:
    """Propose options: a piece begins one only where the next letter is due and the last is complete."""
    texts: list[str] = []
    for piece in pieces:
        found = _LABEL.fullmatch(piece)
        due = LETTERS[len(texts)] if len(texts) < len(LETTERS) else ""
        if (
            found is not None
            and found.group(1).translate(_WIDE) == due
            and not (texts and _is_open(texts[-1]))
        ):
            texts.append(found.group(3).strip())
        elif _repeats_label(found, texts):
            assert found is not None
            texts.append(found.group(3).strip())
        elif texts:
            texts[-1] += piece
        else:
            return ()
    options = tuple(Option(letter, text) for letter, text in zip(LETTERS, texts, strict=False))
    return options if len(options) >= 2 and all(option.text for option in options) else ()


def _is_open(text: str) -> bool:
    """Tell whether an option cannot end here: nothing is said yet, or a bracket is not closed."""
    opened = text.count("(") + text.count("（")
    return not text or opened > text.count(")") + text.count("）")


def _repeats_label(found: re.Match[str] | None, texts: Sequence[str]) -> bool:
    """Tell whether a piece bears the last option's letter once more: a slip for the next one."""
    if found is None or not texts or _is_open(texts[-1]) or not found.group(2) or not found.group(3).strip():
        return False
    return len(texts) > 1 and found.group(1).translate(_WIDE) == LETTERS[len(texts) - 1]


def _labelled(text: str) -> Unpacked:
    """Read options told apart by their letters alone."""
    is_bracketed = _BRACKETED.match(text.translate(_WIDE)) is not None
    for pattern in (_BRACKETED,) if is_bracketed else (_INLINE, _TIGHT):
        options = _by_letters(text.translate(_WIDE), pattern)
        if options:
            labels = [found.group(1) for found in pattern.finditer(text.translate(_WIDE))]
            one_way = pattern is not _TIGHT and len(labels) == len(set(labels))
            return Unpacked(options, one_way and not (len(options) == len(LETTERS) and _runs_on(options)))
    return Unpacked((), False)


def _by_letters(text: str, pattern: re.Pattern[str]) -> tuple[Option, ...]:
    starts: list[tuple[int, int]] = []
    for found in pattern.finditer(text):
        if len(starts) < len(LETTERS) and found.group(1) == LETTERS[len(starts)]:
            starts.append((found.start(), found.end()))
    if len(starts) < 2 or text[: starts[0][0]].strip():
        return ()
    ends = [start for start, _end in starts[1:]] + [len(text)]
    texts = [
        text[begin:end].strip(" \t\n\u3000;；") for (_start, begin), end in zip(starts, ends, strict=True)
    ]
    if not all(texts):
        return ()
    return tuple(Option(letter, each) for letter, each in zip(LETTERS, without_signs(texts), strict=False))


def without_signs(texts: Sequence[str]) -> list[str]:
    """Return texts of options in one line without the sign that parts them: A.甲，B.乙，C.丙."""
    ends = {text[-1:] for text in texts[:-1]}
    sign = ends.pop() if len(ends) == 1 else ""
    if not sign or sign not in _PARTING:
        return list(texts)
    return [text.rstrip(f"{sign} \u3000") or text for text in texts]


def _letter(label: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", label[1])


def are_labelled_otherwise(options: Sequence[Option]) -> bool:
    """Tell whether all options of separate columns bear letters, and some bear another than their column."""
    found = [_LABEL.fullmatch(option.text) for option in options]
    said = [_letter(match) for match in found if match is not None and match[2] and match[3].strip()]
    return len(said) == len(options) and said != [option.key for option in options]


def without_labels(options: Sequence[Option]) -> tuple[Option, ...]:
    """Return options of separate columns without the letter that each repeats in its text."""
    found = [_LABEL.fullmatch(option.text) for option in options]
    repeated = all(
        match is not None and _letter(match) == option.key and match.group(2) and match.group(3).strip()
        for match, option in zip(found, options, strict=True)
    )
    if not repeated:
        return tuple(options)
    texts = [match.group(3).strip() for match in found if match is not None]
    return tuple(Option(option.key, text) for option, text in zip(options, texts, strict=True))
