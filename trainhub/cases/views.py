"""The room of cases as the house wires it."""

from __future__ import annotations

from trainhub.cases import views_desk, views_reader
from trainhub.cases.blueprint import cases
from trainhub.cases.views_desk import DESK
from trainhub.cases.witness import bear_witness
from trainhub.cases.work import open_work
from trainhub.kernel.i18n import _l
from trainhub.kernel.rooms import NavigationEntry, Room

__all__ = ["room", "views_desk", "views_reader"]

room = Room(
    name="cases",
    side="training",
    blueprints=(cases,),
    navigation=(
        NavigationEntry(_l("Warning cases"), "cases.list_cases"),
        NavigationEntry(_l("Desk of cases"), "cases.desk", DESK),
    ),
    open_work=open_work,
    witness=bear_witness,
)
