"""What stands beside questions of QTI 1.2: names of types, feedback, shared texts, other banks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange import qti_1_keys as keys
from trainhub.exams.bank.exchange.found import Question, Unfit
from trainhub.exams.bank.exchange.gift import pair_up
from trainhub.exams.bank.exchange.wording import Wording
from trainhub.kernel.i18n import _

Told = Callable[[_Element], Wording]

SEVERAL_BLANKS = "fill_in_multiple_blanks_question"
ESSAY, NUMBER, ORDER = "essay_question", "numerical_question", "ordering_question"
_BLACKBOARD = {
    "Essay": ESSAY, "Short Response": ESSAY, "Numeric": NUMBER, "Ordering": ORDER,
    "Multiple Choice": "multiple_choice_question", "Multiple Answer": "multiple_answers_question",
    "True/False": "true_false_question", "Either/Or": "true_false_question",
    "Fill in the Blank": "short_answer_question", "Fill in the Blank Plus": "short_answer_question",
    "Matching": "matching_question",
}  # fmt: skip
_KNOWN = frozenset({"", SEVERAL_BLANKS, *_BLACKBOARD.values()})
_UNKNOWN = frozenset({
    "calculated_question", "file_upload_question", "hot_spot_question", "categorization_question",
    "text_only_question", "multiple_dropdowns_question", "formula_question", "Calculated", "File Upload",
    "Hot Spot", "Jumbled Sentence", "Opinion Scale", "Quiz Bowl",
})  # fmt: skip
ELSEWHERE = ("bankentry_item", "sourcebank_ref", "itemref")
_RIGHT, _ASKED = "RIGHT_MATCH_BLOCK", "RESPONSE_BLOCK"


def type_of(element: _Element) -> str:
    """Return the type of an item as Canvas or Blackboard call it, by Canvas's name; empty if neither does."""
    for field in element.iter("qtimetadatafield"):
        if (field.findtext("fieldlabel") or "").strip() == "question_type":
            return (field.findtext("fieldentry") or "").strip()
    said = (element.findtext(".//bbmd_questiontype") or "").strip()
    return _BLACKBOARD.get(said, said)


def is_unfit(named: str) -> bool:
    """Tell whether a type is one that has no place here."""
    return named in _UNKNOWN


def doubt_about(named: str) -> str:
    """Return why an item of a type should be looked at, empty if the type is known."""
    if named in _KNOWN or named in _UNKNOWN:
        return ""
    return _("The file calls its type “%(name)s”, which is not known here.", name=named[:40])


def elsewhere(element: _Element, known: frozenset[str]) -> str:
    """Return why a reference to a question is none that can be taken in; empty if the file holds it.

    Args:
        element: the reference.
        known: identifiers of the items of the file.
    """
    if element.tag == "itemref":
        name = element.get("linkrefid") or ""
        return "" if name in known else _of_another_bank(name)
    if element.tag == "sourcebank_ref":
        return _(
            "The file draws questions from another bank, “%(name)s”.", name=(element.text or "").strip()[:40]
        )
    return _of_another_bank(element.get("item_ref") or "")


def _of_another_bank(name: str) -> str:
    return _("The file only names a question of another bank, “%(name)s”.", name=name[:40])


def is_apart_from_its_text(element: _Element) -> bool:
    """Tell whether a section shows a text before its questions, on which they may rest."""
    return any(
        "".join(str(each) for each in text.itertext()).strip() or text.find(".//matimage") is not None
        for section in element.iterancestors("section", "assessment")
        for text in section.findall("presentation_material")
    )


def read_feedback(question: Question, element: _Element, told: Told) -> None:
    """Take what is said after any answer as the explanation; note what depends on the answer."""
    for each in element.iterfind("itemfeedback"):
        wording = told(each)
        if not wording.text.strip() and not wording.lost:
            continue
        if each.get("ident") == "general_fb":
            question.explanation = question.says(wording)
            continue
        note = _("What the file says after an answer (feedback) is left away.")
        if note not in question.notes:
            question.notes.append(note)


def held_in_itself(material: _Element) -> bytes:
    """Return the file that stands in a file of QTI itself, empty if it is broken."""
    try:
        return base64.b64decode(material.text or "", validate=False)
    except (binascii.Error, ValueError):
        return b""


def asks_in_blocks(flow: _Element) -> bool:
    """Tell whether a flow holds what Blackboard asks, and no words of the question."""
    return flow.get("class") in (_RIGHT, _ASKED)


def read_block_matching(question: Question, element: _Element, told: Told) -> bool:
    """Read a matching as Blackboard writes it: the right sides stand below, told apart by their place alone.

    Returns:
        whether it is one.

    Raises:
        Unfit: it has no key.
    """
    block = next((each for each in element.iter("flow") if each.get("class") == _RIGHT), None)
    if block is None:
        return False
    question.kind = ItemType.MATCHING
    right = [question.says(told(each)) for each in block.iterfind("flow")]
    key = keys.by_response(element)
    for place, response in enumerate(element.iter("response_lid")):
        parent, name = response.getparent(), response.get("ident") or ""
        named = [each.get("ident") or "" for each in response.iter("response_label")]
        found = set(key.get(name, [])) or {
            (each.text or "").strip() for each in element.iter("varequal") if each.get("respident") == name
        }
        if parent is None or len(found) != 1 or not found <= set(named) or len(named) != len(right):
            raise Unfit(_("The question has no key."))
        side = parent.find("flow")
        question.options.append("" if side is None else question.says(told(side)))
        question.key.append(f"{place} {named.index(found.pop())}")
    pair_up(question, right, [])
    return True
