"""Rich texts on their way out: the bank's HTML with files addressed as another program expects it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

from trainhub.exams.bank.content import ItemBody, Option
from trainhub.exams.bank.details import Matching

_SHOWN = re.compile(r'<(img|audio|video) src="([^"]+)">')


def addressed(body: ItemBody, text: str, address: Callable[[str], str]) -> str:
    """Return a rich text as well-formed markup whose files have addresses and descriptions."""
    media = {medium.name: medium for medium in body.media}

    def shown(found: re.Match[str]) -> str:
        tag, medium = found[1], media[found[2]]
        said = html.escape(medium.description)
        where = html.escape(address(medium.name))
        if tag == "img":
            return f'<img src="{where}" alt="{said}"/>'
        return f'<{tag} src="{where}" title="{said}" controls="controls"></{tag}>'

    return _SHOWN.sub(shown, text).replace("<br>", "<br/>")


def with_addresses(body: ItemBody, address: Callable[[str], str]) -> ItemBody:
    """Return a rich question with all its texts as ``addressed`` makes them."""

    def said(text: str) -> str:
        return addressed(body, text, address)

    detail = body.detail
    if isinstance(detail, Matching):
        detail = Matching(tuple(replace(each, text=said(each.text)) for each in detail.targets))
    return replace(
        body,
        stem=said(body.stem),
        options=tuple(Option(each.key, said(each.text)) for each in body.options),
        explanation=said(body.explanation),
        detail=detail,
    )
