"""What stands out in a paragraph of Word: words in colour, marked or bold, and words that are underlined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element

COLOUR, LIGHT, BOLD, LINE, SIGN = "colour", "highlight", "bold", "underline", "sign"
KINDS = (SIGN, LIGHT, COLOUR, LINE, BOLD)
OPEN, CLOSE = "\ue005", "\ue006"
"""Around words that are underlined; in a text of a file that has these signs others stand for them."""
_OWN = str.maketrans(OPEN + CLOSE, "□□")
_OFF = ("", "0", "false", "off", "none", "auto", "nil", "FFFFFF", "white")
_LEAST_COLOUR = 0x50
"""How far apart the strongest and the weakest part of a colour are that nobody takes for black or grey."""
_NAMES = ("color", "highlight", "shd", "b", "u")


@dataclass(frozen=True)
class Stress:
    """What stands out in one line (突出显示).

    Args:
        pieces: kind and words of each piece.
        told: the line with signs around its underlined words; empty where there are none.
    """

    pieces: tuple[tuple[str, str], ...] = ()
    told: str = ""


NOTHING = Stress()
_Segment = tuple[str, frozenset[str]]


def own_marks_away(text: str) -> str:
    """Return a text of a file without the signs that stand here around underlined words."""
    return text.translate(_OWN)


def stresses_of(paragraph: _Element, text_of: Callable[[str], str], before: str) -> list[Stress]:
    """Return what stands out in each line of a paragraph; nothing where nothing does.

    Args:
        paragraph: as it stands in the document.
        text_of: makes the text of a line of what its runs hold.
        before: the number that Word counts for it.
    """
    if next(paragraph.iter(*_NAMES), None) is None:
        return []
    lines = _lines([(before, frozenset()), *_runs(paragraph)])
    return [Stress(tuple(_pieces(line, text_of)), _told(line, text_of)) for line in lines]


def stress_of(runs: Sequence[_Segment]) -> tuple[Stress, ...]:
    """Return what stands out in each line of words, each piece with the kinds of what makes it stand out."""
    return tuple(Stress(tuple(_pieces(line, str)), _told(line, str)) for line in _lines(runs))


def _lines(runs: Sequence[_Segment]) -> list[list[_Segment]]:
    lines: list[list[_Segment]] = [[]]
    for text, kinds in runs:
        first, *others = text.split("\n")
        lines[-1].append((first, kinds))
        lines += [[(each, kinds)] for each in others]
    return lines


def _runs(paragraph: _Element) -> Iterator[_Segment]:
    for run in paragraph.iter("r"):
        properties = run.find("rPr")
        kinds = frozenset() if properties is None else _kinds(properties)
        for each in run:
            if each.tag == "t":
                yield each.text or "", kinds
            elif each.tag in ("tab", "br", "cr", "noBreakHyphen", "sym"):
                sign = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(str(each.tag), "□")
                yield sign, kinds


def _kinds(properties: _Element) -> frozenset[str]:
    found = {str(each.tag): each.get("val") for each in properties if each.tag in _NAMES}
    kinds = {BOLD} if "b" in found and found["b"] not in _OFF else set()
    kinds |= {LINE} if found.get("u") not in (None, *_OFF) else set()
    kinds |= {LIGHT} if found.get("highlight") not in (None, *_OFF) else set()
    shade = properties.find("shd")
    kinds |= {LIGHT} if shade is not None and is_coloured(shade.get("fill") or "") else set()
    return frozenset(kinds | ({COLOUR} if is_coloured(found.get("color") or "") else set()))


def is_coloured(value: str) -> bool:
    """Tell whether six digits of red, green and blue are a colour, and neither black nor grey."""
    if not re.fullmatch("[0-9A-Fa-f]{6}", value):
        return False
    parts = [int(value[place : place + 2], 16) for place in (0, 2, 4)]
    return max(parts) - min(parts) >= _LEAST_COLOUR


def _pieces(line: list[_Segment], text_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield each run of words of one kind; spaces between them end none."""
    for kind in KINDS:
        piece = ""
        for text, kinds in [*line, ("\n", frozenset[str]())]:
            if kind in kinds or (piece and not text.strip() and text != "\n"):
                piece += text
            elif piece and (said := text_of(piece).strip()):
                yield kind, said
                piece = ""
            else:
                piece = ""


def _told(line: list[_Segment], text_of: Callable[[str], str]) -> str:
    """Return a line with signs around its underlined words, those beside one another together."""
    if not any(LINE in kinds for _text, kinds in line):
        return ""
    whole, group = "", ""
    for text, kinds in [*line, ("", frozenset[str]())]:
        if LINE in kinds:
            group += text
        else:
            whole += _marked(group) + text
            group = ""
    return text_of(whole).strip() if OPEN in whole else ""


def _marked(group: str) -> str:
    bare = group.strip("\ue004 \t\u3000\xa0")
    if not bare:
        return group
    start = group.index(bare)
    return f"{group[:start]}{OPEN}{bare}{CLOSE}{group[start + len(bare) :]}"
