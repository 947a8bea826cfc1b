"""The form in which an author writes a question: which fields count follows from the type."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from trainhub.exams.bank import authoring
from trainhub.exams.bank.authoring import Misread
from trainhub.exams.bank.authoring_regions import read_regions, write_regions
from trainhub.exams.bank.checking import MOST_PARTS
from trainhub.exams.bank.content import TYPE_LABELS, ItemBody, ItemType, Medium, check_body
from trainhub.exams.bank.details import LONGEST_RESPONSE, CaseSet, Detail, Rubric, Scene
from trainhub.exams.bank.forms_questions import PartForm, QuestionFields, read_part, text_of
from trainhub.exams.bank.layout import for_editing, with_layout
from trainhub.exams.bank.levels import DIFFICULTY_LABELS, LEVEL_LABELS, CognitiveLevel
from trainhub.exams.bank.twins import require_no_twins
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l


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
    difficulty = SelectField(
        _l("Difficulty as authors think"),
        choices=[("", _l("not said")), *((str(each), label) for each, label in DIFFICULTY_LABELS.items())],
        validators=[Optional()],
    )
    stem = TextAreaField(
        _l("Question"),
        validators=[DataRequired(), Length(max=20_000)],
    )
    criteria = TextAreaField(
        _l("Rubric"),
        description=_l("One line for each thing that earns points, the points first: 2 names the permit"),
        validators=[Optional(), Length(max=8000)],
    )
    model = TextAreaField(_l("Model answer"), validators=[Optional(), Length(max=4000)])
    longest = IntegerField(
        _l("Characters of a response, at most"),
        description=_l(
            "1 to %(most)s, a Chinese character counting as one; candidates see the count.",
            most=LONGEST_RESPONSE,
        ),
        default=LONGEST_RESPONSE,
        validators=[
            Optional(),
            NumberRange(
                1,
                LONGEST_RESPONSE,
                message=_l("A response may have 1 to %(most)s characters.", most=LONGEST_RESPONSE),
            ),
        ],
    )
    rich = BooleanField(
        _l("The texts have layout"),
        description=_l(
            "HTML then counts: the tags strong, em, u, sub, sup, ul, ol, li, table, tr, th, td, p, br, and "
            "img with the name of a file below as its src. A formula is LaTeX between \\( and \\), or "
            "\\[ and \\] for a line of its own. The buttons above the fields write them."
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
    def cognitive_level(self) -> CognitiveLevel | None:
        """The cognitive level chosen."""
        return CognitiveLevel(self.cognitive.data) if self.cognitive.data else None

    @property
    def level(self) -> int | None:
        """The difficulty chosen."""
        return int(self.difficulty.data) if self.difficulty.data else None

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
            require_no_twins(body)
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
