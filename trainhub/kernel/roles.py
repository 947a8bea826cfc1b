"""The database wall: a role per side on PostgreSQL, with the rights that each table declares (数据库角色).

A table says in its ``info`` which side owns it (``side``), which sides write it (``written_by``; unless said
its owner, and all sides the core), who else may read it (``read_by``), whether its rows are only ever added
(``append_only``), and whether a side sees only rows of its own (``rows_by_side``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import ProgrammingError

from trainhub.kernel.db import Base

SIDES = ("training", "exam", "oversight")
DEEDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
READS = {
    "training": frozenset({"core", "door", "training"}),
    "exam": frozenset({"core", "door", "exam"}),
    "oversight": frozenset({"core", "door", "training", "exam", "oversight"}),
}
VERSIONS = "alembic_version"
_LONGEST_NAME = 63


@dataclass(frozen=True)
class RolesMade:
    """What ``db upgrade`` could do about the roles.

    Args:
        roles: names by side; empty where the database has no roles.
        missing: names of roles that are not there and that this login may not make.
    """

    roles: dict[str, str]
    missing: tuple[str, ...] = ()


def role_name(database: str, side: str) -> str:
    """Return the role of a side in a database: ``trainhub_exam`` in the database ``trainhub``."""
    name = f"{database}_{side}"
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(database.encode()).hexdigest()[:12]
    return f"{database[: _LONGEST_NAME - len(side) - len(mark) - 2]}_{mark}_{side}"


def rights(table: Table, side: str) -> frozenset[str]:
    """Return what the role of a side may do with a table: some of SELECT, INSERT, UPDATE and DELETE."""
    owner = table.info["side"]
    if owner not in READS[side] and side not in table.info.get("read_by", ()):
        return frozenset()
    found = {"SELECT"}
    if side in _writers(table):
        found |= {"INSERT"} if table.info.get("append_only") else {"INSERT", "UPDATE"}
        if owner == side != "oversight" and not table.info.get("append_only"):
            found.add("DELETE")
    return frozenset(found)


def _writers(table: Table) -> Iterable[str]:
    owner = table.info["side"]
    default = {"core": SIDES, "door": ()}.get(owner, (owner,))
    writers: Iterable[str] = table.info.get("written_by", default)
    return writers


def install(engine: Engine) -> RolesMade:
    """Make the roles of the sides where they are missing, and give each exactly its rights.

    Roles belong to the whole cluster, so their names begin with the name of the database.
    """
    if engine.dialect.name != "postgresql":
        return RolesMade({})
    names = {side: role_name(str(engine.url.database), side) for side in SIDES}
    with engine.connect() as connection:
        missing = _make(connection, names)
    if missing:
        return RolesMade(names, missing)
    with engine.begin() as connection:
        _shut_out_the_public(connection, str(engine.url.database))
        for side, role in names.items():
            _grant(connection, str(engine.url.database), side, role)
    return RolesMade(names)


def _make(connection: Connection, names: dict[str, str]) -> tuple[str, ...]:
    missing = []
    for role in names.values():
        known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
        if known is None:
            try:
                connection.execute(text(f'CREATE ROLE "{role}" NOLOGIN'))
                connection.commit()
            except ProgrammingError:
                connection.rollback()
                missing.append(role)
    return tuple(missing)


def _shut_out_the_public(connection: Connection, database: str) -> None:
    for statement in (
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC",
    ):
        connection.execute(text(statement))


def _grant(connection: Connection, database: str, side: str, role: str) -> None:
    for kind in ("TABLES", "SEQUENCES"):
        connection.execute(text(f'REVOKE ALL ON ALL {kind} IN SCHEMA public FROM "{role}"'))
    connection.execute(text(f'GRANT CONNECT ON DATABASE "{database}" TO "{role}"'))
    connection.execute(text(f'GRANT USAGE ON SCHEMA public TO "{role}"'))
    connection.execute(text(f'GRANT SELECT ON "{VERSIONS}" TO "{role}"'))
    alike: dict[frozenset[str], list[Table]] = defaultdict(list)
    for table in Base.metadata.sorted_tables:
        alike[rights(table, side)].append(table)
    for deeds, tables in alike.items():
        if not deeds:
            continue
        listed = ", ".join(f'"{table.name}"' for table in tables)
        connection.execute(text(f'GRANT {", ".join(sorted(deeds))} ON {listed} TO "{role}"'))
        if "INSERT" in deeds:
            _grant_sequences(connection, role, tables)


def _grant_sequences(connection: Connection, role: str, tables: list[Table]) -> None:
    statement = text(
        "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "
        "JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(:tables)"
    )
    found = connection.scalars(statement, {"tables": [table.name for table in tables]}).all()
    if found:
        listed = ", ".join(f'"{name}"' for name in sorted(set(found)))
        connection.execute(text(f'GRANT USAGE, SELECT ON SEQUENCE {listed} TO "{role}"'))


def differences(engine: Engine) -> list[str] | None:
    """Return every right that is not as its table declares it; None where there are no roles."""
    if engine.dialect.name != "postgresql":
        return None
    names = {side: role_name(str(engine.url.database), side) for side in SIDES}
    with engine.connect() as connection:
        there = set(
            connection.scalars(
                text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)"),
                {"names": list(names.values())},
            )
        )
        if not there:
            return None
        found = [f"the role {role} is missing" for role in names.values() if role not in there]
        for side, role in names.items():
            if role in there:
                found += _wrong_rights(connection, side, role)
        return found + _rights_of_the_public(connection) + _without_row_security(connection)


def _wrong_rights(connection: Connection, side: str, role: str) -> list[str]:
    found = []
    for name, held in rights_held(connection, role).items():
        table = Base.metadata.tables.get(name)
        wanted = frozenset({"SELECT"} if name == VERSIONS else ()) if table is None else rights(table, side)
        found += [f"{role} lacks {deed} on {name}" for deed in sorted(wanted - held)]
        found += [f"{role} has {deed} on {name}" for deed in sorted(held - wanted)]
    return found


def rights_held(connection: Connection, role: str) -> dict[str, frozenset[str]]:
    """Return what a role or login may do with each table, by whatever way it got there."""
    statement = text(
        "SELECT c.relname, has_any_column_privilege(:role, c.oid, 'SELECT'), "
        "has_any_column_privilege(:role, c.oid, 'INSERT'), has_any_column_privilege(:role, c.oid, 'UPDATE'), "
        "has_table_privilege(:role, c.oid, 'DELETE') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')"
    )
    return {
        name: frozenset(deed for deed, held in zip(DEEDS, flags, strict=True) if held)
        for name, *flags in connection.execute(statement, {"role": role})
    }


def _rights_of_the_public(connection: Connection) -> list[str]:
    statement = text(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges "
        "WHERE grantee = 'PUBLIC' AND table_schema = 'public' ORDER BY 1, 2"
    )
    return [f"everybody has {deed} on {name}" for name, deed in connection.execute(statement)]


def _without_row_security(connection: Connection) -> list[str]:
    wanted = {table.name for table in Base.metadata.sorted_tables if table.info.get("rows_by_side")}
    statement = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relname = ANY(:names)")
    there = set(connection.scalars(statement, {"names": sorted(wanted)}))
    return [f"{name} shows every row to every side" for name in sorted(wanted - there)]


def lacking(connection: Connection, side: str) -> list[str]:
    """Return what keeps the wall from standing besides too many rights: row security that is not there."""
    return _without_row_security(connection) + _rights_of_the_public(connection)


def reaches(connection: Connection, side: str) -> list[str]:
    """Return what the login of this connection may do to the other side, whatever role it has put on.

    A role that was put on can be taken off again by whoever gets a statement in; only what the login itself
    lacks is a wall.
    """
    row = connection.execute(
        text(
            "SELECT session_user, rolsuper, rolbypassrls, rolcreaterole "
            "FROM pg_roles WHERE rolname = session_user"
        )
    ).one()
    login = str(row[0])
    strengths = zip(("superuser", "BYPASSRLS", "CREATEROLE"), row[1:], strict=True)
    found = [f"{login} is {name}" for name, has in strengths if has]
    for name, held in rights_held(connection, login).items():
        table = Base.metadata.tables.get(name)
        if table is not None:
            found += [f"{login} has {deed} on {name}" for deed in sorted(held - rights(table, side))]
    others = text(
        "SELECT rolname FROM pg_roles "
        "WHERE rolname = ANY(:names) AND pg_has_role(session_user, oid, 'MEMBER')"
    )
    database = connection.engine.url.database
    names = [role_name(str(database), other) for other in SIDES if other != side]
    return found + [f"{login} is a member of {role}" for role in connection.scalars(others, {"names": names})]
