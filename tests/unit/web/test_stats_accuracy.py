# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats accuracy``: every method on files, held to the functions behind it and to published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.certainty.api import Scale, livingston_lewis, posterior_mastery
from web.cli import run

GRADED = [
    ("CFR1", 3.5778976, 2.3707644, 1.3663207, 0.4403436, 1.9134815),
    ("CFR2", 0.9256977, 0.0879174, -0.7274010, -1.3713992, 1.2784658),
]


def answers(persons: int = 400, items: int = 12) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rng = np.random.default_rng(8)
    slopes, places = rng.uniform(0.8, 1.7, items), rng.normal(-0.3, 1, items)
    logits = slopes * (rng.normal(size=(persons, 1)) - places)
    return (rng.random((persons, items)) < 1 / (1 + np.exp(-logits))).astype(np.int64)


def table(path: Path, rows: np.ndarray[Any, Any], header: str | None = None) -> Path:
    names = header or ",".join(f"i{place + 1}" for place in range(rows.shape[1]))
    path.write_text(
        "\n".join([names, *(",".join(map(str, row)) for row in rows.tolist())]) + "\n", encoding="utf-8"
    )
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["stats", "accuracy", *map(str, arguments), "--json"]) == 0, capsys.readouterr().err
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(["stats", "accuracy", *map(str, arguments), "--json"]) == 3
    out = capsys.readouterr()
    assert not out.out
    assert "Traceback" not in out.err
    return out.err


