# SPDX-License-Identifier: Apache-2.0
"""`kasauti stats link` and `luck`: what they print, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.scoring.linking.kolen_brennan import act_mathematics, common_items
from tests.unit.web.test_stats_fairness import printed, refused, write


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
