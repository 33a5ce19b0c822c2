# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats dif``, ``link`` and ``luck`` on files, with figures published elsewhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.scoring.fairness.verbal_aggression import ITEMS, answers, gender, yes_or_no
from tests.unit.scoring.linking.kolen_brennan import act_mathematics, common_items
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


@pytest.fixture
def forms(tmp_path: Path) -> tuple[Path, Path]:
    found = []
    for name, form in zip("xy", common_items(), strict=True):
        cells = np.argwhere(form.counts > 0)
        rows: list[list[object]] = [
            [total, anchor, int(form.counts[total, anchor])] for total, anchor in cells.tolist()
        ]
        found.append(write(tmp_path / f"form_{name}.csv", ["total", "anchor", "count"], rows))
    return found[0], found[1]


@pytest.fixture
def act(tmp_path: Path) -> Path:
    x, y = act_mathematics()
    rows: list[list[object]] = [[score, int(x.counts[score]), int(y.counts[score])] for score in range(41)]
    return write(tmp_path / "act.csv", ["scale", "xcount", "ycount"], rows)


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


# ---------------------------------------------------------------------------------------------------- link


def test_link_prints_tuckers_line(forms: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "link", *forms, "--anchor", "anchor", "--weights", "count", "--method", "tucker")
    assert (found["slope"], found["intercept"]) == pytest.approx((1.0292, 0.5378), abs=5.1e-5)
    assert found["at_weight_1"]["slope"] == pytest.approx(1.0289, abs=5.1e-5)
    assert (found["design"], found["anchor"], found["anchor_kind"]) == ("anchor", ["anchor"], "internal")
    assert found["synthetic"]["gamma_y"] == pytest.approx(2.4560, abs=5.1e-5)
    assert [row["mean"] for row in found["statistics"]] == pytest.approx(
        [15.8205, 18.6728, 5.1063, 5.8626], abs=5.1e-5
    )
    assert len(found["table"]) == 37
    assert found["cautions"] == ["groups_differ"]


@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    [("levine", 1.0110, 0.2514), ("levine-true", 1.0086, 0.2912), ("chained", 1.0213, 0.3937),
     ("braun-holland", 1.0067, 0.8976)],
)  # fmt: skip
def test_link_prints_the_lines_of_equate(
    method: str, slope: float, intercept: float, forms: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--anchor", "anchor", "--weights", "count", "--method", method, "--errors", "none")
    found = printed(capsys, "link", *forms, *arguments)
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept), abs=1.1e-4)
    assert "se" not in found["table"][0]


def test_link_of_an_external_anchor(forms: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "--anchor",
        "anchor",
        "--weights",
        "count",
        "--method",
        "levine",
        "--external",
        "--errors",
        "none",
    )
    found = printed(capsys, "link", *forms, *arguments)
    assert (found["slope"], found["intercept"]) == pytest.approx((1.0168, 0.3257), abs=5.1e-5)


