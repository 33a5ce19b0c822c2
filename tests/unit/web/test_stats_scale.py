# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats scale`` and ``kasauti stats irt --fit``: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.irt.category_models import Family, Item
from tests.unit.scoring.irt.science import ITEMS, science
from tests.unit.scoring.irt.test_polytomous_engine import answers
from tests.unit.web.shell import Shell

ANCHORS = [Item(f"a{n}", Family.LOGISTIC, np.array([0.9 + 0.1 * n, 1.0 - 0.3 * n, 0.0])) for n in range(6)]
OWN = [Item("own", Family.LOGISTIC, np.array([1.0, 0.4, 0.0]))]


def wrote(file: Path, items: list[Item], seed: int, mean: float, persons: int = 900) -> str:
    theta = mean + np.random.default_rng(seed).standard_normal(persons)
    rows = answers(items, persons, seed + 1, theta=theta).astype(int)
    lines = [",".join(item.name for item in items), *(",".join(map(str, row)) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


@pytest.fixture
def forms(tmp_path: Path) -> tuple[str, str]:
    return (
        wrote(tmp_path / "x.csv", [*ANCHORS, *OWN], 3, 0.6),
        wrote(
            tmp_path / "y.csv",
            [*ANCHORS, Item("other", Family.LOGISTIC, np.array([1.0, -0.4, 0.0]))],
            30,
            0.0,
        ),
    )


def test_two_forms_come_onto_one_scale(shell: Shell, forms: tuple[str, str]) -> None:
    said = shell("stats", "scale", *forms, "--model", "2pl", "--method", "haebara", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["intercept"] == pytest.approx(0.6, abs=4 * told["se_intercept"])
    assert told["slope"] == pytest.approx(1.0, abs=4 * told["se_slope"])
    assert (told["n_x"], told["n_y"], told["reason"]) == (900, 900, None)
    assert [anchor["item"] for anchor in told["anchors"]] == [item.name for item in ANCHORS]
    assert [row["score"] for row in told["table"]] == list(range(8))
    assert told["table"][0]["theta"] is None
    assert told["table"][4]["true_score"] == pytest.approx(told["table"][4]["observed_score"], abs=0.3)


def test_named_anchors_and_other_models_are_taken(shell: Shell, forms: tuple[str, str]) -> None:
    said = shell(
        "stats", "scale", *forms, "--model", "1pl", "--method", "mean-mean", "--anchor", "a0,a2,a4", "--json"
    )
    told = json.loads(said.out)
    assert [anchor["item"] for anchor in told["anchors"]] == ["a0", "a2", "a4"]
    assert told["distance"] is None
    three = shell("stats", "scale", *forms, "--model", "3pl", "--fewest", "100", "--json")
    assert json.loads(three.out)["reason"] == "model_without_covariance"
    people = shell("stats", "scale", *forms, "--model", "pcm")
    assert "x.csv on the scale of y.csv" in people.out


def test_forms_without_a_common_item_are_refused(shell: Shell, forms: tuple[str, str]) -> None:
    said = shell("stats", "scale", *forms, "--model", "2pl", "--anchor", "own")
    assert said.code == 3
    assert "no item in common" in said.err


def test_fit_is_printed_with_the_model(shell: Shell, tmp_path: Path) -> None:
    scores, frequencies = science()
    rows = np.column_stack((scores, frequencies)).astype(int)
    file = tmp_path / "science.csv"
    file.write_text(
        "\n".join([",".join([*ITEMS, "n"]), *(",".join(map(str, row)) for row in rows)]), encoding="utf-8"
    )
    said = shell("stats", "irt", str(file), "--weights", "n", "--model", "grm", "--fit", "--scores", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["fit"]["overall"][1]["statistic"] == pytest.approx(19.179, abs=5e-3)
    assert told["fit"]["items"][0]["item"] == "Comfort"
    assert told["fit"]["pairs"][2]["v"] == pytest.approx(0.152, abs=1e-3)
    assert len(told["person_fit"]) == 90
    assert told["person_fit"][0]["fit_reason"] == "too_few_responses"
    alone = shell("stats", "irt", str(file), "--weights", "n", "--model", "pcm", "--fit", "--json")
    assert json.loads(alone.out)["person_fit"] == []
