"""Migrations: what they build is what the models say, and every step can be walked back with data in it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import CheckConstraint, create_engine, func, inspect, select, text
from sqlalchemy.schema import CreateTable

from tests.factories import bank, certificates, courses, delivery, separation
from tests.factories.people import make_officer, make_organisation, make_person
from tests.servers import create_database, drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.exams.bank.models_export import ExportRequest, reason_context
from trainhub.exams.delivery.models import Halt, HaltKind
from trainhub.exams.delivery.models_watch import ReadingLengths
from trainhub.exams.marking.models import Correction
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.marking.models_keys import KeptMarks, KeyChange
from trainhub.exams.marking.reasons import write_words
from trainhub.exams.marking.superseding import digest_of
from trainhub.exams.sittings import note_change
from trainhub.kernel import clock, keys, migrations
from trainhub.kernel.db import Base, db, transaction
from trainhub.kernel.engines import prepare_engine
from trainhub.people.messages import tell
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import Duty

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
VERSIONS = "alembic_version"


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """Address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    address = create_database()
    yield address
    drop_database(address)


@pytest.fixture
def engine(url):
    """An engine that behaves as the house's does, on an empty database."""
    made = create_engine(url)
    prepare_engine(made)
    yield made
    made.dispose()


def tables_in(engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {VERSIONS}


def revisions() -> list[str]:
    """All revisions, the newest first."""
    script = ScriptDirectory.from_config(migrations._config())
    return [revision.revision for revision in script.walk_revisions()]


def differences(engine) -> list:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, Base.metadata)


def test_the_migrations_build_exactly_what_the_models_say(engine):
    migrations.upgrade(engine)
    assert differences(engine) == []
    assert tables_in(engine) == set(Base.metadata.tables)


def test_the_migrations_name_every_constraint_as_the_models_do(engine):
    migrations.upgrade(engine)
    found = inspect(engine)
    wrong = []
    for table in Base.metadata.sorted_tables:
        wanted_checks = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        if checks != wanted_checks:
            wrong.append(f"{table.name} checks: {sorted(checks)} instead of {sorted(wanted_checks)}")
        if found.get_pk_constraint(table.name)["name"] != f"pk_{table.name}":
            wrong.append(f"{table.name}: {found.get_pk_constraint(table.name)}")
        keys_found = {
            (
                key["name"],
                tuple(key["constrained_columns"]),
                key["referred_table"],
                key["options"].get("ondelete"),
            )
            for key in found.get_foreign_keys(table.name)
        }
        keys_wanted = {
            (key.name, tuple(key.column_keys), key.referred_table.name, key.ondelete)
            for key in table.foreign_key_constraints
        }
        if {key[1:] for key in keys_found} != {key[1:] for key in keys_wanted}:
            wrong.append(f"{table.name} foreign keys: {sorted(keys_found)} instead of {sorted(keys_wanted)}")
        if any(not (name or "").startswith(f"fk_{table.name}_") for name, *_ in keys_found):
            wrong.append(f"{table.name} foreign keys without the house's names: {sorted(keys_found)}")
    assert wrong == []


def test_the_conditions_of_the_tables_are_those_of_the_models(tmp_path):
    """The text of every CHECK, as SQLite keeps it."""
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    migrations.upgrade(engine)
    model = create_engine("sqlite://")
    Base.metadata.create_all(model)
    wrong = []
    for table in Base.metadata.sorted_tables:
        sides = []
        for each in (engine, model):
            checks = inspect(each).get_check_constraints(table.name)
            sides.append(
                {check["name"]: re.sub(r"[\s\"()]", "", check["sqltext"]).lower() for check in checks}
            )
        if sides[0] != sides[1]:
            wrong.append(f"{table.name}: {sides[0]} instead of {sides[1]}")
    engine.dispose()
    assert wrong == []


def test_the_way_back_ends_with_nothing(engine):
    migrations.upgrade(engine)
    migrations.downgrade(engine, "base")
    assert tables_in(engine) == set()


def test_a_second_way_up_builds_the_same(engine):
    migrations.upgrade(engine)
    migrations.downgrade(engine, "base")
    migrations.upgrade(engine)
    assert differences(engine) == []


