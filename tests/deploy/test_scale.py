"""The document of scale says what its inputs give, and the arithmetic is what it says."""

import copy
import json

import pytest

from benchmarks import scale
from tests.servers import postgres_url  # noqa: F401  (fixture)
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db

INPUTS = json.loads(scale.INPUTS.read_text(encoding="utf-8"))


def test_the_tables_of_the_document_are_those_of_the_inputs():
    document = scale.DOCUMENT.read_text(encoding="utf-8")
    assert scale.BEGIN in document and scale.END in document
    assert scale.write(document, INPUTS) == document, "run: python -m benchmarks.scale --write"


def test_every_measured_block_says_how_it_was_measured():
    for block in ("cpu_ms", "memory", "wire_bytes"):
        assert len(INPUTS[block]["measured"].split()) > 5


@pytest.mark.parametrize("size", scale.SIZES)
def test_ten_times_the_candidates_need_ten_times_the_cores_and_the_disk(size):
    one, ten = scale.need(INPUTS, size), scale.need(INPUTS, size * 10)
    for part in scale.PARTS:
        assert ten.cores[part] == pytest.approx(one.cores[part] * 10)
    assert ten.rows_gb == pytest.approx(one.rows_gb * 10)
    assert ten.log_mb_s == pytest.approx(one.log_mb_s * 10)
    assert ten.processes <= one.processes * 10


def test_who_begins_in_turn_needs_less_network_and_never_more_cores():
    rush, turn = scale.need(INPUTS, 100_000), scale.need(INPUTS, 100_000, in_turn=True)
    assert turn.mbit_out == pytest.approx(rush.mbit_out / 10)
    assert all(turn.cores[part] <= rush.cores[part] for part in scale.PARTS)


def test_the_arithmetic_by_hand():
    inputs = copy.deepcopy(INPUTS)
    inputs["assumed"] |= {"change_every_s": 50, "beat_every_s": 25, "start_within_s": 100, "busy_share": 0.5}
    inputs["assumed"] |= {"hand_in_within_s": 1000, "minutes": 100}
    for kind, web in {"save": 2, "beat": 1, "opening": 10, "hand_in": 5}.items():
        inputs["cpu_ms"][kind] = {"web": web, "database": 0, "nginx": 0}
    place = inputs["storage"]["postgresql"][scale.FILLFACTOR]
    place |= {
        "bytes_per_row": 100,
        "bytes_per_attempt": 1000,
        "wal_bytes_per_save": 500,
        "wal_bytes_per_beat": 50,
    }
    found = scale.need(inputs, 1000)
    # At work 20 saves of 2 ms, 40 beats of 1 ms: 0.08 cores. All begin: half of it, 10 openings of 10 ms, and
    # 10 pages that tell which machine they are on, as costly as a beat.
    assert found.cores["web"] == pytest.approx(0.04 + 0.1 + 0.01)
    assert found.log_mb_s == pytest.approx((20 * 500 + 40 * 50) / 1e6)
    # 100 minutes are 120 answers of 100 bytes, and an attempt of 1,000.
    assert found.rows_gb == pytest.approx(1000 * (120 * 100 + 1000) / 1e9)
    # 30 of those at work, 10 that tell their machine, and two requests for each of 10 openings.
    assert found.peak == (pytest.approx(60), "at work")
    assert found.processes == 2
    # Each of the two knows all 1,000, and may take as many connections as its pool gives.
    inputs["memory"] |= {"web_process_mb": 200, "web_kb_per_attempt": 1.024 * 10}
    assert scale.need(inputs, 1000).web_gb == pytest.approx(2 * (200 + 10) / 1024)
    assert found.connections == 60


@pytest.mark.postgres
def test_a_process_takes_no_more_connections_than_are_counted(postgres_url, tmp_path):  # noqa: F811
    settings = read_settings({"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": postgres_url})
    keys.create_missing_keys(settings.keys)
    with create_app(settings).app_context():
        pool = db.engine.pool
        assert pool.size() + pool._max_overflow == INPUTS["assumed"]["database_connections_per_process"]
        db.engine.dispose()
