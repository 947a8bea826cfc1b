"""Sittings that demand something of their machines, and requests as a locked browser makes them."""

from trainhub.exams.delivery import demands
from trainhub.exams.delivery.seb_keys import BROWSER_KEY_HEADER, CONFIG_KEY_HEADER, request_hash
from trainhub.exams.sites.networks import set_networks
from trainhub.exams.sittings.models import SittingState
from trainhub.kernel.db import db

PUBLIC_URL = "http://127.0.0.1:8000"


def make_demanding(sitting, networks=(), lockdown=False, browser_keys=(), public_url=PUBLIC_URL):
    """What an open sitting had demanded before it opened; committed."""
    by = sitting.planned_by
    if networks:
        set_networks(sitting.rooms[0].exam_room, list(networks), by=by)
    sitting.state = SittingState.ARRANGED
    own = demands.demand(
        sitting,
        network_only=bool(networks),
        lockdown=lockdown,
        browser_keys=browser_keys,
        public_url=public_url,
        by=by,
    )
    sitting.state = SittingState.OPEN
    db.session.commit()
    return own


def locked_browser(address, config_key, browser_key=None, public_url=PUBLIC_URL):
    """The headers that the locked browser adds to a request for an address of the site."""
    headers = {CONFIG_KEY_HEADER: request_hash(public_url + address, config_key)}
    if browser_key is not None:
        headers[BROWSER_KEY_HEADER] = request_hash(public_url + address, browser_key)
    return headers
