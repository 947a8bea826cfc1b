"""Cases as QTI knows them: a stimulus, and questions each of which refers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.exchange.facts import MARK, facts_of, write_facts


@dataclass(frozen=True)
class Case:
    """The case on which an item is a question.

    Args:
        identifier: of the stimulus.
        href: where it lies, as the item sees it.
        weight: of the question among the others.
    """

    identifier: str
    href: str
    weight: int

    @property
    def facts(self) -> dict[str, str]:
        """What only we read of it."""
        return {"weight": str(self.weight)}


def stimulus_of(body: ItemBody, identifier: str, more: Mapping[str, str]) -> _Element:
    """Return a stimulus whose body is still empty.

    A stimulus has no place for what candidates do not see: explanation and article travel beside it.
    """
    facts = facts_of(ItemType.CASE_SET, body) | dict(more)
    if body.explanation:
        facts["explanation"] = quote(body.explanation)
    if body.source_article:
        facts["source"] = quote(body.source_article)
    root = etree.Element("assessmentStimulus", identifier=identifier, title=identifier)
    root.set("label", write_facts(facts))
    root.set("toolName", MARK)
    etree.SubElement(root, "stimulusBody")
    return root
