"""The form in which an author writes a question: which fields count follows from the type."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from trainhub.exams.bank import authoring
from trainhub.exams.bank.authoring import Misread
from trainhub.exams.bank.authoring_regions import read_regions, write_regions
from trainhub.exams.bank.checking import MOST_PARTS
from trainhub.exams.bank.content import TYPE_LABELS, ItemBody, ItemType, Medium, check_body
from trainhub.exams.bank.details import CaseSet, Detail, Rubric, Scene
from trainhub.exams.bank.forms_questions import PartForm, QuestionFields, read_part, text_of
from trainhub.exams.bank.layout import for_editing, with_layout
from trainhub.exams.bank.levels import LEVEL_LABELS, CognitiveLevel
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

WITHOUT_LETTERS = (
    ItemType.FILL_IN,
    ItemType.NUMERIC,
    ItemType.CONSTRUCTED,
    ItemType.CASE_SET,
    ItemType.HAZARD_SPOTTING,
)
SIGNS = {TRUE: "√", FALSE: "×"}


def _text(field: Any) -> str:
    return (field.data or "").replace("\r\n", "\n").strip()


class QuestionFields(Form):  # type: ignore[misc]
    """What a question and a question of a case have in common."""

    options = TextAreaField(
        _l("Options"),
        description=_l(
            "One a line, the first is A. Of an ordering in any order; of a matching its left side."
        ),
        validators=[Optional(), Length(max=8000)],
    )
    targets = TextAreaField(
        _l("Right side"),
        description=_l("One a line, the first is 1. There may be more of them than on the left."),
        validators=[Optional(), Length(max=8000)],
    )
    answer = StringField(
        _l("Key"),
        description=_l(
            "Letters such as B or ACD; true or false: √ or ×; ordering: all letters in the right order, such "
            "as CADB; matching: pairs such as A2 B1 C3."
        ),
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
            _text(self.stem),
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


class ItemForm(QuestionFields, FlaskForm):  # type: ignore[misc]
    """A question as its author writes it."""

    type = SelectField(
        _l("Item type"),
        choices=[(kind.value, TYPE_LABELS[kind]) for kind in ItemType],
        validators=[InputRequired()],
    )
    point = SelectField(_l("Knowledge point"), validators=[Optional()])
    cognitive = SelectField(
        _l("Cognitive level"),
        choices=[("", _l("not said")), *((each.value, label) for each, label in LEVEL_LABELS.items())],
        description=_l("What the question asks of the mind. Blueprints may count by it."),
        validators=[Optional()],
    )
    stem = TextAreaField(
        _l("Question"),
        description=_l("Of a fill-in with ____ for each blank; of a case set the case."),
        validators=[InputRequired(), Length(max=20_000)],
    )
    criteria = TextAreaField(
        _l("Rubric"),
        description=_l("One line for each thing that earns points, the points first: 2 names the permit"),
        validators=[Optional(), Length(max=8000)],
    )
    model = TextAreaField(_l("Model answer"), validators=[Optional(), Length(max=4000)])
    longest = IntegerField(
        _l("Characters of a response, at most"), default=2000, validators=[Optional(), NumberRange(1, 20_000)]
    )
    rich = BooleanField(
        _l("The texts have layout"),
        description=_l(
            "HTML then counts: the tags strong, em, u, sub, sup, ul, ol, li, table, tr, th, td, p, br, and "
            "img with the name of a file below as its src. The buttons above the fields write them."
        ),
    )
    regions = TextAreaField(
        _l("Hazards"),
        description=_l(
            "One a line: what is wrong, a colon, and where, in ten-thousandths of width and height from the "
            "upper left: no helmet: rectangle 1200,3400 2500,5000 (or ellipse; or three and more corners "
            "without a word). "
            "In a film its time: 12.5-15 s"
        ),
        validators=[Optional(), Length(max=12_000)],
    )
    false_percent = IntegerField(
        _l("A false mark takes off, in percent of one hazard"),
        default=50,
        validators=[Optional(), NumberRange(0, 100)],
    )
    most_marks = IntegerField(
        _l("Marks that a candidate may set, at most"), default=10, validators=[Optional(), NumberRange(1, 40)]
    )
    parts = FieldList(FormField(PartForm), min_entries=MOST_PARTS, max_entries=MOST_PARTS)
    explanation = TextAreaField(_l("Explanation"), validators=[Optional(), Length(max=20_000)])
    source_article = StringField(
        _l("Rests on"),
        description=_l("Article of the law or standard."),
        validators=[Optional(), Length(max=200)],
    )

    @property
    def level(self) -> CognitiveLevel | None:
        """The cognitive level chosen."""
        return CognitiveLevel(self.cognitive.data) if self.cognitive.data else None

    def body(self, kind: ItemType, media: Sequence[Medium] = ()) -> ItemBody:
        """Return the body that the form describes, with the files that came with it.

        Raises:
            Invalid: a field cannot be read.
        """
        read = self.read(kind)
        written = ItemBody(
            read.stem,
            read.options,
            read.answer,
            text_of(self.explanation),
            (self.source_article.data or "").strip(),
            credit=read.credit,
            detail=read.detail,
        )
        return with_layout(written, bool(self.rich.data), media)

    def sound_body(self, kind: ItemType, media: Sequence[Medium] = ()) -> ItemBody | None:
        """Return the body that the form describes; None if it is unsound, and the form says why."""
        try:
            body = self.body(kind, media)
            check_body(kind, body)
        except Misread as problem:
            field = self[problem.field]
            field.errors = [*field.errors, str(problem)]
            return None
        except Invalid as problem:
            self.form_errors.append(str(problem))
            return None
        return body

    def detail(self, kind: ItemType) -> Detail | None:
        """Return what else the type holds."""
        if kind is ItemType.CONSTRUCTED:
            return authoring.read_rubric(self.criteria.data, self.model.data, self.longest.data)
        if kind is ItemType.HAZARD_SPOTTING:
            cost, most = self.false_percent.data, self.most_marks.data
            return Scene("", read_regions(self.regions.data), 50 if cost is None else cost, most or 10)
        if kind is ItemType.CASE_SET:
            written = [each.form for each in self.parts if text_of(each.form.stem)]
            return CaseSet(tuple(read_part(number, each) for number, each in enumerate(written, start=1)))
        return super().detail(kind)

    def show(self, body: ItemBody) -> None:
        """Fill the form with a body."""
        self.fill(body)
        self.explanation.data = for_editing(body.explanation) if body.rich else body.explanation
        self.source_article.data, self.rich.data = body.source_article, body.rich
        if isinstance(body.detail, Scene):
            self.regions.data = write_regions(body.detail.regions)
            self.false_percent.data, self.most_marks.data = body.detail.false_percent, body.detail.most_marks
        if isinstance(body.detail, Rubric):
            self.criteria.data = authoring.write_criteria(body.detail)
            self.model.data, self.longest.data = body.detail.model, body.detail.longest
        if isinstance(body.detail, CaseSet):
            for entry, part in zip(self.parts, body.detail.parts, strict=False):
                entry.form.fill(part.body)
                entry.form.type.data, entry.form.weight.data = part.type, part.weight
