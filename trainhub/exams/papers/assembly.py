"""Assembly: parallel forms of a blueprint by the solver, kept with what is needed to find them again.

Three steps, so that nobody waits for a long search: `prepare` reads what the bank has, `search` looks for the
forms without a database, `keep` writes the papers, or what is short.
"""

from __future__ import annotations

import hashlib
import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import ItemVersion
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.papers.assembled import result_of
from trainhub.exams.papers.blueprints import Cell, written_cells
from trainhub.exams.papers.demands import Demands
from trainhub.exams.papers.models import Assembly, Blueprint, Paper, PaperState, Place
from trainhub.exams.papers.models_opening import Opening
from trainhub.exams.papers.preparing import Prepared, Short, prepare, search, shortages_of
from trainhub.exams.papers.relations import state_assembled
from trainhub.exams.papers.supply import Before, Candidate, newest_paper
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

if TYPE_CHECKING:
    from trainhub.exams.papers.parallel import Outcome, Problem

sealed_by_master(Assembly, "inputs_sealed", lambda row: f"assembly:{row.code}")


def require_assembler(organisation_id: int, by: Person) -> None:
    """Raise Forbidden unless a person assembles papers for an organisation."""
    if organisation_id not in organisations_of(by, Duty.ASSEMBLE_PAPERS):
        raise Forbidden(_l("You do not assemble papers for this organisation."))


def keep(prepared: Prepared, problem: Problem, outcome: Outcome, *, by: Person) -> Assembly:
    """Write what a search found: the papers, or what is short; with all that is needed to repeat it.

    Raises:
        Conflict: an item was changed, or a paper sealed for officers, while the search ran.
        Forbidden: the person does not assemble papers for the organisation.
    """
    blueprint = db.session.get_one(Blueprint, prepared.blueprint_id)
    require_assembler(blueprint.organisation_id, by)
    # One after the other: whoever comes second sees what the first has taken.
    lock("assembly", blueprint.organisation_id)
    _require_unchanged(blueprint, prepared, outcome)
    inputs = _written_inputs(prepared)
    assembly = Assembly(
        code=f"A-{clock.local(clock.now()):%y%m}-{readable_code(6)}",
        blueprint=blueprint,
        organisation_id=blueprint.organisation_id,
        forms=prepared.demands.forms,
        status=outcome.status,
        cells=written_cells(prepared.cells),
        demands={name: value for name, value in asdict(prepared.demands).items() if value is not None},
        result=result_of(prepared, problem, outcome),
        seed=prepared.seed,
        by_id=by.id,
    )
    assembly.inputs_sealed = _seal_inputs(assembly, inputs)
    db.session.add(assembly)
    db.session.flush()
    for number, (form, cells) in enumerate(zip(outcome.forms, outcome.cells, strict=True), start=1):
        _write_paper(assembly, prepared, number, form, cells, by)
    seed_hash, inputs_hash = hashes_of(prepared)
    ledger.append(
        "papers.assembled",
        by=by,
        side="exam",
        assembly=assembly.code,
        blueprint=blueprint.code,
        status=outcome.status,
        papers=[paper.code for paper in assembly.papers],
        objective=outcome.cost,
        bound=outcome.bound,
        seed_hash=seed_hash,
        inputs_hash=inputs_hash,
    )
    return assembly


def _seal_inputs(assembly: Assembly, inputs: bytes) -> bytes:
    """Seal inputs so that only the house reads them, and only while the seed is not covered."""
    context = f"assembly:{assembly.code}"
    own = cipher.encrypt(_inputs_key(assembly.seed), zlib.compress(inputs), context)
    return keys.seal("exam", own, context)


def _inputs_key(seed: str) -> bytes:
    return hashlib.sha256(f"inputs of an assembly {seed}".encode()).digest()


def _read_inputs(assembly: Assembly) -> Any:
    context = f"assembly:{assembly.code}"
    own = keys.unseal("exam", assembly.inputs_sealed, context)
    try:
        return json.loads(zlib.decompress(cipher.decrypt(_inputs_key(assembly.seed), own, context)))
    except cipher.Undecipherable:
        raise Conflict(
            _("A paper of that time waits for its officers; until then the search cannot be repeated.")
        ) from None


def _written_inputs(prepared: Prepared) -> bytes:
    """Return what the solver was given, without the seed, in one written form."""
    form = {
        "items": [
            [each.code, prepared.fitting[each.code], each.facility, each.discrimination, each.exposure]
            for each in prepared.candidates
        ],
        "enemies": sorted(prepared.enemies),
        "before": [[each.code, sorted(each.item_ids or ())] for each in prepared.before],
        "ids": {each.code: [each.item_id, each.version_id] for each in prepared.candidates},
    }
    return json.dumps(form, sort_keys=True, separators=(",", ":")).encode()


def repeated(assembly: Assembly) -> tuple[Problem, Outcome]:
    """Search again with what was kept: the same seed finds the same forms, unless the clock ended it.

    Raises:
        Conflict: a paper that was set or counted then waits for its officers, and the seed is covered.
    """
    return search(prepared_again(assembly))


def prepared_again(assembly: Assembly) -> Prepared:
    """Return what the search was given then, from what was kept.

    Raises:
        Conflict: a paper that was set or counted then waits for its officers, and the seed is covered.
    """
    form = _read_inputs(assembly)
    candidates = tuple(
        Candidate(form["ids"][code][1], form["ids"][code][0], code, "", None, None, exposure, facility, slope)
        for code, _cells, facility, slope, exposure in form["items"]
    )
    return Prepared(
        assembly.blueprint_id,
        tuple(Cell(**each) for each in assembly.cells),
        Demands(**assembly.demands),
        assembly.seed,
        candidates,
        {code: tuple(cells) for code, cells, *_facts in form["items"]},
        frozenset((one, two) for one, two in form["enemies"]),
        tuple(Before(code, frozenset(ids) or None) for code, ids in form["before"]),
    )


