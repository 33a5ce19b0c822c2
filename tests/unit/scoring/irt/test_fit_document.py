# SPDX-License-Identifier: Apache-2.0
"""The members that `kasauti stats irt --fit` prints."""

import numpy as np
import pytest

from scoring.irt.binary import Rasch, ThreePL, TwoPL
from scoring.irt.fit_document import UNORDERED, calibration_of, codes_of, fit_members, person_rows
from scoring.irt.graded import GradedResponse
from scoring.irt.nominal import NominalResponse
from scoring.irt.partial_credit import PartialCredit
from tests.unit.scoring.irt.law_school import section_7
from tests.unit.scoring.irt.science import ITEMS, science

NAMES = ("i1", "i2", "i3", "i4", "i5")


def test_two_parameter_models_have_the_same_fit_by_either_engine() -> None:
    scores, weights = section_7()
    one, other = (
        TwoPL().fit(scores, sample_weight=weights),
        GradedResponse().fit(scores, sample_weight=weights),
    )
    found, same = (
        fit_members(calibration_of(model, NAMES), codes_of(model, scores), weights) for model in (one, other)
    )
    assert found["overall"][0]["statistic"] == pytest.approx(11.938, abs=1e-3)
    assert found["overall"][0]["statistic"] == pytest.approx(same["overall"][0]["statistic"], abs=1e-5)
    assert [row["s_x2"] for row in found["items"]] == pytest.approx(
        [row["s_x2"] for row in same["items"]], abs=1e-4
    )
    assert [row["item"] for row in found["items"]] == list(NAMES)
    assert found["pairs"][0]["first"] == "i1"
    assert sum(found["wright_map"]["persons"]) == 1000
    assert len(found["wright_map"]["thresholds"]) == 5


def test_rasch_counts_its_variance_and_stands_on_the_standard_scale() -> None:
    scores, weights = section_7()
    model = Rasch().fit(scores, sample_weight=weights)
    calibration = calibration_of(model, NAMES)
    assert calibration.free == 6
    assert calibration.items[0].parameters[0] == pytest.approx(np.sqrt(model.variance_))
    members = fit_members(calibration, codes_of(model, scores), weights)
    assert (members["overall"][0]["df"], members["overall"][1]["statistic_name"]) == (9, "c2")
    assert members["overall"][0]["statistic"] == pytest.approx(23.174, abs=1e-3)


def test_guessing_counts_as_estimated() -> None:
    scores, weights = section_7()
    model = ThreePL(fewest_persons=10).fit(scores, sample_weight=weights)
    assert calibration_of(model, NAMES).free == 15


def test_persons_have_their_fit_beside_their_reason() -> None:
    scores, weights = section_7()
    model = TwoPL().fit(scores, sample_weight=weights)
    rows = person_rows(calibration_of(model, NAMES), codes_of(model, scores))
    assert len(rows) == len(scores)
    assert set(rows[0]) == {"zh", "lz_star", "infit", "infit_z", "outfit", "outfit_z", "fit_reason"}
    assert all(row["fit_reason"] is None and np.isfinite(row["lz_star"]) for row in rows)
    holes = scores.copy()
    holes[0, :3] = np.nan
    few = person_rows(calibration_of(model, NAMES), codes_of(model, holes))[0]
    assert few["fit_reason"] == "too_few_responses"


def test_a_nominal_model_has_no_mean_squares_and_no_q3() -> None:
    scores, weights = science()
    model = NominalResponse().fit(scores, sample_weight=weights)
    calibration, codes = calibration_of(model, ITEMS), codes_of(model, scores)
    members = fit_members(calibration, codes, weights)
    assert {row["mean_square_reason"] for row in members["items"]} == {UNORDERED}
    assert {row["infit"] for row in members["items"]} == {None}
    assert {row["q3"] for row in members["pairs"]} == {None}
    assert all(row["x2"] is not None for row in members["pairs"])
    assert person_rows(calibration, codes)[0]["outfit"] is None


def test_marks_become_the_codes_of_the_calibration() -> None:
    scores, weights = science()
    model = PartialCredit().fit(scores, sample_weight=weights)
    assert codes_of(model, scores) == pytest.approx(scores - 1)
    members = fit_members(calibration_of(model, ITEMS), codes_of(model, scores), weights)
    assert members["overall"][1]["df"] == 5
    assert {row["mean_square_reason"] for row in members["items"]} == {None}
