"""Forms of courses and classes: shape and range only; what may be done the deeds decide."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from trainhub.kernel.i18n import _l


class CourseForm(FlaskForm):  # type: ignore[misc]
    """A new course."""

    organisation = SelectField(_l("Training body"), validators=[InputRequired()])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])
    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    summary = TextAreaField(_l("What the course is about"), validators=[Length(max=4000)])


class DescriptionForm(FlaskForm):  # type: ignore[misc]
    """Title, summary and hours of a draft."""

    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    summary = TextAreaField(_l("What the course is about"), validators=[Length(max=4000)])
    hours = IntegerField(_l("Hours demanded"), validators=[InputRequired(), NumberRange(1, 2000)])


class LessonForm(FlaskForm):  # type: ignore[misc]
    """A lesson: a text with its reading time, or a film with a text beside it."""

    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    film = SelectField(_l("Film"), validators=[Optional()])
    minutes = IntegerField(
        _l("Reading time in minutes"),
        description=_l("Counts for lessons without a film; a film counts by its own length."),
        validators=[Optional(), NumberRange(1, 600)],
    )
    body = TextAreaField(_l("Text (Markdown)"), validators=[Length(max=60000)], render_kw={"rows": 16})


class FilmForm(FlaskForm):  # type: ignore[misc]
    """A film to take in."""

    title = StringField(_l("Title of the film"), validators=[DataRequired(), Length(max=120)])
    file = FileField(_l("Film (MP4 or WebM)"), validators=[FileRequired()])


class CaptionsForm(FlaskForm):  # type: ignore[misc]
    """Captions for a film."""

    file = FileField(_l("Captions (WebVTT)"), validators=[FileRequired()])


class ClassForm(FlaskForm):  # type: ignore[misc]
    """A new class."""

    course = SelectField(_l("Course"), validators=[InputRequired()])
    name = StringField(_l("Name of the class"), validators=[DataRequired(), Length(max=120)])
    starts_on = DateField(_l("First day"), validators=[InputRequired()])
    ends_on = DateField(_l("Last day"), validators=[InputRequired()])
    is_open = BooleanField(_l("Trainees may enrol themselves"))


class InstructorForm(FlaskForm):  # type: ignore[misc]
    """An instructor for a class."""

    person = SelectField(_l("Instructor"), validators=[InputRequired()])


class MemberForm(FlaskForm):  # type: ignore[misc]
    """A member for a class, by name and ID number."""

    name = StringField(_l("Name as on the ID card"), validators=[DataRequired(), Length(max=60)])
    id_number = StringField(_l("ID number"), validators=[DataRequired(), Length(max=24)])
