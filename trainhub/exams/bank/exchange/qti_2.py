"""QTI 2.1, 2.2 and 3.0: one item a file, its interactions named one by one where they cannot be taken in."""

from __future__ import annotations

from lxml.etree import _Element

from trainhub.exams.bank.content import Credit
from trainhub.exams.bank.exchange.carrying import NOWHERE, Carrying, Files, Names, no_files
from trainhub.exams.bank.exchange.carrying_formulas import from_mathml
from trainhub.exams.bank.exchange.facts import MARK, read_facts
from trainhub.exams.bank.exchange.found import Question, Unfit, as_row, rejected
from trainhub.exams.bank.exchange.qti_2_answers import READERS
from trainhub.exams.bank.exchange.qti_2_text import exactly, html_of, richly, without_asking
from trainhub.exams.bank.exchange.standing import standing_in
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.exams.bank.reading.workbook import Row
from trainhub.kernel.i18n import _

ITEM = "assessmentItem"
_COMPUTED = ("templateProcessing", "templateDeclaration")


def facts_in(root: _Element) -> dict[str, str] | None:
    """Return what our own export says beside the question; None if another program wrote it."""
    return read_facts(root.get("label") or "") if root.get("toolName") == MARK else None


def read_item(root: _Element, where: str, files: Files = no_files, elsewhere: Names = NOWHERE) -> Row:
    """Read one item.

    Args:
        root: its outermost element.
        where: its place.
        files: what the package holds beside it.
        elsewhere: by what names the rest of its case calls which files.
    """
    from_mathml(root)
    facts = facts_in(root)
    question = Question(where, is_exact=facts is not None, carrying=Carrying(files, elsewhere))
    question.is_rich = facts is not None and "rich" in facts
    body = root.find("itemBody")
    if body is None:
        return rejected(where, _("The item has no body."))
    interactions = [each for each in body.iter() if str(each.tag).endswith("Interaction")]
    shown = from_html(html_of(without_asking(body))).text
    refusal = _refusal(root, interactions)
    if refusal:
        return rejected(where, refusal, shown)
    _read_stem(question, body)
    if body.find(".//include") is not None:
        question.doubts.append(_("The text on which the question rests stands in another file."))
    if body.find(".//infoControl") is not None:
        question.notes.append(_("Hints of the file are left away."))
    _read_reasons(question, root, body)
    facts = facts or {}
    question.stands(standing_in(facts))
    question.keys = facts.get("keys", "")
    question.credit = Credit(facts.get("credit", Credit.ALL_OR_NOTHING))
    try:
        READERS[str(interactions[0].tag)](question, root, interactions, facts)
    except Unfit as problem:
        return rejected(where, str(problem), shown, question.kind)
    return as_row(question)


def _refusal(root: _Element, interactions: list[_Element]) -> str:
    """Return why an item cannot be taken in, empty if it may be."""
    if not interactions:
        return _("The item asks nothing: it has no interaction.")
    unknown = [str(each.tag) for each in interactions if str(each.tag) not in READERS]
    if unknown:
        names = "、".join(dict.fromkeys(unknown))
        return _("Interactions that cannot be taken in: %(names)s.", names=names)
    computed = [name for name in _COMPUTED if root.find(name) is not None]
    if (root.get("adaptive") or "").lower() == "true":
        computed.append("adaptive")
    if root.find("itemBody//printedVariable") is not None:
        computed.append("printedVariable")
    if computed:
        return _(
            "Items that are computed anew for each candidate cannot be taken in: %(names)s.",
            names="、".join(computed),
        )
    tags = {str(each.tag) for each in interactions}
    if len(interactions) > 1 and tags != {"textEntryInteraction"}:
        names = "、".join(str(each.tag) for each in interactions)
        return _(
            "The question mixes ways of answering that cannot be taken in together: %(names)s.", names=names
        )
    return ""


def _read_stem(question: Question, body: _Element) -> None:
    if question.is_rich:
        question.stem = richly(question, body.find(".//*[@class='stem']"))
        return
    if question.is_exact:
        question.stem = exactly(body.find(".//*[@class='stem']"))
        return
    question.stem = question.says(from_html(html_of(without_asking(body))))


def _read_reasons(question: Question, root: _Element, body: _Element) -> None:
    feedback = root.findall("modalFeedback")
    if question.is_rich:
        question.explanation = richly(question, root.find("modalFeedback//*[@class='explanation']"))
        question.source = exactly(body.find("rubricBlock//*[@class='source']"))
        return
    if question.is_exact:
        question.explanation = exactly(root.find("modalFeedback//*[@class='explanation']"))
        question.source = exactly(body.find("rubricBlock//*[@class='source']"))
        return
    if len(feedback) == 1:
        clean = without_asking(feedback[0])
        clean.tag = "div"
        question.explanation = question.says(from_html(html_of(clean)))
    if (
        len(feedback) > 1
        or body.find(".//feedbackInline") is not None
        or body.find(".//feedbackBlock") is not None
    ):
        question.notes.append(_("What the file says after an answer (feedback) is left away."))
