# SPDX-License-Identifier: Apache-2.0
"""The chances of options from the answers themselves, and the report as JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scoring.forensics.calibration import Calibration
from scoring.forensics.documents import pairs_document
from scoring.forensics.fitting import ModelChoice, fit_options, nominal_parameters
from scoring.forensics.options import OptionModelKind
from scoring.forensics.pairs import PairMethod, similar_pairs
from tests.unit.scoring.forensics.sittings import sitting


def test_the_nominal_model_is_recovered_from_answers() -> None:
    answers, model, slopes, intercepts = sitting(600, 8, seed=2)
    found_slopes, found_intercepts, converged = nominal_parameters(answers)
    assert converged
    centred = slopes - slopes[:, :1]
    assert np.abs(found_slopes - centred).mean() < 0.15
    assert np.abs(found_intercepts - (intercepts - intercepts[:, :1])).mean() < 0.15
    fitted = fit_options(answers)
    assert (fitted.chances.kind, fitted.reason) == (OptionModelKind.NOMINAL, None)
    assert np.corrcoef(fitted.chances.abilities, model.abilities)[0, 1] > 0.75
    assert fitted.again(answers).chances == pytest.approx(fitted.chances.chances)


def test_right_answers_rise_with_ability_whatever_the_first_option_is() -> None:
    answers, model, _, _ = sitting(400, 8, seed=2)
    turned = replace(
        answers,
        codes=3 - answers.codes,
        right=answers.right[:, ::-1] if answers.right is not None else None,
    )
    fitted = fit_options(turned, ModelChoice.NOMINAL)
    assert np.corrcoef(fitted.chances.abilities, model.abilities)[0, 1] > 0.7
    without_key = fit_options(replace(turned, right=None), ModelChoice.AUTO)
    assert without_key.chances.kind is OptionModelKind.NOMINAL
    assert abs(np.corrcoef(without_key.chances.abilities, model.abilities)[0, 1]) > 0.7


def test_the_sign_of_the_scale_follows_the_key() -> None:
    answers, model, _, _ = sitting(600, 10, seed=2)
    wrong = np.zeros((10, 4), dtype=np.bool_)
    wrong[:, 3] = True  # a key that is the lowest option: ability turns round
    fitted = fit_options(replace(answers, right=wrong), ModelChoice.NOMINAL)
    assert np.corrcoef(fitted.chances.abilities, model.abilities)[0, 1] < -0.5


def test_few_persons_are_smoothed_and_told_so() -> None:
    answers, _, _, _ = sitting(150, 20)
    fitted = fit_options(answers)
    assert (fitted.chances.kind, fitted.reason) == (OptionModelKind.SMOOTHED, "few_persons_for_nominal")
    asked_for = fit_options(answers, ModelChoice.SMOOTHED)
    assert asked_for.reason is None
    assert asked_for.again(answers).chances == pytest.approx(fitted.chances.chances)
    assert fit_options(answers, ModelChoice.NOMINAL).chances.kind is OptionModelKind.NOMINAL


def test_a_search_that_does_not_end_leaves_the_word_to_smoothing() -> None:
    answers, _, _, _ = sitting(250, 12)
    fitted = fit_options(answers, steps=1)
    assert (fitted.chances.kind, fitted.reason) == (OptionModelKind.SMOOTHED, "nominal_not_converged")


def test_an_item_on_which_all_chose_the_same_is_certain() -> None:
    answers, _, _, _ = sitting(250, 8)
    answers.codes[:, 3] = 2
    answers.codes[answers.codes[:, 4] == 1, 4] = 0
    fitted = fit_options(answers)
    assert (fitted.chances.chances[:, 3] == [0, 0, 1, 0]).all()
    assert (fitted.chances.chances[:, 4, 1] == 0).all()


def test_the_report_names_persons_and_items_and_is_json() -> None:
    answers, model, _, _ = sitting(60, 40, seed=6)
    answers.codes[3] = answers.codes[9]
    groups = [("north", "am")] * 30 + [("south", "am")] * 30
    report = similar_pairs(answers, PairMethod.OMEGA, model=model, groups=groups, ask=[(3, 9), (1, 40)])
    document = pairs_document(
        report, answers, fitted=fit_options(answers), groups=groups, calibration=Calibration(20, 1, 2, 0.25)
    )
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    pairs = document["pairs"]
    assert isinstance(pairs, list)
    assert {"p3", "p9"} == {pairs[0]["copier"], pairs[0]["source"]}
    assert pairs[0]["group"] == ["north", "am"]
    assert pairs[0]["same_wrong_items"] == [answers.items[n] for n in np.flatnonzero(answers.codes[3] > 0)]
    asked = document["asked"]
    assert isinstance(asked, list)
    assert asked[0]["flagged"] is True
    assert (asked[1]["group"], asked[1]["flagged"]) == (None, False)
    assert document["clusters"][0] == ["p3", "p9"]  # type: ignore[index]
    assert document["honest_sittings"] == {
        "sittings": 20,
        "with_alarm": 1,
        "alarms": 2,
        "share_with_alarm": 0.05,
        "share_upper_95": 0.25,
    }


def test_a_report_without_key_groups_or_model_says_less() -> None:
    answers, model, _, _ = sitting(40, 40, seed=6)
    answers.codes[3] = answers.codes[9]
    report = similar_pairs(replace(answers, right=None), PairMethod.GBT, model=model)
    document = pairs_document(report, answers)
    assert (document["model"], document["reason"], document["honest_sittings"]) == (None, None, None)
    assert not {"group", "copier", "same_wrong_items"} & document["pairs"][0].keys()  # type: ignore[index]
