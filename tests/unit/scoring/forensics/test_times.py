# SPDX-License-Identifier: Apache-2.0
"""Rapid answers, effort and pace: definitions by hand, recovery from mixtures, false alarms under the models."""

import numpy as np
import pytest
from scipy import stats

from scoring.errors import StatisticsError
from scoring.forensics.effort import effort_moderated, effort_of
from scoring.forensics.pace import _fitted, pace_of
from scoring.forensics.time_limits import TimeLimits, mixture_limits, normative_limits
from scoring.tables import ResponseTable


def test_a_tenth_of_the_mean_time_but_at_most_ten_seconds() -> None:
    times = np.column_stack([np.full(12, 40.0), np.full(12, 300.0), np.full(12, 60.0)])
    times[0, 0], times[1, 0] = 10.0, 70.0
    times[3:, 2] = np.nan
    limits = normative_limits(times)
    assert limits.seconds[:2] == pytest.approx([4.0, 10.0])
    assert np.isnan(limits.seconds[2])
    assert limits.reasons == (None, None, "too_few_times")
    assert normative_limits(times, share=0.3, most=100).seconds[:2] == pytest.approx([12.0, 90.0])


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"share": 0.0}, "bad_time_share"),
        ({"share": 1.0}, "bad_time_share"),
        ({"most": 0.0}, "bad_time_limit"),
    ],
)
def test_limits_that_make_no_sense_are_refused(setting: dict[str, float], code: str) -> None:
    with pytest.raises(StatisticsError, match=code):
        normative_limits(np.ones((20, 2)), **setting)
    with pytest.raises(StatisticsError, match="times_negative"):
        mixture_limits(np.array([[1.0, -2.0]]))


def mixed_times(quick: float, *, seed: int = 1, apart: float = 2.5) -> np.ndarray:
    draw = np.random.default_rng(seed)
    rapid = draw.random(1500) < quick
    return np.exp(np.where(rapid, draw.normal(1.0, 0.4, 1500), draw.normal(1.0 + apart, 0.45, 1500)))


def test_two_groups_of_times_are_parted_where_their_densities_meet() -> None:
    times = np.column_stack([mixed_times(0.15), mixed_times(0.0), mixed_times(0.15, apart=0.3)])
    limits = mixture_limits(times)
    grid = np.linspace(1.0, 3.5, 250_001)
    gap = 0.15 * stats.norm.pdf(grid, 1.0, 0.4) - 0.85 * stats.norm.pdf(grid, 3.5, 0.45)
    assert limits.seconds[0] == pytest.approx(np.exp(grid[np.argmax(gap < 0)]), rel=0.08)
    assert limits.reasons == (None, "no_rapid_group", "no_rapid_group")
    assert mixture_limits(times[:99]).reasons == ("too_few_times",) * 3


def test_times_that_are_all_the_same_are_one_group() -> None:
    assert mixture_limits(np.full((200, 1), 30.0)).reasons == ("no_rapid_group",)
    few = np.exp(np.random.default_rng(1).normal(3, 0.05, (100, 1)))
    few[:4] = 1.0  # four answers are no group
    assert mixture_limits(few).reasons == ("no_rapid_group",)


def test_a_quick_group_that_is_nowhere_the_likelier_one_gives_no_limit() -> None:
    draw = np.random.default_rng(3)
    rapid = draw.random(20_000) < 0.02
    logs = np.where(rapid, draw.normal(2.2, 0.05, 20_000), draw.normal(3, 0.5, 20_000))
    found = mixture_limits(np.exp(logs)[:, None])
    assert found.reasons == ("no_rapid_group",)


