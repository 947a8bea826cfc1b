"""Cases out of QTI: questions that refer to one stimulus are one case set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType, Medium
from trainhub.exams.bank.details import CaseSet, Part
from trainhub.exams.bank.exchange.carrying import Carrying, Files
from trainhub.exams.bank.exchange.carrying_formulas import from_mathml
from trainhub.exams.bank.exchange.found import Question, as_row
from trainhub.exams.bank.exchange.qti_2 import facts_in, read_item
from trainhub.exams.bank.exchange.qti_2_text import exactly, html_of, richly, without_asking
from trainhub.exams.bank.exchange.standing import standing_in
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.exams.bank.media import CleanMedium, media_of
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import Row
from trainhub.kernel.i18n import _

STIMULUS, REFERENCE = "assessmentStimulus", "assessmentStimulusRef"
SECTIONS = ("assessmentTest", "assessmentSection")
_SHARED = frozenset({"sharedstimulus", "stimulus", "passage"})
"""Uses of a section's rubric that make it a text to which the questions of the section belong."""


@dataclass(frozen=True)
class File:
    """A file of a package, read."""

    name: str
    root: _Element
    files: Files


@dataclass
class Cases:
    """The stimuli of a package and the questions that refer to each.

    Args:
        stimuli: by the names of their files; a section's shared text by the name of the section's.
        questions: by the same names, in the order of the package.
    """

    stimuli: dict[str, File] = field(default_factory=dict)
    questions: dict[str, list[File]] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of the questions that refer to one stimulus: one case, if it can be read."""
        members = self.questions[name]
        stimulus = self.stimuli.get(name)
        if stimulus is None:
            reason = _(
                "The package has not the text “%(name)s” on which the question rests.", name=name[-60:]
            )
            return [without_its_case(read_item(each.root, each.name, each.files), reason) for each in members]
        return list(_rows(stimulus, members))

    def unused(self) -> list[str]:
        """Return the stimuli to which no question refers."""
        return [name for name in self.stimuli if name not in self.questions]


def without_its_case(row: Row, reason: str) -> Row:
    """Return a question held because the text on which it rests is not there."""
    if row.outcome is Outcome.REJECTED:
        return row
    return replace(row, outcome=Outcome.HELD, reason=" ".join(each for each in (row.reason, reason) if each))


def shared_texts(root: _Element) -> Iterator[tuple[_Element, list[str]]]:
    """Yield the texts that sections say to be shared, each with the addresses of its questions."""
    for section in root.iter("assessmentSection"):
        addresses = [each.get("href") or "" for each in section.findall("assessmentItemRef")]
        for block in section.findall("rubricBlock"):
            if (block.get("use") or "").lower() in _SHARED and addresses:
                yield block, addresses
                break


def _rows(stimulus: File, members: list[File]) -> Iterator[Row]:
    from_mathml(stimulus.root)
    facts = facts_in(stimulus.root)
    question = Question(stimulus.name, is_exact=facts is not None, carrying=Carrying(stimulus.files))
    question.kind, question.is_rich = ItemType.CASE_SET, facts is not None and "rich" in facts
    question.stands(standing_in(facts or {}))
    _read_texts(question, stimulus.root, facts or {})
    names = {medium.name: medium.digest for medium, _clean in question.carrying.media.values()}
    parts: list[Part] = []
    media: list[CleanMedium] = []
    named: list[Medium] = []
    left: list[str] = []
    for member in members:
        row = read_item(member.root, member.name, member.files, names)
        if row.body is None or row.type is None or row.outcome is Outcome.REJECTED:
            left.append(member.name)
            yield row
            continue
        if row.outcome is Outcome.HELD:
            question.doubts.append(f"{member.name}: {row.reason}")
        question.notes += [f"{member.name}: {note}" for note in row.notes]
        names |= {medium.name: medium.digest for medium in media_of(row.body)}
        media += row.media
        named += row.named
        parts.append(Part(row.type.value, row.body, _weight(facts_in(member.root))))
    if left:
        told = "、".join(left)
        question.doubts.append(_("Questions of the case that are not taken in: %(names)s.", names=told[:200]))
    if parts:
        question.detail = CaseSet(tuple(parts))
        row = as_row(question)
        kept = {clean.digest: clean for clean in (*row.media, *media)}
        yield replace(row, media=tuple(kept.values()), named=tuple(dict.fromkeys((*row.named, *named))))


def _read_texts(question: Question, root: _Element, facts: Mapping[str, str]) -> None:
    body = root.find("stimulusBody")
    body = root if body is None else body
    explanation = unquote(facts.get("explanation", ""))
    question.source = unquote(facts.get("source", ""))
    if question.is_rich:
        question.stem = richly(question, body.find(".//*[@class='stem']"))
        question.explanation = question.says(from_html(explanation))
    elif question.is_exact:
        question.stem, question.explanation = exactly(body.find(".//*[@class='stem']")), explanation
    else:
        question.stem = question.says(from_html(html_of(without_asking(body))))


def _weight(facts: Mapping[str, str] | None) -> int:
    said = (facts or {}).get("weight", "")
    return int(said) if said.isdecimal() else 1
