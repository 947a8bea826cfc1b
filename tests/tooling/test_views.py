"""Views parse, call a domain function and render: the room that owns a table looks into it, not the page."""

import ast
from pathlib import Path

import pytest

import trainhub

PACKAGE = Path(trainhub.__file__).parent
ENDS = {"rollback", "remove"}
"""What a view may do with the session: let go of what it holds."""


def asks_a_table(source):
    """Lines of a module that know SQLAlchemy, narrow a statement, or ask the session for rows."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            )
            found += [node.lineno] * any(name.partition(".")[0] == "sqlalchemy" for name in names)
        elif isinstance(node, ast.Attribute):
            of_session = isinstance(node.value, ast.Attribute) and node.value.attr == "session"
            of_session = of_session and getattr(node.value.value, "id", "") == "db"
            if (of_session and node.attr not in ENDS) or node.attr in (
                "where",
                "order_by",
                "with_only_columns",
            ):
                found.append(node.lineno)
    return found


def test_no_view_asks_a_table_itself():
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in sorted(PACKAGE.rglob("views*.py"))
        if (lines := asks_a_table(path.read_text(encoding="utf-8")))
    }
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import select",
        "import sqlalchemy.orm",
        "row = db.session.get(Person, 1)",
        "statement.where(True)",
        "statement.order_by(1)",
    ],
)
def test_the_check_finds_what_it_looks_for(source):
    assert asks_a_table(source) == [1]


def test_letting_go_of_what_is_held_is_allowed():
    assert not asks_a_table("db.session.rollback()\ndb.session.remove()")
