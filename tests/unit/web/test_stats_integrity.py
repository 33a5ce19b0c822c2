# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats effort``, ``patterns``, ``drift``, ``exposed`` and ``changes``: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.web.shell import Shell

PERSONS, ITEMS = 240, 24


def scores(seed: int = 1) -> np.ndarray:
    draw = np.random.default_rng(seed)
    ability, difficulty = draw.normal(size=(PERSONS, 1)), np.linspace(-1.5, 1.5, ITEMS)
    return (draw.random((PERSONS, ITEMS)) < 1 / (1 + np.exp(difficulty - ability))).astype(int)


def wrote(file: Path, table: np.ndarray, **others: list[str]) -> str:
    header = ",".join(["id", *others, *(f"i{item}" for item in range(table.shape[1]))])
    rows = [
        ",".join([f"p{row}", *(column[row] for column in others.values()), *map(str, values)])
        for row, values in enumerate(table)
    ]
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(file)


def printed(shell: Shell, *arguments: str) -> dict[str, Any]:
    said = shell("stats", *arguments, "--json")
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def by_name(found: dict[str, Any]) -> dict[str, Any]:
    return {row["person"]: row for row in found["persons"]}


@pytest.fixture
def timed(tmp_path: Path) -> tuple[str, str]:
    """p7 answered the first twelve items in two seconds, all of them right; p8 was as quick and guessed."""
    draw = np.random.default_rng(5)
    right = scores()
    seconds = np.exp(draw.normal(3.6, 0.4, right.shape)).round(1)
    right[7, :12], seconds[7, :12] = 1, 2.0
    right[8, :12], seconds[8, :12] = [0, 1, 0] * 4, 2.0
    return wrote(tmp_path / "scores.csv", right), wrote(tmp_path / "times.csv", seconds[:, ::-1])


