"""Forms of the bank."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from trainhub.exams.bank.bulk_one import Order
from trainhub.exams.bank.levels import DIFFICULTY_LABELS, LEVEL_LABELS
from trainhub.kernel.i18n import _l


class BankForm(FlaskForm):  # type: ignore[misc]
    """A new bank."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=30)])
    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=100)])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])


class PointForm(FlaskForm):  # type: ignore[misc]
    """A new knowledge point."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20)])
    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=60)])
    parent = SelectField(_l("Under"), validators=[Optional()])


class ChangePointForm(FlaskForm):  # type: ignore[misc]
    """A knowledge point under another name or at another place."""

    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=60)])
    parent = SelectField(_l("Under"), validators=[Optional()])


class EditionForm(FlaskForm):  # type: ignore[misc]
    """An edition of a syllabus."""

    edition = StringField(_l("Edition"), validators=[DataRequired(), Length(max=60)])
    valid_from = DateField(_l("In force from"), validators=[InputRequired()])


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A question file."""

    file = FileField(
        _l("File of questions"),
        validators=[FileRequired(_l("Choose a file."))],
        render_kw={"accept": ".xlsx,.docx,.csv,.txt,.gift,.xml,.zip,.qti,.imscc"},
    )
    submit_items = BooleanField(_l("Hand the items in for review at once"), default=True)
    dry_run = BooleanField(_l("Only check, change nothing"))


class VerdictForm(FlaskForm):  # type: ignore[misc]
    """What a reviewer says of an item."""

    text = TextAreaField(_l("Remark"), validators=[Optional(), Length(max=2000)])


class CommentForm(FlaskForm):  # type: ignore[misc]
    """What somebody says of a question or of a part of it, or answers."""

    text = TextAreaField(
        _l("Comment"),
        validators=[DataRequired(_l("A comment has one to 2,000 characters.")), Length(max=2000)],
    )


class RetireForm(FlaskForm):  # type: ignore[misc]
    """Why one item is taken out of use; on its page other fields are called text too."""

    text = TextAreaField(_l("Reason"), id="reason", validators=[DataRequired(), Length(max=2000)])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why items are taken out of use."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=2000)])


class KeepForm(FlaskForm):  # type: ignore[misc]
    """Why a flagged item is right as it is."""

    reason = TextAreaField(
        _l("Why it is right as it is"),
        validators=[DataRequired(_l("Say why the item is right as it is.")), Length(min=5, max=2000)],
    )


class BulkForm(FlaskForm):  # type: ignore[misc]
    """A deed on items chosen in a list, or on all that pass its limits; each deed needs its own fields."""

    action = SelectField(_l("With the chosen items"), validators=[InputRequired()])
    point = SelectField(_l("Knowledge point"), validators=[Optional()])
    cognitive = SelectField(
        _l("Cognitive level"),
        choices=[("", _l("not said")), *((each.value, label) for each, label in LEVEL_LABELS.items())],
        validators=[Optional()],
    )
    difficulty = SelectField(
        _l("Difficulty as authors think"),
        choices=[("", _l("not said")), *((str(each), label) for each, label in DIFFICULTY_LABELS.items())],
        validators=[Optional()],
    )
    source = StringField(_l("Rests on"), validators=[Optional(), Length(max=200)])
    reason = StringField(_l("Reason"), validators=[Optional(), Length(max=2000)])
    settles = BooleanField(_l("Settle open comments with the approval"))

    @property
    def order(self) -> Order:
        """The deed with its values."""
        return Order(
            self.action.data,
            point=self.point.data or "",
            cognitive=self.cognitive.data or "",
            difficulty=int(self.difficulty.data) if self.difficulty.data else None,
            source=" ".join((self.source.data or "").split()),
            reason=(self.reason.data or "").strip(),
            settles=bool(self.settles.data),
        )


class SearchForm(FlaskForm):  # type: ignore[misc]
    """Words to be found; sent in the body of the request, so that they stand in no log."""

    words = StringField(_l("Words of the item"), validators=[DataRequired(), Length(max=100)])
