"""Forms of the bank."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from trainhub.exams.bank.choices import CHOICES
from trainhub.exams.bank.content import FALSE, LETTERS, TRUE, TYPE_LABELS, ItemBody, ItemType, Option
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l


class BankForm(FlaskForm):  # type: ignore[misc]
    """A new bank."""

    code = StringField(_l("Code"), validators=[InputRequired(), Length(max=30)])
    name = StringField(_l("Title"), validators=[InputRequired(), Length(max=100)])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])


class PointForm(FlaskForm):  # type: ignore[misc]
    """A new knowledge point."""

    code = StringField(_l("Code"), validators=[InputRequired(), Length(max=20)])
    name = StringField(_l("Title"), validators=[InputRequired(), Length(max=60)])
    parent = SelectField(_l("Under"), validators=[Optional()])


class ItemForm(FlaskForm):  # type: ignore[misc]
    """A question as its author writes it."""

    type = SelectField(
        _l("Item type"),
        choices=[(kind.value, TYPE_LABELS[kind]) for kind in CHOICES],
        validators=[InputRequired()],
    )
    point = SelectField(_l("Knowledge point"), validators=[Optional()])
    stem = TextAreaField(_l("Question"), validators=[InputRequired(), Length(max=4000)])
    options = TextAreaField(
        _l("Options"),
        description=_l("One a line, the first is A. Leave empty for true or false."),
        validators=[Optional(), Length(max=8000)],
    )
    answer = StringField(
        _l("Key"),
        description=_l("Letters such as B or ACD; for true or false: √ or ×."),
        validators=[InputRequired(), Length(max=20)],
    )
    explanation = TextAreaField(_l("Explanation"), validators=[Optional(), Length(max=4000)])
    source_article = StringField(
        _l("Rests on"),
        description=_l("Article of the law or standard."),
        validators=[Optional(), Length(max=200)],
    )

    def body(self, kind: ItemType) -> ItemBody:
        """Return the body that the form describes.

        Raises:
            Invalid: the key cannot be read.
        """
        lines = [line.strip() for line in (self.options.data or "").splitlines() if line.strip()]
        choices = tuple(Option(key, text) for key, text in zip(LETTERS, lines, strict=False))
        if len(lines) > len(LETTERS):
            raise Invalid(_("A choice has two to eight options, each with a letter of its own."))
        return ItemBody(
            (self.stem.data or "").replace("\r\n", "\n").strip(),
            () if kind is ItemType.TRUE_FALSE else choices,
            _key(kind, self.answer.data or ""),
            (self.explanation.data or "").replace("\r\n", "\n").strip(),
            (self.source_article.data or "").strip(),
        )

    def show(self, body: ItemBody) -> None:
        """Fill the form with a body."""
        signs = {TRUE: "√", FALSE: "×"}
        self.stem.data, self.explanation.data = body.stem, body.explanation
        self.options.data = "\n".join(option.text.replace("\n", " ") for option in body.options)
        self.answer.data = "".join(signs.get(key, key) if not body.options else key for key in body.answer)
        self.source_article.data = body.source_article


def _key(kind: ItemType, text: str) -> tuple[str, ...]:
    if kind is ItemType.TRUE_FALSE:
        said = truth(text)
        if said is None:
            raise Invalid(_("The key “%(key)s” says neither right nor wrong.", key=text[:20]))
        return (said,)
    named = letters(text)
    if named is None:
        raise Invalid(_("The key “%(key)s” names no option of the row.", key=text[:20]))
    return named


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A question file."""

    file = FileField(
        _l("Workbook (.xlsx)"),
        validators=[FileRequired(_l("Choose a workbook."))],
        render_kw={"accept": ".xlsx"},
    )
    submit_items = BooleanField(_l("Hand the items in for review at once"), default=True)
    dry_run = BooleanField(_l("Only check, change nothing"))


class VerdictForm(FlaskForm):  # type: ignore[misc]
    """What a reviewer says of an item."""

    text = TextAreaField(_l("Remark"), validators=[Optional(), Length(max=2000)])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why items are taken out of use."""

    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=2000)])


class BulkForm(FlaskForm):  # type: ignore[misc]
    """A deed on the items chosen in a list."""

    action = SelectField(_l("With the chosen items"), validators=[Optional()])
    point = SelectField(_l("Knowledge point"), validators=[Optional()])


class SearchForm(FlaskForm):  # type: ignore[misc]
    """Words to be found; sent in the body of the request, so that they stand in no log."""

    words = StringField(_l("Words of the item"), validators=[InputRequired(), Length(max=100)])
