# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats link``: one and the same pair of forms, written to files in the ways in which people write them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.web.shell import Shell

ITEMS = [
    [f"x{place}" for place in range(6)] + ["A1", "A2", "A3"],
    [f"y{place}" for place in range(6)] + ["a1", "a2", "a3"],
]


@pytest.fixture(scope="module")
def answers() -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    found = []
    for mean, persons in ((0.0, 300), (0.4, 400)):
        ability = rng.normal(mean, 1, (persons, 1))
        found.append(
            (rng.random((persons, 9)) < 1 / (1 + np.exp(np.linspace(-1, 1, 9) - ability))).astype(int)
        )
    return found


def wrote(path: Path, header: list[str], rows: Any) -> str:
    path.write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def linked(shell: Shell, forms: list[str], *options: str) -> dict[str, Any]:
    said = shell("stats", "link", *forms, *options, "--json")
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def as_items(tmp_path: Path, answers: list[np.ndarray]) -> list[str]:
    return [
        wrote(
            tmp_path / f"{place}.csv",
            ["Student No", *ITEMS[place], "Sex"],
            [[f"s{at}", *row, "FM"[at % 2]] for at, row in enumerate(form)],
        )
        for place, form in enumerate(answers)
    ]


def as_totals(tmp_path: Path, answers: list[np.ndarray], names: list[str]) -> list[str]:
    return [
        wrote(tmp_path / f"{place}.csv", [names[place], "V"], [[row.sum(), row[6:].sum()] for row in form])
        for place, form in enumerate(answers)
    ]


def as_counts(tmp_path: Path, answers: list[np.ndarray]) -> list[str]:
    return [
        wrote(
            tmp_path / f"{place}.csv",
            ["raw", "v", "n"],
            [
                [*pair, count]
                for pair, count in Counter((int(row.sum()), int(row[6:].sum())) for row in form).items()
            ],
        )
        for place, form in enumerate(answers)
    ]


@pytest.mark.parametrize("method", ["tucker", "levine", "frequency"])
def test_a_form_is_the_same_as_items_as_totals_and_as_counts(
    shell: Shell, tmp_path: Path, answers: list[np.ndarray], method: str
) -> None:
    options = ["--method", method, "--anchor"]
    found = linked(shell, as_items(tmp_path, answers), *options, "a1, a2; a3", "--group", "sex")
    assert found["statistics"][0]["mean"] == pytest.approx(answers[0].sum(axis=1).mean())
    others = [
        linked(shell, as_items(tmp_path, answers), *options, "a1 a2 a3", "--group", "Sex"),
        linked(shell, as_totals(tmp_path, answers, ["x", "y"]), *options, "v"),
        linked(shell, as_totals(tmp_path, answers, ["form x", "form y"]), *options, "V"),
        linked(shell, as_totals(tmp_path, answers, ["total", "sum_score"]), *options, "v"),
        linked(shell, as_counts(tmp_path, answers), *options, "v", "--weights", "n"),
    ]
    for other in others:
        assert other["slope"] == (None if method == "frequency" else pytest.approx(found["slope"]))
        assert [row["equivalent"] for row in other["table"]] == pytest.approx(
            [row["equivalent"] for row in found["table"]]
        )


def test_a_form_of_two_items_is_no_total_beside_an_anchor(shell: Shell, tmp_path: Path) -> None:
    rows = [[1, 1], [1, 0], [0, 1], [0, 0]] * 10
    forms = [wrote(tmp_path / f"{name}.csv", [name, "v"], rows) for name in "ab"]
    assert linked(shell, forms, "--method", "mean", "--anchor", "v")["totals"]["x"] == "sum of the items"


def test_totals_without_spread_have_no_correlation_with_the_anchor(shell: Shell, tmp_path: Path) -> None:
    # a person has one of the first two items right and one of the last two: all totals are 2, the anchor varies
    form = wrote(tmp_path / "x.csv", list("abcd"), [[1, 0, 1, 0], [0, 1, 0, 1]] * 10)
    found = linked(shell, [form, form], "--method", "mean", "--anchor", "a")
    assert found["statistics"][0]["correlation"] is None
    assert (found["slope"], found["intercept"]) == (1.0, 0.0)