def fill(app) -> None:
    """Rows in the main tables of every room, made by the rooms' own functions."""
    with transaction():
        if not db.session.scalar(text("SELECT count(*) FROM regulations_figure")):
            regulations.load_figures()
        tell(make_person(), "test.told", "测试")
        body = make_organisation(OrganisationKind.TRAINING_BODY)
        teacher = make_officer(Duty.TEACH, body)
        course = courses.make_course(body, teacher)
        courses.make_class(course, teacher, members=[make_person()], instructors=[teacher])
        separation.state_class(teacher, [make_person()])
        separation.state_sitting()
        bank.make_sealed(bank.make_staff())
        sitting = delivery.make_seated_sitting()
        result = certificates.make_result(sitting, certificates.make_human("发布员"))
        certificates.make_objection(result)
        attempt, _token = delivery.make_working_attempt(sitting)
        lengths = ReadingLengths(sitting_code=sitting.code, paper_code="P-TEST", lengths=[[1, 0, 24]])
        db.session.add_all([_judged(attempt), lengths, *_broken_off(sitting)])
        _give_reasons(result, sitting)
    db.session.remove()


def _broken_off(sitting) -> list[Halt]:
    """What went on with the first reserve form, and what with the same form; the next reserve is given."""
    facts = {"sitting_id": sitting.id, "kind": HaltKind.SUSPENSION, "by_id": sitting.planned_by_id}
    note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper="P-RESERVE")
    now = clock.now()
    rows = [
        Halt(reason=reason, began_at=now, ended_at=now, reserve_paper_code=code, **facts)
        for reason, code in (("停电", "P-RESERVE"), ("火警", None))
    ]
    with clock.set_to(now + timedelta(hours=1)):
        note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper="P-NEXT")
    sitting.reserve_paper_code = "P-NEXT"
    return rows


def _judged(attempt) -> WrittenResponse:
    """A response of which one assessor entered points."""
    ids = {"sitting_id": attempt.sitting_id, "candidate_id": attempt.candidate_id}
    text = {"item_code": "CR", "item_version": 1, "digest": digest_of("先审批。")}
    response = WrittenResponse(number=1, points=5, **ids, **text)
    facts = {"turn": 1, "state": "entered", "total": 5, "points": "[2, 3]", "entered_at": clock.now()}
    assessor = make_officer(Duty.ASSESS)
    response.judgements = [Judgement(assessor_id=assessor.id, allotted_by_id=assessor.id, **facts)]
    return response


def _give_reasons(result, sitting) -> None:
    """Words of people about results and items, in every table that has such."""
    about = {"organisation_id": sitting.organisation_id, "item_code": "I-1", "item_version": 1}
    by = {"proposed_by_id": sitting.planned_by_id}
    change = KeyChange(code="change", kind="void", **about, **by)
    correction = Correction(code="correction", result_id=result.id, old_marks=1, new_marks=2, **by)
    write_words(change, reason="改键的理由", basis="改键的依据")
    write_words(correction, reason="更正的理由", basis="更正的依据", note="不予更正")
    db.session.add_all([change, correction])
    db.session.flush()
    kept = KeptMarks(key_change_id=change.id, result_id=result.id, kept_by_id=sitting.planned_by_id)
    write_words(kept, reason="分数不变的理由")
    asked = ExportRequest(code="export", bank_id=db.session.scalar(text("SELECT max(id) FROM bank_bank")))
    asked.form, asked.items, asked.expires_at = "gift", 1, clock.now()
    asked.asked_by_id = sitting.planned_by_id
    asked.reason_sealed = keys.seal("exam", "导出的理由".encode(), reason_context(asked))
    db.session.add_all([kept, asked])


def counts(engine) -> dict[str, int]:
    there = tables_in(engine)
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name in there
        }


@pytest.fixture
def filled(url, tmp_path):
    """An engine on a database that holds rows of every room."""
    folder = tmp_path / "instance"
    keys.create_missing_keys(folder / "keys")
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}))
    with app.app_context():
        migrations.upgrade(db.engine)
        fill(app)
        yield db.engine
        db.session.remove()
        db.engine.dispose()


