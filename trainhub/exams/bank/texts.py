"""The texts of a question, in words: of a rich one without its layout, with a word for each file it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Medium, Number, Rubric, Scene
from trainhub.exams.bank.rich import (
    FORMULAS,
    Element,
    Nodes,
    names_in,
    nodes_of,
    plain_nodes,
    read_nodes,
    words,
)
from trainhub.exams.bank.rich.formulas import line

if TYPE_CHECKING:
    from trainhub.exams.bank.content import ItemBody

_BRACKETS = {ord(sign): 0xE020 + place for place, sign in enumerate("()[]{},;:!?")}
"""In a formula these are no punctuation, which comparing leaves away."""


def nodes_in(body: ItemBody, text: str) -> Nodes:
    """Return one of a question's texts (stem, option, target, explanation) as nodes to be shown."""
    return nodes_of(text, body.media) if body.rich else plain_nodes(text)


def words_in(body: ItemBody, text: str) -> str:
    """Return one of a question's texts in words: of a picture its description, of a formula one line."""
    return _words(body, text, told)


def same_words_in(body: ItemBody, text: str) -> str:
    """Return one of a question's texts for comparing: what a file shows counts, whatever it is called."""
    return _words(body, text, _digest)


def exact_words_in(body: ItemBody, text: str) -> str:
    """Return the same with tags around what is raised or lowered; ``folding`` reads them as ``²``."""
    return words(_with_levels(nodes_of(text, body.media)), _digest) if body.rich else text


def shown_words_in(body: ItemBody, text: str) -> str:
    """Return one of a question's texts in words for a line of a page: what is raised or lowered stays so.

    ``10<sup>6</sup>`` reads ``10⁶``; what has no such signs reads ``x^ab`` or ``x_ab``.
    """
    return words(_with_signs(nodes_of(text, body.media)), told) if body.rich else text


_SIGNS = {
    "sup": ("^", dict(zip("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ", strict=True))),
    "sub": ("_", dict(zip("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎", strict=True))),
}


def _with_signs(nodes: Nodes) -> Nodes:
    done: list[Element | str] = []
    for node in nodes:
        if isinstance(node, str) or node.tag in FORMULAS:
            done.append(node)
        elif node.tag in _SIGNS:
            mark, signs = _SIGNS[node.tag]
            said = words(node.children, told)
            done.append("".join(signs[each] for each in said) if signs.keys() >= set(said) else mark + said)
        else:
            done.append(replace(node, children=_with_signs(node.children)))
    return tuple(done)


def _with_levels(nodes: Nodes) -> Nodes:
    """Return nodes in which tags stand as text around what is raised or lowered."""
    done: list[Element | str] = []
    for node in nodes:
        if isinstance(node, str) or node.tag in FORMULAS:
            done.append(node)
        elif node.tag in ("sup", "sub"):
            done += [f"<{node.tag}>", *_with_levels(node.children), f"</{node.tag}>"]
        else:
            done.append(replace(node, children=_with_levels(node.children)))
    return tuple(done)


def _words(body: ItemBody, text: str, say: Callable[[Element], str]) -> str:
    return words(nodes_of(text, body.media), say) if body.rich else text


def told(element: Element) -> str:
    """Return the words that stand for a picture, sound, film or formula."""
    if element.tag in FORMULAS:
        return line(element)
    return f" [{element.medium.description}] " if element.medium else ""


def _digest(element: Element) -> str:
    if element.tag in FORMULAS:
        return "\ue010" + element.name.translate(_BRACKETS) + "\ue011"
    return f"\x1c{element.medium.digest}\x1c" if element.medium else ""


def rich_texts(body: ItemBody) -> Iterator[str]:
    """Yield the texts of a question that are HTML if it is rich; those of a case's questions are theirs."""
    yield from (body.stem, body.explanation, *(option.text for option in body.options))
    if isinstance(body.detail, Matching):
        yield from (target.text for target in body.detail.targets)


def texts_of(body: ItemBody) -> list[str]:
    """Return everything that a body says, in words."""
    texts = [words_in(body, text) for text in (body.stem, body.explanation)] + [body.source_article]
    texts += [words_in(body, option.text) for option in body.options]
    match body.detail:
        case Blanks(blanks, _any):
            texts += [each for blank in blanks for each in blank.accepted]
        case Number():
            texts += [body.detail.unit, *(each.name for each in body.detail.units)]
        case Matching(targets):
            texts += [words_in(body, each.text) for each in targets]
        case Rubric(criteria, model, _longest):
            texts += [model, *(each.text for each in criteria)]
        case CaseSet(parts):
            texts += [text for part in parts for text in texts_of(part.body)]
        case Scene(_medium, regions):
            texts += [each.name for each in regions]
        case _:
            pass
    return texts


def searched_texts(body: ItemBody) -> list[str]:
    """Return the texts by which an item is found; explanation and article are no part of the question."""
    aside = {words_in(body, body.explanation), body.source_article}
    return [words_in(body, body.stem), *(text for text in texts_of(body) if text and text not in aside)]


def media_in_order(body: ItemBody, media: Iterable[Medium]) -> tuple[Medium, ...]:
    """Return those of some files that a question's texts show, in the order in which they show them."""
    known = {medium.name: medium for medium in media}
    names = [name for text in rich_texts(body) for name in names_in(read_nodes(text))]
    return tuple(known[name] for name in dict.fromkeys(names) if name in known)
