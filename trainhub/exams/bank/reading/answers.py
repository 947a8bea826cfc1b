"""What a cell of keys says: letters, or right and wrong in all the ways people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from trainhub.exams.bank.content import FALSE, TRUE, Option
from trainhub.exams.bank.folding import exact

_RIGHT = frozenset(
    "正确 对 是 真 √ ✓ ✔ ☑ ✅ ∨ t true y yes r right 1 v 〇 ○ 正 true正确 正确的 对的 是的".split()
)
_WRONG = frozenset(
    "错误 错 否 假 × ✗ ✘ ✖ ☒ ❌ x ╳ f false n no w wrong 0 不正确 不对 不是 误 false错误 错误的 错的".split()
)
_PAIRS = tuple(
    frozenset(pair.split())
    for pair in """
        正确 错误|对 错|是 否|是 不是|正 误|真 假|对 不对|正确 不正确
        |√ ×|√ x|✓ ✗|✔ ✘|√ ✗|✓ ×|○ ×|〇 ×|○ x|〇 x|true false|t f|yes no|y n|right wrong|r w
    """.split("|")
)
"""What stands side by side where right and wrong are meant; x and y are more likely two unknowns."""
_LETTER = r"(?:\(\s*[A-H]\s*\)|\[\s*[A-H]\s*\]|[\"'“‘][A-H][\"'”’]|[A-H])"
_LETTERS = re.compile(rf"{_LETTER}(?:[\s,、;/|&+┋和与及.]*{_LETTER})*")
_ABOUT = re.compile(
    r"\s{0,9}(?:[【\[「(]?\s{0,9}(?:(?:本题|正确|参考|标准)?\s{0,9}(?:答案|选项)|正确|ANSWER|KEY)\s{0,9}[】\]」)]\s{0,9}"
    r"(?:[为是选]|应[为是选])?\s{0,9}:?"
    r"|(?:(?:本题|正确|参考|标准)?(?:的)?\s{0,9}(?:答案|选项))\s{0,9}(?:[为是选]|应[为是选])?\s{0,9}:?"
    r"|(?:ANSWER|KEY)\s{0,9}(?:IS\s+|:)|故?(?:应该?)?选(?!项)\s{0,9}:?|答\s{0,9}:)\s{0,9}",
    re.IGNORECASE,
)
"""What people write before a key: 答案：AC, 正确答案是：C, 【答案】C, 选 C."""
_AFTER = re.compile(r"(?:\s{0,9}(?:选?项|正确|\(\s*\d{1,2}(?:\.\d)?\s*分\s*\)))?[\s.。;,、]*\Z")
_WRAPPED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|「([^「」]*)」|“([^“”]*)”")
_SIGNS = re.compile(
    r"[\s(),.]*(不正确|正确|错误|不对|不是|对|错|是|否|true|false|right|wrong|[√✓✔☑✅×✗✘✖☒❌╳xv])[\s(),.]*",
    re.IGNORECASE,
)
"""What stands together where a key says the same thing twice: √对, 正确(√)."""
_LABELLED = re.compile(r"\s*([A-H])\s*[.、:：)）\s]\s*(\S.*)", re.DOTALL)
_BESIDE = re.compile(r"\s*([A-H])\s*\(([^()]+)\)\s*")
_SHORT = re.compile(r"[a-z0-9]|[○〇∨]")
_CIRCLED = re.compile("[①-⑳⑴-⒇]")
LONGEST_WORDS = 5_000
"""Characters of a key that is looked at for more than the words of one option."""
_LONGEST_WORD, _LONGEST_KEY = 40, 200


def bare(text: str) -> str:
    """Return what a cell of keys says, half-width, without the words and brackets around it."""
    word = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").strip()
    said = _ABOUT.match(word)
    word = word[said.end() :] if said is not None and said.end() < len(word) else word
    wrapped = _WRAPPED.fullmatch(word.strip())
    return (word if wrapped is None else next(each for each in wrapped.groups() if each is not None)).strip()


def truth(text: str) -> str | None:
    """Return ``T`` or ``F`` for a word or sign of right or wrong, None for anything else."""
    if len(text) > _LONGEST_KEY or _CIRCLED.search(text):
        return None
    word = _word(text)
    if word in _RIGHT:
        return TRUE
    if word in _WRONG:
        return FALSE
    return _said_twice(word)


def says_truth_plainly(text: str) -> bool:
    """Tell whether a text can mean nothing but right or wrong, as a letter or a number can: V, N, 1."""
    return truth(text) is not None and _SHORT.fullmatch(_word(text)) is None


def _word(text: str) -> str:
    return bare(text).strip("().。;,、").strip().lower()


def _said_twice(word: str) -> str | None:
    """Return what several signs of right and wrong say if they agree."""
    said: set[str] = set()
    place = 0
    while place < len(word) <= _LONGEST_WORD:
        found = _SIGNS.match(word, place)
        if found is None:
            return None
        said.add(TRUE if found[1] in _RIGHT else FALSE)
        place = found.end()
    return said.pop() if len(said) == 1 else None


def letters(text: str) -> tuple[str, ...] | None:
    """Return the option letters that a key names, each once; None if it is no list of letters."""
    if len(text) > _LONGEST_KEY:
        return None
    word = _AFTER.sub("", bare(text).upper())
    if not _LETTERS.fullmatch(word):
        return None
    return tuple(sorted(set(re.findall(r"[A-H]", word))))


def is_repeated(text: str) -> bool:
    """Tell whether a list of letters has one of them twice, which is a slip for another."""
    found = re.findall(r"[A-H]", bare(text).upper())
    return letters(text) is not None and len(found) > len(set(found))


def key_of(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the option keys that a cell names, by letter or by the words of an option; empty if none."""
    named = letters(text)
    return named if named is not None else by_words(text, options)