def test_link_of_one_file_with_two_columns_of_frequencies(
    act: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ("--weights", "xcount", "--weights-y", "ycount")
    mean = printed(capsys, "link", act, act, *columns, "--method", "mean")
    assert (mean["slope"], mean["intercept"]) == pytest.approx((1.0, -0.8726), abs=5.1e-5)
    curve = printed(capsys, "link", act, act, *columns, "--method", "equipercentile")
    assert [row["equivalent"] for row in curve["table"][1:4]] == pytest.approx(
        [0.9796, 1.6462, 2.2856], abs=5.1e-5
    )
    assert [row["se"] for row in curve["table"][:2]] == [None, pytest.approx(0.8306, abs=5.1e-5)]
    assert (curve["equated"]["mean"], curve["equated"]["sd_population"]) == pytest.approx(
        (18.9799, 8.9352), abs=5.1e-5
    )
    smooth = printed(
        capsys,
        "link",
        act,
        act,
        *columns,
        "--method",
        "equipercentile",
        "--smooth",
        "aic",
        "--errors",
        "none",
    )
    assert [row["degree"] for row in smooth["smoothing"]] == [6, 6]
    assert smooth["table"][20]["unsmoothed"] == pytest.approx(curve["table"][20]["equivalent"])


def test_link_sums_items_and_keeps_or_leaves_out_the_anchor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    files = []
    for name, names in (("x", ["a", "b", "v", "w"]), ("y", ["c", "d", "v", "w"])):
        rows: list[list[object]] = rng.integers(0, 2, (200, 4)).tolist()
        rows[0][0] = ""
        files.append(write(tmp_path / f"{name}.csv", names, rows))
    inside = printed(capsys, "link", *files, "--anchor", "v,w", "--method", "tucker")
    assert inside["statistics"][0]["high"] == 4
    assert inside["left_out"] == {"x": 1.0, "y": 1.0}
    outside = printed(
        capsys, "link", *files, "--anchor", "v,w", "--method", "tucker", "--external", "--missing", "zero"
    )
    assert outside["statistics"][0]["high"] == 2
    assert outside["statistics"][0]["n"] == 200
    assert "Name the items" in refused(capsys, "link", *files, "--method", "tucker")
    assert "z" in refused(capsys, "link", *files, "--method", "tucker", "--anchor", "z")
    assert refused(capsys, "link", *files, "--method", "tucker", "--anchor", "a,b,v,w", "--external")


def test_a_column_of_totals_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[object]] = [[number % 11, number % 4, "Ann"] for number in range(60)]
    x = write(tmp_path / "x.csv", ["points", "v", "name"], rows)
    y = write(
        tmp_path / "y.csv",
        ["marks", "v", "name"],
        [[row[0], "" if not row[1] else row[1], row[2]] for row in rows],
    )
    arguments = (
        "--total",
        "points",
        "--total-y",
        "marks",
        "--anchor",
        "v",
        "--method",
        "chained",
        "--missing",
        "zero",
    )
    found = printed(capsys, "link", x, y, *arguments)
    assert (found["slope"], found["intercept"]) == pytest.approx((1.0, 0.0), abs=1e-9)
    assert found["totals"] == {"x": "points", "y": "marks"}
    dropped = printed(capsys, "link", x, y, *arguments[:-2])
    assert dropped["left_out"] == {"x": 0.0, "y": 15.0}
    two = [write(tmp_path / f"{name}2.csv", [name, "v"], [row[:2] for row in rows]) for name in "xy"]
    assert printed(capsys, "link", *two, "--anchor", "v", "--method", "tucker")["totals"] == {
        "x": "x",
        "y": "y",
    }


