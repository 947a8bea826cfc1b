"""Forms of papers."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FloatField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from trainhub.exams.papers.demands import Demands
from trainhub.exams.papers.grid import Grid
from trainhub.kernel.i18n import _l


class BlueprintForm(FlaskForm):  # type: ignore[misc]
    """A new blueprint; its cells begin as the regulations have them."""

    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=100)])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])


class CellsForm(FlaskForm):  # type: ignore[misc]
    """Length, pass mark and demands of a blueprint; its grid is plain fields beside it.

    Args:
        grid: what the fields of the grid say; what cannot be read of it is told with what the form lacks.
    """

    minutes = IntegerField(_l("Minutes"), validators=[InputRequired(), NumberRange(1, 600)])
    pass_mark = IntegerField(_l("Pass mark"), validators=[InputRequired(), NumberRange(1, 1000)])
    questions_in_all = IntegerField(_l("Questions in all"), validators=[Optional(), NumberRange(1, 300)])
    marks_in_all = IntegerField(_l("Marks in all"), validators=[Optional(), NumberRange(1, 9999)])
    facility = FloatField(
        _l("Difficulty: share of right answers"),
        description=_l("From 0 to 1, such as 0.75. Empty: forms are only made alike."),
        validators=[Optional(), NumberRange(0, 1)],
    )
    facility_tolerance = FloatField(
        _l("Distance from it, at most"),
        description=_l("Empty: as near as can be."),
        validators=[Optional(), NumberRange(0, 1)],
    )
    information = FloatField(
        _l("Information of a form"),
        description=_l("Only measured items count. Empty: forms are only made alike."),
        validators=[Optional(), NumberRange(0, 10_000)],
    )
    information_tolerance = FloatField(
        _l("Distance from it, at most"),
        description=_l("Empty: as near as can be."),
        validators=[Optional(), NumberRange(0, 10_000)],
    )
    forms = IntegerField(
        _l("Parallel forms assembled at once"), default=1, validators=[InputRequired(), NumberRange(1, 20)]
    )
    overlap_percent = IntegerField(
        _l("Two forms share at most, in percent"),
        description=_l("Empty: no limit."),
        validators=[Optional(), NumberRange(0, 100)],
    )
    most_uses = IntegerField(
        _l("An item is set in at most so many papers"),
        description=_l("These forms counted in. Empty: no limit."),
        validators=[Optional(), NumberRange(1, 1000)],
    )
    papers_back = IntegerField(
        _l("Keep distance from so many of the last papers"),
        default=0,
        validators=[Optional(), NumberRange(0, 50)],
    )
    common_percent = IntegerField(
        _l("In common with each of them at most, in percent"),
        default=0,
        validators=[Optional(), NumberRange(0, 100)],
    )
    without_flagged = BooleanField(_l("Leave out items that wait for a reviewer's look"))

    def __init__(self, *args: Any, grid: Grid | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that the grid can be read."""
        is_valid = bool(super().validate(extra_validators))
        self.form_errors.extend([] if self.grid is None else self.grid.complaints)
        return is_valid and not self.form_errors

    @property
    def demands(self) -> Demands:
        """What the fields ask of forms."""
        return Demands(
            forms=self.forms.data or 1,
            facility=self.facility.data,
            facility_tolerance=self.facility_tolerance.data,
            information=self.information.data,
            information_tolerance=self.information_tolerance.data,
            overlap_percent=self.overlap_percent.data,
            most_uses=self.most_uses.data,
            papers_back=self.papers_back.data or 0,
            common_percent=self.common_percent.data or 0,
            without_flagged=self.without_flagged.data,
        )


class AssembleForm(FlaskForm):  # type: ignore[misc]
    """How many forms to assemble now."""

    number = IntegerField(_l("Forms"), validators=[Optional(), NumberRange(1, 20)])


class EnemiesForm(FlaskForm):  # type: ignore[misc]
    """Items that must not meet."""

    codes = TextAreaField(
        _l("Codes of the items"),
        description=_l("Two or more, parted by blanks or lines. No two of them stand in one paper."),
        validators=[DataRequired(), Length(max=1000)],
    )


class DeedForm(FlaskForm):  # type: ignore[misc]
    """A deed on a paper, with a remark."""

    text = TextAreaField(_l("Remark"), validators=[Optional(), Length(max=2000)])


class SealForm(FlaskForm):  # type: ignore[misc]
    """How a sealed paper is opened: by officers, chosen here, or by the clock."""

    opening = RadioField(
        _l("How the paper is opened"),
        choices=[
            ("officers", _l("By two of several officers, each with a passphrase of their own")),
            ("clock", _l("By the clock of the server, when the sitting begins")),
        ],
        validators=[InputRequired()],
    )
    officers = SelectMultipleField(
        _l("Officers who receive a share of the key"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    printed = BooleanField(
        _l("Seal forms on paper with it, for sites without machines"),
        description=_l(
            "A question booklet, an answer sheet and, apart from them, the key. Officers print the booklet "
            "when the paper is opened, and the key after the sitting."
        ),
    )


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A new opening key: who asks proves once more who they are."""

    password = PasswordField(_l("Your sign-in password"), [InputRequired(), Length(max=200)])
    passphrase = PasswordField(_l("Passphrase of the key"), [InputRequired(), Length(max=300)])
    again = PasswordField(
        _l("The passphrase once more"),
        [InputRequired(), EqualTo("passphrase", _l("The two passphrases differ."))],
    )
    understood = BooleanField(_l("I know that papers sealed before still need my old passphrase"))


class ShareForm(FlaskForm):  # type: ignore[misc]
    """An officer's passphrase, for one paper and sitting."""

    passphrase = PasswordField(_l("Passphrase of your opening key"), [InputRequired(), Length(max=300)])
