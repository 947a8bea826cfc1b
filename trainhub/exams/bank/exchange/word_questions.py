"""The lines of a Word document as they come by: headings, questions and what is theirs, lists of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.found import rejected
from trainhub.exams.bank.exchange.key_lists import Entry, KeyList, Part, compact, number_before, written
from trainhub.exams.bank.exchange.key_matching import bears, give_keys
from trainhub.exams.bank.exchange.limits import require_few
from trainhub.exams.bank.exchange.word_going_on import WHY, go_on, is_beside, take_key_above, with_options
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import BEFORE_A_NUMBER, split_key, turned
from trainhub.exams.bank.exchange.word_lines import (
    NUMBER,
    Line,
    bare_number,
    begins_case,
    begins_question,
    heading_in,
    is_in_brackets,
    is_option,
    kind_before,
)
from trainhub.exams.bank.reading.rows import Row
from trainhub.kernel.i18n import _

_KEYS_BEGIN = re.compile(
    r"\s{0,9}(?P<above>.{0,60}?)\s{0,9}[【\[]?\s{0,9}(?P<named>参考|标准|正确|试题|附)?\s{0,9}答案\s*"
    r"(?P<more>[及与和、]\s*(?:试题)?(?:解析|详解|说明|评分标准|评分细则))?(?:部分|如下|表|汇总)?"
    r"\s*[】\]]?\s*[:：]?\s*(?P<rest>.*)",
    re.DOTALL,
)
_TITLE = re.compile(
    r"(?:.*(?:题|卷|库|考试|考核|培训|》|[）)]|[、.．:：\s])|附件?|附录|第.{1,3}部分)?", re.DOTALL
)
_LONGEST_TITLE = 80
_MOST_LOOKED_AT = 1_000_000
"""Questions that are looked at for titles of lists of keys: fifty times those of the largest file."""


class Gatherer:
    """Gathers the questions of a document, its lists of keys and what was left aside."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.drafts: list[Draft] = []
        self.lists: list[KeyList] = []
        self.warnings: list[tuple[str, str]] = []
        self._part: Part | None = None
        self._keys: KeyList | None = None
        self._looked_at = 0
        self._is_case = False
        self._asked: dict[ItemType | None, dict[int, list[Draft]]] = {}

    def take(self, line: Line, ahead: str) -> None:
        """Take a line; ``ahead`` is the next one that says anything."""
        if line.text[:1] in BEFORE_A_NUMBER:
            line = replace(line, text=turned(line.text, self._due()))
        if self._keys is not None and self._takes_key(self._keys, line):
            return
        self._keys = None
        if not self._begins_keys(line, ahead):
            self._take_question(line)

    def _due(self) -> Sequence[int]:
        """Return the numbers of which one should begin the next question."""
        last = self.drafts[-1] if self.drafts else None
        begins = last is None or last.part is not self._part
        return (1,) if last is None else (*((1,) if begins else ()), (last.number or 0) + 1)

    def take_keys(self, entries: list[Entry]) -> None:
        """Take what a table of keys says."""
        if self._keys is None:
            self._begin_keys()
        if self._keys is not None:
            self._keys.add(entries)

    def conclude(self) -> list[Row]:
        """Give the keys of the lists to their questions; returns keys without a question, rejected."""
        reason = _("The list of keys names a question that was not found.")
        return [
            rejected(each.where, reason, f"{each.number}. {each.text}")
            for each in give_keys(self.lists, self.drafts)
        ]

    @property
    def open(self) -> Draft | None:
        """The question to which the next line belongs, if it begins none."""
        return self.drafts[-1] if self.drafts and self._keys is None else None

    @property
    def title(self) -> str:
        """The heading that holds now; nothing where there is none."""
        return "" if self._part is None else self._part.title

    def _scope(self) -> list[Draft]:
        """Return the questions since the last list of keys, all that a new one can speak of."""
        lists = self.lists[:-1] if self._keys is not None else self.lists
        return self.drafts[lists[-1].before if lists else 0 :]

    def _begin_keys(self) -> None:
        self._asked = {}
        for draft in self._scope():
            for kind in {None, type_named(draft.heading)}:
                if draft.number is not None:
                    self._asked.setdefault(kind, {}).setdefault(draft.number, []).append(draft)
        self._keys = KeyList(len(self.drafts))
        self.lists.append(self._keys)

    def _begins_keys(self, line: Line, ahead: str) -> bool:
        """Tell whether a list of keys begins with a line, and take it then."""
        found = _KEYS_BEGIN.fullmatch(line.text) if "答案" in line.text else None
        if found is None or begins_question(line.text) or is_option(line.text):
            return False
        entries = compact(found["rest"], line.where, 2)
        begins = bool(entries) or (not found["rest"] and self._is_title(found, ahead))
        if begins:
            self._begin_keys()
            assert self._keys is not None
            titled = heading_in(found["above"])
            self._keys.part = titled if titled is not None and self._is_known(titled) else None
            self._keys.add(entries)
        return begins

    def _is_title(self, found: re.Match[str], ahead: str) -> bool:
        """Tell whether a line that speaks of keys is the title of a list of them."""
        drafts = self._scope()
        if not drafts or len(found[0]) > _LONGEST_TITLE or not _TITLE.fullmatch(found["above"]):
            return False
        self._looked_at += len(drafts)
        if self._looked_at > _MOST_LOOKED_AT:
            return False
        if not (found["above"].strip() or found["named"] or found["more"]) and (
            len(drafts) < 2
            or any(each.own_key for each in drafts)
            or (drafts[-1].takes_several_lines and not compact(ahead, ""))
        ):
            return False
        titled, said = heading_in(ahead), number_before(ahead)
        if compact(ahead, "") or (titled is not None and self._is_part_above(titled)):
            return True
        if titled is not None and compact(_parted(ahead)[1], ""):
            return True
        return said is not None and any(each.number == said[0] and not each.own_key for each in drafts)

    def _is_part_above(self, part: Part) -> bool:
        """Tell whether a heading is that of questions that still have no key."""
        kind = type_named(part.title)
        return any(
            not each.own_key and each.part is not None and type_named(each.heading) is kind
            for each in self._scope()
        )

    def _is_known(self, part: Part) -> bool:
        """Tell whether a heading in a list of keys names a type, or a part of the document."""
        if type_named(part.title) is not None:
            return True
        self._looked_at += len(self._scope())
        parts = {each.part for each in self._scope()} if self._looked_at <= _MOST_LOOKED_AT else set()
        return any(each is not None and bears(each, part) for each in parts)

    def _takes_key(self, keys: KeyList, line: Line) -> bool:
        """Take a line into the list of keys that is open; False if it does not belong there."""
        text = line.text
        if not text:
            return True
        entries = compact(text, line.where)
        if not entries:
            titled, rest = _parted(text)
            entries = compact(rest, line.where)
            part = heading_in(titled if entries else text)
            if part is not None:
                return self._takes_heading(keys, part, entries)
        if entries:
            keys.add(entries)
            return True
        said = number_before(text)
        if said is None:
            return self._goes_on(keys, line)
        is_below, is_answer = self._is_answer(keys, said[0], is_in_brackets=is_in_brackets(text))
        if is_below:
            keys.entries[-1].text += f"\n{text}"
        elif is_answer:
            keys.add(written(*said, line.where))
        return is_below or is_answer

    def _takes_heading(self, keys: KeyList, part: Part, entries: list[Entry]) -> bool:
        self._looked_at += 0 if entries else len(self._scope())
        is_over = self._looked_at > _MOST_LOOKED_AT
        if not entries and (is_over or not self._is_part_above(part)) and "答案" not in part.title:
            return False
        keys.part = part if self._is_known(part) else keys.part
        keys.add(entries)
        return True

    def _is_answer(self, keys: KeyList, number: int, *, is_in_brackets: bool) -> tuple[bool, bool]:
        """Tell whether a numbered line is part of the answer above it, and whether it is one of its own."""
        kind = None if keys.part is None else type_named(keys.part.title)
        alike = self._asked.get(kind) or self._asked.get(None, {})
        is_due = not keys.has(number) and any(not each.own_key for each in alike.get(number, ()))
        last = keys.entries[-1] if keys.entries else None
        if last is None or compact(f"1.{last.text}", ""):
            return False, is_due
        if is_in_brackets and not (is_due and any(each.is_in_brackets for each in alike.get(number, ()))):
            return True, False
        if not is_due:
            last.doubts.append(_("It is not certain where the answer in the list of keys ends."))
        return False, is_due

    def _goes_on(self, keys: KeyList, line: Line) -> bool:
        """Take a line without a number; options show that what was taken for a key is a question."""
        last = keys.entries[-1] if keys.entries else None
        if last is None:
            self.warnings.append((line.where, _("Text above a list of keys was left aside.")))
            return True
        if is_option(line.text) and not compact(f"1.{last.text}", ""):
            keys.take_back()
            self._part = keys.part or self._part
            self._begin(Draft(last.where, last.text, "", number=last.number))
            return False
        if compact(f"1.{last.text}", "") and not WHY.fullmatch(line.text):
            self.warnings.append((line.where, _("Text in a list of keys was left aside.")))
        else:
            last.text += f"\n{line.text}"
        return True

    def _take_question(self, line: Line) -> None:
        """Give a line to the question it belongs to."""
        text, open_ = line.text, self.open
        part, number = heading_in(text), NUMBER.fullmatch(text)
        if part is not None:
            self._part, self._is_case = part, False
        elif number is not None and number[3].strip():
            draft = Draft(line.where, number[3].strip(), "", number=int(number[1] or number[2]))
            draft.is_in_brackets = is_in_brackets(text)
            self._begin(draft, line)
        elif (beyond := bare_number(text)) and (open_ is None or open_.own_key or len(open_.options) > 1):
            is_over = open_ is None or open_.last == "key"
            if beyond[0] is None or is_over or beyond[0] in self._due():
                self._begin(Draft(line.where, beyond[1], "", number=beyond[0]), line)
            else:
                self._go_on(line, open_)
        elif (
            line.is_listed
            and text
            and not is_option(text)
            and (open_ is None or open_.key is not None or open_.options)
        ):
            self._begin(Draft(line.where, text, ""), line)
        else:
            self._go_on(line, open_)

    def _go_on(self, line: Line, open_: Draft | None) -> None:
        """Give a line to the question that is open, or say that it was left aside."""
        text = line.text
        if open_ is not None:
            if text and is_beside(open_, text):
                self.warnings.append((line.where, _("Text below the key of a question was left aside.")))
                self._is_case = self._is_case or begins_case(text)
            elif text:
                go_on(open_, text)
            _show(open_, line.pictures)
        elif text:
            self.warnings.append((line.where, _("Text before the first question was left aside.")))
            self._is_case = self._is_case or begins_case(text)

    def _begin(self, draft: Draft, line: Line | None = None) -> None:
        if self._is_case:
            draft.doubts.append(_("The case above, on which the question may rest, was left aside."))
        draft.part = self._part
        named, draft.stem = kind_before(draft.stem)
        draft.heading = named or self.title
        is_written = type_named(draft.heading) in (ItemType.FILL_IN, ItemType.NUMERIC)
        draft.stem, key = split_key(draft.stem, is_written=is_written)
        draft.stem = with_options(draft, draft.stem)
        if key:
            take_key_above(draft, key)
        self.drafts.append(draft)
        require_few(len(self.drafts))
        _show(draft, () if line is None else line.pictures)


def _show(draft: Draft, pictures: tuple[str, ...]) -> None:
    """Note where pictures belong: to the option that was read last, else to the question."""
    place = len(draft.options) if draft.last == "option" else 0
    draft.pictures += [(place, each) for each in pictures]


def _parted(text: str) -> tuple[str, str]:
    """Return a heading and the keys that stand behind it in the same line; no keys if there are none."""
    for found in re.finditer(r"(?:第\s*)?\d", text[:_LONGEST_TITLE]):
        if compact(text[found.start() :], ""):
            return text[: found.start()].rstrip(" \t:："), text[found.start() :]
    return text, ""
