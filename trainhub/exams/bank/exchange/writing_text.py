"""Items as GIFT and Aiken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Matching, Number
from trainhub.exams.bank.exchange.facts import facts_in_pairs, write_facts, write_reasons
from trainhub.exams.bank.exchange.standing import Pair, Standing, stood

_SIGNS = re.compile(r"([~=#{}:\\])")


def write_gift(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return items as GIFT; a type that it has not stays out."""
    blocks = []
    for number, (kind, body, standing) in enumerate(stood(items, standings), start=1):
        answers = _gift_answers(kind, body)
        if answers is not None:
            why = write_reasons(body)
            feedback = f"####{_escaped(why)}" if why else ""
            mark = write_facts(facts_in_pairs(kind, body) | standing.facts)
            blocks.append(
                f"// {mark}\n::{number:05d}::[plain]{_escaped(body.stem)} {{{answers}{feedback}}}\n"
            )
    return "\n".join(blocks).encode()


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text).replace("\n", "\\n")


def _gift_answers(kind: ItemType, body: ItemBody) -> str | None:
    match kind, body.detail:
        case ItemType.TRUE_FALSE, _:
            return body.answer[0]
        case ItemType.SINGLE, _:
            lines = [
                f"{'=' if each.key in body.answer else '~'}[plain]{_escaped(each.text)}"
                for each in body.options
            ]
        case ItemType.MULTIPLE, _:
            part = f"{100 / max(1, len(body.answer)):.5f}".rstrip("0").rstrip(".")
            weights = {True: part, False: "-100"}
            lines = [
                f"~%{weights[each.key in body.answer]}%[plain]{_escaped(each.text)}" for each in body.options
            ]
        case _, Blanks((blank,)) if blank.tolerance is None:
            lines = [f"=%100%{_escaped(text)}" for text in blank.accepted]
        case _, Number(value, tolerance, "", ()):
            return f"#{value}:{tolerance}"
        case _, Matching(targets):
            texts = {target.key: target.text for target in targets}
            pairs = {pair[0]: pair[1:] for pair in body.answer}
            lines = [
                f"={_escaped(each.text)} -> {_escaped(texts.get(pairs.get(each.key, ''), ''))}"
                for each in body.options
            ]
            lines += [f"= -> {_escaped(texts[key])}" for key in texts if key not in pairs.values()]
        case _:
            return None
    return "\n" + "\n".join(lines) + "\n"


def write_aiken(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return the single choices among items as Aiken, which has no place for where they stand."""
    blocks = []
    for kind, body in items:
        if kind is ItemType.SINGLE:
            lines = [f"{option.key}. {option.text}" for option in body.options]
            blocks.append("\n".join([body.stem, *lines, f"ANSWER: {body.answer[0]}", ""]))
    return "\n".join(blocks).encode()
