"""Forms of the desk: they check shape, never policy."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from trainhub.exams.invigilation.incidents import SHORTEST as SHORTEST_DESCRIPTION
from trainhub.exams.invigilation.many import FOR_A_REASON, SHORTEST_NOTE, Act
from trainhub.exams.invigilation.models import IncidentKind, PhoneGiven, Told
from trainhub.exams.invigilation.reasons import DISASTERS, WHY, reason_of
from trainhub.kernel import clock
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l


class CheckInForm(FlaskForm):  # type: ignore[misc]
    """What the invigilator says after comparing, and the person's own number."""

    phone_given = RadioField(
        _l("The candidate's own mobile number"),
        [InputRequired()],
        choices=[
            (PhoneGiven.CONFIRMED.value, _l("The number on record is right")),
            (PhoneGiven.GIVEN.value, _l("Gives this number")),
            (PhoneGiven.NONE.value, _l("Gives none")),
        ],
    )
    phone = StringField(_l("New number"), [Optional(), Length(max=20)], render_kw={"inputmode": "tel"})
    identity_confirmed = BooleanField(_l("Face, ID card and registration are the same person"))


def _require_reason(why: str, words: str) -> None:
    try:
        reason_of(why, words)
    except Invalid as problem:
        raise ValidationError(str(problem)) from None


class ExtraTimeForm(FlaskForm):  # type: ignore[misc]
    """More time for one candidate."""

    minutes = IntegerField(_l("Minutes"), [InputRequired(), NumberRange(1, 240)])
    reason = StringField(_l("Reason"), [DataRequired(), Length(min=4, max=200)])


class WhyForm(FlaskForm):  # type: ignore[misc]
    """Something that is done for a reason: from the list, in words, or both."""

    why = SelectField(_l("Reason"), choices=list(WHY.items()), default="machine")
    text = StringField(_l("In words"), [Length(max=200)])

    def validate_text(self, field: StringField) -> None:
        """Ask for words where the list has none."""
        _require_reason(self.why.data, field.data or "")

    @property
    def reason(self) -> str:
        """The reason as it is kept."""
        return reason_of(self.why.data, self.text.data or "")


def _minutes_asked(form: ActForm, field: IntegerField) -> None:
    """Ask how many minutes where time is given."""
    if form.act.data == Act.EXTEND and field.data is None:
        raise StopValidation(_l("Extra time is 1 to 240 minutes."))


def _words_asked(form: ActForm, field: StringField) -> None:
    """Ask for words where the act or its reason cannot do without."""
    words = (field.data or "").strip()
    if form.act.data == Act.NOTE and len(words) < SHORTEST_NOTE:
        raise StopValidation(_l("Write the note."))
    if form.act.data == Act.RECORD and len(words) < SHORTEST_DESCRIPTION:
        raise StopValidation(_l("Describe what was seen, in at least ten characters."))
    if form.act.data in FOR_A_REASON:
        try:
            _require_reason(form.why.data, words)
        except ValidationError as problem:
            raise StopValidation(*problem.args) from None


class ActForm(FlaskForm):  # type: ignore[misc]
    """Something for the chosen seats."""

    act = RadioField(
        _l("What is to be done"),
        [InputRequired(_l("Say what is to be done."))],
        choices=[(each.value, each.label) for each in Act],
    )
    documents_seen = BooleanField(
        _l("I have seen it for each of the chosen: face, ID card and registration are the same person")
    )
    minutes = IntegerField(_l("Minutes"), [_minutes_asked, Optional(), NumberRange(1, 240)], default=10)
    why = SelectField(_l("Reason"), choices=list(WHY.items()), default="machine")
    kind = SelectField(
        _l("Kind"),
        choices=[(kind.value, kind.label) for kind in IncidentKind],
        default=IncidentKind.MISCONDUCT.value,
    )
    text = StringField(_l("In words"), [_words_asked, Optional(), Length(max=1000)])
    ends_attempt = BooleanField(_l("Ends the exam for this candidate, once a second person confirms"))

    def validate_documents_seen(self, field: BooleanField) -> None:
        """Ask for the comparison of each of them before anybody is let in."""
        if self.act.data == Act.ADMIT and not field.data:
            raise ValidationError(_l("Compare the ID card first. If it does not fit, record an incident."))


class HaltForm(WhyForm):
    """A pause of a room or of the sitting."""

    room = SelectField(_l("What stands still"), default="")
    why = SelectField(_l("Reason"), choices=list(WHY.items()), default="network")


class ExtensionForm(WhyForm):
    """More time for a room or for the sitting."""

    room = SelectField(_l("Who gets it"), default="")
    minutes = IntegerField(_l("Minutes"), [InputRequired(), NumberRange(1, 240)], default=10)
    why = SelectField(_l("Reason"), choices=list(WHY.items()), default="disturbance")


class SuspensionForm(WhyForm):
    """Power cut or fire: the sitting breaks off and goes on later."""

    room = SelectField(_l("What breaks off"), default="")
    why = SelectField(_l("Reason"), choices=list(DISASTERS.items()), default="power")
    resumes_at = DateTimeLocalField(
        _l("Goes on at, if it is known"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    sure = BooleanField(_l("Everybody it concerns stops now and leaves their machine"), [InputRequired()])

    def validate_resumes_at(self, field: DateTimeLocalField) -> None:
        """Ask for a time that is to come."""
        try:
            is_over = field.data is not None and clock.from_local(field.data) <= clock.now()
        except OverflowError:
            is_over = True
        if is_over:
            raise ValidationError(_l("The time to go on is over already."))


class GoOnForm(FlaskForm):  # type: ignore[misc]
    """Going on after a pause or a suspension."""

    reserve = BooleanField(_l("Begin anew on the reserve form; what was answered so far does not count"))


class CloseForm(FlaskForm):  # type: ignore[misc]
    """The end of the sitting."""

    abandoned = BooleanField(_l("Although time stands still: nobody goes on"))


class LateForm(FlaskForm):  # type: ignore[misc]
    """What becomes of answers that arrived late."""

    verdict = RadioField(
        _l("The late answers"),
        [InputRequired()],
        choices=[("accept", _l("count")), ("refuse", _l("do not count"))],
    )
    text = StringField(_l("Reason"), [DataRequired(), Length(min=4, max=500)])


class IncidentForm(FlaskForm):  # type: ignore[misc]
    """What happened."""

    candidate = SelectField(_l("Candidate"), [Optional()], default="")
    kind = SelectField(
        _l("Kind"), [InputRequired()], choices=[(kind.value, kind.label) for kind in IncidentKind]
    )
    description = TextAreaField(_l("What was seen in the room"), [DataRequired(), Length(max=2000)])
    ends_attempt = BooleanField(_l("Ends the exam for this candidate, once a second person confirms"))


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The second person's word."""

    told = RadioField(
        _l("The candidate"), [InputRequired()], choices=[(each.value, each.label) for each in Told]
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a record is withdrawn."""

    reason = StringField(_l("Reason"), [DataRequired(), Length(min=4, max=200)])


class SignForm(FlaskForm):  # type: ignore[misc]
    """A signature under a room's record."""

    remarks = StringField(_l("Remarks"), [Optional(), Length(max=500)])


class InspectionForm(FlaskForm):  # type: ignore[misc]
    """What the inspector writes; the points are fields of their own."""

    remarks = TextAreaField(_l("Remarks"), [Optional(), Length(max=2000)])
