# SPDX-License-Identifier: Apache-2.0
"""What reports find in batches where something is known to be there: a wrong key, a biased item, copying, a hard paper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from assessor.analyses.data import BatchData
from assessor.analyses.reports import (
    ability,
    certainty,
    diagnosis,
    fairness,
    fitted,
    forensics,
    forms,
    items,
    paper,
)
from assessor.analyses.reports.dependability import Source, dependability
from assessor.analyses.reports.document import plain, table
from assessor.analyses.reports.fitted import fit_study
from assessor.analyses.reports.study import Bar, bars_of, study_of
from scoring.certainty.api import borderline
from scoring.classical.api import analyse
from tests.unit.assessor.analyses.synthetic import batch, credential


def silent(_part: float, _stage: str) -> None:
    """Nobody looks."""


def sections(module: Any, data: BatchData) -> dict[str, Any]:
    return {one.id: one.document() for one in module.sections(study_of(data), silent)}


def rows(section: dict[str, Any]) -> list[dict[str, Any]]:
    names = [column.get("label", column["code"]) for column in section["table"]["columns"]]
    return [dict(zip(names, row, strict=True)) for row in section["table"]["rows"]]


def figures(section: dict[str, Any]) -> dict[str, Any]:
    return {figure["code"]: figure["value"] for figure in section["figures"]}


def notes(section: dict[str, Any]) -> list[str]:
    return [note["code"] for note in section["notes"]]


def rekeyed(data: BatchData, place: int) -> BatchData:
    """The same answers marked by a key that is wrong on one item."""
    item = data.items[place]
    wrong = next(option for option in item.options if option not in item.key)
    marks = data.marks.copy()
    marks[:, place] = (data.choices[:, place] == wrong).astype(float)
    changed = (*data.items[:place], replace(item, key=(wrong,)), *data.items[place + 1 :])
    return replace(data, items=changed, marks=marks)


def test_a_wrong_key_is_named_and_stands_first() -> None:
    found = sections(items, rekeyed(batch(persons=200, per_pc=4), 7))
    assert figures(found["suspicious_keys"])["keys_to_check"] == 1
    first = rows(found["suspicious_keys"])[0]
    assert first["item"] == "PC2.04"
    assert first["beyond_chance"] is True
    (row,) = [row for row in rows(found["items"]) if row["item"] == "PC2.04"]
    assert row["item_rest"] < 0
    assert row["look_at"][:2] == ["suspicious_key", "negative_discrimination"]


def test_items_agree_with_the_classical_analysis() -> None:
    data = batch(persons=120, per_pc=3)
    known = analyse(data.responses(), maxima=data.maxima)
    for row, one in zip(rows(sections(items, data)["items"]), known.items, strict=True):
        assert row["facility"] == pytest.approx(one.difficulty)
        assert row["item_rest"] == pytest.approx(one.item_rest)
        assert row["discrimination_27"] == pytest.approx(one.discrimination_27)


def test_options_count_only_those_who_were_given_the_item() -> None:
    data = batch(persons=80, forms=4, per_pc=4)
    for row in rows(sections(items, data)["options"]):
        place = data.item_labels.index(row["item"])
        given = int(data.presented[:, place].sum())
        assert row["chosen_by"] == pytest.approx(row["share"] * given)
    assert not any(
        plot["subject"] == "PC1.03" for plot in sections(items, data)["options"]["plots"]
    )  # 20 persons


def test_reliability_of_one_paper_is_alpha_and_of_forms_is_pooled() -> None:
    one = study_of(batch(persons=120, per_pc=3))
    assert dependability(one).source is Source.ALPHA
    assert figures(sections(paper, one.data)["reliability"])["alpha"] == pytest.approx(
        dependability(one).value
    )
    several = study_of(batch(persons=160, forms=4, per_pc=4))
    pooled = dependability(several)
    assert pooled.source is Source.POOLED
    alphas = [row["alpha"] for row in rows(sections(paper, several.data)["reliability_by_form"])]
    assert min(alphas) <= (pooled.value or 0) <= max(alphas)
    drawn = dependability(study_of(batch(persons=60, forms=60, per_pc=4, common=1)))
    assert drawn.source is Source.DEPENDABILITY
    assert 0.3 < (drawn.value or 0) < 0.95


def test_the_heat_map_rises_from_the_weakest_fifth_to_the_strongest() -> None:
    found = sections(paper, batch(persons=150, per_pc=4))["criteria"]
    for row in rows(found):
        assert row["weakest"] < row["strongest"]
    heat = next(plot for plot in found["plots"] if plot["id"] == "criteria_by_strength")
    assert len(heat["series"][0]["points"]) == 6 * 5


def test_each_persons_chance_of_mastery_is_the_posterior_of_the_answers() -> None:
    data = batch(persons=20, per_pc=5)
    found = sections(certainty, data)
    right = np.nansum(data.marks[:, [item.pc == "PC3" for item in data.items]], axis=1)
    for row, answers, count in zip(rows(found["mastery"]), rows(found["answers"]), right, strict=True):
        told = borderline(int(count), 5, share=Fraction(4, 5))
        assert row["PC3"] == pytest.approx(told.mastery.chance)
        assert answers["PC3"] == f"{int(count)}/5"


def test_a_settled_failure_does_not_hang_and_a_doubtful_pass_does() -> None:
    found = rows(sections(certainty, batch(persons=60, per_pc=5))["borderline"])
    assert [row["verdict_hangs"] for row in found] == sorted(
        (row["verdict_hangs"] for row in found), reverse=True
    )
    assert all(row["verdict_hangs"] for row in found if row["verdict"] == "passed")
    assert not all(row["verdict_hangs"] for row in found if row["verdict"] == "failed")


def test_accuracy_by_three_methods_is_alike_where_all_apply() -> None:
    found = sections(certainty, batch(persons=300, per_pc=5))["decisions"]
    first, second, third = rows(found)
    assert [row["method"] for row in (first, second, third)] == ["livingston_lewis", "lee", "rudner"]
    for other in (second, third):
        assert first["accuracy"] == pytest.approx(other["accuracy"], abs=0.04)
        assert first["consistency"] == pytest.approx(other["consistency"], abs=0.05)


def test_bars_come_from_the_rule_and_else_from_the_document() -> None:
    data = batch(persons=1)
    assert bars_of(data).pcs["PC3"] == Bar(Fraction(4, 5), whole=True)
    assert bars_of(data).cut == Fraction(7, 10)
    free = {
        "version": 1,
        "rule": {
            "share": {"scope": {"nos": "SDP/N0701"}, "component": "theory", "basis": "raw", "at_least": "3/5"}
        },
    }
    other = bars_of(replace(data, credential=credential(rule=free)))
    assert other.total is None
    assert other.cut == Fraction(3, 5)
    assert other.nos["SDP/N0701"] == Bar(Fraction(3, 5), whole=False)
    assert other.pcs["PC3"].share == Fraction(4, 5)


def test_a_biased_item_is_flagged_by_language_and_nowhere_else() -> None:
    found = sections(fairness, batch(persons=700, per_pc=3, biased=(8, 2.0)))
    flagged = [row["item"] for row in rows(found["dif_language"]) if row["flagged"]]
    assert flagged[0] == "PC3.03"
    assert len(flagged) <= 2
    assert figures(found["dif_device"])["items_flagged"] <= 1
    (row,) = [row for row in rows(found["dif_language"]) if row["item"] == "PC3.03"]
    assert row["favours"] == "favours_reference"
    assert row["ets"] == "C"


def test_groups_of_fewer_than_ten_show_their_number_only() -> None:
    found = sections(fairness, batch(persons=24, per_pc=2))["groups"]
    small = [row for row in rows(found) if row["reasons"]]
    assert {row["reasons"][0] for row in small} == {"group_too_small"}
    assert all(row["pass_share"] is None and row["mean"] is None for row in small)
    assert "small_groups_hidden" in notes(found)


def test_a_harder_paper_has_a_lower_fair_cut_and_names_those_who_would_pass() -> None:
    data = batch(persons=240, forms=2, per_pc=6, common=3, seed=5)
    hard = [
        place for place, item in enumerate(data.items) if int(item.label[-2:]) > 6
    ]  # own items of the second form
    marks, draw = data.marks.copy(), np.random.default_rng(9)
    for place in hard:
        seen = ~np.isnan(marks[:, place])
        marks[seen & (draw.random(len(marks)) < 0.5), place] = 0.0
    found = sections(forms, replace(data, marks=marks))
    by_form = {row["form"]: row for row in rows(found["forms"])}
    assert by_form["2"]["shift"] < -1 < 0 < by_form["1"]["shift"]
    turned = rows(found["turned"])
    assert {row["turn"] for row in turned if row["form"] == "2"} == {"would_pass"}
    assert "theory_items_only" in notes(found["forms"])
    linked = rows(found["links"])
    by_lot = {"mean", "linear", "equipercentile"}
    assert {row["method"] for row in linked} == {
        "tucker",
        "levine",
        "chained",
        "frequency",
        "true_scores",
    } | by_lot
    assert all(row["bar_equated"] > row["bar"] + 1 for row in linked)  # worth more on the easier paper
    assert "groups_by_lot" in notes(found["links"])
    assert figures(found["overlap"])["items_on_all"] == 18


def test_a_link_by_items_agrees_with_a_link_by_the_totals_on_common_items() -> None:
    linked = rows(sections(forms, batch(persons=400, forms=2, per_pc=6, common=3, seed=5))["links"])
    worth = {row["method"]: row["bar_equated"] for row in linked}
    assert worth["true_scores"] == pytest.approx(worth["levine"], abs=0.6)
    assert worth["true_scores"] == pytest.approx(worth["tucker"], abs=0.6)


def test_papers_without_common_items_are_linked_as_groups_drawn_by_lot() -> None:
    found = sections(forms, batch(persons=240, forms=2, per_pc=3, common=0))
    assert {row["method"] for row in rows(found["links"])} == {"mean", "linear", "equipercentile"}
    assert "forms_share_no_item" in notes(found["forms"])


def test_the_model_gives_back_the_difficulties_that_answers_were_drawn_from() -> None:
    data = batch(persons=220, per_pc=2, seed=2)
    found = sections(ability, data)
    difficulty = np.array([row["difficulty"] for row in rows(found["parameters"])])
    facility = np.nanmean(data.marks, axis=0)
    assert np.corrcoef(difficulty, facility)[0, 1] < -0.85
    assert figures(found["models"])["model"] in {"rasch", "2pl"}
    tried = {row["model"]: row for row in rows(found["models"])}
    assert tried["2pl"]["loglik"] > tried["rasch"]["loglik"]
    assert tried["3pl"]["reasons"] == ["too_few_persons"]
    assert len(found["curves"]["plots"]) == len(data.items)
    assert figures(found["fit"])["rmsea"] < 0.06
    people = rows(found["abilities"])
    totals = data.marks.sum(axis=1)
    assert np.corrcoef([row["ability"] for row in people], totals)[0, 1] > 0.9


def test_a_pair_that_copied_is_named_with_a_small_rate_of_false_alarms() -> None:
    found = sections(forensics, batch(persons=72, per_pc=8, copiers=1, seed=3))
    assert [(row["first"], row["second"]) for row in rows(found["pairs"])] == [
        ("Candidate 001", "Candidate 013")
    ]
    pair = rows(found["pairs"])[0]
    assert pair["p_adjusted"] < 0.05
    assert pair["p_omega"] < 0.001
    assert pair["p_k"] == pytest.approx(
        16 / 81
    )  # the source has two wrong answers only, each shared by 4 in 9
    assert figures(found["pairs"])["honest_with_alarm"] <= 0.15 * figures(found["pairs"])["honest_sittings"]
    assert rows(found["clusters"])[0]["members"] == "Candidate 001, Candidate 013"
    named = {row["person"]: row["kinds"] for row in rows(found["signs"])}
    assert "sign_pairs" in named["Candidate 001"]


def test_quick_answers_that_are_right_are_a_sign() -> None:
    data = batch(persons=60, per_pc=5, unanswered=0.0)
    seconds, marks = data.seconds.copy(), data.marks.copy()
    seconds[4], marks[4] = 1.0, data.maxima
    found = sections(forensics, replace(data, seconds=seconds, marks=marks))
    (row,) = [row for row in rows(found["rapid"]) if row["person"] == "Candidate 005"]
    assert row["rapid"] == len(data.items)
    assert set(row["kinds"]) >= {"low_effort", "sign_rapid", "sign_rapid_right"}


def test_late_changes_are_counted_by_what_they_changed() -> None:
    found = sections(forensics, batch(persons=40, per_pc=4, late=2))["changes"]
    told = rows(found)
    assert [row["person"] for row in told] == ["Candidate 001", "Candidate 002"]
    assert all(row["changed"] == 8 == row["wrong_to_right"] + row["wrong_to_wrong"] for row in told)
    assert figures(found)["persons_late"] == 2


def test_an_item_on_the_wrong_criterion_is_named_where_criteria_are_apart() -> None:
    draw = np.random.default_rng(4)
    data = batch(persons=400, per_pc=4)
    masters = draw.random((400, 6)) < 0.5
    pcs = [pc.id for pc in data.credential.pcs]
    of = np.array([pcs.index(item.pc) for item in data.items])
    of[3] = 4  # written for PC1, answered as PC5
    marks = (draw.random((400, len(of))) < np.where(masters[:, of], 0.9, 0.15)).astype(float)
    found = sections(diagnosis, replace(data, marks=marks, choices=np.full(marks.shape, "")))
    (row,) = rows(found["suggestions"])
    assert (row["item"], row["written_for"], row["answers_say"]) == ("PC1.04", "PC1", "PC5")
    for one in rows(found["criteria"]):
        assert one["masters"] == pytest.approx(0.5, abs=0.12)
    chances = np.array([[row[pc] for pc in pcs[1:]] for row in rows(found["persons"])])
    assert ((chances > 0.5) == masters[:, 1:]).mean() > 0.9


def test_many_criteria_are_diagnosed_in_parts() -> None:
    data = batch(persons=60, per_pc=3)
    whole = credential()
    nos = whole.nos[0]
    extra = tuple(replace(nos.pcs[0], id=f"X{number}", label="") for number in range(6))
    document = replace(whole, nos=(replace(nos, pcs=(*nos.pcs, *extra)),))
    moved = tuple(
        replace(item, pc=f"X{place % 6}") if place < 9 else item for place, item in enumerate(data.items)
    )
    found = sections(diagnosis, replace(data, credential=document, items=moved))
    assert "criteria_in_parts" in notes(found["can_tell"])
    assert figures(found["can_tell"])["profiles"] == 2**8 + 2 ** (figures(found["can_tell"])["criteria"] - 8)


def test_a_table_refuses_a_row_of_another_length_and_plain_a_thing_that_json_has_not() -> None:
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        table([{"code": "a", "unit": "count"}], [[1, 2]])
    with pytest.raises(TypeError):
        plain(object())
    assert plain([np.float64("nan"), Fraction(1, 4), np.bool_(True), {"a": np.int64(3)}]) == [
        None,
        0.25,
        True,
        {"a": 3},
    ]


def test_a_guess_for_each_item_is_tried_where_many_people_had_few_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = batch(persons=1000, per_pc=1, seed=3)
    tried = {one.name: one for one in fit_study(study_of(data)).candidates}
    assert tried["3pl"].reason is None
    assert tried["3pl"].model is not None
    monkeypatch.setattr(fitted, "MOST_GUESSED", len(data.items) - 1)
    tried = {one.name: one for one in fit_study(study_of(data)).candidates}
    assert (tried["3pl"].model, tried["3pl"].reason) == (None, "too_many_items")
