"""What a question of Moodle says beside what the bank keeps: named, so that nothing goes in silence."""

from __future__ import annotations

from lxml.etree import _Element

from trainhub.exams.bank.exchange.facts import read_facts
from trainhub.exams.bank.exchange.found import Question
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.kernel.i18n import _

_FEEDBACK = ("answer/feedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_USUAL = frozenset(
    (
        "Your answer is correct.",
        "Your answer is partially correct.",
        "Your answer is incorrect.",
        "回答正确。",
        "回答部分正确。",
        "回答错误。",
        "您的回答正确。",
        "您的回答部分正确。",
        "您的回答不正确。",
    )
)
"""What Moodle writes by itself says nothing of the question."""


def note_what_is_left(question: Question, element: _Element) -> None:
    """Note what of a question is left away."""
    if question.is_exact:
        return
    says = [
        from_html(each.text or "").text for path in _FEEDBACK for each in element.iterfind(f"{path}/text")
    ]
    tags = [tag.text or "" for tag in element.iterfind("tags/tag/text")]
    named = "、".join(tag.strip() for tag in tags if tag.strip() and read_facts(tag) is None)
    keeps_order = (element.findtext("shuffleanswers") or "true").strip().lower() in ("false", "0")
    for is_left, note in (
        (
            any(each and each not in _USUAL for each in says),
            _("What the file says after an answer (feedback) is left away."),
        ),
        (
            any((each.text or "").strip() for each in element.iterfind("hint/text")),
            _("Hints of the file are left away."),
        ),
        (
            bool((element.findtext("responsetemplate/text") or "").strip()),
            _("What stands in the answer from the beginning (template) is left away."),
        ),
        (bool(named), _("Tags of the file are left away: %(names)s.", names=named[:100])),
        (
            any(each.get("format") == "markdown" for each in element.iter()),
            _("The text is Markdown; its signs stay as they are."),
        ),
        (
            keeps_order and element.get("type") == "multichoice",
            _("The file keeps the place of an option; here all are mixed."),
        ),
    ):
        if is_left:
            question.notes.append(note)
