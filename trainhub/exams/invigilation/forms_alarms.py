"""Forms about alarms and photographs: they check shape, never policy."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from trainhub.kernel.i18n import _l


class DismissForm(FlaskForm):  # type: ignore[misc]
    """Why there is nothing in an alarm."""

    reason = StringField(_l("Nothing in it, because"), [DataRequired(), Length(min=4, max=200)])


class FreezeForm(FlaskForm):  # type: ignore[misc]
    """Why a seat is frozen."""

    reason = StringField(_l("What I see at the seat"), [DataRequired(), Length(min=4, max=200)])


class PhotoForm(FlaskForm):  # type: ignore[misc]
    """What the candidate said about photographs, and the picture."""

    agrees = RadioField(
        _l("The candidate was told what for and for how long, and"),
        [InputRequired()],
        choices=[("yes", _l("agrees to photographs")), ("no", _l("does not agree"))],
    )
    picture = FileField(_l("Photograph"), render_kw={"accept": "image/jpeg", "capture": "user"})


class PhotoRuleForm(FlaskForm):  # type: ignore[misc]
    """Whether a sitting takes photographs."""

    at_check_in = BooleanField(_l("Take a photograph at check-in"))
    random_photos = IntegerField(
        _l("Photographs at random moments of the exam"), [InputRequired(), NumberRange(0, 12)]
    )
