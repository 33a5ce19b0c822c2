# SPDX-License-Identifier: Apache-2.0
"""Many tests at once: published families, definitions written out, and the share of false alarms under the null."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted, harmonic, rejected

# Benjamini & Hochberg (1995), J. R. Statist. Soc. B 57, p. 297: 15 hypotheses on myocardial infarction.
MYOCARDIAL = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_benjamini_and_hochberg_reject_four_of_their_fifteen_and_bonferroni_three() -> None:
    assert rejected(MYOCARDIAL, 0.05).sum() == 4
    assert rejected(MYOCARDIAL, 0.05, Control.BONFERRONI).sum() == 3
    assert rejected(MYOCARDIAL, 0.05, Control.HOLM).sum() == 3
    assert rejected(MYOCARDIAL, 0.05, Control.HOCHBERG).sum() == 3
    assert rejected(MYOCARDIAL, 0.05, Control.NONE).sum() == 9


def step_up(values: list[float], factors: list[float]) -> list[float]:
    """Wright (1992): the least over this and all larger ones of p times its factor."""
    order = sorted(range(len(values)), key=values.__getitem__)
    answer = [0.0] * len(values)
    for place, index in enumerate(order):
        answer[index] = min(1.0, *(values[order[j]] * factors[j] for j in range(place, len(values))), 1.0)
    return answer


@pytest.mark.parametrize("control", [Control.BH, Control.BY, Control.HOCHBERG])
def test_a_step_up_adjustment_is_the_definition_written_out(control: Control) -> None:
    values = np.random.default_rng(7).beta(0.4, 1.0, 40).tolist()
    n = len(values)
    factors = {
        Control.BH: [n / (j + 1) for j in range(n)],
        Control.BY: [sum(1 / k for k in range(1, n + 1)) * n / (j + 1) for j in range(n)],
        Control.HOCHBERG: [float(n - j) for j in range(n)],
    }[control]
    assert adjusted(values, control) == pytest.approx(step_up(values, factors), abs=1e-14)


def test_holm_goes_down_from_the_smallest() -> None:
    assert adjusted([0.01, 0.04, 0.03], Control.HOLM) == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted([0.5, 0.6], Control.BONFERRONI) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("control", "name"),
    [(Control.BH, "fdr_bh"), (Control.BY, "fdr_by"), (Control.HOLM, "holm"), (Control.HOCHBERG, "simes-hochberg"),
     (Control.BONFERRONI, "bonferroni")],
)  # fmt: skip
def test_adjusted_values_are_those_of_statsmodels(control: Control, name: str) -> None:
    from statsmodels.stats.multitest import multipletests

    values = np.random.default_rng(11).beta(0.3, 1.0, 200)
    flagged, theirs, *_ = multipletests(values, 0.05, method=name)
    assert adjusted(values, control) == pytest.approx(theirs, abs=1e-12)
    assert np.array_equal(rejected(values, 0.05, control), flagged)


def test_a_test_that_could_not_be_done_does_not_count() -> None:
    found = adjusted([0.01, np.nan, 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[1])
    assert rejected([0.01, np.nan, 0.04], 0.05).tolist() == [True, False, True]
    assert adjusted([]).size == 0


def test_the_shape_of_the_values_is_kept() -> None:
    assert adjusted([[0.01, 0.02], [0.03, 0.5]]).shape == (2, 2)


@pytest.mark.parametrize("control", [Control.BH, Control.BY, Control.HOLM, Control.BONFERRONI])
def test_the_smallest_of_a_large_family_are_adjusted_as_in_the_whole(control: Control) -> None:
    values = np.sort(np.random.default_rng(3).uniform(0, 1, 500) ** 3)
    kept = values[values <= 0.05]
    whole, few = adjusted(values, control), adjusted(kept, control, tests=500)
    assert 3 <= (few <= 0.05).sum() < 500
    assert np.array_equal((whole <= 0.05)[: kept.size], few <= 0.05)
    assert not (whole <= 0.05)[kept.size :].any()
    assert np.all(few >= whole[: kept.size] - 1e-15)


def test_hochberg_needs_the_whole_family() -> None:
    with pytest.raises(StatisticsError, match="family_too_small"):
        adjusted([0.01], Control.HOCHBERG, tests=2)
    with pytest.raises(StatisticsError, match="family_too_small"):
        adjusted([0.01, 0.02], tests=1)


@pytest.mark.parametrize("value", [-0.1, 1.1, np.inf])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(StatisticsError, match="p_value_out_of_range"):
        adjusted([0.5, value])


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(StatisticsError, match="alarm_level"):
        rejected([0.5], level)


def test_a_value_on_its_bound_is_an_alarm() -> None:
    assert rejected([0.05 * 1 / 3, 0.9, 0.95], 0.05).tolist() == [True, False, False]


def test_the_share_of_false_alarms_is_held_where_most_hypotheses_are_true() -> None:
    rng = np.random.default_rng(2026)
    shares = []
    for _ in range(400):
        values = np.append(rng.uniform(size=90), rng.uniform(size=10) * 1e-4)
        alarms = rejected(values, 0.10)
        shares.append(alarms[:90].sum() / max(1, alarms.sum()))
    assert np.mean(shares) == pytest.approx(0.09, abs=0.012)  # 90 of 100 are true: 0.9 times the level


def test_the_harmonic_number() -> None:
    assert harmonic(4) == pytest.approx(25 / 12)
