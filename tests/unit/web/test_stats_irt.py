# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats irt``: what it prints for machines and for people, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.scoring.irt.law_school import section_6
from tests.unit.scoring.irt.science import ITEMS, science
from tests.unit.web.shell import Shell


def wrote(path: Path, header: list[str], rows: Any) -> str:
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def lsat6(tmp_path: Path) -> str:
    patterns, frequencies = section_6()
    rows = [[*map(int, pattern), int(count)] for pattern, count in zip(patterns, frequencies, strict=True)]
    return wrote(tmp_path / "lsat6.csv", [*(f"Item{place}" for place in range(1, 6)), "freq"], rows)


def printed(shell: Shell, *arguments: str) -> dict[str, Any]:
    said = shell("stats", "irt", *arguments, "--json")
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_section_6_of_the_lsat_is_printed_as_r_prints_it(shell: Shell, lsat6: str) -> None:
    found = printed(shell, lsat6, "--weights", "freq", "--model", "2pl")
    assert found["loglik"] == pytest.approx(-2466.653, abs=5e-4)  # R's ltm and mirt
    assert found["n"] == 1000
    assert [item["item"] for item in found["items"]] == ["Item1", "Item2", "Item3", "Item4", "Item5"]
    assert [item["d"] for item in found["items"]] == pytest.approx(
        [2.773, 0.990, 0.249, 1.285, 2.053], abs=1e-3
    )
    one = printed(shell, lsat6, "--weights", "freq", "--model", "1pl")
    assert one["loglik"] == pytest.approx(-2466.938, abs=5e-4)
    assert {round(item["a"], 3) for item in one["items"]} == {0.755}
    rasch = printed(shell, lsat6, "--weights", "freq", "--model", "rasch")
    assert rasch["ability"]["variance"] == pytest.approx(0.5702, abs=1e-4)
    assert rasch["items"][0]["se_a"] is None


def test_persons_are_added_on_request(shell: Shell, lsat6: str) -> None:
    found = printed(
        shell, lsat6, "--weights", "freq", "--model", "2pl", "--scores", "--ability", "map", "--ability", "ml"
    )
    first = found["scores"][0]
    assert first["person"] == "1"
    assert first["map"] == pytest.approx(-1.895, abs=1e-3)  # ltm, factor.scores
    assert (first["ml"], first["se_ml"], first["reason"]) == (None, None, "no_finite_maximum")
    assert 0 < found["reliability"] < 1


def test_guessing_takes_a_prior(shell: Shell, lsat6: str) -> None:
    found = printed(shell, lsat6, "--weights", "freq", "--model", "3pl", "--guessing-prior", "beta:5,17")
    assert all(0.1 < item["c"] < 0.3 for item in found["items"])
    found = printed(
        shell, lsat6, "--weights", "freq", "--model", "3pl", "--guessing-prior", "normal:-1.1,0.5"
    )
    assert all(0.1 < item["c"] < 0.3 for item in found["items"])


@pytest.mark.parametrize(
    "options",
    [
        ("--model", "3pl", "--guessing-prior", "uniform:0,1"),
        ("--model", "2pl", "--guessing-prior", "beta:5,17"),
        ("--model", "4pl"),
        (),
    ],
)
def test_a_wrong_option_is_a_wrong_usage(shell: Shell, lsat6: str, options: tuple[str, ...]) -> None:
    assert shell("stats", "irt", lsat6, "--weights", "freq", *options).code == 2


def test_curves_and_fit_are_added_on_request(shell: Shell, lsat6: str) -> None:
    found = printed(shell, lsat6, "--weights", "freq", "--model", "2pl", "--curves", "--fit", "--scores")
    assert len(found["curves"]["theta"]) == len(found["curves"]["items"][0]["information"])
    assert found["fit"]["items"]
    assert len(found["person_fit"]) == len(found["scores"])


