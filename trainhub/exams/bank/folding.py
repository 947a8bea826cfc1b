"""What counts when two texts are compared: raised digits are no digits beside others, width says nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

_MINUS = str.maketrans("−﹣‐‑–—", "------")
_WRITTEN = re.compile(
    r"<(?P<tag>sup|sub)>(?P<within>[^<>]*)</(?P=tag)>"
    r"|\^(?:\{(?P<braced>[^{}]*)\}|\((?P<bracketed>[^()]*)\)|(?P<bare>[-+−]?(?:\d+(?:[-+−](?![\w(]))?|[a-z])))",
    re.IGNORECASE,
)
_KINDS = {"<super>": "^", "<sub>": "_", "<circle>": "o", "<fraction>": "/"}

BLANK = re.compile(r"[（(]\s*[)）]|_{2,}")
GAP = "□"
SOFT = r"\s。,;:?!…、\"'“”‘’《》〈〉【】\[\]()"
_RUN = re.compile(f"[{SOFT}]+")
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_KINDS_OF_SIGNS = str.maketrans("、“”‘’'《〈【[》〉】]", ',"""""(((())))')
_WITHOUT_A_WORD = ("Lo", "Co", "Cc")


def fold(text: str) -> str:
    r"""Return a text without what width and way of typing add to it.

    Full-width is half-width, every dash a minus. Raised and lowered signs are what they are without it
    (``m²`` is ``m2``, as units are read), but not beside a digit: ``10²``, ``10^2`` and ``10<sup>2</sup>``
    are the same, and ``102`` is something else. So are ``5½`` and ``51/2``, ``3①`` and ``31``, ``⑫`` and
    ``①②``.
    """
    pieces = list(_pieces(text))
    done = ""
    for place, (kind, parts) in enumerate(pieces):
        next_kind, after = pieces[place + 1] if place + 1 < len(pieces) else ("", [""])
        beside = _is_digit(done[-1:]) or (not next_kind and _is_digit(after[0][:1]))
        done += _said(kind, parts, beside)
    return done


def _is_digit(sign: str) -> bool:
    return sign.isascii() and sign.isdigit()


def _pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield kind and parts of each piece of a text: of plain ones one part, of others one for each sign."""
    end = 0
    for found in _WRITTEN.finditer(text):
        yield from _runs(text[end : found.start()])
        within = found["within"] or found["braced"] or found["bracketed"] or found["bare"] or ""
        kind = "_" if (found["tag"] or "").lower() == "sub" else "^"
        yield kind, [_plain(within)]
        end = found.end()
    yield from _runs(text[end:])


def _runs(text: str) -> Iterator[tuple[str, list[str]]]:
    for kind, signs in groupby(text, key=_kind):
        parts = list(signs)
        yield kind, [_plain(each) for each in parts] if kind in ("o", "/") else [_plain("".join(parts))]


def _kind(sign: str) -> str:
    return _KINDS.get(unicodedata.decomposition(sign).split(" ")[0], "")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("⁄", "/").translate(_MINUS)


def _said(kind: str, parts: list[str], beside_digit: bool) -> str:
    """Return a piece as it is compared; apart from its neighbours where it would be read with them."""
    whole = "".join(parts)
    if not kind:
        return whole
    if kind == "o" and any(len(each) > 1 and each.isdigit() for each in parts):
        return "".join(f"({each})" for each in parts)
    if not beside_digit:
        return whole
    return f"({')('.join(parts)})" if kind in ("o", "/") else f"{kind}⟨{whole}⟩"


def exact(text: str) -> str:
    """Return a text without what two copies of one question may differ in although nothing else is asked.

    Width, kinds of quotes, brackets and commas, blanks, what stands at the end or beside Chinese words:
    all that says nothing. A sign between two digits or letters does (``1:10``, ``5、6``, ``Ca(OH)2``), and so
    does a blank between two digits or two letters; a comma of thousands does not.
    """
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), BLANK.sub(GAP, text))
    return _RUN.sub(_kept, fold(plain)).rstrip(".")


def _kept(found: re.Match[str]) -> str:
    begin, end = found.span()
    before, after = found.string[max(0, begin - 1) : begin], found.string[end : end + 1]
    if not (_is_firm(before) and _is_firm(after)):
        return ""
    if found[0].isspace():
        return " " if before.isdigit() == after.isdigit() and before.isalnum() and after.isalnum() else ""
    return "".join(found[0].split()).translate(_KINDS_OF_SIGNS)


def _is_firm(sign: str) -> bool:
    return bool(sign) and sign != GAP and unicodedata.category(sign) not in _WITHOUT_A_WORD
