"""Handing out the files of items: to who may read the items, and to nobody else."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES
from trainhub.exams.bank.media.serving import file_response
from trainhub.exams.bank.media.store import get_medium, read_clear
from trainhub.governance.guards import requires
from trainhub.people.sign_in import current_person


@requires(*BANK_DUTIES)
def show_medium(medium_id: str) -> ResponseReturnValue:
    """Hand out a file of a bank of the person's centre."""
    row = get_medium(medium_id, by=current_person())
    found: Response = file_response(read_clear(row), row.content_type)
    return found


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the files of items."""
    blueprint.get("/media/<medium_id>")(show_medium)
