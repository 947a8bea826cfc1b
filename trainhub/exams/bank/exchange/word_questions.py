"""The lines of a Word document as they come by: headings, questions and what is theirs, lists of keys."""

from __future__ import annotations

import re
from dataclasses import replace

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.found import rejected
from trainhub.exams.bank.exchange.key_lists import Entry, KeyList, Part, compact, number_before, written
from trainhub.exams.bank.exchange.key_matching import bears, give_keys
from trainhub.exams.bank.exchange.key_parts import below_heading, in_order, part_by_part, parted, titled
from trainhub.exams.bank.exchange.key_rows import (
    by_parts,
    doubt_lone_keys,
    from_rows,
    in_brackets,
    in_our_words,
    is_row_of_numbers,
)
from trainhub.exams.bank.exchange.limits import require_few
from trainhub.exams.bank.exchange.word_answers import settle_truth
from trainhub.exams.bank.exchange.word_beginnings import usual
from trainhub.exams.bank.exchange.word_counted import settle_counted
from trainhub.exams.bank.exchange.word_going_on import WHY
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import BEFORE_A_NUMBER, turned
from trainhub.exams.bank.exchange.word_lines import (
    Line,
    begins_question,
    heading_in,
    is_in_brackets,
    is_option,
)
from trainhub.exams.bank.exchange.word_marked import give_marked, settle_filled
from trainhub.exams.bank.exchange.word_taking import Questions
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
_QUESTIONS_A_LIST = 10
"""At least: a document of 20,000 questions has lists of keys for its parts, not for each of them."""
_MOST_LOOKED_AT = 1_000_000
"""Questions that are looked at for titles of lists of keys: fifty times those of the largest file."""


class Gatherer(Questions):
    """Gathers the questions of a document, its lists of keys and what was left aside."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.lists: list[KeyList] = []
        self._keys: KeyList | None = None
        self._looked_at = 0
        self._numbers = ""
        self._asked: dict[ItemType | None, dict[int, list[Draft]]] = {}

    def take(self, line: Line, ahead: str) -> None:
        """Take a line; ``ahead`` is the next one that says anything."""
        text = in_our_words(usual(line.text))
        if text[:1] in BEFORE_A_NUMBER:
            text = turned(text, self.due())
        if is_row_of_numbers(text) and from_rows(text, ahead):
            self._numbers = text
            return
        if self._numbers and (keys := from_rows(self._numbers, text)):
            text, self._numbers = keys if self._keys is not None else f"参考答案：{keys}", ""
        if text != line.text:
            line = replace(line, text=text)
        if self._keys is not None and self._takes_key(self._keys, line):
            return
        self._keys = None
        if not self._begins_keys(line, ahead):
            self.take_question(line, ahead, self.open)

    def take_keys(self, entries: list[Entry]) -> None:
        """Take what a table of keys says."""
        if self._keys is None:
            self._begin_keys()
        if self._keys is not None:
            self._keys.add(entries)

    def conclude(self) -> list[Row]:
        """Give the keys of the lists to their questions; returns keys without a question, rejected."""
        reason = _("The list of keys names a question that was not found.")
        said = {place for place, draft in enumerate(self.drafts) if draft.own_key is not None}
        left = give_keys(self.lists, self.drafts)
        for draft in self.drafts:
            settle_counted(draft)
            settle_truth(draft)
            settle_filled(draft)
        give_marked(self.drafts)
        doubt_lone_keys(self.drafts, said)
        return [rejected(each.where, reason, f"{each.number}. {each.text}") for each in left]

    @property
    def open(self) -> Draft | None:
        """The question to which the next line belongs, if it begins none."""
        return self.drafts[-1] if self.drafts and self._keys is None else None

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
        require_few(_QUESTIONS_A_LIST * len(self.lists))

    def _begins_keys(self, line: Line, ahead: str) -> bool:
        """Tell whether a list of keys begins with a line, and take it then."""
        found = _KEYS_BEGIN.fullmatch(line.text) if "答案" in line.text else None
        if found is None or begins_question(line.text) or is_option(line.text):
            return False
        entries, parts = compact(found["rest"], line.where, 2), self._by_parts(found["rest"], line.where)
        above = titled(found["above"])
        if not entries and not parts and above is not None:
            entries = in_order(self._of(above), found["rest"], line.where)
        is_open = self.open is not None and self.open.key is None
        if not entries and not parts and found["rest"] and is_open:
            entries = self._in_brackets(found["rest"], line.where)
        begins = bool(entries or parts) or (not found["rest"] and self._is_title(found, ahead))
        if begins:
            self._begin_keys()
            assert self._keys is not None
            self._keys.part = above if above is not None and self._is_known(above) else None
            self._keys.add(entries)
            for part, said in parts:
                self._takes_heading(self._keys, part, said)
        return begins

    def _by_parts(self, text: str, where: str) -> list[tuple[Part, list[Entry]]]:
        """Return the keys of each part of a line that has those of one part or several."""
        listed = [
            (part, compact(said, where) or in_order(self._of(part), said, where))
            for part, said in by_parts(text) or part_by_part(text)
        ]
        return listed if all(entries for _part, entries in listed) else []

    def _of(self, part: Part) -> list[Draft]:
        """Return the questions that a heading in a list of keys means, by their type, number or both."""
        kind, scope = type_named(part.title), self._scope()
        self._looked_at += len(scope)
        if self._looked_at > _MOST_LOOKED_AT or not (kind or part.ordinal):
            return []
        alike = [each for each in scope if kind is None or type_named(each.heading) is kind]
        return [
            each for each in alike if not part.ordinal or (each.part and each.part.ordinal == part.ordinal)
        ]

    def _in_brackets(self, text: str, where: str) -> list[Entry]:
        """Return the keys of a list with its numbers in brackets, if all count questions without a key."""
        entries = compact(in_brackets(text), where)
        self._looked_at += len(self._scope()) if entries else 0
        if not entries or self._looked_at > _MOST_LOOKED_AT:
            return []
        due = {each.number for each in self._scope() if each.key is None}
        return entries if all(each.number in due for each in entries) else []

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
        part, said = heading_in(ahead), number_before(ahead)
        if compact(ahead, "") or is_row_of_numbers(ahead) or (part is not None and self._is_part_above(part)):
            return True
        if (part is not None and compact(parted(ahead)[1], "")) or self._by_parts(ahead, ""):
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
        listed = [] if compact(text, "") else self._by_parts(text, line.where)
        if listed:
            return all([self._takes_heading(keys, *each) for each in listed])
        part, entries = below_heading(text, line.where)
        if part is not None:
            return self._takes_heading(keys, part, entries)
        if entries:
            keys.add(entries)
            return True
        said = number_before(text)
        return self._goes_on(keys, line) if said is None else self._takes_numbered(keys, line, *said)

    def _takes_numbered(self, keys: KeyList, line: Line, number: int, text: str) -> bool:
        is_below, is_answer = self._is_answer(keys, number, is_in_brackets=is_in_brackets(line.text))
        if is_below:
            keys.entries[-1].text += f"\n{line.text}"
        elif is_answer:
            keys.add(written(number, text, line.where))
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
            self.part = keys.part or self.part
            self.begin(Draft(last.where, last.text, "", number=last.number))
            return False
        if compact(f"1.{last.text}", "") and not WHY.fullmatch(line.text):
            self.warnings.append((line.where, _("Text in a list of keys was left aside.")))
        else:
            last.text += f"\n{line.text}"
        return True
