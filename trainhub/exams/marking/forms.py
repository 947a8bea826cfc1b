"""Forms of marking: words that stand on record with a deed, and other marks for a result."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from trainhub.exams.marking.corrections import LONGEST, SHORTEST
from trainhub.kernel.i18n import _l

_WORDS = Length(SHORTEST, LONGEST)


class AnewForm(FlaskForm):  # type: ignore[misc]
    """Why a response is marked anew."""

    reason = TextAreaField(_l("Reason"), [DataRequired(), _WORDS], render_kw={"rows": 2})


class KeptForm(FlaskForm):  # type: ignore[misc]
    """Why marks corrected by hand stay."""

    reason = TextAreaField(_l("Why the marks stay"), [DataRequired(), _WORDS], render_kw={"rows": 2})


class RefusalForm(FlaskForm):  # type: ignore[misc]
    """Why something that was proposed is refused."""

    note = TextAreaField(_l("Reason of the refusal"), [DataRequired(), _WORDS], render_kw={"rows": 2})


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """Other marks for a result, why, and on what basis."""

    marks = IntegerField(
        _l("New marks"), [InputRequired(), NumberRange(min=0, max=99_999)], render_kw={"inputmode": "numeric"}
    )
    reason = TextAreaField(_l("Reason"), [DataRequired(), _WORDS], render_kw={"rows": 2})
    basis = TextAreaField(
        _l("Basis"),
        [DataRequired(), _WORDS],
        description=_l("The record that shows it: number of the review, decision or minutes."),
        render_kw={"rows": 2},
    )
