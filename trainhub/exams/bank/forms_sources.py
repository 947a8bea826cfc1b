"""Forms of the register of sources."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from trainhub.exams.bank.models_sources import SourceKind
from trainhub.kernel.i18n import _l


class SourceForm(FlaskForm):  # type: ignore[misc]
    """An edition of a source."""

    kind = SelectField(
        _l("Kind of source"),
        choices=[
            (SourceKind.LAW.value, _l("Statute")),
            (SourceKind.REGULATION.value, _l("Administrative regulation")),
            (SourceKind.RULE.value, _l("Rule of an authority")),
            (SourceKind.STANDARD.value, _l("Standard")),
            (SourceKind.OTHER.value, _l("Other source")),
        ],
    )
    title = StringField(_l("Title"), validators=[DataRequired(), Length(min=2, max=100)])
    number = StringField(
        _l("Number"),
        description=_l("Of a standard or document, with its year: items that name it are found by it."),
        validators=[Optional(), Length(max=60)],
    )
    in_force_from = DateField(_l("In force from"), validators=[Optional()])


class ReplaceForm(SourceForm):
    """The edition that takes the place of a source."""

    articles = StringField(
        _l("Articles that changed"),
        description=_l("Only items that name one of them, or none, are flagged; empty: all items."),
        validators=[Optional(), Length(max=200)],
    )


class RepealForm(FlaskForm):  # type: ignore[misc]
    """The end of a source."""

    last_day = DateField(_l("Last day in force"), validators=[InputRequired()])


class CorrectionForm(SourceForm):
    """What was recorded wrongly of a source."""

    in_force_until = DateField(_l("Last day in force"), validators=[Optional()])
    reason = TextAreaField(
        _l("What was recorded wrongly"), validators=[DataRequired(), Length(min=5, max=500)]
    )
