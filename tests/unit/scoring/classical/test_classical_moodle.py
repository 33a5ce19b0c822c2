# SPDX-License-Identifier: Apache-2.0
"""Moodle's quiz statistics: its own worked table of 25 attempts on 7 questions (mod/quiz/report/statistics, qstats00)."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.classical.api import analyse, greatest_covariance, rest_scores
from scoring.tables import ResponseTable

# fmt: off
MARKS = [
    [1, 1, 1, 1, 1, 0, 1], [1, 1, 1, 1, .5, 1, 0], [1, 1, 1, 1, .5, 0, 1], [0, 0, 1, 1, 1, 0, 0],
    [1, 0, 1, 0, 0, 1, .5], [1, 1, 1, 1, .5, 0, .5], [0, 1, 1, 1, .5, 1, .5], [1, 1, 1, 0, .5, 1, .5],
    [1, 0, 1, 1, 1, 1, 1], [0, 1, 1, 0, .5, 1, .5], [.8, 0, 1, 1, .5, 1, .5], [1, 1, 1, 0, .5, 1, 1],
    [1, 0, 1, 1, .5, 1, .5], [1, 0, 1, 1, 1, 0, .5], [0, 0, 1, 1, 0, 1, 1], [1, 0, 1, 0, .5, 1, 1],
    [.8, 0, 1, 1, .5, 0, 1], [1, 0, 1, 1, 0, 1, .5], [1, 0, 1, 1, .5, 0, .5], [0, 1, 1, 0, .5, 1, 0],
    [1, 1, .3333333, 1, .5, 0, .5], [1, 1, 1, 0, .5, 0, .5], [1, 1, 1, 1, 0, 1, .5], [0, 0, 1, 0, .5, 1, 1],
    [0, 0, 1, 1, 1, 1, 1],
]
# facility, sd, effective weight, discrimination index, greatest covariance, discriminative efficiency
EXPECTED = [
    (0.704, 0.4513682901, 21.2922742344, -7.0650767526, 0.2385555565, -9.4550536967),
    (0.48, 0.5099019514, 18.8979800309, -28.8982125772, 0.318833334, -36.7834118938),
    (0.973333332, 0.13333334, 4.443012573, -9.1230674268, 0.045666669, -21.6545012165),
    (0.68, 0.4760952286, 18.9347251357, -22.6306444113, 0.2652222232, -31.4411395613),
    (0.52, 0.3055050463, 11.1450138688, -17.6997047674, 0.2063055556, -21.1794802584),
    (0.64, 0.4898979486, 9.8081339177, -45.3785178421, 0.3539999995, -56.9365974439),
    (0.62, 0.331662479, 15.4788602394, -5.6543166602, 0.2190833335, -6.5043742058),
]
# fmt: on
TABLE = ResponseTable.of(MARKS)


def test_the_figures_of_each_question_are_moodles() -> None:
    found = [
        (
            item.facility,
            item.sd,
            item.effective_weight,
            item.discrimination_index,
            item.discriminative_efficiency,
        )
        for item in analyse(TABLE).items
    ]
    expected = [(100 * one[0], *one[1:4], one[5]) for one in EXPECTED]
    assert np.array(found, dtype=float) == pytest.approx(np.array(expected), abs=2e-5)


def test_the_greatest_covariance_is_moodles() -> None:
    found = [
        greatest_covariance(TABLE.scores[:, item], rest_scores(TABLE, item), TABLE.weights)
        for item in range(7)
    ]
    assert found == pytest.approx([one[4] for one in EXPECTED], abs=1e-6)


def test_rows_with_a_frequency_count_as_often_as_they_occurred() -> None:
    often = np.arange(25) % 3 + 1.0
    repeated = analyse(ResponseTable.of(np.repeat(TABLE.scores, often.astype(int), axis=0)))
    weighted = analyse(ResponseTable.of(TABLE.scores, weights=often))
    for one, other in zip(repeated.items, weighted.items, strict=True):
        assert one.reasons == other.reasons
        for name in one.__slots__:
            if isinstance(getattr(one, name), float):
                assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9), name
    assert repeated.reliability.alpha == pytest.approx(weighted.reliability.alpha, abs=1e-12)
    assert repeated.totals.kurtosis == pytest.approx(weighted.totals.kurtosis, abs=1e-9)


def test_negative_reliability_is_shown() -> None:
    found = analyse(TABLE).reliability
    assert found.alpha is not None
    assert found.sem is not None
    assert found.alpha < 0
    assert found.sem > (analyse(TABLE).totals.sd or 0)
    assert found.length_for_080 is None
    assert found.reasons["length_for_080"] == "alpha_not_between_0_and_1"


def test_an_item_against_the_total_has_no_effective_weight() -> None:
    marks = [[4, 0], [3, 0], [2, 1], [1, 1], [0, 1]]
    first, second = analyse(ResponseTable.of(marks)).items
    assert first.effective_weight == pytest.approx(100)
    assert second.effective_weight is None
    assert second.reasons["effective_weight"] == "negative_covariance_with_total"
    assert (first.intended_weight, second.intended_weight) == (80, 20)
