# SPDX-License-Identifier: Apache-2.0
"""What reports say of models: of items with parts, of options, of papers that differ, of groups by logistic regression."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask_babel import Babel

from assessor.analyses.data import BatchData
from assessor.analyses.model import ReportKind
from assessor.analyses.reports import ability, fairness, items, options, paper
from assessor.analyses.reports.fitted import FEWEST_OF_PAPER, fit_study, whole_paper
from assessor.analyses.reports.making import make_report
from assessor.analyses.reports.study import study_of
from scoring.classical.api import analyse
from scoring.irt.api import Method
from scoring.irt.item_fit import sum_score_fit
from scoring.irt.overall_fit import overall_fit
from scoring.tables import ResponseTable
from tests.unit.assessor.analyses.synthetic import batch
from tests.unit.assessor.analyses.test_report_findings import (
    figures,
    notes,
    rekeyed,
    rows,
    sections,
    silent,
)
from web.presenters.analysis_summary import Point, summary


def of_form(data: BatchData, number: str) -> tuple[np.ndarray, np.ndarray, ResponseTable]:
    """The persons and items of a form, and the marks of these."""
    study = study_of(data)
    chosen, given = study.of_form(number)
    marks = data.marks[np.ix_(chosen, given)]
    labels = tuple(label for label, used in zip(data.labels, chosen.tolist(), strict=True) if used)
    names = tuple(name for name, used in zip(data.item_labels, given.tolist(), strict=True) if used)
    return chosen, given, ResponseTable(labels, names, marks, np.ones(len(marks)))


def test_each_paper_has_kr20_and_a_split_half_of_its_own() -> None:
    data = batch(persons=120, forms=2, per_pc=4)
    for row in rows(sections(paper, data)["reliability_by_form"]):
        _, given, part = of_form(data, row["form"])
        known = analyse(part, maxima=data.maxima[given])
        assert known.splits is not None
        assert row["kr20"] == pytest.approx(known.reliability.kr20)
        assert row["kr20"] == pytest.approx(row["alpha"])
        assert row["split_half"] == pytest.approx(known.splits.odd_even.spearman_brown)
        assert row["reasons"] == []


def test_a_paper_with_parts_of_marks_has_no_kr20_and_says_why() -> None:
    found = rows(sections(paper, batch(persons=120, forms=2, per_pc=4, parts=3))["reliability_by_form"])
    assert all(row["kr20"] is None and row["split_half"] is not None for row in found)
    assert all("not_binary" in row["reasons"] for row in found)


def test_logistic_regression_names_an_item_that_is_harder_for_a_group_at_every_ability() -> None:
    found = sections(fairness, batch(persons=700, per_pc=3, biased=(8, 2.0)))["slopes"]
    (row,) = [row for row in rows(found) if row["item"] == "PC3.03"]
    assert (row["grouping"], row["kind"]) == ("language", "uniform")
    assert (row["focal"], row["favours"]) == ("hi", "favours_reference")
    assert row["p_adjusted"] < 0.001
    assert row["r2_change"] > 0.03
    assert figures(found)["items_flagged"] == len({(one["grouping"], one["item"]) for one in rows(found)})
    assert "slopes_by_logistic" in notes(found)


def turned(data: BatchData, place: int) -> BatchData:
    """The item works backwards for people whose language is "hi", and is as hard for them as for the others."""
    draw = np.random.default_rng(8)
    rest = np.delete(data.marks, place, axis=1).sum(axis=1)
    level = (rest - rest.mean()) / rest.std()
    slope = np.where(np.array(data.group("language")) == "hi", -1.5, 1.5)
    marks = data.marks.copy()
    marks[:, place] = (draw.random(len(level)) < 1 / (1 + np.exp(-slope * level))).astype(float)
    return replace(data, marks=marks)


def test_logistic_regression_names_an_item_that_turns_with_ability() -> None:
    found = sections(fairness, turned(batch(persons=700, per_pc=3), 8))["slopes"]
    kinds = {(row["item"], row["grouping"]): row for row in rows(found) if row["kind"] == "nonuniform"}
    row = kinds["PC3.03", "language"]
    assert row["p_adjusted"] < 0.001
    assert (row["focal"], row["favours"]) == (None, None)
    assert figures(found)["items_tested"] <= 4 * 18


def said_of_fairness(data: BatchData) -> list[Point]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        return summary(make_report(ReportKind.FAIRNESS, data, progress=silent))


def test_what_logistic_regression_alone_finds_is_said_in_short_and_what_both_find_is_said_once() -> None:
    alone = said_of_fairness(turned(batch(persons=700, per_pc=3), 8))
    (point,) = [one for one in alone if one.section == "slopes"]
    assert point.tone == "warning"
    assert "PC3.03" in point.text
    assert not [one for one in alone if one.tone == "success"]
    both = said_of_fairness(batch(persons=700, per_pc=3, biased=(8, 2.0)))
    assert [one.section for one in both if "PC3.03" in one.text] == ["dif_language"]


def test_items_that_earn_parts_are_fitted_by_all_three_models_and_their_report_is_whole() -> None:
    data = batch(persons=400, per_pc=2, parts=4)
    study = study_of(data)
    tried = {one.name: one for one in fit_study(study).candidates}
    assert set(tried) == {"pcm", "gpcm", "grm"}
    assert all(one.model is not None and one.model.converged_ for one in tried.values())
    found = sections(ability, data)
    assert [name for name, one in found.items() if one["unavailable"] is not None] == []
    chosen = min(tried, key=lambda name: tried[name].model.bic_)  # type: ignore[union-attr]
    assert figures(found["models"])["model"] == chosen
    assert [row["model"] for row in rows(found["models"]) if row["chosen"]] == [chosen]
    told = rows(found["parameters"])
    assert all(row["difficulty"] is not None and row["infit"] is not None for row in told)
    assert [row["item"] for row in told if ";" in row["thresholds"]] == [
        item.label for item in data.items[:4]
    ]
    assert figures(found["fit"])["m2"] is not None


def test_a_model_is_tested_on_the_largest_paper_where_papers_differ() -> None:
    data = batch(persons=221, forms=2, per_pc=3)
    found = sections(ability, data)
    chosen, given, part = of_form(data, "1")
    assert chosen.sum() == 111
    study = study_of(data)
    fitted = fit_study(study)
    whole = whole_paper(study, fitted)
    assert whole.calibration.names == part.items
    assert whole.codes == pytest.approx(part.scores)
    told = overall_fit(whole.calibration, part.scores, np.ones(111))
    assert figures(found["fit"])["m2"] == pytest.approx(told.statistic)
    assert figures(found["fit"])["rmsea"] < 0.06
    assert "of_largest_paper" in notes(found["fit"])
    tests = sum_score_fit(whole.calibration, part.scores, np.ones(111))
    by_item = {one.item: one.statistic for one in tests}
    for row, on in zip(rows(found["parameters"]), given.tolist(), strict=True):
        if on:
            assert row["s_x2"] == pytest.approx(by_item[row["item"]])
        else:
            assert (row["s_x2"], row["reasons"]) == (None, ["not_in_largest_paper"])
    assert "s_x2_of_largest_paper" in notes(found["parameters"])


def test_what_was_estimated_of_other_papers_alone_is_no_parameter_of_the_largest_one() -> None:
    study = study_of(batch(persons=221, forms=2, per_pc=3))
    fitted = fit_study(study, guesses=False)
    whole = whole_paper(study, fitted)
    each = [int((places >= 0).sum()) for places in whole.calibration.places]
    shared = fitted.name == "rasch"
    assert whole.calibration.free == (1 + sum(each) - len(each) if shared else sum(each))
    assert max(int(places.max()) for places in whole.calibration.places) == whole.calibration.free - 1


def test_a_largest_paper_of_too_few_people_is_a_stated_reason() -> None:
    found = sections(ability, batch(persons=2 * FEWEST_OF_PAPER - 2, forms=2, per_pc=3))
    assert found["fit"]["unavailable"] == {"code": "paper_too_small", "persons": 99, "fewest": 100}
    assert all("paper_too_small" in row["reasons"] for row in rows(found["parameters"]))


def test_each_person_has_an_ability_by_three_methods() -> None:
    data = batch(persons=60, per_pc=2, seed=2)
    marks = data.marks.copy()
    marks[3] = data.maxima
    data = replace(data, marks=marks)
    study = study_of(data)
    fitted = fit_study(study)
    modes, unaided = fitted.by(Method.MAP), fitted.by(Method.ML)
    told = rows(sections(ability, data)["abilities"])
    for row, one, other in zip(told, modes.theta, unaided.theta, strict=True):
        assert row["ability_map"] == pytest.approx(one)
        assert row["ability_ml"] == (pytest.approx(other) if np.isfinite(other) else None)
    assert (told[3]["ability_ml"], told[3]["reasons"]) == (None, ["no_finite_maximum"])
    known = [row for row in told if row["ability_ml"] is not None]
    assert len(known) > 40
    # without the population's pull, estimates lie further out
    assert np.std([row["ability_ml"] for row in known]) > np.std([row["ability_map"] for row in known])


def by_item(section: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(section):
        found.setdefault(row["item"], []).append(row)
    return found


def test_the_option_model_gives_the_key_the_highest_slope_but_where_the_key_is_wrong() -> None:
    data = rekeyed(batch(persons=400, per_pc=2), 7)
    section = sections(items, data)["option_model"]
    wrong = data.items[7].label
    for name, offered in by_item(section).items():
        assert sum(one["slope"] for one in offered) == pytest.approx(0, abs=1e-6)
        assert sum(one["intercept"] for one in offered) == pytest.approx(0, abs=1e-6)
        assert all(one["slope_error"] > 0 and one["intercept_error"] > 0 for one in offered)
        highest = max(offered, key=lambda one: one["slope"])
        assert highest["right_option"] is (name != wrong)
    assert figures(section)["items_estimated"] == len(data.items)
    assert figures(section)["converged"] is True
    counted = {
        (row["item"], row["option"]): row["chosen_by"] for row in rows(sections(items, data)["options"])
    }
    assert all(counted[row["item"], row["option"]] == row["chosen_by"] for row in rows(section))


def test_the_option_model_takes_items_with_enough_answers_alone() -> None:
    data = batch(persons=260, forms=2, per_pc=3, common=1)
    section = sections(items, data)["option_model"]
    assert set(by_item(section)) == {item.label for item in data.items if item.label.endswith(".01")}
    assert "few_answers_an_item" in notes(section)
    few = sections(items, batch(persons=199, per_pc=2))["option_model"]
    assert few["unavailable"] == {"code": "few_answers_an_item", "fewest": 200}
    parts = sections(items, batch(persons=20, per_pc=1, parts=6))["option_model"]
    assert parts["unavailable"]["code"] == "no_choice_items"


def test_in_the_option_model_two_right_options_are_one_and_an_item_that_all_chose_alike_has_a_reason() -> (
    None
):
    data = batch(persons=250, per_pc=2)
    same, two = data.items[0], replace(data.items[3], key=("a", "d"))
    choices = data.choices.copy()
    choices[:, 0] = np.where(choices[:, 0] == "", "", same.key[0])
    data = replace(data, items=(*data.items[:3], two, *data.items[4:]), choices=choices)
    section = sections(items, data)["option_model"]
    (alike,) = by_item(section)[same.label]
    assert (alike["option"], alike["slope"], alike["reasons"]) == (None, None, ["item_without_variation"])
    key = by_item(section)[two.label][-1]
    assert (key["option"], key["right_option"]) == ("A, D", True)
    assert key["chosen_by"] == int(np.isin(data.choices[:, 3], ("a", "d")).sum())
    assert figures(section)["items_estimated"] == len(data.items) - 1


def test_the_option_model_is_refused_for_more_items_than_it_is_computed_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = batch(persons=220, per_pc=1)
    monkeypatch.setattr(options, "MOST_MODELLED", len(data.items) - 1)
    found = sections(items, data)["option_model"]
    assert found["unavailable"] == {"code": "too_many_items", "items": 6, "most": 5}