def test_every_step_can_be_walked_back_and_again_with_data_in_it(filled):
    before = counts(filled)
    rooms = {"people", "ledger", "governance", "regulations", "separation", "courses", "bank", "papers"}
    rooms |= {"sites", "sittings", "delivery", "marking"}
    assert rooms <= {name.split("_")[0] for name, rows in before.items() if rows}
    way = revisions()
    for number, revision in enumerate(way):
        below = way[number + 1] if number + 1 < len(way) else "base"
        migrations.downgrade(filled, below)
        lost = before.keys() - counts(filled).keys()
        migrations.upgrade(filled, revision)
        again = counts(filled)
        assert {name: again[name] for name in again.keys() - lost} == {
            name: before[name] for name in again.keys() - lost
        }, f"revision {revision} touched rows of other rooms"
        migrations.downgrade(filled, below)
    assert tables_in(filled) == set()


def test_the_reserve_form_of_a_halt_is_found_on_the_way_up_and_said_to_have_been_on_the_way_down(filled):
    migrations.downgrade(filled, "0064")
    with filled.connect() as connection:
        found = connection.execute(text("SELECT reason, on_reserve FROM delivery_halt")).all()
    assert {reason: bool(was) for reason, was in found} == {"停电": True, "火警": False}

    migrations.upgrade(filled)
    assert {row.reason: row.reserve_paper_code for row in db.session.scalars(select(Halt))} == {
        "停电": "P-RESERVE",
        "火警": None,
    }
    db.session.remove()


REASONS = {
    "marking_key_change": ("改键的理由", "改键的依据", ""),
    "marking_correction": ("更正的理由", "更正的依据", "不予更正"),
    "marking_kept_marks": ("分数不变的理由",),
    "bank_export_request": ("导出的理由",),
}


def test_reasons_in_clear_are_sealed_on_the_way_up_and_read_again_on_the_way_down(filled):
    migrations.downgrade(filled, "0060")
    for table, words in REASONS.items():
        columns = ", ".join(("reason", "basis", "note")[: len(words)])
        with filled.connect() as connection:
            assert tuple(connection.execute(text(f"SELECT {columns} FROM {table}")).one()) == words

    migrations.upgrade(filled)
    for model in (KeyChange, Correction):
        row = db.session.scalars(select(model)).one()
        assert (row.reason, row.basis, row.note) == REASONS[model.__tablename__]
    for model in (KeptMarks, ExportRequest):
        assert (db.session.scalars(select(model)).one().reason,) == REASONS[model.__tablename__]
    db.session.remove()


def test_reasons_that_are_empty_are_sealed_as_such(filled):
    migrations.downgrade(filled, "0060")
    with filled.begin() as connection:
        for table in REASONS:
            connection.execute(text(f"UPDATE {table} SET reason = ''"))

    migrations.upgrade(filled)
    for model in (KeyChange, Correction, KeptMarks, ExportRequest):
        assert db.session.scalars(select(model)).one().reason == ""
    db.session.remove()


def test_reasons_are_not_sealed_with_a_key_that_the_examination_does_not_have(filled):
    migrations.downgrade(filled, "0060")
    path = current_app.config["SETTINGS"].keys / "exam.key"
    path.unlink()
    for _missing_and_another in range(2):
        with pytest.raises(RuntimeError, match=r"the examination's own exam\.key"):
            migrations.upgrade(filled)
        keys.create_missing_keys(path.parent)
    with filled.connect() as connection:
        assert connection.scalar(text("SELECT reason FROM marking_correction")) == "更正的理由"


def test_each_revision_makes_only_the_tables_of_rooms_it_names(engine):
    """A revision may touch one room's tables, or those of the foundation."""
    known: set[str] = set()
    for revision in reversed(revisions()):
        migrations.upgrade(engine, revision)
        made = tables_in(engine) - known
        known |= made
        rooms = {name.split("_")[0] for name in made}
        assert len(rooms) <= 1 or revision == "0001", f"revision {revision} makes tables of {sorted(rooms)}"


def test_the_revisions_stand_in_one_line():
    script = ScriptDirectory.from_config(migrations._config())
    assert len(script.get_heads()) == 1
    assert revisions() == sorted(revisions(), reverse=True)
    assert migrations.newest() == revisions()[0]


def test_every_table_can_be_written_for_both_databases():
    from sqlalchemy.dialects import postgresql, sqlite

    for table in Base.metadata.sorted_tables:
        for dialect in (sqlite.dialect(), postgresql.dialect()):
            written = str(CreateTable(table).compile(dialect=dialect))
            names = re.findall(r"CONSTRAINT \"?(\w+)", written)
            assert all(len(name) <= 63 for name in names), names
