"""The item bank (题库): written by one, reviewed by another, readable by nobody else."""

from trainhub.exams.bank.banks import add_bank, add_knowledge_point, banks_of, get_bank, knowledge_points
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.items import Draft, revise_item, submit, write_item
from trainhub.exams.bank.models import Bank, Item, ItemVersion, KnowledgePoint, VersionState
from trainhub.exams.bank.review import approve, retire, send_back
from trainhub.exams.bank.scoring import marks_for, score

__all__ = [
    "Bank",
    "Draft",
    "Item",
    "ItemBody",
    "ItemType",
    "ItemVersion",
    "KnowledgePoint",
    "Option",
    "VersionState",
    "add_bank",
    "add_knowledge_point",
    "approve",
    "banks_of",
    "get_bank",
    "knowledge_points",
    "marks_for",
    "retire",
    "revise_item",
    "score",
    "send_back",
    "submit",
    "write_item",
]
