"""From what an author writes to a rich question: texts become the bank's HTML, files find their places."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import replace

from trainhub.exams.bank.content import ItemBody, Medium, Option
from trainhub.exams.bank.details import CaseSet, Matching, Scene
from trainhub.exams.bank.rich import clean_html, for_typing, kept_whole, tag_for
from trainhub.exams.bank.texts import media_in_order

_BLOCK = re.compile(r"<(p|div|ul|ol|table|h[1-6]|blockquote|pre)\b", re.IGNORECASE)


def to_html(text: str, is_html: bool) -> str:
    """Return a text as the bank's HTML; where an author uses no blocks, the ends of lines count.

    Args:
        text: as written.
        is_html: whether its tags are tags; else they are characters.
    """
    told = kept_whole(text) if is_html else html.escape(text, quote=False)
    return clean_html(told if is_html and _BLOCK.search(told) else told.replace("\n", "<br>"))


def for_editing(text: str) -> str:
    """Return the bank's HTML as an author changes it; ``to_html`` makes the same of it again."""
    if _BLOCK.search(text):
        return for_typing(re.sub(r"(</(?:p|ul|ol|table|tr)>)(?=<)", r"\1\n", text))
    return for_typing(text.replace("<br>", "\n"))


def with_layout(body: ItemBody, is_html: bool, media: Iterable[Medium]) -> ItemBody:
    """Return a question as written with its layout and files.

    What no text names is shown below the question; of hazard spotting the first of them is the scene.

    Args:
        body: what was written; its texts are characters unless ``is_html``.
        is_html: whether they have layout.
        media: the files that came with it.
    """
    files = list(media)
    scene = None
    if isinstance(body.detail, Scene):
        named = media_in_order(body, files) if is_html else ()
        fitting = [each for each in files if each.content_type[:5] in ("image", "video")]
        scene = next((each for each in fitting if each not in named), None)
        body = replace(body, detail=replace(body.detail, medium=scene.name if scene else ""))
    rest = [each for each in files if each is not scene]
    if is_html or rest:
        body = _rich(body, is_html, rest)
    return replace(body, media=(*body.media, scene)) if scene else body


def _rich(body: ItemBody, is_html: bool, media: list[Medium]) -> ItemBody:
    whole, elsewhere = laid(body, is_html), set()
    if isinstance(whole.detail, CaseSet):
        parts = [_with_its_own(laid(part.body, is_html), media) for part in whole.detail.parts]
        elsewhere = {medium.name for part in parts for medium in part.media}
        pairs = zip(whole.detail.parts, parts, strict=True)
        whole = replace(whole, detail=CaseSet(tuple(replace(part, body=each) for part, each in pairs)))
    shown = {medium.name for medium in media_in_order(whole, media)} | elsewhere
    below = [f'<{tag_for(each.content_type)} src="{each.name}">' for each in media if each.name not in shown]
    stem = clean_html(whole.stem + "".join(below)) if below else whole.stem
    return _with_its_own(replace(whole, stem=stem), media)


def _with_its_own(body: ItemBody, media: list[Medium]) -> ItemBody:
    return replace(body, media=media_in_order(body, media))


def laid(body: ItemBody, is_html: bool) -> ItemBody:
    """Return a question with its texts as HTML."""
    options = tuple(Option(each.key, to_html(each.text, is_html)) for each in body.options)
    detail = body.detail
    if isinstance(detail, Matching):
        detail = Matching(tuple(replace(each, text=to_html(each.text, is_html)) for each in detail.targets))
    return replace(
        body,
        stem=to_html(body.stem, is_html),
        options=options,
        explanation=to_html(body.explanation, is_html),
        detail=detail,
        rich=True,
    )
