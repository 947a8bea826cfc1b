"""Forms of cases: shape only; what can be is decided by the deeds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from trainhub.cases.facts import INDUSTRIES, CaseFacts, types_on
from trainhub.cases.models import Cause
from trainhub.kernel import clock
from trainhub.kernel.i18n import _l

FEN = 100
SHORT, LONG = Length(max=200), Length(max=20_000)


def _count(label: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(0, 100_000)], default=0)


def _text(label: Any, *checks: Any) -> TextAreaField:
    return TextAreaField(label, [*checks, LONG], render_kw={"rows": 4})


class CaseForm(FlaskForm):  # type: ignore[misc]
    """The structured facts of an accident."""

    title = StringField(_l("Title"), [DataRequired(), Length(max=120)])
    occurred_on = DateField(_l("Day of the accident"), [InputRequired()])
    district = StringField(_l("District"), [DataRequired(), SHORT])
    place = StringField(_l("Place"), [DataRequired(), SHORT])
    industry = SelectField(_l("Industry"), [InputRequired()], choices=list(INDUSTRIES.items()))
    accident_type = SelectField(
        _l("Type of accident"),
        [InputRequired()],
        description=_l("By the national table that held on the day of the accident."),
    )
    cause = SelectField(
        _l("Decisive kind of cause"), [InputRequired()], choices=[(each.value, each.label) for each in Cause]
    )
    deaths = _count(_l("Deaths"))
    serious_injuries = _count(_l("Seriously injured"))
    minor_injuries = _count(_l("Slightly injured"))
    missing = _count(_l("Missing"))
    loss = DecimalField(
        _l("Direct economic loss in yuan"),
        [InputRequired(), NumberRange(0, 10**12)],
        places=2,
        default=Decimal(0),
        description=_l("The level is computed from deaths, serious injuries and loss."),
    )
    is_responsibility = BooleanField(_l("People were to blame for this accident"), default=True)
    unit = _text(_l("The unit in which it happened"), Optional())
    events = _text(_l("What happened"), InputRequired())
    rescue = _text(_l("Rescue"), Optional())
    direct_cause = _text(_l("Direct cause"), InputRequired())
    indirect_cause = _text(_l("Causes behind it"), Optional())
    responsibility = _text(_l("Responsibility and how it was dealt with"), Optional())
    lessons = _text(_l("What is to be learned"), InputRequired())
    measures = _text(_l("Measures"), InputRequired())
    source = StringField(_l("Source: report and who approved it"), [DataRequired(), SHORT])
    source_url = StringField(_l("Address where it is published"), [Optional(), Length(max=500)])

    def fill_choices(self) -> None:
        """Offer the types of the day of the accident, or of today."""
        day = self.occurred_on.data or clock.today()
        self.accident_type.choices = list(types_on(day).items())

    def show(self, facts: CaseFacts) -> None:
        """Fill the form with facts."""
        for name, given in vars(facts).items():
            if name in self:
                self[name].data = given
        self.loss.data = Decimal(facts.loss_fen) / FEN

    def facts(self) -> CaseFacts:
        """Return the facts that the form describes."""
        given = {
            name: field.data for name, field in self._fields.items() if name in CaseFacts.__dataclass_fields__
        }
        return CaseFacts(**given, loss_fen=int(self.loss.data * FEN))


class CaseFilmForm(FlaskForm):  # type: ignore[misc]
    """The film of a case."""

    film_title = StringField(_l("Title of the film"), [DataRequired(), Length(max=120)])
    film_file = FileField(_l("Film (MP4 or WebM)"), [FileRequired(_l("Choose a film and give it a title."))])


class RemarkForm(FlaskForm):  # type: ignore[misc]
    """What the approver says."""

    text = TextAreaField(
        _l("Remark"), [DataRequired(_l("Say what is to be changed.")), Length(min=2, max=2000)]
    )


class CaseWithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Why a case is taken away from its readers."""

    text = TextAreaField(_l("Remark"), [DataRequired(_l("Give the reason.")), Length(min=2, max=2000)])


class CaseAssignmentForm(FlaskForm):  # type: ignore[misc]
    """Who has to see a case, and by when."""

    qualification = SelectField(_l("Learners of"), [Optional()])
    due_on = DateField(_l("To be seen by"), [InputRequired(_l("Choose by when the case is to be seen."))])


class AcknowledgementForm(FlaskForm):  # type: ignore[misc]
    """A person's word."""

    agreed = BooleanField(_l("I agree to this statement"))