def test_link_says_what_is_wrong_with_its_options(
    act: Path, forms: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ("--weights", "xcount", "--weights-y", "ycount", "--method", "equipercentile")
    assert "degree" in refused(capsys, "link", act, act, *columns, "--smooth", "much", code=2)
    assert "0:40" in refused(capsys, "link", act, act, *columns, "--scale-x", "40", code=2)
    assert "0:40" in refused(capsys, "link", act, act, *columns, "--scale-x", "a:b", code=2)
    assert "not on the scale" in refused(capsys, "link", act, act, *columns, "--scale-y", "0:39")
    assert "Degree 60" in refused(capsys, "link", act, act, *columns, "--smooth", "60")
    bad = write(tmp_path / "bad.csv", ["total", "count"], [[3, -1], [4, 2]])
    assert "count" in refused(capsys, "link", bad, bad, "--weights", "count", "--method", "mean")
    few = write(tmp_path / "few.csv", ["total"], [[3], [4]])
    assert "nothing is linked" in refused(capsys, "link", few, few, "--method", "mean")
    apart = printed(
        capsys, "link", *forms, "--anchor", "anchor", "--weights", "count", "--method", "frequency",
        "--scale-anchor", "0:14", "--smooth", "none", "--errors", "bootstrap", "--replications", "3",
    )  # fmt: skip
    assert apart["statistics"][2]["high"] == 14
    assert apart["errors"] == "bootstrap"


def test_link_scores_choices_by_the_key_of_each_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(4)
    rows: list[list[object]] = [
        ["ABCD"[code] for code in row] for row in rng.integers(0, 4, (60, 5)).tolist()
    ]
    names = [f"q{number}" for number in range(5)]
    file = write(tmp_path / "choices.csv", names, rows)
    keys = [
        write(tmp_path / f"{letter}.csv", ["item", "key"], [[name, letter] for name in names])
        for letter in "AB"
    ]
    found = printed(capsys, "link", file, file, "--key", keys[0], "--key-y", keys[1], "--method", "linear")
    means = [np.mean([sum(cell == letter for cell in row) for row in rows]) for letter in "AB"]
    assert [row["mean"] for row in found["statistics"]] == pytest.approx(means)


def test_a_score_without_spread_is_told_and_not_divided_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = write(tmp_path / "flat.csv", ["total"], [[3]] * 10)
    found = printed(capsys, "link", flat, flat, "--method", "mean")
    assert found["statistics"][0]["skewness"] is None
    assert found["equated"]["kurtosis"] is None
    assert "do not vary" in refused(capsys, "link", flat, flat, "--method", "linear")


# ---------------------------------------------------------------------------------------------------- luck


def test_luck_names_whose_verdict_hangs_on_the_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(6)
    ability, difficulty = rng.normal(0.2, 1, 300), np.linspace(-2, 2, 12)
    rows: list[list[object]] = []
    for number in range(300):
        right = rng.uniform(size=12) < 1 / (1 + np.exp(difficulty - ability[number]))
        easy = number % 2 == 0
        seen = range(8) if easy else range(4, 12)
        rows.append(
            [
                f"L{number}",
                "easy" if easy else "hard",
                *(int(right[i]) if i in seen else "" for i in range(12)),
            ]
        )
    file = write(tmp_path / "papers.csv", ["learner", "paper", *(f"q{i}" for i in range(12))], rows)
    found = printed(capsys, "luck", file, "--form", "paper", "--share", "50%")
    assert [form["form"] for form in found["forms"]] == ["easy", "hard"]
    assert found["forms"][0]["shift"] > 0.8 > -0.8 > found["forms"][1]["shift"]
    assert found["turned"] == len(found["persons"]) > 0
    assert {one["verdict_would"] for one in found["persons"] if one["form"] == "hard"} == {"pass"}
    assert all(one["person"].startswith("L") for one in found["persons"])
    same = printed(capsys, "luck", file, "--form", "paper", "--share", "1/2")
    assert same == printed(capsys, "luck", file, "--form", "paper", "--share", "0.5") == found
    own = write(
        tmp_path / "own.csv", ["learner", *(f"q{i}" for i in range(12))], [[row[0], *row[2:]] for row in rows]
    )
    assert printed(capsys, "luck", own, "--share", "50%")["turned"] == found["turned"]
    assert "share" in refused(capsys, "luck", own, "--share", "1e999999999", code=2)
    assert "between 0 and 1" in refused(capsys, "luck", own, "--share", "120%")
    assert "blue" in refused(capsys, "luck", file, "--form", "paper", "--share", "50%", "--reference", "blue")


def test_link_by_items_brings_two_calibrations_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(2)
    files = []
    for name, mean, places in (("x", 0.5, range(10)), ("y", 0.0, range(4, 14))):
        chance = 1 / (1 + np.exp(np.linspace(-1.5, 1.5, 14)[list(places)] - rng.normal(mean, 1, (500, 1))))
        rows: list[list[object]] = (rng.uniform(size=chance.shape) < chance).astype(int).tolist()
        rows[0][0] = ""
        files.append(write(tmp_path / f"{name}.csv", [f"q{place}" for place in places], rows))
    arguments = ("--anchor", "q4,q5,q6,q7,q8,q9", "--model", "rasch")
    found = printed(capsys, "link", *files, *arguments, "--method", "irt-true")
    assert found["scale"]["intercept"] == pytest.approx(0.5, abs=0.2)
    assert (found["scale"]["slope"], found["scale"]["method"], found["slope"]) == (1, "mean-mean", None)
    assert [found["table"][place]["equivalent"] for place in (0, 10)] == [0, 10]
    assert found["table"][5]["equivalent"] < 4.5
    observed = printed(
        capsys,
        "link",
        *files,
        *arguments,
        "--method",
        "irt-observed",
        "--scale-method",
        "mean-sigma",
        "--missing",
        "zero",
    )
    assert observed["table"][5]["ability"] is None
    assert observed["scale"]["method"] == "mean-sigma"
    assert "needs an anchor" in refused(capsys, "link", *files, "--method", "irt-true")