def test_effort_is_the_share_of_answers_that_were_not_rapid() -> None:
    scores = ResponseTable.of([[1, 0, 1, np.nan], [0, 1, 1, 1], [1, 1, 0, 0]])
    times = np.array([[2.0, 30.0, 50.0, 9.0], [20.0, 4.0, 30.0, np.nan], [1.0, 1.0, 1.0, 1.0]])
    limits = TimeLimits(np.array([5.0, 5.0, 5.0, np.nan]), (None, None, None, "too_few_times"))
    found = effort_of(scores, times, limits, guessing=0.25)
    assert found.timed.tolist() == [3, 3, 3]
    assert found.count.tolist() == [1, 1, 3]
    assert found.effort == pytest.approx([2 / 3, 2 / 3, 0.0])
    assert found.low.tolist() == [True, True, True]
    # the others' rates, (rapid + 1/2) / (timed + 1), for the third person: 1.5/3, 1.5/3, 0.5/3
    assert found.expected[2] == pytest.approx(0.5 + 0.5 + 1 / 6)
    assert found.p[2] == pytest.approx(0.5 * 0.5 / 6)
    assert found.rapid_right.tolist() == [1, 1, 2]
    assert found.p_right == pytest.approx([0.25, 0.25, stats.binom.sf(1, 3, 0.25)])
    assert found.rapid_right_expected == pytest.approx([0.25, 0.25, 0.75])
    assert found.share_all == pytest.approx([2 / 3, 3 / 4, 1 / 2])
    assert found.share_effortful == pytest.approx([1 / 2, 2 / 3, 0.0])
    moderated = effort_moderated(scores, found.rapid)
    assert np.isnan(moderated.scores).tolist() == [
        [True, False, False, True],
        [False, True, False, False],
        [True, True, True, False],
    ]


def test_a_person_without_times_has_no_effort_index() -> None:
    scores = ResponseTable.of([[1, 0], [np.nan, np.nan]])
    found = effort_of(
        scores, np.array([[1.0, 9.0], [3.0, 3.0]]), TimeLimits(np.array([2.0, 2.0]), (None, None))
    )
    assert np.isnan([found.effort[1], found.p[1], found.share_all[1], found.p_right[1]]).all()
    assert not found.low[1]
    assert not found.flagged[1]


def test_shapes_and_chances_that_do_not_fit_are_refused() -> None:
    scores = ResponseTable.of([[1, 0], [0, 1]])
    limits = TimeLimits(np.array([2.0, 2.0]), (None, None))
    with pytest.raises(StatisticsError, match="times_shape"):
        effort_of(scores, np.ones((2, 3)), limits)
    with pytest.raises(StatisticsError, match="times_shape"):
        effort_moderated(scores, np.ones((3, 2), dtype=np.bool_))
    with pytest.raises(StatisticsError, match="bad_guessing"):
        effort_of(scores, np.ones((2, 2)), limits, guessing=1.0)
    with pytest.raises(StatisticsError, match="not_binary"):
        effort_of(ResponseTable.of([[2.0, 0.0]]), np.ones((1, 2)), limits)


def rapid_sitting(draw: np.random.Generator) -> tuple[ResponseTable, np.ndarray]:
    """200 persons on 40 items; everybody is rapid at random on each item with its own small chance, and then guesses."""
    rapid = draw.random((200, 40)) < draw.uniform(0.01, 0.10, 40)
    times = np.where(rapid, 1.0, 30.0)
    right = np.where(rapid, draw.random((200, 40)) < 0.25, draw.random((200, 40)) < 0.7)
    return ResponseTable.of(right.astype(float)), times


def test_equal_effort_raises_no_more_alarms_than_stated() -> None:
    draw = np.random.default_rng(11)
    limits = TimeLimits(np.full(40, 5.0), (None,) * 40)
    low, quick, sittings = [], [], 0
    for _ in range(40):
        table, times = rapid_sitting(draw)
        found = effort_of(table, times, limits)
        low.append([(found.p <= level).mean() for level in (0.05, 0.01, 0.001)])
        quick.append([(found.p_right <= level).mean() for level in (0.05, 0.01, 0.001)])
        sittings += bool(found.flagged.any() or found.right_flagged.any())
    assert (np.mean(low, axis=0) <= [0.05, 0.01, 0.0015]).all()
    assert (np.mean(quick, axis=0) <= [0.05, 0.01, 0.0015]).all()
    assert sittings <= 8  # two families at .05 each


