"""The database wall: each side's login can do with every table what the table declares, and nothing else."""

from __future__ import annotations

from collections import defaultdict

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.factories import walls as instances
from tests.servers import create_database, drop_database
from trainhub import ledger
from trainhub.cli import main
from trainhub.kernel import roles
from trainhub.kernel.db import Base, db, transaction
from trainhub.separation.walls import walls

pytestmark = pytest.mark.postgres

TABLES = [table.name for table in Base.metadata.sorted_tables]
TRIES = {
    "SELECT": "SELECT 1 FROM {table} LIMIT 1",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("walls") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


@pytest.fixture(scope="module")
def logins(url):
    """A connection of each side's own login."""
    found = {side: psycopg.connect(instances.dsn(instances.login_url(url, side))) for side in roles.SIDES}
    yield found
    for connection in found.values():
        connection.close()


def may(connection, deed, table):
    column = next(iter(Base.metadata.tables[table].columns)).name
    try:
        connection.execute(TRIES[deed].format(table=f'"{table}"', column=f'"{column}"'))
    except psycopg.errors.InsufficientPrivilege as refusal:
        return "permission denied" not in str(refusal)
    except psycopg.Error:
        return True
    else:
        return True
    finally:
        connection.rollback()


@pytest.mark.parametrize("side", roles.SIDES)
def test_a_login_may_do_with_a_table_what_the_table_declares_and_nothing_else(logins, side):
    done = {table: {deed for deed in TRIES if may(logins[side], deed, table)} for table in TABLES}
    declared = {table: roles.rights(Base.metadata.tables[table], side) for table in TABLES}
    assert {table: done[table] for table in TABLES if done[table] != declared[table]} == {}


def rights_of(side, *owners):
    """What a side may do with the tables of others: each set of rights with the tables that have it."""
    found = defaultdict(list)
    for table in Base.metadata.sorted_tables:
        if table.info["side"] in owners:
            found[roles.rights(table, side)].append(table.name)
    return found


def test_the_training_side_reads_no_table_of_the_examination():
    assert set(rights_of("training", "exam")) == {frozenset()}


def test_the_examination_side_reads_no_table_of_the_training():
    assert set(rights_of("exam", "training")) == {frozenset()}


def test_oversight_reads_every_wing_and_writes_none():
    assert set(rights_of("oversight", "training", "exam", "door")) == {frozenset({"SELECT"})}


def test_the_examination_side_reads_training_records_and_changes_none():
    for name in ("handover_training_record", "separation_attended", "separation_taught"):
        assert roles.rights(Base.metadata.tables[name], "exam") == {"SELECT"}


def test_nobody_changes_or_deletes_what_is_only_ever_added():
    added = ["ledger_entry", *(name for name in TABLES if name.startswith("separation_"))]
    rights = {
        (side, name): roles.rights(Base.metadata.tables[name], side) for side in roles.SIDES for name in added
    }
    assert [each for each, may in rights.items() if may & {"UPDATE", "DELETE"}] == []


def test_duties_are_granted_by_oversight_alone():
    for name in ("governance_grant", "separation_granted"):
        assert "INSERT" not in roles.rights(Base.metadata.tables[name], "training")
        assert "INSERT" not in roles.rights(Base.metadata.tables[name], "exam")


def test_a_login_of_no_side_reads_nothing(url):
    stranger = f"{instances.name_of(url)}_stranger"
    with psycopg.connect(instances.dsn(url), autocommit=True) as owner:
        owner.execute(f'CREATE ROLE "{stranger}" LOGIN')
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(instances.dsn(url).replace("//postgres@", f"//{stranger}@"))


def check(url, folder):
    answer = CliRunner().invoke(
        main, ["db", "check"], env={"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}
    )
    return answer.exit_code, answer.output


def test_db_check_says_that_every_right_is_as_declared(url, folder):
    code, said = check(url, folder)
    assert code == 0 and "Every right is as its table declares it." in said


def test_db_check_names_a_right_too_many_and_one_too_few_and_upgrade_mends_them(url, folder):
    role = roles.role_name(instances.name_of(url), "training")
    with psycopg.connect(instances.dsn(url), autocommit=True) as owner:
        owner.execute(f'GRANT SELECT ON bank_item_version TO "{role}"')
        owner.execute(f'REVOKE INSERT ON courses_course FROM "{role}"')
        owner.execute("GRANT SELECT ON papers_paper TO PUBLIC")
        owner.execute("ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY")
    code, said = check(url, folder)
    assert code == 1
    assert f"{role} has SELECT on bank_item_version" in said
    assert f"{role} lacks INSERT on courses_course" in said
    assert "everybody has SELECT on papers_paper" in said
    assert "ledger_entry shows every row to every side" in said
    with psycopg.connect(instances.dsn(url), autocommit=True) as owner:
        owner.execute("ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY")
    with instances.everything(url, folder):
        roles.install(db.engine)
    assert check(url, folder)[0] == 0


def test_a_process_puts_on_the_role_of_its_side(url, folder):
    with instances.process_of("training", url, folder):
        worn = db.session.scalar(text("SELECT current_user"))
    assert worn == roles.role_name(instances.name_of(url), "training")


def database_wall():
    return next(wall for wall in walls() if wall.name == "database")


@pytest.mark.parametrize("side", roles.SIDES)
def test_the_wall_stands_with_a_login_of_its_own(url, folder, side):
    with instances.process_of(side, url, folder):
        assert database_wall().stands, str(database_wall().why)


def test_a_role_that_can_be_taken_off_is_no_wall(url, folder):
    """The owner's login wears the role, but whoever gets a statement in says RESET ROLE."""
    with instances._running(url, folder, "training"):
        assert db.session.scalar(text("SELECT current_user")) != "postgres"
        wall = database_wall()
        assert not wall.stands and "postgres is superuser" in str(wall.why)


def test_a_login_of_both_sides_is_no_wall(url, folder):
    login = f"{instances.name_of(url)}_both"
    with psycopg.connect(instances.dsn(url), autocommit=True) as owner:
        owner.execute(f'CREATE ROLE "{login}" LOGIN NOINHERIT')
        owner.execute(f'GRANT CONNECT ON DATABASE "{instances.name_of(url)}" TO "{login}"')
        for side in ("training", "exam"):
            owner.execute(f'GRANT "{roles.role_name(instances.name_of(url), side)}" TO "{login}"')
    with instances._running(url.replace("//postgres@", f"//{login}@"), folder, "training"):
        wall = database_wall()
        assert not wall.stands and "is a member of" in str(wall.why)


@pytest.fixture(scope="module")
def entries(url, folder):
    """Ledger entries of every side, written by the owner."""
    with instances.everything(url, folder):
        with transaction():
            for side in ("core", "door", "training", "exam", "oversight"):
                ledger.append(f"test.{side}", by=None, side=side)


@pytest.mark.parametrize(
    "side, sees",
    [
        ("training", {"core", "door", "training"}),
        ("exam", {"core", "door", "exam"}),
        ("oversight", {"core", "door", "training", "exam", "oversight"}),
    ],
)
def test_a_side_sees_the_rows_of_its_side_in_shared_tables(logins, entries, side, sees):
    rows = logins[side].execute("SELECT DISTINCT side FROM ledger_entry WHERE kind LIKE 'test.%'").fetchall()
    logins[side].rollback()
    assert {row[0] for row in rows} == sees


@pytest.mark.parametrize("side, other", [("training", "exam"), ("exam", "training"), ("oversight", "exam")])
def test_a_side_writes_no_row_in_the_name_of_another(logins, side, other):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        logins[side].execute(
            "INSERT INTO ledger_entry (kind, at, side, salt, leaf_hash) "
            f"VALUES ('test.forged', now(), '{other}', '', 'forged')"
        )
    logins[side].rollback()


@pytest.fixture
def empty_url():
    address = create_database()
    yield address
    drop_database(address)


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(tmp_path, empty_url):
    """As in most houses: the database belongs to a login that is no superuser."""
    name = instances.name_of(empty_url)
    owner = f"{name}_owner"
    with psycopg.connect(instances.dsn(empty_url), autocommit=True) as superuser:
        superuser.execute(f'CREATE ROLE "{owner}" LOGIN')
        superuser.execute(f'ALTER DATABASE "{name}" OWNER TO "{owner}"')
    url = empty_url.replace("//postgres@", f"//{owner}@")
    environment = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}
    answer = CliRunner().invoke(main, ["db", "upgrade"], env=environment)
    asked = [line.split(": ", 1)[1] for line in answer.output.splitlines() if "CREATE ROLE" in line]
    assert answer.exit_code == 0 and len(asked) == 3, answer.output
    assert "It has no roles of the sides." in check(url, tmp_path)[1]
    with psycopg.connect(instances.dsn(empty_url), autocommit=True) as superuser:
        for statement in asked:
            superuser.execute(statement)
    answer = CliRunner().invoke(main, ["db", "upgrade"], env=environment)
    assert answer.exit_code == 0 and "CREATE ROLE" not in answer.output, answer.output
    code, said = check(url, tmp_path)
    assert code == 0, said
