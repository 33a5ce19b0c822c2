# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats dif`` on files, with figures published elsewhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.scoring.fairness.verbal_aggression import ITEMS, answers, gender, yes_or_no
from web.cli import run


def write(path: Path, header: list[str], rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["stats", *map(str, arguments), "--json"]) == 0, capsys.readouterr().err
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def refused(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 3) -> str:
    assert run(["stats", *map(str, arguments), "--json"]) == code
    said = capsys.readouterr()
    assert not said.out
    assert "Traceback" not in said.err
    return said.err


@pytest.fixture
def verbal(tmp_path: Path) -> Path:
    rows = [[*map(int, row), sex] for row, sex in zip(yes_or_no().scores, gender(), strict=True)]
    return write(tmp_path / "verbal.csv", [*ITEMS, "Gender"], rows)


# ----------------------------------------------------------------------------------------------------- dif


def test_dif_prints_difrs_figures_under_the_names_of_the_contract(
    verbal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = printed(capsys, "dif", verbal, "--group", "Gender", "--focal", "M", "--exact")
    assert (found["reference"], found["focal"], found["n"]) == ("F", ["M"], {"F": 243.0, "M": 73.0})
    assert found["flagged"] == ["S2WantShout"]
    item = found["items"][5]
    assert item["item"] == "S2WantShout"
    assert (item["chi2"], item["p"], item["alpha_mh"], item["delta_mh"], item["p_exact"]) == pytest.approx(
        (9.6032, 0.0019, 2.8804, -2.4861, 0.0015), abs=5.1e-5
    )
    assert (item["ets"], item["ets_significance"], item["flagged"], item["favours"]) == (
        "C",
        "C",
        True,
        "reference",
    )
    assert found["items"][1]["ets"] == "B"
    assert found["items"][1]["ets_significance"] == "A"
    assert found["cautions"] == ["few_focal", "few_persons"]
    assert found["purification"] is None


def test_dif_by_logistic_regression(verbal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(
        capsys, "dif", verbal, "--group", "Gender", "--focal", "M", "--method", "logistic", "--purify"
    )
    assert found["purification"] == {"rounds": 2, "converged": True}
    assert found["flagged"] == ["S2DoScold"]
    item = found["items"][16]
    assert (item["chi2"], item["p"], item["r2_change"]) == pytest.approx(
        (12.6729, 0.0018, 0.0352), abs=5.1e-5
    )
    assert (item["jodoin_gierl"], item["zumbo_thomas"]) == ("B", "A")
    assert item["delta_logistic"] == pytest.approx(2.35 * item["log_odds_focal"])
    assert list(item["coefficients"]) == ["intercept", "ability", "group", "ability_x_group"]
    uniform = printed(
        capsys,
        "dif",
        verbal,
        "--group",
        "Gender",
        "--focal",
        "M",
        "--method",
        "logistic",
        "--type",
        "uniform",
    )
    assert uniform["items"][5]["chi2"] == pytest.approx(11.3031, abs=5.1e-5)
    sizes = printed(capsys, "dif", verbal, "--group", "Gender", "--focal", "M")["items"]
    for name in ("alpha_mh", "delta_mh", "ets", "log_alpha_se", "delta_se", "ets_significance"):
        assert [item[name] for item in uniform["items"]] == [item[name] for item in sizes]
    anchored = printed(
        capsys,
        "dif",
        verbal,
        "--group",
        "Gender",
        "--focal",
        "M",
        "--method",
        "logistic",
        "--anchor",
        ITEMS[0],
    )
    assert (anchored["items"][0]["reason"], anchored["items"][0]["alpha_mh"]) == ("anchor", None)


def test_dif_without_correction_with_anchors_and_with_a_matching_column(
    verbal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = printed(
        capsys, "dif", verbal, "--group", "Gender", "--focal", "M", "--no-correction", "--control", "none"
    )
    assert plain["items"][0]["chi2"] == pytest.approx(2.2151, abs=5.1e-5)
    anchored = printed(
        capsys, "dif", verbal, "--group", "Gender", "--focal", "M", "--anchor", ",".join(ITEMS[:5])
    )
    assert anchored["items"][0]["reason"] == "anchor"
    assert anchored["items"][5]["chi2"] == pytest.approx(2.2586, abs=5.1e-5)
    table = yes_or_no()
    rows = [[*map(int, row), sex, int(row.sum())] for row, sex in zip(table.scores, gender(), strict=True)]
    rows[0][-1] = "NA"
    matched = write(tmp_path / "matched.csv", [*ITEMS, "Gender", "ability"], rows)
    found = printed(capsys, "dif", matched, "--group", "Gender", "--focal", "M", "--match", "ability")
    assert (found["matching"], found["items"][0]["n"]) == ("ability", 315)
    rows[0][-1] = "tall"
    write(matched, [*ITEMS, "Gender", "ability"], rows)
    assert "tall" not in refused(capsys, "dif", matched, "--group", "Gender", "--match", "ability")
    rows[0][-1] = "inf"
    write(matched, [*ITEMS, "Gender", "ability"], rows)
    assert "ability" in refused(capsys, "dif", matched, "--group", "Gender", "--match", "ability")


def test_dif_of_items_with_more_scores_and_of_several_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["north", "south", "west"]
    rows = [
        [*map(int, row), sex, places[number % 3]]
        for number, (row, sex) in enumerate(zip(answers().scores, gender(), strict=True))
    ]
    file = write(tmp_path / "three.csv", [*ITEMS, "Gender", "place"], rows)
    both = printed(capsys, "dif", file, "--group", "Gender", "--group", "place")
    assert [one["group"] for one in both["comparisons"]] == ["Gender", "place"]
    gender_item, place_item = (one["items"][0] for one in both["comparisons"])
    assert "alpha_mh" not in gender_item
    assert gender_item["ets"] in {"A", "B", "C"}
    assert (place_item["df"], [pair["focal"] for pair in place_item["pairs"]]) == (2, ["south", "west"])
    one = write(tmp_path / "one.csv", [*ITEMS, "Gender"], [row[:-1] for row in rows])
    options = ("--group", "Gender", "--focal", "M", "--method", "logistic", "--match", "S1DoCurse")
    alone = printed(capsys, "dif", one, *options)
    assert alone["items"][0]["reason"] == "not_binary"
    assert "UsageError" not in refused(
        capsys, "dif", file, "--group", "Gender", "--group", "place", "--focal", "M", code=2
    )


def test_dif_of_three_groups_by_logistic_regression_names_each_coefficient(
    verbal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[*map(int, row), ["a", "b", "c"][number % 3]] for number, row in enumerate(yes_or_no().scores)]
    file = write(tmp_path / "groups.csv", [*ITEMS, "g"], rows)
    found = printed(capsys, "dif", file, "--group", "g", "--reference", "b", "--method", "logistic")
    assert list(found["items"][0]["coefficients"]) == [
        "intercept", "ability", "group_1", "group_2", "ability_x_group_1", "ability_x_group_2",
    ]  # fmt: skip
    assert "log_odds_focal" not in found["items"][0]


def test_an_item_that_cannot_be_tested_is_null_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[1, number % 2, number // 3 % 2, "ab"[number // 2 % 2]] for number in range(60)]
    file = write(tmp_path / "flat.csv", ["always", "one", "two", "g"], rows)
    for method in ("mh", "logistic"):
        item = printed(capsys, "dif", file, "--group", "g", "--focal", "b", "--method", method)["items"][0]
        assert (item["chi2"], item["p"], item["flagged"], item["reason"]) == (
            None,
            None,
            False,
            "item_constant",
        )
    few = write(tmp_path / "few.csv", ["one", "g"], [[0, "a"], [1, "b"], [1, "a"], [0, "b"]])
    assert printed(capsys, "dif", few, "--group", "g")["items"][0]["reason"] == "too_few_persons"


@pytest.mark.parametrize(("written", "asked"), [("FM", "f"), ("10", "1.0"), (("1.0", "0.0"), "1")])
def test_the_focal_group_may_be_written_otherwise_than_in_the_file(
    verbal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str, asked: str
) -> None:
    expected = printed(capsys, "dif", verbal, "--group", "Gender", "--focal", "F")["items"]
    rows = [
        [*map(int, row), written[sex != "F"]] for row, sex in zip(yes_or_no().scores, gender(), strict=True)
    ]
    other = write(tmp_path / "other.csv", [*ITEMS, "sex"], rows)
    found = printed(capsys, "dif", other, "--group", "SEX", "--focal", asked)["items"]
    for name in ("chi2", "alpha_mh", "delta_mh", "ets", "flagged"):
        assert [item[name] for item in found] == [item[name] for item in expected]


def test_groups_that_differ_only_in_case_are_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[place % 2, (place // 2) % 2, "aA"[place % 2]] for place in range(40)]
    file = write(tmp_path / "two.csv", ["p", "q", "g"], rows)
    assert printed(capsys, "dif", file, "--group", "g", "--focal", "A")["focal"] == ["A"]
    assert "Nobody belongs" in refused(capsys, "dif", file, "--group", "g", "--focal", "b")


def test_dif_refuses_groups_that_are_not_there(verbal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody belongs to the group X" in refused(
        capsys, "dif", verbal, "--group", "Gender", "--focal", "X"
    )
    assert "Colour" in refused(capsys, "dif", verbal, "--group", "Colour")
    assert "S9" in refused(capsys, "dif", verbal, "--group", "Gender", "--anchor", "S9")


def test_dif_reads_choices_with_a_key_and_is_plain_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(3)
    rows = [["ABC"[rng.integers(3)], "ABC"[rng.integers(2)], "fm"[number % 2]] for number in range(80)]
    file = write(tmp_path / "choices.csv", ["q1", "q2", "sex"], rows)
    key = write(tmp_path / "key.csv", ["item", "key"], [["q1", "A"], ["q2", "B|C"]])
    assert run(["stats", "dif", str(file), "--group", "sex", "--focal", "f", "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert "Mantel-Haenszel" in said
    assert "alpha_mh" in said
