r"""The signs of LaTeX one by one; every way to end a line is one of them."""

from __future__ import annotations

import re

from trainhub.exams.bank.formulas.symbols import BREAK

_TOKEN = re.compile(
    r"\\(?:newline|cr)(?![A-Za-z])|\\\\(?:\*?\[-?[0-9.]+(?:pt|em|ex|px|mm|cm)\]|\*)?"
    r"|\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|.",
    re.DOTALL,
)
_ENDS_A_LINE = re.compile(r"\\(?:\\|newline\Z|cr\Z)")


def tokens_of(text: str) -> list[str]:
    r"""Return the signs of a formula; ``\\[2pt]``, ``\newline`` and ``\cr`` end a line as ``\\`` does."""
    return [BREAK if _ENDS_A_LINE.match(each) else each for each in _TOKEN.findall(text)]
