"""What the lines below a question add to it: options, its key, why it is so, or more of its text."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.limits import LONGEST_QUESTION
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import KEY, alone, is_somebodys, split_key
from trainhub.exams.bank.exchange.word_lines import OPTION, begins_case
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.keys import parted
from trainhub.exams.bank.reading.options import Unpacked, unpack, without_signs
from trainhub.kernel.i18n import _

_SEVERAL = re.compile(r"(?:(?<=\s)|(?<=[;；]))(?=[B-HＢ-Ｈ]\s*[.．、:：)）])")
WHY = re.compile(
    r"\s*[【\[]?\s*(?:答案解析|试题解析|解析|解释|explanation)\s*[】\]]?\s*[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SOURCE = re.compile(r"\s*[【\[]?\s*(?:法规依据|依据|出处)\s*[】\]]?\s*[:：]\s*(.*)", re.DOTALL)
_POINT = re.compile(r"\s*(?:【\s*(?:知识点|考点)\s*】\s*[:：]?|(?:知识点|考点|考查点)\s*[:：])\s*(.{1,100})")
_LEVEL = re.compile(
    r"\s*(?:【\s*(?:难度|难易度|难易程度)\s*】\s*[:：]?|(?:试题|题目)?(?:难度|难易度|难易程度)\s*[:：])\s*(.{1,20})"
)
_ASIDE = re.compile(
    r"\s*[【\[]?\s*(?:本题)?(?:得分|分值|分数|题型|标签|编号|题号|出题人|审题人|命题人|收藏|用时|正确率|错误率)\s*[】\]]?\s*[:：]"
    r".{0,60}"
)
"""Lines that a platform or an author writes below a question, which belong to none of its texts."""
_PARTS = ((_POINT, "point"), (_LEVEL, "level"), (WHY, "explanation"), (_SOURCE, "source"), (KEY, "key"))
_WIDE = str.maketrans("ＡＢＣＤＥＦＧＨ", "ABCDEFGH")
_FIRST_OPTION = re.compile(r"(?<=[\s？?。：:；;，,）)_])[AＡ]\s*[.．、:：)）]")
_LONGEST_STEM = 5000
_LONGEST_KEY = 20
_BARE = re.compile(r"[\sA-Ha-hＡ-Ｈ,，、;；/.。()（）]+")


def is_beside(draft: Draft, text: str) -> bool:
    """Tell whether a line says nothing of a question that has its whole key: a title, a page's end."""
    is_aside = is_somebodys(text) or _ASIDE.fullmatch(text) is not None
    if is_aside or (draft.last in ("key", "explanation", "source") and begins_case(text)):
        return True
    if draft.last != "key" or any(pattern.fullmatch(text) for pattern, part in _PARTS if part != "key"):
        return False
    if draft.options:
        return letters(draft.key or "") is not None
    return type_named(draft.heading) in (None, ItemType.TRUE_FALSE) and truth(draft.key or "") is not None


def with_options(draft: Draft, text: str) -> str:
    """Return a text without the options that stand in the same line; the question takes them."""
    for found in _FIRST_OPTION.finditer(text, 0, _LONGEST_STEM):
        unpacked = unpack(text[found.start() :])
        if len(unpacked.options) > 1:
            draft.options = [(each.key, each.text) for each in unpacked.options]
            draft.doubts += [] if unpacked.is_certain else [_not_apart()]
            draft.last = "option"
            return text[: found.start()].rstrip()
    return text


def _not_apart() -> str:
    return _("The options cannot be told apart for certain: separators or letters are out of order.")


def _add_options(draft: Draft, text: str) -> None:
    """Take a line of options; where only letters part them, it is not certain that they do."""
    if draft.is_small and draft.options and text.lstrip("（( ")[:1] in "AＡ":
        _take_back_small(draft)
    pieces = _SEVERAL.split(text)
    tight = unpack(text) if len(pieces) == 1 and not draft.options else Unpacked((), True)
    if len(tight.options) > 1 and not re.search(r"\*\*|##|\$\$|@@|\|", text):
        draft.options = [(each.key, each.text) for each in tight.options]
        draft.doubts += [] if tight.is_certain else [_not_apart()]
    else:
        options = [found for piece in pieces if (found := OPTION.fullmatch(piece)) is not None]
        texts = without_signs([each[2].strip(" \t;；") for each in options])
        draft.options += [(each[1].translate(_WIDE), text) for each, text in zip(options, texts, strict=True)]
    draft.last = "option"


def _take_back_small(draft: Draft) -> None:
    """Give what small letters count back to the text: options with capital letters follow."""
    lines = [f"{letter.lower()}. {text}" for letter, text in draft.options]
    draft.stem, draft.options, draft.is_small = "\n".join([draft.stem, *lines]), [], False


def _without_bracket(line: str, key: str) -> str:
    """Return a key without the bracket that closes the line's own: （答案：C）."""
    return key.strip().rstrip("）)】]") if line.lstrip()[:1] in "（([【" else key.strip()


def take_key_above(draft: Draft, text: str) -> None:
    """Give a question the key that stands behind its words; options may still follow."""
    take_key(draft, text)
    if letters(draft.key or "") is not None and not draft.explanation:
        draft.last, draft.is_key_above = "option" if draft.options else "stem", True


def take_key(draft: Draft, text: str) -> None:
    """Give a question its key, and the reason if one stands behind it."""
    draft.key, why = parted(text.strip())
    draft.last = "key"
    if why:
        draft.explanation, draft.last = why, "explanation"


def go_on(draft: Draft, text: str) -> None:
    """Give a question the line that stands below it."""
    if draft.key is None:
        text = alone(text)
        words, behind = ("", "") if KEY.fullmatch(text) else split_key(text)
        if behind:
            go_on(draft, words)
            take_key(draft, behind)
            return
    if not (_takes_part(draft, text) or _takes_bare_key(draft, text)):
        _add(draft, text)


def _takes_part(draft: Draft, text: str) -> bool:
    """Take a line that says what it is: the key, its reason or its source."""
    for pattern, part in _PARTS:
        found = pattern.fullmatch(text)
        if found is not None and part == "key" and draft.key is None:
            take_key(draft, _without_bracket(text, found.group(1)))
            return True
        if found is not None and part != "key":
            setattr(draft, part, found.group(1).strip())
            draft.last = part
            return True
    return False


def _takes_bare_key(draft: Draft, text: str) -> bool:
    """Take a line below the options of a question without a key that is its key: 故选 C, or C alone."""
    is_due = draft.key is None and len(draft.options) > 1 and len(text) <= _LONGEST_KEY
    if not is_due or OPTION.fullmatch(text) or letters(text) is None or draft.own_key is not None:
        return False
    if _BARE.fullmatch(text):
        draft.doubts.append(_("A line of letters alone seems to be the key."))
    take_key(draft, text)
    return True


def _add(draft: Draft, text: str) -> None:
    """Take a line that adds to what was read last, or offers something; none to what is too long already."""
    so_far = draft.options[-1][1] if draft.last == "option" else getattr(draft, draft.last) or ""
    if len(so_far) > LONGEST_QUESTION:
        return
    if (draft.key is None or draft.is_key_above) and OPTION.fullmatch(text):
        _add_options(draft, text)
    elif draft.last == "option":
        letter, said = draft.options[-1]
        draft.options[-1] = (letter, f"{said}\n{text}")
    elif draft.last == "stem" and not draft.options:
        draft.stem += f"\n{with_options(draft, text)}"
        draft.stem = draft.stem.rstrip()
    else:
        setattr(draft, draft.last, f"{getattr(draft, draft.last)}\n{text}".lstrip("\n"))
