"""What a sitting demands of its machines: set by who arranges, before it opens; lifted while it runs."""

import gzip
import plistlib

import pytest
from sqlalchemy import select

from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import make_arranged_sitting, make_sitting
from trainhub import ledger
from trainhub.exams.delivery import demands
from trainhub.exams.delivery.models_of_surroundings import Surroundings
from trainhub.exams.delivery.seb_keys import config_key
from trainhub.exams.sites.networks import set_networks
from trainhub.exams.sittings.changes import changes_of
from trainhub.exams.sittings.conduct import obstacles_to_opening
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.separation.duties import Duty

URL = "http://127.0.0.1:8000"


@pytest.fixture
def arranged(app):
    """A sitting with seats, and who arranges it."""
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.ARRANGE_SITTINGS, centre)
        second = make_officer(Duty.ARRANGE_SITTINGS, centre)
        code = make_arranged_sitting(centre, by, second).code
    return code, by


def sitting_of(arranged):
    return db.session.scalars(select(Sitting).where(Sitting.code == arranged[0])).one()


def demanding(arranged, **demanded):
    facts = {"network_only": False, "lockdown": False, "public_url": URL, "by": arranged[1]} | demanded
    return demands.demand(sitting_of(arranged), **facts)


def kinds():
    return db.session.scalars(select(ledger.Entry.kind)).all()


def settings_in(content):
    return plistlib.loads(gzip.decompress(gzip.decompress(content)[4:]))


def test_demanding_the_locked_browser_makes_its_configuration_and_is_recorded(arranged):
    with transaction():
        own = demanding(arranged, lockdown=True)
        key, content = own.config_key, own.file

    assert config_key(settings_in(content)) == key
    assert "sitting.surroundings.set" in kinds()
    assert changes_of(sitting_of(arranged))[0].kind == "surroundings_set"


def test_the_ledger_keeps_no_key_with_which_a_reader_could_pretend(arranged):
    with transaction():
        key = demanding(arranged, lockdown=True).config_key
    bodies = db.session.scalars(select(ledger.Entry.body)).all()
    assert not any(key in (body or "") for body in bodies)


def test_the_rooms_network_cannot_be_demanded_where_none_is_entered(arranged):
    with pytest.raises(Conflict, match="第1机房"), transaction():
        demanding(arranged, network_only=True)
    assert demands.surroundings_of(sitting_of(arranged)) is None


def test_a_network_taken_away_later_keeps_the_sitting_from_being_opened(arranged):
    with transaction():
        sitting = sitting_of(arranged)
        set_networks(sitting.rooms[0].exam_room, ["10.8.1.0/24"], by=arranged[1])
        demanding(arranged, network_only=True)
        before = [str(each.text) for each in obstacles_to_opening(sitting)]
        set_networks(sitting.rooms[0].exam_room, [], by=arranged[1])
        after = [str(each.text) for each in obstacles_to_opening(sitting)]
    assert not any("第1机房" in each for each in before)
    assert any("第1机房" in each for each in after)


def test_a_configuration_that_leads_to_another_site_keeps_the_sitting_from_being_opened(arranged):
    with transaction():
        demanding(arranged, lockdown=True, public_url="https://exam.example.org")
        obstacles = [str(each.text) for each in obstacles_to_opening(sitting_of(arranged))]
    assert any("指向另一个地址" in each for each in obstacles)


def test_a_new_configuration_has_another_key_and_takes_passwords_that_are_kept_nowhere(arranged):
    with transaction():
        first = demanding(arranged, lockdown=True).config_key
        own = demands.make_configuration(
            sitting_of(arranged), quit_password="leave-now", public_url=URL, by=arranged[1]
        )
        settings = settings_in(own.file)
        assert own.config_key != first
        closed = demands.make_configuration(
            sitting_of(arranged), file_password="open-sesame", public_url=URL, by=arranged[1]
        )
        assert gzip.decompress(closed.file)[:4] == b"pswd"
    assert len(settings["hashedQuitPassword"]) == 64
    row = db.session.execute(select(Surroundings.__table__)).mappings().one()
    assert not any(word in str(value) for value in row.values() for word in ("leave-now", "open-sesame"))


@pytest.mark.parametrize("password", ["short", "x" * 65, "密码密码密码密码", "tab\tinside"])
def test_a_password_that_no_keyboard_of_a_locked_machine_has_is_refused(arranged, password):
    with pytest.raises(Invalid), transaction():
        demands.make_configuration(
            sitting_of(arranged), quit_password=password, public_url=URL, by=arranged[1]
        )


