"""What the interactions of QTI 2 and 3 offer, and what their declarations count as right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import unquote

from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import LONGEST_RESPONSE, Blank, Blanks, Criterion, Number, Rubric, Unit
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, decimal_of
from trainhub.exams.bank.exchange.gift import pair_up
from trainhub.exams.bank.exchange.qti_2_hazards import read_hotspots, read_points
from trainhub.exams.bank.exchange.qti_2_marks import weigh, weigh_others
from trainhub.exams.bank.exchange.qti_2_text import exactly, says
from trainhub.kernel.i18n import _

Facts = Mapping[str, str]
_TRUE = ("true", "1")


def _declaration(root: _Element, interaction: _Element) -> _Element | None:
    name = interaction.get("responseIdentifier")
    return next(
        (each for each in root.iterfind("responseDeclaration") if each.get("identifier") == name), None
    )


def _correct(declaration: _Element | None) -> list[str]:
    if declaration is None:
        return []
    return [(each.text or "").strip() for each in declaration.iterfind("correctResponse/value")]


def _mapped(declaration: _Element | None) -> dict[str, float]:
    """Return what each entry of a mapping earns."""
    found: dict[str, float] = {}
    for entry in [] if declaration is None else declaration.iterfind("mapping/mapEntry"):
        try:
            found[entry.get("mapKey") or ""] = float(entry.get("mappedValue") or 0)
        except ValueError:
            continue
    return found


def _read_choice(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    interaction = interactions[0]
    declaration = _declaration(root, interaction)
    for each in interaction.iter("simpleChoice", "inlineChoice"):
        question.options.append(says(question, each))
        question.names.append(each.get("identifier") or "")
    is_multiple = declaration is not None and declaration.get("cardinality") == "multiple"
    question.kind = ItemType.MULTIPLE if is_multiple else ItemType.SINGLE
    question.key = _correct(declaration)
    mapped = _mapped(declaration)
    if not question.key:
        earning = {name: marks for name, marks in mapped.items() if marks > 0}
        best = max(earning.values(), default=0.0)
        question.key = [name for name, marks in earning.items() if is_multiple or marks == best]
    if is_multiple and mapped and not question.is_exact:
        question.notes.append(
            _("In the file parts of the answer earn marks; here only the whole answer does.")
        )
    elif not question.is_exact and any(
        marks > 0 for name, marks in mapped.items() if name not in question.key
    ):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    if any(each.get("fixed") == "true" for each in interaction.iter("simpleChoice", "inlineChoice")):
        question.notes.append(_("The file keeps the place of an option; here all are mixed."))
    weigh(question, root, declaration, mapped)
    if facts.get("type") == ItemType.TRUE_FALSE:
        question.kind, question.key = (
            ItemType.TRUE_FALSE,
            [{"true": "T", "false": "F"}.get(name, "") for name in question.key],
        )
        question.options, question.names = [], []


def _read_order(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    question.kind = ItemType.ORDERING
    for each in interactions[0].iter("simpleChoice"):
        question.options.append(says(question, each))
        question.names.append(each.get("identifier") or "")
    question.key = _correct(_declaration(root, interactions[0]))
    if sorted(question.key) != sorted(question.names) and set(question.key) <= set(question.names):
        question.doubts.append(_("The key does not name every option once."))


def _read_match(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    question.kind = ItemType.MATCHING
    sets = interactions[0].findall("simpleMatchSet")
    if len(sets) != 2:
        raise Unfit(_("The matching has no two sides."))
    left, right = ([each.get("identifier") or "" for each in side] for side in sets)
    if len({*left, *right}) < len(left) + len(right):
        raise Unfit(_("Two options bear one letter."))
    question.options = [says(question, each) for each in sets[0]]
    texts = [says(question, each) for each in sets[1]]
    declaration = _declaration(root, interactions[0])
    weigh_others(question, root, _correct(declaration), _mapped(declaration), several=True)
    for pair in _correct(declaration):
        names = pair.split()
        if len(names) != 2 or names[0] not in left or names[1] not in right:
            raise Unfit(_("The key “%(key)s” names no option of the question.", key=pair[:40]))
        question.key.append(f"{left.index(names[0])} {right.index(names[1])}")
    pair_up(question, texts, [key for key in facts.get("targets", "").split(",") if key])


def _read_entries(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    declarations = [_declaration(root, each) for each in interactions]
    kinds = {None if each is None else each.get("baseType") for each in declarations}
    written = facts.get("type", "")
    if len(interactions) == 1 and (
        written == ItemType.NUMERIC or (not written and kinds & {"float", "integer"})
    ):
        _read_number(question, root, declarations[0], facts)
        return
    question.kind = ItemType.FILL_IN
    cases = facts.get("cases", "")
    blanks = []
    for place, declaration in enumerate(declarations):
        exactly_ = cases[place : place + 1] == "1" or _minds_case(root, declaration)
        tolerance = facts.get(f"tolerance{place}")
        accepted = _accepted(question, declaration)
        weigh_others(question, root, _correct(declaration), _mapped(declaration))
        blanks.append(Blank(accepted, exactly_, None if tolerance is None else decimal_of(tolerance)))
    question.detail = Blanks(tuple(blanks), "any_order" in facts)


def _minds_case(root: _Element, declaration: _Element | None) -> bool:
    """Tell whether large and small letters count in a blank.

    Where an entry of the mapping does not say, they do: strings are compared as they stand in QTI 2. (QTI 3.0
    has it the other way; what its entries do not say is filled in when its names are made those of QTI 2.)
    Where no mapping earns marks, the response is matched with what is right, which both versions do as it
    stands, unless the item compares the strings itself and says how.
    """
    mapped = _mapped(declaration)
    earning = [
        each
        for each in ([] if declaration is None else declaration.iterfind("mapping/mapEntry"))
        if mapped.get(each.get("mapKey") or "", 0.0) > 0
    ]
    if earning or declaration is None:
        return any(_entry_minds_case(each) for each in earning)
    name = declaration.get("identifier")
    said = [
        each.get("caseSensitive") or ""
        for each in root.iterfind("responseProcessing//stringMatch")
        if any(variable.get("identifier") == name for variable in each.iter("variable"))
    ]
    if said:
        return any(each.strip() in _TRUE for each in said)
    return any(each.lower() != each.upper() for each in _correct(declaration))


def _entry_minds_case(entry: _Element) -> bool:
    said, key = entry.get("caseSensitive"), entry.get("mapKey") or ""
    return key.lower() != key.upper() if said is None else said.strip() in _TRUE


def _accepted(question: Question, declaration: _Element | None) -> tuple[str, ...]:
    """Return what may stand in a blank: the right answer, and what the mapping holds as worth as much."""
    correct, mapped = _correct(declaration), _mapped(declaration)
    if question.is_exact and declaration is not None:
        correct = [each.text or "" for each in declaration.iterfind("correctResponse/value")]
    best = max(mapped.values(), default=0.0)
    full = [text for text, marks in mapped.items() if marks == best and marks > 0]
    if len(full) < len(mapped):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    accepted = tuple(dict.fromkeys(text for text in [*correct, *full] if text))
    if not accepted:
        raise Unfit(_("The question has no key."))
    return accepted


def _read_number(question: Question, root: _Element, declaration: _Element | None, facts: Facts) -> None:
    question.kind = ItemType.NUMERIC
    correct = _correct(declaration)
    if not correct:
        raise Unfit(_("The question has no key."))
    value = decimal_of(correct[0])
    if question.is_exact:
        unit = exactly(root.find("itemBody//*[@class='unit']"))
        question.detail = Number(value, decimal_of(facts.get("tolerance", "0")), unit, _units(facts))
        return
    tolerance = _tolerance(question, root, value)
    if not tolerance and _asks_for_a_range(root, declaration):
        question.doubts.append(_which_tolerance())
    if any(marks > 0 and decimal_of(said) != value for said, marks in _mapped(declaration).items()):
        question.doubts.append(_("Several numbers or ranges are right; one alone can be the key."))
    if re.search(rf"\n{BLANK}\s*\Z", question.stem):
        question.stem = question.stem.rstrip().removesuffix(BLANK).strip()
    question.detail = Number(value, tolerance)


def _units(facts: Facts) -> tuple[Unit, ...]:
    """Return the other units of a number of our own, which QTI has no field for."""
    told = [each.partition(":") for each in facts.get("units", "").split(",") if each]
    return tuple(Unit(unquote(name), decimal_of(factor)) for name, _colon, factor in told)


def _tolerance(question: Question, root: _Element, value: Decimal) -> Decimal:
    """Return by how much a response may differ; one that differs more to one side is a reason to hold it."""
    for equal in root.iterfind("responseProcessing//equal"):
        mode, said = equal.get("toleranceMode"), (equal.get("tolerance") or "").split()
        if mode in ("absolute", "relative") and said and equal.find("correct") is not None:
            tolerance = decimal_of(said[0])
            if decimal_of(said[-1]) != tolerance:
                question.doubts.append(_which_tolerance())
            return tolerance * abs(value) / 100 if mode == "relative" else tolerance
    return Decimal(0)


def _which_tolerance() -> str:
    return _("The file counts a range of numbers as right; say which tolerance that is.")


def _asks_for_a_range(root: _Element, declaration: _Element | None) -> bool:
    name = "" if declaration is None else declaration.get("identifier")
    return any(
        each.get("identifier") == name
        for sign in ("gt", "gte", "lt", "lte", "equalRounded")
        for each in root.iterfind(f"responseProcessing//{sign}/variable")
    )


def _read_text(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    question.kind = ItemType.CONSTRUCTED
    rubrics = [
        each for each in root.iterfind("itemBody//rubricBlock") if "scorer" in (each.get("view") or "")
    ]
    criteria: list[Criterion] = []
    if question.is_exact:
        for line in root.iterfind("itemBody//rubricBlock//li"):
            worth = (line.get("id") or "").rpartition("_")[2]
            criteria.append(Criterion(exactly(line), int(worth) if worth.isdecimal() else 0))
    elif rubrics:
        points = next(iter(_most(root)), 0)
        criteria = [Criterion("\n".join(says(question, each) for each in rubrics), points or 1)]
    declaration = _declaration(root, interactions[0])
    if declaration is not None and declaration.findtext("defaultValue/value"):
        question.notes.append(_("What stands in the answer from the beginning (template) is left away."))
    values = (
        []
        if declaration is None
        else [each.text or "" for each in declaration.iterfind("correctResponse/value")]
    )
    longest = facts.get("longest", "")
    question.detail = Rubric(
        tuple(criteria), "\n".join(values), int(longest) if longest.isdecimal() else LONGEST_RESPONSE
    )


def _most(root: _Element) -> list[int]:
    """Return the greatest score that an item declares, if it does."""
    for each in root.iterfind("outcomeDeclaration"):
        if each.get("identifier") == "MAXSCORE":
            said = (each.findtext("defaultValue/value") or "").strip()
            try:
                return [round(float(said))]
            except ValueError:
                return []
    return []


def _read_points(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    read_points(question, root, _declaration(root, interactions[0]), interactions[0], facts)


def _read_hotspots(question: Question, root: _Element, interactions: list[_Element], facts: Facts) -> None:
    read_hotspots(question, root, _declaration(root, interactions[0]), interactions[0])


READERS: dict[str, Callable[[Question, _Element, list[_Element], Facts], None]] = {
    "choiceInteraction": _read_choice,
    "inlineChoiceInteraction": _read_choice,
    "orderInteraction": _read_order,
    "matchInteraction": _read_match,
    "textEntryInteraction": _read_entries,
    "extendedTextInteraction": _read_text,
    "selectPointInteraction": _read_points,
    "hotspotInteraction": _read_hotspots,
}
