"""Characters and words of a formula that have no command: Chinese ones, signs typed as they are, texts."""

from __future__ import annotations

import re
import unicodedata

from trainhub.exams.bank.formulas.symbols import CHARACTERS, SIGNS
from trainhub.exams.bank.formulas.tree import Letter, Mark, Number, Part, Row, Text, Unreadable, Upright
from trainhub.kernel.i18n import _

_ESCAPED = re.compile(r"\\([%&_#$])")


def is_wordlike(character: str) -> bool:
    """Tell whether a character stands in a formula as a word of its own, such as a Chinese one."""
    return ord(character) >= 0x2E80 and character.isalnum()


def character_part(character: str) -> Part:
    """Return what a character beyond the plain ones is in a formula.

    Raises:
        Unreadable: it is nothing there.
    """
    named = CHARACTERS.get(character)
    if named is not None:
        return Mark(named) if named else Row(())
    folded = unicodedata.normalize("NFKC", character)
    if folded in SIGNS or (len(folded) == 1 and folded in CHARACTERS):
        return Mark(CHARACTERS.get(folded, folded))
    if len(folded) == 1 and folded.isascii() and folded.isalnum():
        return Number(folded) if folded.isdigit() else Letter(folded)
    if is_wordlike(character) or folded in "。、“”":
        return Text(character)
    raise Unreadable(_("Formulas here have no “%(command)s”.", command=character))


def words_part(raw: str) -> Part:
    """Return the words of a formula, spaces made one."""
    said = _ESCAPED.sub(lambda found: found[1], " ".join(raw.split()) if raw.strip() else "")
    said = (" " if raw[:1].isspace() and said else "") + said + (" " if raw[-1:].isspace() and said else "")
    if not said:
        return Row(())
    if not said.isprintable() or any(each in "\\{}" for each in said) or "$" in said:
        raise Unreadable(_("Words in a formula hold letters, digits and plain signs."))
    return Text(said)


def joined(parts: list[Part]) -> list[Part]:
    """Join upright letters and words that stand side by side."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Upright) and isinstance(last, Upright):
            joined[-1] = Upright(last.text + part.text)
        elif isinstance(part, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + part.text)
        else:
            joined.append(part)
    return joined
