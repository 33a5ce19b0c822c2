# SPDX-License-Identifier: Apache-2.0
"""The stated rate of false alarms, by simulation: honest sittings drawn anew, chances of options estimated as in real work."""

from collections.abc import Callable
from itertools import combinations, permutations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control
from scoring.forensics.calibration import calibrate, honest_answers
from scoring.forensics.options import Answers, OptionChances, nominal_chances, smoothed_chances
from scoring.forensics.pairs import AlarmRule, PairMethod, similar_pairs
from scoring.forensics.screening import FLOOR, LEAST_SD, SLACK, Screen, approximate
from scoring.forensics.tails import upper_tails
from tests.unit.scoring.forensics.sittings import sitting


def shares(method: PairMethod, *, sittings: int, items: int, options: int = 4) -> np.ndarray:
    """Of all tests in honest sittings the shares with an exact p of at most .05, .01, .001."""
    answers, model, slopes, intercepts = sitting(50, items, options=options, seed=items)
    draw = np.random.default_rng(77)
    everybody = list((permutations if method.directed else combinations)(range(50), 2))
    found = []
    for number in range(sittings):
        honest = honest_answers(answers, model, draw)
        by_model = number % 2 == 0
        estimated = nominal_chances(honest, slopes, intercepts) if by_model else smoothed_chances(honest)
        report = similar_pairs(honest, method, model=estimated, ask=everybody)
        found += [pair.p_exact for pair in report.asked]
    p = np.array(found)
    return np.array([(p <= level).mean() for level in (0.05, 0.01, 0.001)])


@pytest.mark.parametrize("method", [PairMethod.GBT, PairMethod.OMEGA])
@pytest.mark.parametrize("items", [20, 60])
def test_exact_tests_keep_their_level_where_ability_is_estimated(method: PairMethod, items: int) -> None:
    assert (shares(method, sittings=4, items=items) <= [0.05, 0.012, 0.0018]).all()


@pytest.mark.battery
@pytest.mark.parametrize("method", [PairMethod.GBT, PairMethod.OMEGA])
@pytest.mark.parametrize("items", [15, 40, 100])
@pytest.mark.parametrize("options", [3, 5])
def test_exact_tests_keep_their_level_over_many_sittings(
    method: PairMethod, items: int, options: int
) -> None:
    assert (shares(method, sittings=100, items=items, options=options) <= [0.05, 0.0105, 0.00115]).all()


def fitter(slopes: np.ndarray, intercepts: np.ndarray) -> Callable[[Answers], OptionChances]:
    return lambda answers: nominal_chances(answers, slopes, intercepts)


@pytest.mark.parametrize(
    "method", [PairMethod.GBT, PairMethod.OMEGA, PairMethod.K, PairMethod.K2, PairMethod.S1]
)
def test_an_honest_sitting_has_an_alarm_no_oftener_than_stated(method: PairMethod) -> None:
    answers, model, slopes, intercepts = sitting(40, 30, seed=31)
    found = calibrate(
        answers,
        method,
        model=model,
        fit=fitter(slopes, intercepts),
        draw=np.random.default_rng(5),
        sittings=30,
    )
    # at a rate of .05 six or more of thirty would happen once in 305 times
    assert found.with_alarm <= 5
    assert found.with_alarm <= found.alarms
    assert found.upper >= found.with_alarm / found.sittings


@pytest.mark.battery
@pytest.mark.parametrize(
    "method", [PairMethod.GBT, PairMethod.OMEGA, PairMethod.K, PairMethod.K2, PairMethod.S1, PairMethod.S2]
)
def test_the_rate_holds_over_a_thousand_honest_sittings(method: PairMethod) -> None:
    answers, model, slopes, intercepts = sitting(80, 40, seed=31)
    found = calibrate(
        answers,
        method,
        model=model,
        fit=fitter(slopes, intercepts),
        draw=np.random.default_rng(6),
        sittings=1000,
    )
    assert found.with_alarm / 1000 <= 0.065


def test_calibration_counts_what_a_rule_without_control_names() -> None:
    answers, model, slopes, intercepts = sitting(40, 30, seed=3)
    found = calibrate(
        answers,
        PairMethod.GBT,
        model=model,
        fit=fitter(slopes, intercepts),
        draw=np.random.default_rng(8),
        sittings=3,
        rule=AlarmRule(0.5, Control.NONE),
    )
    assert found.with_alarm == 3
    assert found.upper == 1.0
    assert found.alarms > 500


def test_the_upper_bound_is_clopper_and_pearsons() -> None:
    answers, model, slopes, intercepts = sitting(30, 10, seed=3)
    found = calibrate(
        answers,
        PairMethod.GBT,
        model=model,
        fit=fitter(slopes, intercepts),
        draw=np.random.default_rng(8),
        sittings=10,
        rule=AlarmRule(1e-9),
    )
    # no event in 10: 1 - 0.025 ** (1 / 10)
    assert (found.with_alarm, found.upper) == (0, pytest.approx(0.3084971, abs=1e-7))
    with pytest.raises(StatisticsError, match="bad_sittings"):
        calibrate(
            answers,
            PairMethod.GBT,
            model=model,
            fit=smoothed_chances,
            draw=np.random.default_rng(1),
            sittings=0,
        )


def test_honest_answers_follow_the_model_and_keep_the_gaps() -> None:
    answers, model, _, _ = sitting(4000, 3, seed=9)
    answers.codes[7, 1] = -1
    one = np.broadcast_to(model.chances[0], model.chances.shape)
    alike = OptionChances(model.kind, model.abilities, one)
    drawn = honest_answers(answers, alike, np.random.default_rng(4)).codes
    assert drawn[7, 1] == -1
    for option in range(4):
        share = (drawn[:, 0] == option).mean()
        assert share == pytest.approx(model.chances[0, 0, option], abs=0.03)


def test_the_exact_tail_is_never_less_than_the_screens_share_of_the_normal_one() -> None:
    draw = np.random.default_rng(2)
    for _ in range(60):
        middle, width, trials = draw.uniform(0.05, 0.95), draw.uniform(0, 0.45), int(draw.integers(18, 200))
        chances = np.clip(draw.uniform(middle - width, middle + width, (80, trials)), 0.01, 0.99)
        expected, variance = chances.sum(axis=1), (chances * (1 - chances)).sum(axis=1)
        least = np.rint(expected + draw.uniform(0, 4, 80) * np.sqrt(variance)).astype(np.int64)
        exact, guess = upper_tails(chances, least), approximate(least, expected, variance)
        usual = (np.sqrt(variance) >= LEAST_SD) & (exact >= FLOOR)
        assert (guess[usual] <= SLACK * exact[usual]).all()
        assert (guess[np.sqrt(variance) < LEAST_SD] == 0).all()


def test_a_screen_keeps_everything_where_half_of_all_tests_are_alarms() -> None:
    screen = Screen(0.05)
    kept = screen.add(np.concatenate([np.full(500, 0.04), np.linspace(0.2, 1, 500)]))
    assert (kept.sum(), screen.limit()) == (500, screen.widest)