@pytest.mark.parametrize("model", ["grm", "gpcm", "pcm", "nrm"])
def test_items_with_several_marks_have_several_thresholds(shell: Shell, tmp_path: Path, model: str) -> None:
    scores, weights = science()
    rows = np.column_stack((scores, weights)).astype(int)
    file = wrote(tmp_path / "science.csv", [*ITEMS, "freq"], rows)
    found = printed(shell, file, "--weights", "freq", "--model", model, "--scores")
    assert all(len(item["d"]) == 3 for item in found["items"])
    if model == "grm":
        assert found["loglik"] == pytest.approx(-1608.870, abs=5e-3)  # R's mirt
    spread = np.sqrt(found["ability"]["variance"])
    assert np.std([one["eap"] for one in found["scores"]]) < 1.1 * spread


def choices(tmp_path: Path, weight: int = 1) -> tuple[str, str]:
    rng = np.random.default_rng(2)
    right = rng.random((300, 4)) < 1 / (1 + np.exp(-rng.normal(size=(300, 1))))
    rows = [["A" if hit else "BC"[rng.integers(2)] for hit in row] + [1] for row in right]
    rows[5][-1] = weight
    file = wrote(tmp_path / "choices.csv", ["q1", "q2", "q3", "q4", "freq"], rows)
    return file, wrote(tmp_path / "key.csv", ["item", "key"], [(f"q{place}", "A") for place in range(1, 5)])


def test_options_themselves_are_the_categories_of_a_nominal_model(shell: Shell, tmp_path: Path) -> None:
    file, key = choices(tmp_path)
    found = printed(shell, file, "--weights", "freq", "--key", key, "--model", "nrm", "--scores")
    assert all(item["categories"] == ["B", "C", "A"] for item in found["items"])
    assert all(item["a"] > 0 for item in found["items"])
    scored = printed(shell, file, "--weights", "freq", "--key", key, "--model", "2pl", "--scores")
    pairs = [(one["eap"], two["eap"]) for one, two in zip(found["scores"], scored["scores"], strict=True)]
    assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.9


def test_rows_of_no_weight_are_left_out_of_the_nominal_model_aloud(shell: Shell, tmp_path: Path) -> None:
    file, key = choices(tmp_path, weight=0)
    options = ("--weights", "freq", "--key", key, "--model", "nrm", "--scores")
    said = shell("stats", "irt", file, *options, "--json")
    assert "rows of weight 0 are left out: 1" in said.err
    table = Path(file).read_text(encoding="utf-8").splitlines()
    Path(file).write_text("\n".join(line for line in table if not line.endswith(",0")), encoding="utf-8")
    without = printed(shell, file, *options)
    found = json.loads(said.out)
    assert (found["n"], found["loglik"]) == (299, pytest.approx(without["loglik"], abs=1e-9))
    assert len(found["scores"]) == len(without["scores"]) == 299


def test_too_few_persons_get_a_reason_and_classical_figures(shell: Shell, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    file = wrote(tmp_path / "few.csv", ["a", "b", "c", "d"], rng.integers(0, 2, (20, 4)))
    found = printed(shell, file, "--model", "2pl")
    assert found["loglik"] is None
    assert (found["reason"], found["facts"]["fewest"]) == ("too_few_persons", 50)
    assert "too few persons" in found["explanation"]
    assert all(item["a"] is None and 0 < item["difficulty"] < 1 for item in found["items"])
    assert "loglik" in printed(shell, file, "--model", "rasch", "--fewest", "10")


def test_scores_that_are_neither_right_nor_wrong_are_refused(shell: Shell, lsat6: str) -> None:
    said = shell("stats", "irt", lsat6, "--model", "2pl")
    assert said.code == 3
    assert "freq" in said.err


def test_people_read_a_table(shell: Shell, lsat6: str) -> None:
    said = shell("stats", "irt", lsat6, "--weights", "freq", "--model", "2pl")
    assert said.code == 0
    assert "2PL model of lsat6.csv" in said.out
    assert "0.8257" in said.out


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl"])
def test_answers_that_follow_one_order_have_no_slope_and_no_spread(
    shell: Shell, tmp_path: Path, model: str
) -> None:
    rows = [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]] * 40
    file = wrote(tmp_path / "steps.csv", list("abcd"), rows)
    found = printed(shell, file, "--model", model, "--fit", "--scores")
    assert {item["reason"] for item in found["items"]} == {"slope_without_end"}
    assert found["ability"] == {"mean": 0.0, "variance": None, "se_variance": None}
    assert len(found["person_fit"]) == 200
