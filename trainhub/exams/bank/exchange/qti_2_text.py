"""The texts of an item of QTI 2 and 3: what candidates read, without what asks and what is not for them."""

from __future__ import annotations

import copy

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.found import BLANK, Question
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.exams.bank.exchange.writing_qti_layout import UNDERLINED

_HIDDEN = (
    "rubricBlock", "feedbackInline", "feedbackBlock", "templateInline", "templateBlock", "infoControl",
    "stylesheet", "style", "script", "modalFeedback", "catalogInfo", "promptHidden",
)  # fmt: skip
_SOUND_OR_FILM = ("audio", "video")
_INLINE = {"textEntryInteraction", "inlineChoiceInteraction"}


def html_of(element: _Element) -> str:
    """Return an element as HTML."""
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def without_asking(body: _Element) -> _Element:
    """Return a body with signs in place of what asks, and without what is not for candidates."""
    clean = copy.deepcopy(body)
    for each in [each for each in clean.iter(*_HIDDEN)]:
        if each.tag == "rubricBlock" and "candidate" in (each.get("view") or "").split():
            each.tag = "div"
        else:
            _cut(each, "")
    for each in [each for each in clean.iter() if str(each.tag).endswith("Interaction")]:
        prompt = each.find("prompt")
        if str(each.tag) in _INLINE:
            _cut(each, BLANK)
        elif prompt is not None:
            prompt.tag, prompt.tail = "div", each.tail
            parent = each.getparent()
            assert parent is not None
            parent.replace(each, prompt)
        else:
            _cut(each, "")
    return clean


def _cut(element: _Element, text: str) -> None:
    """Take an element out of its tree and leave a text in its place."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    text += element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)


def exactly(element: _Element | None) -> str:
    """Return the text of an element that our own export wrote: nothing is tidied, ``br`` is a line's end."""
    if element is None:
        return ""
    pieces = [element.text or ""]
    for child in element:
        tag = str(child.tag)
        pieces.append("\n" if tag == "br" else BLANK if tag in _INLINE else exactly(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def richly(question: Question, element: _Element | None) -> str:
    """Return the text of an element that our own export wrote with layout."""
    if element is None:
        return ""
    clean = without_asking(element)
    clean.tag = "div"
    for each in clean.iter("em"):
        if each.get("class") == UNDERLINED:
            each.tag = "u"
    for each in clean.iter("object"):
        kind = (each.get("type") or "").partition("/")[0]
        each.tag = kind if kind in _SOUND_OR_FILM else "object"
        each.set("src", each.get("data") or "")
        each.set("title", each.text or "")
        each.text = None
    for each in [found for found in clean.iter("tbody")]:
        _dissolve(each)
    said = html_of(clean).partition(">")[2].rpartition("<")[0]
    return question.says(from_html(said))


def _dissolve(element: _Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.extend(list(element))
        parent.remove(element)


def says(question: Question, element: _Element) -> str:
    """Return the text of an option."""
    if question.is_rich:
        return richly(question, element)
    if question.is_exact:
        return exactly(element)
    clean = without_asking(element)
    clean.tag = "div"
    return question.says(from_html(html_of(clean)))