def test_who_answers_at_once_and_right_is_named() -> None:
    table, times = rapid_sitting(np.random.default_rng(12))
    table.scores[7, :15], times[7, :15] = 1.0, 2.0
    table.scores[8, :15], times[8, :15] = 0.0, 2.0
    found = effort_of(table, times, TimeLimits(np.full(40, 5.0), (None,) * 40))
    assert np.flatnonzero(found.right_flagged).tolist() == [7]
    assert set(np.flatnonzero(found.flagged)) == {7, 8}


def lognormal_times(draw: np.random.Generator, persons: int = 300, items: int = 20) -> np.ndarray:
    intensity, precision = draw.normal(4, 0.4, items), draw.uniform(1.5, 2.5, items)
    pace = draw.normal(0, 0.3, persons)
    return np.exp(intensity - pace[:, None] + draw.normal(size=(persons, items)) / precision)


def test_the_model_of_times_finds_its_own_parameters() -> None:
    draw = np.random.default_rng(5)
    intensity, precision, pace = (
        draw.normal(4, 0.4, 12),
        draw.uniform(1.5, 2.5, 12),
        draw.normal(0, 0.3, 4000),
    )
    logs = intensity - pace[:, None] + draw.normal(size=(4000, 12)) / precision
    logs[draw.random(logs.shape) < 0.2] = np.nan
    found = pace_of(np.exp(logs))
    assert found.intensity == pytest.approx(intensity - pace.mean(), abs=0.03)
    assert found.precision == pytest.approx(precision, rel=0.05)
    assert np.corrcoef(found.pace, pace)[0, 1] > 0.8


def test_times_of_the_model_raise_no_more_alarms_than_stated() -> None:
    draw = np.random.default_rng(6)
    shares, alarms = [], 0
    for _ in range(20):
        found = pace_of(lognormal_times(draw))
        shares.append([(found.p <= level).mean() for level in (0.05, 0.01, 0.001)])
        alarms += bool(found.flagged.any())
    assert (np.mean(shares, axis=0) <= [0.06, 0.014, 0.0025]).all()
    assert np.mean(shares, axis=0)[0] >= 0.04
    assert alarms <= 4


def test_times_out_of_a_persons_own_rhythm_are_named() -> None:
    times = lognormal_times(np.random.default_rng(7))
    times[3, :6] /= 8
    times[4] *= 3  # slow throughout is a pace, not a misfit
    times[5] = np.nan
    found = pace_of(times)
    assert found.flagged[3]
    assert not found.flagged[4]
    assert np.isnan(found.p[5])
    assert (found.residuals[3, :6] < -1).all()


def test_the_search_for_the_paces_goes_on_until_nothing_moves() -> None:
    logs = np.log(lognormal_times(np.random.default_rng(7)))
    known = np.ones(logs.shape)
    assert _fitted(logs, known, steps=2)[1] != pytest.approx(_fitted(logs, known)[1], rel=1e-6)
    assert _fitted(logs, known, steps=499)[1] == pytest.approx(_fitted(logs, known)[1], rel=1e-12)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        (np.zeros((60, 4)), "times_not_positive"),
        (np.ones((49, 4)), "persons_too_few_to_compare"),
        (np.ones((60, 2)), "times_too_few_items"),
    ],
)
def test_times_that_cannot_be_modelled_are_refused(times: np.ndarray, code: str) -> None:
    with pytest.raises(StatisticsError, match=code):
        pace_of(times)
    alone = np.ones((60, 4))
    alone[1:, 3] = np.nan
    with pytest.raises(StatisticsError, match="times_too_few_items"):
        pace_of(alone)
