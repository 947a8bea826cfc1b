"""Formulas in plain texts that come from files: a question with one gets layout, in which it is one."""

from __future__ import annotations

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.layout import laid
from trainhub.exams.bank.rich.formulas import FOUND, problem_in, split
from trainhub.exams.bank.texts import rich_texts
from trainhub.kernel.i18n import _


def with_formulas(body: ItemBody) -> ItemBody:
    """Return a plain question that holds formulas with layout; any other as it is."""
    texts = [] if body.rich else [text for text in rich_texts(body) if "\\" in text]
    holds = any(tag for text in texts for tag, _piece in split(text))
    return laid(body, is_html=False) if holds else body


def unread_in(body: ItemBody) -> str:
    """Return what of a plain question looks like a formula and cannot be read, and why; else nothing."""
    if body.rich:
        return ""
    for text in rich_texts(body):
        for found in FOUND.finditer(text):
            problem = problem_in(found[0])
            if problem:
                return _(
                    "The formula “%(formula)s” cannot be read. %(problem)s",
                    formula=found[0][:60],
                    problem=problem,
                )
    return ""
