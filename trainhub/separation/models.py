"""The register of relations (关系登记): one typed table each, append-only; the rules read nothing else.

A row says who stated it, from what source, for which period, and when it became known. A correction is a new
row that supersedes an old one; a withdrawal is a superseding row that is void. Nothing is updated or deleted.
Persons stand here by their random ids and everything else by its code, without foreign keys: the register
outlives what it speaks of.
"""

from __future__ import annotations

from trainhub.kernel.db import Model
from trainhub.separation.models_of_exams import (
    Appointed,
    Assembled,
    Authored,
    Confirmed,
    Contains,
    Corrected,
    Issued,
    Judged,
    Knows,
    Live,
    Marked,
    Opened,
    Published,
    Qualified,
    Registered,
    Related,
    Reviewed,
    RoomRelation,
    Saw,
    Sealed,
    SittingRelation,
    Uses,
)
from trainhub.separation.models_of_people import (
    Affiliated,
    Approved,
    Attended,
    Attested,
    ClassRelation,
    Drafted,
    Employed,
    Granted,
    OrganisationRelation,
    Overridden,
    SameOrganisation,
    SamePerson,
    Taught,
)
from trainhub.separation.relation import Relation

__all__ = [
    "RELATIONS",
    "Affiliated",
    "Appointed",
    "Approved",
    "Assembled",
    "Attended",
    "Attested",
    "Authored",
    "ClassRelation",
    "Confirmed",
    "Contains",
    "Corrected",
    "Drafted",
    "Employed",
    "Granted",
    "Issued",
    "Judged",
    "Knows",
    "Live",
    "Marked",
    "Opened",
    "OrganisationRelation",
    "Overridden",
    "Published",
    "Qualified",
    "Registered",
    "Related",
    "Relation",
    "Reviewed",
    "RoomRelation",
    "SameOrganisation",
    "SamePerson",
    "Saw",
    "Sealed",
    "SittingRelation",
    "Taught",
    "Uses",
    "side_of",
]

RELATIONS: dict[str, type[Relation]] = {
    model.__tablename__.removeprefix("separation_"): model
    for model in (
        Attended,
        Taught,
        Attested,
        ClassRelation,
        SamePerson,
        SameOrganisation,
        OrganisationRelation,
        Overridden,
        Employed,
        Affiliated,
        Granted,
        Related,
        Qualified,
        Authored,
        Reviewed,
        Live,
        Contains,
        Assembled,
        Sealed,
        Saw,
        Knows,
        Uses,
        SittingRelation,
        RoomRelation,
        Opened,
        Registered,
        Appointed,
        Marked,
        Judged,
        Corrected,
        Confirmed,
        Published,
        Issued,
        Drafted,
        Approved,
    )
}
"""All relations by the name that the rules use."""

for _name in RELATIONS:
    _table = Model.metadata.tables[f"separation_{_name}"]
    _table.info = _table.info | {"append_only": True}


def name_of(row: Relation) -> str:
    """Return the name by which the rules call the relation of a row."""
    return str(row.__tablename__).removeprefix("separation_")


def side_of(name: str) -> str:
    """Return the side that owns a relation: core, door, training, exam or oversight."""
    return str(Model.metadata.tables[f"separation_{name}"].info["side"])
