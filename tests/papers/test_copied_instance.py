"""A copy of the whole database and of the key folder: what it opens, before and after the officers acted."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import current_app
from sqlalchemy import LargeBinary, select, text

from tests.factories.bank import make_sealed, make_staff
from tests.factories.opening import (
    make_opening_officers,
    make_sealed_for,
    make_waiting_sitting,
    passphrase_of,
)
from trainhub.exams import papers
from trainhub.exams.delivery.forms_prepared import prepare_on_record
from trainhub.exams.papers.models_opening import OpeningKey, Share
from trainhub.exams.papers.opening_keys import TIME_COST
from trainhub.exams.papers.shares import combine, context_of, unseal
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import Base, db
from trainhub.kernel.rewrapping import _sealed, rewrap

pytestmark = pytest.mark.usefixtures("app")


def keys_in_files(app):
    """The keys of the key folder."""
    folder = app.config["SETTINGS"].keys
    return {keys.read_key(folder, path.stem) for path in folder.glob("*.key")}


def keys_in(app):
    """Every 32 bytes of the instance that could be a key: files, cells, what the master key opens."""
    found = keys_in_files(app)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                found |= {bytes(cell) for cell in db.session.scalars(select(column)) if cell}
    for each in _sealed:
        for row in db.session.scalars(select(each.model)):
            value = getattr(row, each.column)
            if value and not each.in_file:
                found.add(keys.unseal("exam", value, each.context(row)))
    return {key for key in found if len(key) == 32}


def opened_with(candidates, paper):
    """What a paper says to somebody who tries every key; None if none fits."""
    tried = set(candidates) | {key for pair in shares_opened(candidates, paper) for key in pair}
    for key in tried:
        if cipher.is_sealed_with(key, paper.content_sealed, f"paper:{paper.code}"):
            return json.loads(cipher.decrypt(key, paper.content_sealed, f"paper:{paper.code}"))
    return None


def shares_opened(candidates, paper):
    """Keys that come out if any two candidates are taken for shares, or one of them reads a share."""
    private = [X25519PrivateKey.from_private_bytes(key) for key in candidates]
    read = []
    for share in db.session.scalars(select(Share).where(Share.paper_id == paper.id)):
        context = context_of(paper.code, share.number, share.key.code)
        for key in private:
            try:
                read.append((share.number, unseal(key, share.sealed, context)))
            except cipher.Undecipherable:
                continue
    assert read == [], "a share was read without its officer"
    plain = list(candidates)
    return [
        (combine([(1, one), (2, other)]), combine([(2, one), (3, other)]))
        for one in plain
        for other in plain
        if one is not other
    ]


def test_no_key_of_the_instance_reads_a_paper_before_two_officers_acted(app):
    staff = make_staff()
    officers = make_opening_officers(staff.centre)
    paper = make_sealed_for(staff, officers)
    sitting = make_waiting_sitting(paper)

    assert opened_with(keys_in(app), paper) is None
    papers.give_share(paper, sitting.code, passphrase_of(0), by=officers[0])
    assert opened_with(keys_in(app), paper) is None
    papers.give_share(paper, sitting.code, passphrase_of(1), by=officers[1])

    assert len(opened_with(keys_in(app), paper)["items"]) == 8, "the control: two officers have acted"


def test_a_copy_reads_a_paper_of_the_clock_at_once_which_is_the_weakness_the_report_states(app):
    paper = make_sealed(make_staff())

    assert len(opened_with(keys_in(app), paper)["items"]) == 8


def test_no_cell_of_the_database_names_an_item_beside_the_sealed_paper(app):
    staff = make_staff()
    paper = make_sealed_for(staff, make_opening_officers(staff.centre))
    db.session.commit()

    for table in Base.metadata.sorted_tables:
        names = {column.name for column in table.columns}
        if {"paper_id", "item_id"} <= names:
            rows = db.session.execute(select(table).where(table.c.paper_id == paper.id)).all()
            assert rows == [], table.name
        if {"paper_code", "item_code"} <= names:
            rows = db.session.execute(select(table).where(table.c.paper_code == paper.code)).all()
            assert rows == [], table.name
    bodies = db.session.scalars(text("SELECT body FROM ledger_entry")).all()
    assert not [body for body in bodies if body and paper.code in body and '"item"' in body]


def test_neither_passphrase_nor_private_key_stands_in_the_database_or_the_folder(app):
    staff = make_staff()
    make_opening_officers(staff.centre)
    db.session.commit()
    instance = current_app.config["SETTINGS"].instance
    content = b"".join(path.read_bytes() for path in instance.rglob("*") if path.is_file())

    assert b"opening_key.made" in content, "the control"
    assert passphrase_of(0).encode() not in content
    key = db.session.scalars(select(OpeningKey)).first()
    assert (len(key.private_sealed), key.time_cost) == (12 + 32 + 16, TIME_COST)


def written_ways(secret):
    """Ways in which bytes may stand in a cell or a file."""
    letters = secret.hex()
    return [secret, letters.encode(), letters.upper().encode(), b64encode(secret), urlsafe_b64encode(secret)]


def all_cells():
    """Everything that a dump of all tables holds, cell by cell."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            for cell in row:
                yield cell if isinstance(cell, bytes) else str(cell).encode()


def test_a_backup_without_the_key_folder_holds_neither_the_key_nor_a_question_of_an_opened_paper(app):
    staff = make_staff()
    officers = make_opening_officers(staff.centre)
    paper = make_sealed_for(staff, officers)
    sitting = make_waiting_sitting(paper)
    for number in (0, 1):
        papers.give_share(paper, sitting.code, passphrase_of(number), by=officers[number])
    db.session.commit()
    with clock.set_to(sitting.starts_at + timedelta(minutes=1)):
        prepare_on_record(paper.code, sitting.code)
    shown = app.extensions["opened-papers"][paper.code, sitting.code]
    stems = [item.body.stem for item in shown.items]
    paper_key = keys.unseal("exam", paper.key_sealed, f"paper-key:{paper.code}")
    settings = app.config["SETTINGS"]
    files = [path for path in settings.instance.rglob("*") if path.is_file()]
    backup = b"\0".join(
        [*all_cells(), *(path.read_bytes() for path in files if settings.keys not in path.parents)]
    )

    assert b"paper.opened_by_two" in backup and paper.key_sealed in backup, "the control"
    assert [path for path in files if settings.keys in path.parents], (
        "the folder that is left out has the keys"
    )
    for each in (paper_key, *keys_in_files(app)):
        assert not [way for way in written_ways(each) if way in backup]
    for stem in stems:
        assert stem.encode() not in backup
        assert json.dumps(stem)[1:-1].encode() not in backup


def test_a_new_master_key_seals_what_the_first_officer_gave_and_the_opened_paper(app):
    staff = make_staff()
    officers = make_opening_officers(staff.centre)
    paper = make_sealed_for(staff, officers)
    sitting = make_waiting_sitting(paper)
    papers.give_share(paper, sitting.code, passphrase_of(0), by=officers[0])
    db.session.commit()

    keys.begin_rotation("exam")
    rewrap()
    for name in keys.end_rotation("exam"):
        (app.config["SETTINGS"].keys / name).unlink()
    app.extensions["keys"].clear()

    assert papers.give_share(paper, sitting.code, passphrase_of(1), by=officers[1]) is True
    keys.begin_rotation("exam")
    db.session.commit()
    assert rewrap() > 0
    assert opened_with(keys_in(app), paper) is not None
