"""Forms of papers."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from trainhub.kernel.i18n import _l


class BlueprintForm(FlaskForm):  # type: ignore[misc]
    """A new blueprint; its cells begin as the regulations have them."""

    name = StringField(_l("Title"), validators=[InputRequired(), Length(max=100)])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])


class CellsForm(FlaskForm):  # type: ignore[misc]
    """Length and pass mark of a blueprint; its cells are rows of plain fields beside it."""

    minutes = IntegerField(_l("Minutes"), validators=[InputRequired(), NumberRange(1, 600)])
    pass_mark = IntegerField(_l("Pass mark"), validators=[InputRequired(), NumberRange(1, 1000)])


class DeedForm(FlaskForm):  # type: ignore[misc]
    """A deed on a paper, with a remark."""

    text = TextAreaField(_l("Remark"), validators=[Optional(), Length(max=2000)])