def test_quick_answers_and_quick_right_answers_are_told_apart(shell: Shell, tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    right, seconds = scores(), np.exp(draw.normal(3.6, 0.4, (PERSONS, ITEMS))).round(1)
    right[7, :12] = 1
    right[8, :12] = [0, 1, 0] * 4
    seconds[7:9, :12] = 2.0
    file, times = wrote(tmp_path / "scores.csv", right), wrote(tmp_path / "times.csv", seconds)
    found = printed(shell, "effort", file, "--times", times)
    persons = by_name(found)
    assert (persons["p7"]["rapid"], persons["p7"]["effort"], persons["p7"]["low_effort"]) == (12, 0.5, True)
    assert [name for name, row in persons.items() if row["flagged"]] == ["p7", "p8"]
    assert [name for name, row in persons.items() if row["flagged_rapid_right"]] == ["p7"]
    assert persons["p7"]["flagged_pace"]
    assert persons["p0"]["p_rapid_right"] is None
    assert found["items"][0]["limit_seconds"] == pytest.approx(np.clip(seconds[:, 0].mean() / 10, 0, 10))
    assert found["pace_reason"] is None


def test_a_mixture_says_where_there_is_no_quick_group(shell: Shell, timed: tuple[str, str]) -> None:
    found = printed(shell, "effort", timed[0], "--times", timed[1], "--limits", "mixture")
    assert {item["reason"] for item in found["items"]} == {"no_rapid_group"}
    assert {item["limit_seconds"] for item in found["items"]} == {None}
    assert {row["effort"] for row in found["persons"]} == {None}


def test_too_few_times_for_a_pace_are_said(shell: Shell, tmp_path: Path) -> None:
    file, times = wrote(tmp_path / "s.csv", scores()[:20]), wrote(tmp_path / "t.csv", scores()[:20] * 0 + 30)
    found = printed(shell, "effort", file, "--times", times)
    assert found["pace_reason"] == "persons_too_few_to_compare"
    assert "pace" not in found["persons"][0]


def test_a_pattern_upside_down_is_named(shell: Shell, tmp_path: Path) -> None:
    right = scores()
    right[9] = [0] * 12 + [1] * 12
    found = printed(
        shell, "patterns", wrote(tmp_path / "s.csv", right), "--model", "rasch", "--draws", "9999"
    )
    person = by_name(found)["p9"]
    assert person["flagged"]
    assert person["flagged_u3"]
    assert person["u3"] == pytest.approx(1, abs=0.05)
    assert person["guttman_errors"] == 144
    assert person["reason"] is None


def test_a_leaked_item_is_dated(shell: Shell, tmp_path: Path) -> None:
    right = scores()
    days = [f"2026-11-{1 + row // 10:02d}" for row in range(PERSONS)]
    right[140:, 20] = 1
    file = wrote(tmp_path / "s.csv", right, day=days)
    found = printed(shell, "drift", file, "--when", "day", "--since", "2026-11-14")
    assert found["instants"] == 24
    (leaked,) = [item for item in found["items"] if item["flagged"]]
    assert leaked["item"] == "i20"
    assert leaked["last_before"] in {"2026-11-13", "2026-11-14", "2026-11-15"}
    assert leaked["p_since"] < 1e-6
    numbered = wrote(tmp_path / "n.csv", right, day=[day[-2:] for day in days])
    again = printed(shell, "drift", numbered, "--when", "day")
    assert [item["easier"] for item in again["items"]] == [item["easier"] for item in found["items"]]
    assert again["items"][0]["p_since"] is None


def test_who_knows_the_leaked_items_only_is_named(shell: Shell, tmp_path: Path) -> None:
    right = scores()
    right[6] = [1, 1] + [0] * 10 + [1] * 12
    names = ",".join(f"i{item}" for item in range(12, 24))
    found = printed(shell, "exposed", wrote(tmp_path / "s.csv", right), "--items", names)
    flagged = [row for row in found["persons"] if row["flagged"]]
    assert [row["person"] for row in flagged] == ["p6"]
    assert (flagged[0]["tested"], flagged[0]["right"]) == (12, 12)
    assert flagged[0]["expected"] < 6


def test_late_changes_are_counted_and_judged(shell: Shell, tmp_path: Path) -> None:
    before, after = scores(), scores()
    weak = int(np.argsort(before.sum(axis=1))[10])
    after[weak, 10:] = 1
    found = printed(
        shell,
        "changes",
        wrote(tmp_path / "b.csv", before),
        wrote(tmp_path / "a.csv", after),
        "--model",
        "rasch",
    )
    person = by_name(found)[f"p{weak}"]
    assert person["wrong_to_right"] == person["changed"] == 14 - before[weak, 10:].sum()
    assert [row["person"] for row in found["persons"] if row["flagged"]] == [f"p{weak}"]


def test_people_get_tables(shell: Shell, tmp_path: Path) -> None:
    file = wrote(tmp_path / "s.csv", scores())
    said = shell("stats", "exposed", file, "--items", "i1,i2")
    assert said.code == 0
    assert said.out.startswith("Exposed items in s.csv\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["drift", "--when", "day"], "has no instant: “someday”"),
        (["drift", "--when", "day", "--since", "noon"], "has no instant"),
        (["exposed", "--items", "i1,q9"], "no item of the name q9"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    shell: Shell, tmp_path: Path, arguments: list[str], words: str
) -> None:
    kind, *options = arguments
    others = {"day": ["someday"] * 60} if kind == "drift" else {}
    file = wrote(tmp_path / "s.csv", scores()[:60], **others)
    said = shell("stats", kind, file, *options)
    assert said.code == 3
    assert words in said.err


def test_times_of_other_people_are_refused(shell: Shell, tmp_path: Path) -> None:
    file, times = wrote(tmp_path / "s.csv", scores()[:60]), wrote(tmp_path / "t.csv", scores()[:59] + 5)
    said = shell("stats", "effort", file, "--times", times)
    assert said.code == 3
    assert "has no times for p59" in said.err
