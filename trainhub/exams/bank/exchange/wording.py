"""HTML of other programs as plain text where it holds only that; what plain text would lose is named."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from trainhub.exams.bank.exchange.encodings import tidy

_BLOCKS = frozenset(
    "p div li tr h1 h2 h3 h4 h5 h6 ul ol dl dt dd blockquote pre section article hr prompt".split()
)
_SILENT = frozenset("script style head title template stylesheet".split())
_MEDIA = {"img": "src", "object": "data", "audio": "src", "video": "src", "source": "src", "embed": "src"}
_LOST = frozenset("table svg math iframe canvas ruby form input select textarea applet".split())
_STRESSED = frozenset("b strong i em u s del ins mark".split())
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_LINE = re.compile(r"[ \t\f]+")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


@dataclass(frozen=True)
class Wording:
    """What a piece of HTML says.

    Args:
        text: in plain text.
        lost: names of what plain text cannot hold.
        files: pictures, sound and films that it shows, as it names them.
        is_stressed: whether words in it were bold, slanted or underlined.
        html: what was read.
    """

    text: str
    lost: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    is_stressed: bool = False
    html: str = ""


def plain(text: str) -> Wording:
    """Return a text that is no HTML, with the spaces and line ends of the house."""
    return Wording(tidy(text).strip())


def from_html(text: str) -> Wording:
    """Return what HTML says."""
    reader = _Reader()
    reader.feed(tidy(text))
    reader.close()
    lines = [_LINE.sub(" ", line).strip() for line in "".join(reader.pieces).split("\n")]
    said = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
    lost = tuple(dict.fromkeys(reader.lost))
    return Wording(tidy(said), lost, tuple(dict.fromkeys(reader.files)), reader.is_stressed, text)


def from_either(text: str) -> Wording:
    """Return what a text says that is HTML only if it looks like it."""
    return from_html(text) if _TAG.search(text) else plain(text)


def as_html(text: str) -> str:
    """Return plain text as HTML that says the same."""
    return html.escape(text, quote=False).replace("\n", "<br/>")


def shifted(text: str, tag: str) -> str | None:
    """Return what is raised (``sup``) or lowered in signs that are so; None if there are none."""
    signs = text.strip().translate(_RAISED if tag == "sup" else _LOWERED)
    return None if re.search(r"[^⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ₀-₎]", signs) else signs


class _Reader(HTMLParser):
    """Gathers the words of HTML, and what else stands in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.lost: list[str] = []
        self.files: list[str] = []
        self.is_stressed = False
        self._silent = 0
        self._shift: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in ("sub", "sup"):
            self._shift.append((tag, len(self.pieces)))
        if tag in _MEDIA:
            name = (dict(attrs).get(_MEDIA[tag]) or "").strip()
            if name:
                self.files.append(name)
            self.lost.append(tag)
        if tag in _LOST:
            self.lost.append(tag)
        self.is_stressed = self.is_stressed or tag in _STRESSED

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", *_MEDIA):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif self._shift and self._shift[-1][0] == tag:
            self._shift_back(*self._shift.pop())

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def _shift_back(self, tag: str, start: int) -> None:
        """Write what was raised or lowered with signs that are so by themselves, or say that it is lost."""
        signs = shifted("".join(self.pieces[start:]), tag)
        if signs is None:
            self.lost.append(tag)
        else:
            self.pieces[start:] = [signs]
