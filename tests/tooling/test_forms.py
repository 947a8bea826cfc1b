"""A field of words that must be filled is not filled by blanks: something has to stand in it."""

from __future__ import annotations

import ast
from pathlib import Path

import trainhub

PACKAGE = Path(trainhub.__file__).parent
OF_WORDS = {"StringField", "TextAreaField", "EmailField", "TelField"}


def filled_by_blanks(source):
    """Lines of a module with a field of words for which blanks would do."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in OF_WORDS
        for part in ast.walk(call)
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "InputRequired"
    ]


def test_no_field_of_words_that_must_be_filled_is_filled_by_blanks():
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := filled_by_blanks(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "DataRequired looks at what stands in the field, InputRequired takes blanks"


def test_the_check_finds_what_it_looks_for():
    assert filled_by_blanks("reason = StringField('x', validators=[InputRequired()])") == [1]
    assert filled_by_blanks("reason = StringField('x', validators=[DataRequired()])") == []
