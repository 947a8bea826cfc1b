"""The bank's small HTML: cleaned on its way in, read into nodes, shown from them in one way everywhere."""

from trainhub.exams.bank.rich.cleaning import canonical, clean_html, is_name
from trainhub.exams.bank.rich.formulas import (
    FORMULAS,
    for_typing,
    formulas_in,
    kept_whole,
    problem_in,
    texts_in,
)
from trainhub.exams.bank.rich.nodes import (
    Element,
    Node,
    Nodes,
    names_in,
    nodes_of,
    plain_nodes,
    read_nodes,
    tag_for,
    words,
)
from trainhub.exams.bank.rich.showing import as_html, as_lists

__all__ = [
    "FORMULAS", "Element", "Node", "Nodes", "as_html", "as_lists", "canonical", "clean_html", "for_typing",
    "formulas_in", "is_name", "kept_whole", "names_in", "nodes_of", "plain_nodes", "problem_in", "read_nodes",
    "tag_for", "texts_in", "words",
]  # fmt: skip
