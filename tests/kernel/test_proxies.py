"""Who asks: the word of a proxy counts only where one of ours stands in front."""

from dataclasses import replace

import pytest
from flask import request

from trainhub import create_app
from trainhub.config import BadSetting, read_settings


def address_seen(app, settings, forwarded):
    """The address and scheme that a request comes from, as an application sees it."""
    other = create_app(settings)
    seen = {}
    other.before_request_funcs.setdefault(None, []).insert(
        0, lambda: seen.update(address=request.remote_addr, scheme=request.scheme)
    )
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    with other.app_context():
        other.test_client().get("/healthz", headers=headers)
    return seen["address"], seen["scheme"]


def test_without_a_proxy_nobodys_word_counts(app):
    settings = app.config["SETTINGS"]
    assert address_seen(app, settings, "203.0.113.9") == ("127.0.0.1", "http")


def test_behind_one_proxy_the_last_hop_counts_and_what_was_claimed_before_does_not(app):
    settings = replace(app.config["SETTINGS"], proxies=1)
    assert address_seen(app, settings, "198.51.100.1, 203.0.113.9") == ("203.0.113.9", "https")


@pytest.mark.parametrize("text", ["-1", "many", "10", "1.5"])
def test_a_number_of_proxies_that_cannot_be_is_refused(text, tmp_path):
    with pytest.raises(BadSetting, match="TRAINHUB_PROXIES"):
        read_settings({"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_PROXIES": text})
