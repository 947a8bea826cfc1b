"""The picture of the register around a sitting or a person, with its table, for the auditor alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainhub.governance.guards import requires
from trainhub.governance.views_sittings import chosen_names
from trainhub.kernel.i18n import _, _l
from trainhub.separation.duties import Duty
from trainhub.separation.graph import MOST_NODES, Graph, graph_of_person, graph_of_sitting
from trainhub.separation.graph_layout import BOX, place
from trainhub.separation.naming import Names, persons_called

KINDS: dict[str, Any] = {
    "person": _l("Person"),
    "organisation": _l("Organisation"),
    "sitting": _l("Sitting"),
    "class": _l("Class"),
    "paper": _l("Paper"),
    "item": _l("Item"),
    "case": _l("Accident case"),
    "object": _l("Other thing"),
}


@requires(Duty.AUDIT)
def show_sitting_graph(code: str) -> ResponseReturnValue:
    """Draw what the register says around a sitting."""
    names = chosen_names()
    with persons_called(names):
        return _page(graph_of_sitting(code, names), names, _("Relations around sitting %(code)s", code=code))


@requires(Duty.AUDIT)
def show_person_graph(person_id: str) -> ResponseReturnValue:
    """Draw what the register says around a person."""
    names = chosen_names()
    with persons_called(names):
        return _page(graph_of_person(person_id, names), names, _("Relations around a person"))


def _page(graph: Graph, names: Names, title: str) -> str:
    return render_template(
        "governance/graph.html",
        graph=graph,
        picture=place(graph),
        texts={node.key: node.text for node in graph.nodes},
        title=title,
        names=names,
        settings=list(Names),
        kinds=KINDS,
        box=BOX,
        most=MOST_NODES,
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pictures of the register."""
    blueprint.get("/sittings/<code>/graph")(show_sitting_graph)
    blueprint.get("/people/<person_id>/graph")(show_person_graph)
