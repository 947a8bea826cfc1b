"""The fields that a question and a question of a case have in common, read and filled."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from trainhub.exams.bank import authoring
from trainhub.exams.bank.authoring import Misread
from trainhub.exams.bank.checking import NOT_IN_A_CASE
from trainhub.exams.bank.content import (
    FALSE,
    PARTLY_RIGHT,
    TRUE,
    TYPE_LABELS,
    Credit,
    ItemBody,
    ItemType,
    Option,
)
from trainhub.exams.bank.details import Blanks, Detail, Matching, Number, Part
from trainhub.exams.bank.layout import for_editing
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l

WITHOUT_LETTERS = (
    ItemType.FILL_IN,
    ItemType.NUMERIC,
    ItemType.CONSTRUCTED,
    ItemType.CASE_SET,
    ItemType.HAZARD_SPOTTING,
)
SIGNS = {TRUE: "√", FALSE: "×"}


def text_of(field: Any) -> str:
    """Return what stands in a field of several lines, with one kind of line ends."""
    return (field.data or "").replace("\r\n", "\n").strip()


class QuestionFields(Form):  # type: ignore[misc]
    """What a question and a question of a case have in common."""

    options = TextAreaField(
        _l("Options"),
        validators=[Optional(), Length(max=8000)],
    )
    targets = TextAreaField(
        _l("Right side"),
        description=_l("One a line, the first is 1. There may be more of them than on the left."),
        validators=[Optional(), Length(max=8000)],
    )
    answer = StringField(
        _l("Key"),
        validators=[Optional(), Length(max=60)],
    )
    blanks = TextAreaField(
        _l("Right answers of the blanks"),
        description=_l(
            "One line for each blank (____) of the question. Several right answers: 30 | thirty. A number "
            "with its tolerance: 2.0 ± 0.05. Where large and small letters differ, end the line with [Aa]. A "
            "sign | ± [ + that belongs to an answer has a \\ before it."
        ),
        validators=[Optional(), Length(max=8000)],
    )
    any_order = BooleanField(_l("The same answers in another order are right too"))
    value = StringField(_l("Right number"), validators=[Optional(), Length(max=40)])
    tolerance = StringField(
        _l("Tolerance"),
        description=_l("How far from it an answer may be; empty is exact."),
        validators=[Optional(), Length(max=40)],
    )
    unit = StringField(_l("Unit"), validators=[Optional(), Length(max=20)])
    units = TextAreaField(
        _l("Other units"),
        description=_l("One a line, with what one of it is in the unit above: kPa = 0.001"),
        validators=[Optional(), Length(max=1000)],
    )
    partial = BooleanField(_l("Give marks for what is right in part"))

    def read(self, kind: ItemType) -> ItemBody:
        """Return the question that the fields describe, without stem and explanation.

        Raises:
            Misread: a field does not say what it is for.
        """
        offers = kind in (ItemType.SINGLE, ItemType.MULTIPLE, ItemType.ORDERING, ItemType.MATCHING)
        options = authoring.read_options(self.options.data) if offers else []
        partial = self.partial.data and kind in PARTLY_RIGHT
        return ItemBody(
            text_of(self.stem),
            tuple(Option(key, text) for key, text in options),
            _key(kind, self.answer.data or ""),
            credit=Credit.PARTIAL if partial else Credit.ALL_OR_NOTHING,
            detail=self.detail(kind),
        )

    def detail(self, kind: ItemType) -> Detail | None:
        """Return what else the type holds."""
        if kind is ItemType.MATCHING:
            return authoring.read_targets(self.targets.data)
        if kind is ItemType.FILL_IN:
            return authoring.read_blanks(self.blanks.data, self.any_order.data)
        if kind is ItemType.NUMERIC:
            four = (self.value.data, self.tolerance.data, self.unit.data, self.units.data)
            return authoring.read_key_number(*four)
        return None

    def fill(self, body: ItemBody) -> None:
        """Fill the fields with a question."""
        edited = for_editing if body.rich else str
        self.stem.data = edited(body.stem)
        self.options.data = "\n".join(option.text.replace("\n", " ") for option in body.options)
        signs = body.answer if body.options else tuple(SIGNS.get(key, key) for key in body.answer)
        joint = " " if isinstance(body.detail, Matching) else ""
        self.answer.data = joint.join(signs)
        self.partial.data = body.credit is Credit.PARTIAL
        match body.detail:
            case Matching(targets):
                self.targets.data = "\n".join(each.text.replace("\n", " ") for each in targets)
            case Blanks():
                self.blanks.data = authoring.write_blanks(body.detail)
                self.any_order.data = body.detail.any_order
            case Number(value, tolerance, unit, _units):
                self.value.data, self.unit.data = str(value), unit
                self.tolerance.data = str(tolerance) if tolerance else ""
                self.units.data = authoring.write_units(body.detail)
            case _:
                pass


class PartForm(QuestionFields):
    """A question of a case; left without a text it is none."""

    type = SelectField(
        _l("Item type"),
        choices=[(kind.value, TYPE_LABELS[kind]) for kind in ItemType if kind not in NOT_IN_A_CASE],
        default=ItemType.SINGLE.value,
    )
    stem = TextAreaField(_l("Question"), validators=[Optional(), Length(max=20_000)])
    weight = IntegerField(_l("Weight"), default=1, validators=[Optional(), NumberRange(1, 100)])


def read_part(number: int, form: PartForm) -> Part:
    """Return a question of a case with its weight.

    Raises:
        Invalid: a field cannot be read; the question is named by its number.
    """
    kind = ItemType(form.type.data)
    try:
        return Part(kind.value, form.read(kind), form.weight.data or 1)
    except Invalid as problem:
        raise Invalid(_("Question %(number)s: %(problem)s", number=number, problem=str(problem))) from problem


def _key(kind: ItemType, text: str) -> tuple[str, ...]:
    if kind in WITHOUT_LETTERS:
        return ()
    if not text.strip():
        raise Misread("answer", _("Write the key."))
    if kind is ItemType.ORDERING:
        return authoring.read_order(text)
    if kind is ItemType.MATCHING:
        return authoring.read_pairs(text)
    if kind is ItemType.TRUE_FALSE:
        said = truth(text)
        if said is None:
            raise Misread("answer", _("The key “%(key)s” says neither right nor wrong.", key=text[:20]))
        return (said,)
    named = letters(text)
    if named is None:
        raise Misread("answer", _("The key “%(key)s” names no option of the row.", key=text[:20]))
    return named