def test_keys_of_browsers_are_read_each_once_and_a_wrong_one_is_named(arranged):
    assert demands.read_browser_keys(f"{'AB' * 32}\n{'ab' * 32}, {'cd' * 32}") == ["ab" * 32, "cd" * 32]
    with pytest.raises(Invalid, match="abc"):
        demands.read_browser_keys("abc")
    with pytest.raises(Invalid, match="40"):
        demands.read_browser_keys("\n".join(f"{number:064x}" for number in range(41)))


def test_once_opened_demands_are_lifted_with_a_reason_and_never_set(arranged):
    with transaction():
        demanding(arranged, lockdown=True)
        sitting = sitting_of(arranged)
        with pytest.raises(Conflict):
            demands.lift(sitting, "还没有开考", by=arranged[1])
        sitting.state = SittingState.OPEN
        with pytest.raises(Conflict, match="已开放"):
            demanding(arranged, lockdown=False)
        with pytest.raises(Conflict, match="已开放"):
            demands.make_configuration(sitting, public_url=URL, by=arranged[1])
        with pytest.raises(Invalid):
            demands.lift(sitting, " ", by=arranged[1])
        demands.lift(sitting, "全部机器无法启动", by=arranged[1])
        with pytest.raises(Conflict):
            demands.lift(sitting, "全部机器无法启动", by=arranged[1])
    assert "sitting.surroundings.lifted" in kinds()
    assert changes_of(sitting_of(arranged))[0].reason == "全部机器无法启动"


@pytest.fixture
def office(arranged, client):
    """A browser in which who arranges is signed in."""
    client.sign_in(arranged[1])
    return client


def test_demands_are_set_and_the_file_fetched_over_the_pages(arranged, office):
    address = f"/exam/sittings/{arranged[0]}/surroundings"
    assert office.get(f"{address}/configuration.seb").status_code == 404
    assert office.post(address, data={"lockdown": "y", "browser_keys": "ab" * 32}).status_code == 302
    own = demands.surroundings_of(sitting_of(arranged))
    key, code = own.config_key, own.code
    for language in ("zh_CN", "en"):
        page = office.get(address, query_string={"lang": language}).text
        assert key in page
        assert f"seb://127.0.0.1:8000/exam/lockdown/{code}.seb" in page
        assert address in office.get(f"/exam/sittings/{arranged[0]}", query_string={"lang": language}).text
    file = office.get(f"{address}/configuration.seb")
    assert config_key(settings_in(file.data)) == key
    assert file.mimetype == "application/seb"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_set(arranged, office):
    address = f"/exam/sittings/{arranged[0]}/surroundings"
    assert office.post(address, data={"lockdown": "y", "browser_keys": "abc"}).status_code == 422
    assert office.post(f"{address}/configuration", data={"quit_password": "short"}).status_code == 422
    assert demands.surroundings_of(sitting_of(arranged)) is None


def test_a_machine_fetches_the_file_by_its_address_while_the_sitting_needs_it(arranged, client):
    with transaction():
        code = demanding(arranged, lockdown=True).code
    assert client.get(f"/exam/lockdown/{code}.seb").status_code == 200
    assert client.get(f"/exam/lockdown/{'0' * 32}.seb").status_code == 404
    with transaction():
        sitting_of(arranged).state = SittingState.CLOSED
    assert client.get(f"/exam/lockdown/{code}.seb").status_code == 404


def test_a_file_that_is_not_demanded_any_more_is_not_handed_out(arranged, client):
    with transaction():
        code = demanding(arranged, lockdown=True).code
        demanding(arranged, lockdown=False)
    assert client.get(f"/exam/lockdown/{code}.seb").status_code == 404


def test_the_locked_browser_ends_at_a_page_that_is_there(client):
    for language in ("zh_CN", "en"):
        assert client.get("/exam/lockdown/quit", query_string={"lang": language}).status_code == 200


def test_demands_are_lifted_on_the_page_while_the_sitting_runs(arranged, office):
    with transaction():
        demanding(arranged, lockdown=True)
        sitting_of(arranged).state = SittingState.OPEN
    address = f"/exam/sittings/{arranged[0]}/surroundings"
    assert office.post(f"{address}/lift", data={"reason": ""}).status_code == 422
    assert "lift" in office.get(address).text
    assert office.post(f"{address}/lift", data={"reason": "全部机器无法启动"}).status_code == 302
    assert demands.surroundings_of(sitting_of(arranged)).lockdown is False


def test_sittings_of_other_centres_are_not_found(arranged, office):
    with transaction():
        centre = make_centre()
        other = make_sitting(centre, make_officer(Duty.ARRANGE_SITTINGS, centre)).code
    address = f"/exam/sittings/{other}/surroundings"
    assert office.get(address).status_code == 404
    assert office.get(f"{address}/configuration.seb").status_code == 404
    for path in ("", "/configuration", "/lift"):
        assert office.post(f"{address}{path}", data={"reason": "一二三四"}).status_code == 404
