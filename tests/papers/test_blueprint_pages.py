"""Whoever has papers assembled from a page that they changed loses nothing of it."""

import re

import pytest
from sqlalchemy import func, select

from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from trainhub.exams.bank.content import ItemType
from trainhub.exams.papers.grid import MOST_COLUMNS, MOST_ROWS, Grid, read_grid
from trainhub.exams.papers.models import Assembly, Blueprint
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job
from trainhub.ledger import Entry


@pytest.fixture
def page(client):
    """A blueprint's page as a browser has it: its address and its fields, none of them changed."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        make_approved(bank, staff, ItemType.TRUE_FALSE, 6)
        make_approved(bank, staff, ItemType.SINGLE, 4)
        code = make_blueprint(staff).code
    client.sign_in(staff.paper_officer)
    db.session.rollback()
    address = f"/exam/papers/blueprints/{code}"
    return address, fields_of(client.get(address).text)


def fields_of(text):
    """What a browser would send of the form with the grid, name by name."""
    form = text[text.index('class="form blueprint-form"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag, inside in re.findall(r"<(input|select)\b(.*?)(?=<input|<select|</form>|\Z)", form, re.DOTALL):
        name = re.search(r'name="([^"]+)"', inside)[1]
        if tag == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', inside)
            value = chosen[1] if chosen else ""
        else:
            head = inside.partition(">")[0]
            if 'type="checkbox"' in head and "checked" not in head:
                continue
            value = (re.search(r'value="([^"]*)"', head) or [None, ""])[1]
        found.setdefault(name, []).append(value)
    return found


def counts_of(code):
    db.session.rollback()
    return [cell["count"] for cell in db.session.query(Blueprint).filter_by(code=code).one().cells]


def changes():
    return db.session.scalar(select(func.count()).where(Entry.kind == "blueprint.changed"))


def changed(fields, count):
    place = next(number for number, each in enumerate(fields["count"]) if each)
    return fields | {"count": [*fields["count"][:place], count, *fields["count"][place + 1 :]]}


def test_assembling_keeps_what_was_changed_on_the_page_first_and_assembles_by_it(client, page):
    address, fields = page
    more = int(next(each for each in fields["count"] if each)) + 1
    typed = changed(fields, str(more)) | {"questions_in_all": "", "marks_in_all": "", "number": "1"}

    assert client.post(f"{address}/papers", data=typed).status_code == 302
    jobs.run_pending()

    assert more in counts_of(address.rpartition("/")[2])
    assert [each["count"] for each in assembled()] == counts_of(address.rpartition("/")[2])


def assembled():
    return db.session.scalars(select(Assembly)).one().cells


def test_assembling_from_a_page_that_was_not_touched_changes_nothing(client, page):
    address, fields = page
    before = counts_of(address.rpartition("/")[2])

    assert client.post(f"{address}/papers", data=fields).status_code == 302

    assert counts_of(address.rpartition("/")[2]) == before and changes() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": "viele"}, "viele"),
        ({"pass_mark": "0"}, "pass_mark-error"),
        ({"number": "99"}, "number-error"),
    ],
)
def test_what_cannot_be_kept_comes_back_as_typed_and_nothing_is_assembled(client, page, wrong, said):
    address, fields = page
    typed = changed(fields, "2" if "count" not in wrong else wrong["count"]) | {"minutes": "77"}
    typed |= {name: value for name, value in wrong.items() if name != "count"}
    answer = client.post(f"{address}/papers", data=typed)

    assert answer.status_code == 422 and said in answer.text
    assert answer.text.count("data-focus") == 1
    assert 'name="minutes"' in answer.text and fields_of(answer.text)["minutes"] == ["77"]
    assert fields_of(answer.text)["count"][:3] == typed["count"][:3]
    assert (db.session.scalar(select(func.count()).select_from(Job)), changes()) == (0, 0)


def summary_of(page):
    """The summary of errors on top of a page, where the focus goes."""
    return page[page.index('class="error-summary"') : page.index('class="facts"')]


def test_a_change_that_is_refused_says_why_on_top_and_at_its_field_and_to_a_program_in_json(client, page):
    address, fields = page
    for wrong, said, at in (
        ({"minutes": ""}, 'href="#minutes"', "minutes-error"),
        ({"questions_in_all": "3"}, 'href="#questions_in_all"', "questions_in_all-error"),
        ({"count": ["x", *fields["count"][1:]]}, "“x”", 'value="x" aria-invalid="true"'),
    ):
        answer = client.post(address, data=fields | wrong)
        assert answer.status_code == 422 and answer.text.count("data-focus") == 1
        assert said in summary_of(answer.text) and at in answer.text
        told = client.post(address, data=fields | wrong, headers={"Accept": "application/json"})
        assert told.status_code == 422 and told.json["error"]
    assert changes() == 0


def test_what_is_wrong_in_the_grid_leads_to_its_cell_wherever_it_stands(client, page):
    address, fields = page
    wide = len(fields["marks"])
    last = [*fields["count"][:-1], "x"]
    for wrong, at in (
        ({"count": ["x", *fields["count"][1:]]}, "count-1-1"),
        ({"count": last}, f"count-{len(last) // wide}-{wide}"),
        ({"marks": ["many", *fields["marks"][1:]]}, "marks-1"),
        ({"count": [*fields["count"][:-1], "2"]}, f"type-{wide}"),
        ({"marks": ["", *fields["marks"][1:]]}, "marks-1"),
    ):
        answer = client.post(address, data=fields | {"questions_in_all": "", "marks_in_all": ""} | wrong)
        assert answer.status_code == 422
        assert f'href="#{at}"' in summary_of(answer.text) and f' id="{at}"' in answer.text
    assert changes() == 0


def test_the_page_has_one_form_so_that_no_button_leaves_its_fields_behind(client, page):
    address, _fields = page
    text = client.get(f"{address}?lang=en").text
    main = text[text.index("<main") : text.index("</main>")]
    assert main.count("<form") == 1 and main.count('formaction="') == 1
    assert "What was changed on this page is kept first." in main


def test_a_demand_that_no_form_can_meet_leaves_no_half_of_a_change(client, page):
    address, fields = page
    before = counts_of(address.rpartition("/")[2])
    more = {"facility": "", "facility_tolerance": "0.1", "questions_in_all": "", "marks_in_all": ""}
    for end in ("", "/papers"):
        answer = client.post(address + end, data=changed(fields, str(max(before) + 1)) | more)
        assert answer.status_code == 422
        assert (counts_of(address.rpartition("/")[2]), changes()) == (before, 0)


def test_adding_up_gives_room_for_more_so_that_a_wide_grid_is_written_at_once(client, page):
    address, fields = page
    wide, counts = len(fields["type"]), fields["count"]
    full = fields | {
        "type": [*fields["type"][:-1], "multiple"],
        "marks": [*fields["marks"][:-1], "3"],
        "count": [*counts[: wide - 1], "1", *counts[wide:]],
    }
    more = fields_of(client.post(address, data=full | {"add_up": "1"}).text)
    assert len(more["type"]) == wide + 1 and more["type"][-1] == ""
    assert more["count"][wide - 1 : wide + 1] == ["1", ""]
    again = fields_of(client.post(address, data=more | {"add_up": "1"}).text)
    assert (again["type"], again["count"]) == (more["type"], more["count"])
    assert changes() == 0


@pytest.mark.parametrize(("columns", "rows"), [(MOST_COLUMNS, 1), (1, MOST_ROWS), (1, MOST_ROWS - 1)])
def test_a_grid_as_large_as_may_be_can_still_be_changed(columns, rows):
    names = [("single", 1 + number) for number in range(columns)]
    points = [(f"P{number:02}", "") for number in range(rows)]
    grid = Grid(tuple(names), tuple(points), ((1,) * columns,) * rows).with_spare()
    assert len(grid.columns) <= MOST_COLUMNS and len(grid.rows) <= MOST_ROWS
    kinds, marks = zip(*grid.columns, strict=True)
    flat = [str(each) for row in grid.counts for each in row]
    again = read_grid(kinds, [str(each) for each in marks], *zip(*grid.rows, strict=True), flat)
    assert again.questions == columns * rows
