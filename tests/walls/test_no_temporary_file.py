"""What is uploaded, written and printed of items never lies in a temporary file."""

from __future__ import annotations

import random
import tempfile
from io import BytesIO

import pytest
from flask import request
from flask_login import UserMixin, login_user

from tests.factories.bank import make_bank, make_staff
from tests.factories.life_of_a_paper import Life
from trainhub.exams.bank.exporting import export_items
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.papers.models import Paper, PrintedForm
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.uploads import LARGEST_FROM_STRANGERS, LARGEST_IN_MEMORY
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import Person

HEAD = ("题型", "题目", "选项", "答案")


@pytest.fixture
def place(app):
    """A bank and its author, where no temporary file can be made."""
    with transaction():
        staff = make_staff()
        return make_bank(staff).code, staff.author.id


@pytest.fixture
def no_temporary_file(monkeypatch, tmp_path):
    """Whoever wants a temporary file fails."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError), tempfile.TemporaryFile():
        pass


def a_large_workbook():
    """Questions that take more room than a form keeps in memory by itself."""
    draw = random.Random(4)
    said = ("".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _each in range(1200)) for _row in range(300))
    return write_workbook("题", HEAD, [["判断题", each, "", "√"] for each in said])


def test_a_large_file_of_questions_comes_in_and_goes_out_again(client, place, no_temporary_file):
    code, author = place
    content = a_large_workbook()
    assert len(content) > 600_000
    client.sign_in(db.session.get_one(Person, author))
    # By hand, for the test's own client lays what is large into a temporary file.
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="1.xlsx"\r\n\r\n'
    sent = head + content + b"\r\n--cut--\r\n"
    client.post(f"/exam/bank/{code}/import", data=sent, content_type="multipart/form-data; boundary=cut")
    jobs.run_pending()
    db.session.rollback()
    assert db.session.query(Item).count() == 300

    with transaction():
        bank = db.session.query(Bank).filter_by(code=code).one()
        by = db.session.get_one(Person, author)
        for form in ("xlsx", "csv", "qti", "moodle", "gift"):
            assert len(export_items(bank, form, by=by).content) > 100_000, form


def test_a_paper_is_proofed_printed_and_sealed_without_one(app, no_temporary_file):
    life = Life()
    paper = db.session.get_one(Paper, life.paper_id)
    assert paper.sealed_at is not None and db.session.query(PrintedForm).count() > 1


def test_what_brings_no_film_may_not_be_larger_than_memory_is_given_for(client, place):
    client.sign_in(db.session.get_one(Person, place[1]))
    data = {"file": (BytesIO(b"0" * LARGEST_IN_MEMORY), "题.xlsx")}
    path = f"/exam/bank/{place[0]}/import"
    assert client.post(path, data=data, content_type="multipart/form-data").status_code == 413


class Somebody(UserMixin):
    """Who is signed in."""

    id = "1"


@pytest.mark.parametrize("path", ["/training/films", "/training/cases/C-1/film"])
def test_films_alone_may_be_larger_and_go_over_the_disk(app, path):
    for address, is_film in ((path, True), ("/exam/bank/B-1/import", False), ("/training/cases/new", False)):
        with app.test_request_context(address, method="POST"):
            login_user(Somebody())
            stream = request._get_file_stream(None, None)
            assert isinstance(stream, BytesIO) is not is_film, address
            assert (request.max_content_length == LARGEST_IN_MEMORY) is not is_film, address


class Counted(BytesIO):
    """A body that tells how much of it was taken in."""

    taken = 0

    def read(self, size=-1):
        found = super().read(size)
        self.taken += len(found)
        return found


@pytest.mark.parametrize("path", ["/exam/bank/{}/import", "/training/films", "/exam/attempt"])
def test_who_is_not_signed_in_fills_no_memory(app, client, place, path):
    """A page for files takes sixty megabytes of whoever it is for; its form is read before its guard."""
    app.config["WTF_CSRF_ENABLED"] = True
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="1.xlsx"\r\n\r\n'
    body = Counted(head + b"0" * LARGEST_FROM_STRANGERS + b"\r\n--cut--\r\n")
    answer = client.post(
        path.format(place[0]),
        input_stream=body,
        content_length=len(body.getvalue()),
        content_type="multipart/form-data; boundary=cut",
    )
    assert (answer.status_code, body.taken) == (413, 0)