def by_words(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the options that a cell names by their words, with their letters or without; empty if none."""
    wanted = exact(text)
    found = [option.key for option in options if wanted and exact(option.text) == wanted]
    if len(text) > LONGEST_WORDS:
        return tuple(found) if len(found) == 1 else ()
    return tuple(found) if len(found) == 1 else _with_words(text, options) or _in_pieces(text, options)


def _with_words(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the options that a key names by letter and words (``A.甲；C.丙``); empty if one differs."""
    said = {option.key: exact(option.text) for option in options}
    for apart in (r"[;\n]", r"[;\n]|[\s,、](?=[A-H]\s*[.、:()])"):
        pieces = [each.strip(" \t;,、。") for each in re.split(apart, bare(text))]
        parts = [_LABELLED.fullmatch(each) or _BESIDE.fullmatch(each) for each in pieces if each]
        named = [part[1] for part in parts if part is not None and said.get(part[1]) == exact(part[2])]
        if parts and len(named) == len(parts):
            return tuple(sorted(set(named)))
    return ()


def _in_pieces(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the options whose words a key lists (手套、帽子); empty unless each piece is one of them."""
    said = {exact(option.text): option.key for option in options}
    for apart in ("\n", ";", ",", "、"):
        pieces = [exact(each) for each in bare(text).split(apart) if each.strip()]
        named = {said[each] for each in pieces if each in said}
        if len(pieces) > 1 and len(named) == len(pieces) and len(said) == len(options):
            return tuple(sorted(named))
    return ()


def truth_of(text: str, options: Sequence[Option]) -> str | None:
    """Return what the key of a true or false question says, through its options if it names one of them."""
    if len(text) > LONGEST_WORDS:
        return None
    if options:
        named = letters(text)
        meant = {option.key: truth(option.text) for option in options}
        if named is not None and len(named) == 1 and named[0] in meant:
            return meant[named[0]]
    labelled = _LABELLED.fullmatch(bare(text))
    if labelled is None:
        return truth(text)
    said = truth(labelled[2])
    return said if not options or meant.get(labelled[1]) == said else None


def is_pair_of_truth(options: Sequence[Option]) -> bool:
    """Tell whether options say right and wrong, in either order."""
    return len(options) == 2 and {_word(option.text) for option in options} in _PAIRS
