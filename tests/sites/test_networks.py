"""Networks of a room: read from what people type, compared with what a server sees, entered on the page."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories.people import make_officer
from tests.factories.sites import make_centre, make_site
from trainhub import ledger
from trainhub.exams.sites.models import Site
from trainhub.exams.sites.networks import is_inside, networks_of, read_address, read_networks, set_networks
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty


def test_networks_are_read_one_a_line_or_with_commas_each_once():
    typed = "10.8.1.0/24\n203.0.113.7, 2001:DB8:8:1::/64，10.8.1.0/24\n"
    assert read_networks(typed) == ["10.8.1.0/24", "203.0.113.7/32", "2001:db8:8:1::/64"]
    assert read_networks(" \n") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("room 5", "room 不是网段"),
        ("10.8.1.300/24", "10.8.1.300/24 不是网段"),
        ("10.8.1.7/24", "对应的网段应为 10.8.1.0/24"),
        ("0.0.0.0/0", "包含所有地址"),
        ("::/0", "包含所有地址"),
        ("::ffff:10.8.1.0/120", "写成 IPv4 网段"),
    ],
)
def test_what_is_no_network_is_refused_and_said_which(app, typed, said):
    with app.test_request_context(), pytest.raises(Invalid, match=said):
        read_networks(f"10.8.1.0/24\n{typed}")


def test_a_room_has_not_more_networks_than_anybody_reads(app):
    with app.test_request_context(), pytest.raises(Invalid, match="50"):
        read_networks("\n".join(f"10.8.{number}.0/24" for number in range(51)))


@pytest.mark.parametrize(
    ("address", "belongs"),
    [
        ("10.8.1.1", True),
        ("10.8.2.1", False),
        ("::ffff:10.8.1.1", True),
        ("::ffff:a08:101", True),
        ("::ffff:10.8.2.1", False),
        ("2001:db8:8:1::77", True),
        ("2001:db8:8:2::77", False),
        ("fe80::1%eth0", False),
        ("10.8.1.1:5151", False),
        ("localhost", False),
        ("", False),
        ("10.8.1.1, 203.0.113.9", False),
    ],
)
def test_an_address_belongs_or_not_also_in_ipv6_clothes(address, belongs):
    networks = [ipaddress.ip_network(each) for each in ("10.8.1.0/24", "2001:db8:8:1::/64")]
    assert is_inside(read_address(address), networks) is belongs


@given(st.ip_addresses(), st.integers(1, 32))
def test_an_address_belongs_to_the_network_that_is_made_of_it(address, length):
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    if address.version == 6 and address.ipv4_mapped:
        return
    assert is_inside(read_address(str(address)), [network])


@pytest.fixture
def site(app):
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.MANAGE_SITES, centre)
        return make_site(centre, rooms=2).code, by


def test_networks_are_entered_at_the_room_and_in_the_ledger(site):
    code, by = site
    with transaction():
        room = db.session.scalars(select(Site).where(Site.code == code)).one().rooms[0]
        set_networks(room, ["10.8.1.0/24"], by=by)
        set_networks(room, ["10.8.2.0/24", "10.8.1.0/24"], by=by)
        assert networks_of(room) == ["10.8.2.0/24", "10.8.1.0/24"]
    kinds = db.session.scalars(select(ledger.Entry.kind)).all()
    assert kinds.count("site.room.networks") == 2


def test_entering_what_stands_there_already_leaves_no_trace(site):
    code, by = site
    with transaction():
        room = db.session.scalars(select(Site).where(Site.code == code)).one().rooms[0]
        set_networks(room, [], by=by)
    assert "site.room.networks" not in db.session.scalars(select(ledger.Entry.kind)).all()


def test_the_page_of_a_room_takes_networks_and_says_which_line_is_wrong(site, client):
    code, by = site
    client.sign_in(by)
    address = f"/exam/sites/{code}/rooms/R1"
    wrong = client.post(address, data={"networks": "10.8.1.0/24\n10.8.1.7/24"})
    assert wrong.status_code == 422
    assert "10.8.1.0/24。" in wrong.text
    assert client.post(address, data={"networks": "10.8.1.0/24"}).status_code == 302
    for language in ("zh_CN", "en"):
        assert "10.8.1.0/24" in client.get(f"/exam/sites/{code}", query_string={"lang": language}).text
        assert "10.8.1.0/24" in client.get(address, query_string={"lang": language}).text


def test_rooms_of_other_centres_and_rooms_that_are_not_there_are_not_found(site, client):
    code, by = site
    with transaction():
        other = make_site(make_centre(), by=record_person("登记人", by=None)).code
    client.sign_in(by)
    assert client.get(f"/exam/sites/{other}/rooms/R1").status_code == 404
    assert client.post(f"/exam/sites/{other}/rooms/R1", data={"networks": "10.8.1.0/24"}).status_code == 404
    assert client.get(f"/exam/sites/{code}/rooms/R9").status_code == 404