def test_livingston_lewis_takes_alpha_of_the_items(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = answers()
    found = printed(capsys, "--method", "livingston-lewis", "--cut", 8, table(tmp_path / "x.csv", rows))
    covariances = np.cov(rows.T)
    alpha = 12 / 11 * (1 - np.trace(covariances) / covariances.sum())
    assert found["reliability"] == {"value": pytest.approx(alpha), "source": "alpha"}
    wanted = livingston_lewis(rows.sum(axis=1).astype(float), reliability=alpha, cuts=[8], scale=Scale(0, 12))
    for name in ("accuracy", "consistency", "kappa", "false_pass", "false_fail"):
        assert found[name] == pytest.approx(getattr(wanted.quality, name), abs=1e-9), name
    assert found["persons"] == 400
    assert found["scores"][0]["score"] == 0
    assert found["scores"][-1]["above_cut_1"] > 0.9
    share = printed(capsys, "--method", "livingston-lewis", "--cut", "2/3", tmp_path / "x.csv")
    assert share["accuracy"] == found["accuracy"]


def test_totals_in_a_column_need_their_scale_and_reliability(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sums = answers().sum(axis=1) / 2 + 10
    values, counts = np.unique(sums, return_counts=True)
    file = table(tmp_path / "t.csv", np.stack([values, counts], axis=1), "total,n")
    options = ["--method", "livingston-lewis", "--total", "total", "--weights", "n", "--cut", 14]
    whole = [*options, "--minimum", 10, "--maximum", 16, "--reliability", 0.7]
    found = printed(capsys, *whole, "--true-model", "2p", file)
    assert found["parameters"]["model"] == "2P"
    assert found["persons"] == 400
    assert found["scale"] == {"minimum": 10.0, "maximum": 16.0, "cuts": [14.0]}
    moved = printed(capsys, *whole, "--true-cut", 15, file)
    assert moved["cuts"][0]["true_cut"] == pytest.approx(5 / 6)
    assert "highest possible total" in refused(capsys, *options, file)
    assert "--reliability" in refused(capsys, *options, "--maximum", 16, file)
    assert "between 0 and 1" in refused(capsys, *options, "--maximum", 16, "--reliability", 1.2, file)
    assert "is not above the lowest" in refused(
        capsys, *options, "--maximum", "nan", "--reliability", 0.7, file
    )


def test_hanson_brennan_is_close_to_livingston_lewis_on_right_or_wrong_items(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path / "x.csv", answers())
    one = printed(capsys, "--method", "hanson-brennan", "--cut", 8, file)
    other = printed(capsys, "--method", "livingston-lewis", "--cut", 8, file)
    assert one["accuracy"] == pytest.approx(other["accuracy"], abs=0.03)
    assert one["parameters"]["k"] > 0
    assert "numbers of right answers" in refused(
        capsys, "--method", "hanson-brennan", "--cut", 8, "--maximum", 12.5, file
    )


def test_lee_and_rudner_read_items_from_the_file_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The graded items of irtQ's form, by their intercepts, and the same by difficulties."""
    lines = ["item,a,d1,d2,d3,d4,model"] + [
        f"{n},{a},{d1},{d2},{d3},{d4},grm" for n, d1, d2, d3, d4, a in GRADED
    ]
    first = tmp_path / "d.csv"
    first.write_text("\n".join(lines), encoding="utf-8")
    lines = ["item;a;b1;b2;b3;b4"] + [
        ";".join([name, str(row[-1]), *(str(-step / row[-1]) for step in row[:-1])]) for name, *row in GRADED
    ]
    second = tmp_path / "b.csv"
    second.write_text("\n".join(lines), encoding="utf-8")
    by_d = printed(capsys, "--method", "lee", "--cut", 3, "--cut", 6, "--points", 33, first)
    by_b = printed(capsys, "--method", "lee", "--cut", 3, "--cut", 6, "--points", 33, second)
    assert by_d["accuracy"] == pytest.approx(by_b["accuracy"], abs=1e-9)
    assert len(by_d["cuts"]) == 2
    assert by_d["scale"]["maximum"] == 8
    assert "people" not in by_d
    scaled = printed(capsys, "--method", "rudner", "--cut", 0, "--scaling", 1.7, second)
    assert scaled["accuracy"] > printed(capsys, "--method", "rudner", "--cut", 0, second)["accuracy"]
    # a cut in marks stands at the ability where it is expected, and the other way round
    here = printed(capsys, "--method", "rudner", "--cut", 4, "--cut-scale", "score", second)["cuts"][0][
        "theta"
    ]
    share = printed(capsys, "--method", "rudner", "--cut", "1/2", second)["cuts"][0]["theta"]
    assert share == here  # a share is one of the 8 marks
    there = printed(capsys, "--method", "lee", "--cut", f"{here:.9f}", "--cut-scale", "theta", second)
    assert there["cuts"][0]["score"] == pytest.approx(4, abs=1e-6)


def test_guesses_and_the_models_of_adjacent_scores_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.csv"
    file.write_text(
        "item,a,d1,d2,c,u,model\nA,1.2,0.4,,0.2,,3pl\nB,0.9,0.5,-0.3,,,gpcm\nC,1,0.1,,,0.95,\n",
        encoding="utf-8",
    )
    found = printed(capsys, "--method", "lee", "--cut", 2, file)
    assert found["items"] == 3
    assert found["scale"]["maximum"] == 4
    # d2 of gpcm is the sum of the steps: b1 = -.5 / .9, b2 = -(-.3 - .5) / .9
    same = tmp_path / "s.csv"
    same.write_text(
        "item,a,b1,b2,c,u,model\n"
        f"A,1.2,{-0.4 / 1.2},,0.2,1,3pl\nB,0.9,{-0.5 / 0.9},{0.8 / 0.9},0,1,gpcm\nC,1,-0.1,,0,0.95,2pl\n",
        encoding="utf-8",
    )
    assert printed(capsys, "--method", "lee", "--cut", 2, same)["accuracy"] == pytest.approx(
        found["accuracy"], abs=1e-9
    )
    assert (
        "no ability"
        in refused(capsys, "--method", "rudner", "--cut", "0.1", "--cut-scale", "score", file).lower()
    )


def test_items_are_fitted_where_no_parameters_are_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path / "x.csv", answers())
    fitted = printed(capsys, "--method", "lee", "--cut", 8, file)
    assert fitted["model"] == "2pl"
    assert fitted["people"]["consistency"] == pytest.approx(fitted["consistency"], abs=0.05)
    rasch = printed(capsys, "--method", "lee", "--cut", 8, "--model", "rasch", file)
    assert rasch["population"]["sd"] != 1
    assert rasch["accuracy"] == pytest.approx(fitted["accuracy"], abs=0.02)
    # a graded model of two categories is the two-parameter model; marks may begin at 1
    marks = table(tmp_path / "m.csv", answers() + 1)
    graded = printed(capsys, "--method", "lee", "--cut", 20, "--model", "grm", marks)
    assert graded["scale"] == {"minimum": 12, "maximum": 24, "cuts": [20.0]}
    assert graded["accuracy"] == pytest.approx(fitted["accuracy"], abs=1e-4)


def test_given_parameters_are_used_for_the_people_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = tmp_path / "items.csv"
    items.write_text(
        "item,a,b\n" + "".join(f"i{n},1.2,{n / 6 - 1}\n" for n in range(1, 13)), encoding="utf-8"
    )
    rows = answers().astype(object)
    rows[0, 0] = ""
    file = table(tmp_path / "x.csv", rows)
    found = printed(capsys, "--method", "rudner", "--cut", 0, "--parameters", items, file)
    assert 0.5 < found["people"]["accuracy"] < 1
    zero = printed(capsys, "--method", "rudner", "--cut", 0, "--parameters", items, "--missing", "zero", file)
    assert zero["people"]["accuracy"] != found["people"]["accuracy"]
    assert zero["accuracy"] == found["accuracy"]


def test_each_criterion_has_its_threshold_and_each_person_an_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    q = tmp_path / "q.csv"
    q.write_text(
        "item,P1,P2,P3\n" + "".join(f"i{n},{int(n <= 4)},{int(n > 4)},0\n" for n in range(1, 13)),
        encoding="utf-8",
    )
    rows = answers(20)
    file = table(tmp_path / "x.csv", rows)
    found = printed(capsys, "--method", "binomial", "--q", q, "--cut", "7/10", file)
    assert [one["items"] for one in found["criteria"]] == [4, 8, 0]
    assert found["criteria"][0]["master_passes"] == pytest.approx(0.9477)
    assert found["criteria"][2]["reason"] == "no_items"
    person = found["persons"][0]["criteria"][0]
    assert person["right"] == int(rows[0, :4].sum())
    from fractions import Fraction

    wanted = posterior_mastery(int(rows[0, :4].sum()), 4, share=Fraction(7, 10))
    assert person["exact"] == str(wanted.exact)
    assert person["advice"] in {"none", "more_items", "viva"}
    strict = printed(
        capsys,
        "--method",
        "binomial",
        "--q",
        q,
        "--cut",
        "0.7",
        "--prior",
        "1/2,1/2",
        "--sure",
        "99/100",
        file,
    )
    assert strict["prior"] == ["1/2", "1/2"]
    assert all(one["criteria"][2]["borderline"] for one in strict["persons"])
    assert "criteria" in refused(capsys, "--method", "binomial", "--cut", "7/10", file)
    assert "not a number" in refused(
        capsys, "--method", "binomial", "--q", q, "--cut", "7/10", "--prior", "1", file
    )


def test_missing_answers_leave_a_person_out_of_the_totals_or_count_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = answers().astype(object)
    rows[3, 2] = "NA"
    file = table(tmp_path / "x.csv", rows)
    found = printed(capsys, "--method", "livingston-lewis", "--cut", 8, file)
    assert (found["persons"], found["left_out"]) == (399, 1)
    zero = printed(capsys, "--method", "livingston-lewis", "--cut", 8, "--missing", "zero", file)
    assert (zero["persons"], zero["left_out"]) == (400, 0)


@pytest.mark.parametrize("cut", ["half", "1/0", "1e9", "7/-10", "0.5/2", "", "nan"])
def test_a_cut_that_is_no_number_is_refused(
    cut: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path / "x.csv", answers(40))
    assert "not a number" in refused(capsys, "--method", "livingston-lewis", f"--cut={cut}", file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,a,c\nA,1,0\n", "columns of item parameters"),
        ("item,a,b,model\nA,1,0,5pl\n", "names the model 5pl"),
        ("item,a,b\nA,0,1\n", "is no item"),
        ("item,a,b\nA,1,\n", "is no item"),
        ("item,a,b,c\nA,1,0,1.5\n", "parameters of the item A"),
        ("item,a,b1,b2\nA,1,1,0\n", "parameters of the item A"),
        ("item,a,b\nA,x,0\n", "no number"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parameters = tmp_path / "p.csv"
    parameters.write_text(text, encoding="utf-8")
    file = table(tmp_path / "x.csv", answers(40))
    assert said in refused(capsys, "--method", "lee", "--cut", 1, "--parameters", parameters, file)


def test_marks_and_items_that_no_curve_fits_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = answers()
    rows[:, 4] = 1
    same = table(tmp_path / "same.csv", rows)
    assert "i5" in refused(capsys, "--method", "lee", "--cut", 8, same)
    halves = table(tmp_path / "halves.csv", answers() * 0.5)
    assert "without gaps" in refused(capsys, "--method", "lee", "--cut", 4, "--model", "gpcm", halves)


def test_people_read_the_same_figures_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table(tmp_path / "x.csv", answers())
    assert run(["stats", "accuracy", "--method", "livingston-lewis", "--cut", "8", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Accuracy of decisions (livingston-lewis) on x.csv")
    assert "consistency: 0." in out