def hashes_of(prepared: Prepared) -> tuple[str, str]:
    """Return the hashes of seed and inputs as the ledger has them."""
    inputs = _written_inputs(prepared)
    return hashlib.sha256(prepared.seed.encode()).hexdigest(), hashlib.sha256(inputs).hexdigest()


def _require_unchanged(blueprint: Blueprint, prepared: Prepared, outcome: Outcome) -> None:
    by_code = {each.code: each.version_id for each in prepared.candidates}
    wanted = sorted({by_code[code] for form in outcome.forms for code in form})
    usable: set[int] = set()
    for start in range(0, len(wanted), 500):
        statement = select(ItemVersion.id).where(
            ItemVersion.id.in_(wanted[start : start + 500]),
            ItemVersion.newest,
            ItemVersion.state.in_(CHOOSABLE),
        )
        usable |= set(db.session.scalars(statement))
    # What was read of a paper that officers have closed since must not be kept: nothing would cover it.
    closed = select(Paper.id).where(
        Paper.organisation_id == blueprint.organisation_id,
        Paper.qualification == blueprint.qualification,
        Paper.opening == Opening.OFFICERS,
        Paper.sealed_at >= prepared.read_at,
    )
    if len(usable) < len(wanted) or db.session.scalar(closed.limit(1)) is not None:
        raise Conflict(_("Items or papers were changed meanwhile. Assemble once more."))
    demands = prepared.demands
    counts_papers = demands.papers_back > 0 or demands.most_uses is not None
    if counts_papers and newest_paper(blueprint) > prepared.newest_paper:
        raise Conflict(_("Another paper was assembled meanwhile and counts. Assemble once more."))


def _write_paper(
    assembly: Assembly, prepared: Prepared, number: int, form: Sequence[str], cells: Sequence[int], by: Person
) -> None:
    blueprint = assembly.blueprint
    paper = Paper(
        code=f"P-{clock.local(clock.now()):%y%m}-{readable_code(6)}",
        blueprint=blueprint,
        assembly=assembly,
        form=number,
        organisation_id=blueprint.organisation_id,
        qualification=blueprint.qualification,
        minutes=blueprint.minutes,
        pass_mark=blueprint.pass_mark,
        marks=sum(cell.count * cell.marks for cell in prepared.cells),
        assembled_by_id=by.id,
    )
    db.session.add(paper)
    db.session.flush()
    db.session.add_all(numbered(paper, prepared, form, cells))
    db.session.flush()
    state_assembled(by, paper.code)
    ledger.append(
        "paper.assembled",
        by=by,
        side="exam",
        paper=paper.code,
        blueprint=blueprint.code,
        assembly=assembly.code,
        questions=len(form),
        marks=paper.marks,
    )


def numbered(paper: Paper, prepared: Prepared, form: Sequence[str], cells: Sequence[int]) -> list[Place]:
    """Number the questions: types in the order of the blueprint, by chance within a type."""
    chosen = list(zip(form, cells, strict=True))
    # What is drawn is kept and can be repeated.
    chance = random.Random(f"{prepared.seed}:{paper.form}")  # noqa: S311
    known = {each.code: each for each in prepared.candidates}
    by_type: dict[str, list[tuple[Candidate, int]]] = {cell.type: [] for cell in prepared.cells}
    for code, place in chosen:
        cell = prepared.cells[place]
        by_type[cell.type].append((known[code], cell.marks))
    order: list[tuple[Candidate, int]] = []
    for group in by_type.values():
        chance.shuffle(group)
        order += group
    return [
        Place(paper_id=paper.id, number=number, item_id=each.item_id, version_id=each.version_id, marks=marks)
        for number, (each, marks) in enumerate(order, start=1)
    ]


def assemble_forms(
    blueprint: Blueprint, *, by: Person, forms: int | None = None, seed: str | None = None
) -> Assembly:
    """Assemble parallel forms here and now.

    Args:
        blueprint: what they consist of.
        by: who assembles.
        forms: how many, whatever the blueprint says.
        seed: of the choice; drawn unless given, and kept.

    Raises:
        Short: the bank cannot fill a cell.
        Invalid: it reaches no target, or nothing was found in time.
        Forbidden: the person does not assemble papers for the organisation.
    """
    require_assembler(blueprint.organisation_id, by)
    prepared = prepare(blueprint, forms=forms, seed=seed)
    problem, outcome = search(prepared)
    if outcome.short:
        raise Short(shortages_of(prepared, problem, outcome))
    if not outcome.forms:
        raise Invalid(_("No forms were found: a target lies out of reach, or the time was over."))
    return keep(prepared, problem, outcome, by=by)


def assemble(blueprint: Blueprint, *, by: Person, seed: str | None = None) -> Paper:
    """Assemble one paper by a blueprint here and now; raises what ``assemble_forms`` raises."""
    return assemble_forms(blueprint, by=by, forms=1, seed=seed).papers[0]


def discard(paper: Paper, *, by: Person) -> None:
    """Give up a paper that is not sealed; its items become free for others.

    Raises:
        Conflict: it is sealed or discarded already.
        Forbidden: the person does not assemble papers for the organisation.
    """
    require_assembler(paper.organisation_id, by)
    lock("paper", paper.code)
    db.session.refresh(paper)
    if paper.state in (PaperState.SEALED, PaperState.DISCARDED):
        raise Conflict(_("A sealed paper stays; a discarded one is gone."))
    paper.state = PaperState.DISCARDED
    ledger.append("paper.discarded", by=by, side="exam", paper=paper.code)
