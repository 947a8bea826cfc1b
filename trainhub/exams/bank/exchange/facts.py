"""What our own exports say beside the question, in a place where other programs keep remarks.

Some facts have no field in a form of exchange: which of two types an item had, the letters of its options,
whether a part of the answer earns marks. They travel as short words, such as ``partial keys=BAC``.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from trainhub.exams.bank.content import LETTERS, Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Matching, Rubric

MARK = "trainhub"


def facts_of(kind: ItemType, body: ItemBody) -> dict[str, str]:
    """Return the facts of an item that only we read."""
    facts = {"type": kind.value}
    keys = "".join(option.key for option in body.options)
    if keys != LETTERS[: len(keys)]:
        facts["keys"] = keys
    if body.credit is Credit.PARTIAL:
        facts["credit"] = body.credit.value
    facts |= {"rich": "1"} if body.rich else {}
    facts |= {"source": quote(body.source_article)} if _stands_apart(body) else {}
    match body.detail:
        case Matching(targets):
            facts["targets"] = ",".join(target.key for target in targets)
        case Rubric(longest=longest):
            facts["longest"] = str(longest)
        case Blanks(blanks, any_order):
            facts["cases"] = "".join("01"[blank.case_sensitive] for blank in blanks)
            if any_order:
                facts["any_order"] = "1"
    return facts


def facts_in_pairs(kind: ItemType, body: ItemBody) -> dict[str, str]:
    """Return the facts of an item for a form in which the right side of a matching stands beside the left.

    So its numbers are told in the order in which it is written: by the pairs, then what nothing goes with.
    """
    facts = facts_of(kind, body)
    if isinstance(body.detail, Matching):
        right = {pair[0]: pair[1:] for pair in body.answer}
        used = [right[option.key] for option in body.options if option.key in right]
        facts["targets"] = ",".join(dict.fromkeys([*used, *(target.key for target in body.detail.targets)]))
    return facts


def _stands_apart(body: ItemBody) -> bool:
    """Tell whether the article goes with the facts: the last line of an explanation cannot hold it."""
    return bool(body.source_article) and (body.rich or "\n" in body.source_article)


def write_facts(facts: Mapping[str, str]) -> str:
    """Return facts as one line of words."""
    return " ".join([MARK, *(f"{name}={value}" for name, value in facts.items())])


def read_facts(line: str) -> dict[str, str] | None:
    """Return the facts of a line, None if it is none of ours."""
    words = line.strip().split(" ")
    if words[0] != MARK or not all("=" in word for word in words[1:]):
        return None
    return dict(word.split("=", 1) for word in words[1:])


SOURCE = "依据："


def write_reasons(body: ItemBody) -> str:
    """Return explanation and article in one text, for forms with one place for both."""
    if body.rich:
        return body.explanation
    article = "" if _stands_apart(body) else body.source_article
    if not article and f"\n{SOURCE}" not in f"\n{body.explanation}":
        return body.explanation
    line = f"{SOURCE}{article}"
    return f"{body.explanation}\n{line}" if body.explanation else line


def source_in(facts: Mapping[str, str]) -> str:
    """Return the article of a question of ours, where it goes with the facts."""
    return unquote(facts.get("source", ""))


def read_reasons(text: str) -> tuple[str, str]:
    """Return explanation and article from one text."""
    explanation, mark, source = f"\n{text}".rpartition(f"\n{SOURCE}")
    return (explanation.removeprefix("\n"), source) if mark else (text, "")
