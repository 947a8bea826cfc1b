"""What a cell of keys says: letters, or right and wrong in all the ways people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from trainhub.exams.bank.content import FALSE, TRUE, Option
from trainhub.exams.bank.folding import exact

_RIGHT = frozenset("正确 对 是 √ ✓ ✔ ☑ t true y yes right 1 v 〇 ○ 正 true正确".split())
_WRONG = frozenset("错误 错 否 × ✗ ✘ x ╳ f false n no wrong 0 不正确 不对 误 false错误".split())
_PAIRS = tuple(
    frozenset(pair.split())
    for pair in """
        正确 错误|对 错|是 否|是 不是|正 误|对 不对|正确 不正确|√ ×|√ x|✓ ✗|✔ ✘|√ ✗|✓ ×|○ ×|〇 ×|○ x|〇 x
        |true false|t f|yes no|y n|right wrong
    """.split("|")
)
"""What stands side by side where right and wrong are meant; x and y are more likely two unknowns."""
_LETTERS = re.compile(r"[A-H](?:[\s,，、;；/|&+和.]*[A-H])*[.。]?")
_ABOUT = re.compile(r"(?:(?:正确|参考|标准)?答案\s*[:：]\s*)?[\[【「]?\s*(.*?)\s*[\]】」]?", re.DOTALL)
"""What people write about a key: 答案：AC, 【AC】."""
_LABELLED = re.compile(r"\s*([A-H])\s*[.、:：)）\s]\s*(\S.*)", re.DOTALL)


def truth(text: str) -> str | None:
    """Return ``T`` or ``F`` for a word or sign of right or wrong, None for anything else."""
    word = _word(text)
    if word in _RIGHT:
        return TRUE
    return FALSE if word in _WRONG else None


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("()（）。.").strip().lower()


def letters(text: str) -> tuple[str, ...] | None:
    """Return the option letters that a key names, each once; None if it is no list of letters."""
    word = unicodedata.normalize("NFKC", text).strip().strip("()（）").strip().upper()
    about = _ABOUT.fullmatch(word)
    word = word if about is None else about[1]
    if not _LETTERS.fullmatch(word):
        return None
    return tuple(sorted(set(re.findall(r"[A-H]", word))))


def key_of(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the option keys that a cell names, by letter or by the words of an option; empty if none."""
    named = letters(text)
    if named is not None:
        return named
    wanted = exact(text)
    found = [option.key for option in options if wanted and exact(option.text) == wanted]
    return tuple(found) if len(found) == 1 else _with_words(text, options)


def _with_words(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the options that a key names by letter and words (``A.甲；C.丙``); empty if one differs."""
    said = {option.key: exact(option.text) for option in options}
    parts = [_LABELLED.fullmatch(part) for part in re.split(r"[;；\n]", _plain(text)) if part.strip()]
    named = [part[1] for part in parts if part is not None and said.get(part[1]) == exact(part[2])]
    return tuple(sorted(set(named))) if len(named) == len(parts) else ()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def truth_of(text: str, options: Sequence[Option]) -> str | None:
    """Return what the key of a true or false question says, through its options if it names one of them."""
    if options:
        named = letters(text)
        meant = {option.key: truth(option.text) for option in options}
        if named is not None and len(named) == 1 and named[0] in meant:
            return meant[named[0]]
    labelled = _LABELLED.fullmatch(_plain(text))
    if labelled is None:
        return truth(text)
    said = truth(labelled[2])
    return said if not options or meant.get(labelled[1]) == said else None


def is_pair_of_truth(options: Sequence[Option]) -> bool:
    """Tell whether options say right and wrong, in either order."""
    return len(options) == 2 and {_word(option.text) for option in options} in _PAIRS
