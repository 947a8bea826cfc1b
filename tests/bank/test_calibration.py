"""Rasch and 2PL find the parameters that made the data, and those that are published."""

import os
from pathlib import Path

import numpy as np
import pytest

from trainhub.exams.bank.statistics.calibration import Model, calibrate, fitting_model
from trainhub.exams.bank.statistics.curves import (
    Parameters,
    characteristic,
    expected_share,
    information,
    observed_points,
    whole_information,
)

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
LSAT6 = SHARED / "psychometrics" / "lsat6.csv"
references = pytest.mark.skipif(not LSAT6.is_file(), reason="the shared reference data are not here")


def simulate(difficulties, slopes, size=2000, seed=11):
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=size)
    right = 1 / (1 + np.exp(-np.array(slopes) * (ability[:, None] - np.array(difficulties))))
    return (chance.random(right.shape) < right).astype(float), ability


def test_rasch_recovers_seeded_difficulties():
    wanted = np.linspace(-2, 2, 15)
    scores, ability = simulate(wanted, np.ones(15))
    found = calibrate(scores, Model.RASCH)
    assert found.converged
    assert max(abs(each.difficulty - b) for each, b in zip(found.items, wanted, strict=True)) < 0.2
    assert found.items[0].discrimination == pytest.approx(1, abs=0.1)
    assert np.corrcoef(found.abilities, ability)[0, 1] > 0.8


def test_2pl_recovers_seeded_slopes_within_their_errors():
    slopes = np.linspace(0.6, 2, 12)
    scores, _ability = simulate(np.linspace(-1.5, 1.5, 12), slopes)
    found = calibrate(scores, Model.TWO_PARAMETERS)
    off = [
        abs(each.discrimination - a) / each.discrimination_error
        for each, a in zip(found.items, slopes, strict=True)
    ]
    assert max(off) < 3.5


@references
def test_lsat6_gives_the_published_values():
    scores = np.loadtxt(LSAT6, delimiter=",", skiprows=1)
    rasch, two = calibrate(scores, Model.RASCH), calibrate(scores, Model.TWO_PARAMETERS)
    assert rasch.log_likelihood == pytest.approx(-2466.938, abs=1e-3)
    assert two.log_likelihood == pytest.approx(-2466.653, abs=1e-3)
    published = (-3.3597, -1.3696, -0.2799, -1.8659, -3.1236)
    for each, difficulty in zip(two.items, published, strict=True):
        assert each.difficulty == pytest.approx(difficulty, abs=5e-3)


def test_the_order_of_candidates_changes_no_parameter():
    scores, _ability = simulate([-1, 0, 1, 0.5], [1, 1.2, 0.8, 1], size=300)
    one = calibrate(scores, Model.TWO_PARAMETERS)
    other = calibrate(scores[::-1], Model.TWO_PARAMETERS)
    assert one.log_likelihood == pytest.approx(other.log_likelihood)
    assert np.allclose(one.posterior, other.posterior[::-1], atol=1e-4)


def test_an_item_that_everybody_got_right_has_no_parameters():
    scores, _ability = simulate([0, 0.5, -0.5], [1, 1, 1], size=100)
    found = calibrate(np.hstack([np.ones((100, 1)), scores]), Model.RASCH)
    assert [each is None for each in found.items] == [True, False, False, False]


@pytest.mark.parametrize("scores", [np.ones((5, 3)), np.zeros((0, 3)), np.array([[1.0, 0], [0, 0]])])
def test_what_does_not_vary_is_not_calibrated(scores):
    assert calibrate(scores, Model.RASCH) is None


def test_a_wrong_key_has_a_falling_curve():
    scores, _ability = simulate([0, 0.5, -0.5, 0.2, 0.1], [1.5] * 5, size=500)
    scores[:, 0] = 1 - scores[:, 0]
    assert calibrate(scores, Model.TWO_PARAMETERS).items[0].discrimination < 0


def test_a_curve_is_half_at_its_difficulty_and_tells_most_there():
    item, abilities = Parameters(0.5, 1.4), np.linspace(-4, 4, 801)
    assert characteristic(item, np.array([0.5]))[0] == pytest.approx(0.5)
    assert abilities[information(item, abilities).argmax()] == pytest.approx(0.5, abs=0.01)
    assert information(item, abilities).max() == pytest.approx(1.4**2 / 4)
    assert np.allclose(whole_information([item, item], abilities), 2 * information(item, abilities))
    assert np.allclose(expected_share([item, item], abilities), characteristic(item, abilities))


def test_observed_points_lie_near_the_curve_of_a_model_that_holds():
    scores, _ability = simulate(np.linspace(-1, 1, 20), np.ones(20))
    found = calibrate(scores, Model.RASCH)
    points = observed_points(found.posterior, found.nodes, scores[:, 10])
    many = [each for each in points if each.weight > 100]
    assert len(many) >= 5
    for each in many:
        assert each.share == pytest.approx(
            characteristic(found.items[10], np.array([each.ability]))[0], abs=0.1
        )


def test_the_model_is_as_rich_as_the_candidates_allow():
    assert [fitting_model(count) for count in (29, 30, 199, 200)] == [
        None,
        Model.RASCH,
        Model.RASCH,
        Model.TWO_PARAMETERS,
    ]
