# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats ctt`` and ``rescore``: what they print, and how they refuse."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.web.shell import Shell
from web.cli.stats.printing import plain

ROOT = Path(__file__).parents[3]
FREQUENCIES = runpy.run_path(str(ROOT / "tests/unit/scoring/classical/lsat6.py"))["FREQUENCIES"]


@pytest.fixture
def lsat6(tmp_path: Path) -> str:
    rows = [",".join(f"{number:05b}") + f",{count}" for number, count in enumerate(FREQUENCIES)]
    return wrote(tmp_path / "lsat6.csv", "\n".join(["i1,i2,i3,i4,i5,freq", *rows]) + "\n")


@pytest.fixture
def answers(tmp_path: Path) -> str:
    return wrote(
        tmp_path / "answers.csv", "id,q1,q2,q3,q4\nann,A,B,C,A\nbob,A,C,C,A\ncid,B,B,,D\ndee,C,C,C,D\n"
    )


@pytest.fixture
def old(tmp_path: Path) -> str:
    return wrote(tmp_path / "old.csv", "item,key\nq1,A\nq2,B\nq3,C\nq4,D\n")


@pytest.fixture
def new(tmp_path: Path) -> str:
    return wrote(tmp_path / "new.csv", "item,key\nq1,A\nq2,C\nq3,C\nq4,D\n")


def wrote(file: Path, content: str) -> str:
    file.write_text(content, encoding="utf-8")
    return str(file)


def printed(shell: Shell, *arguments: str) -> dict[str, Any]:
    said = shell("stats", *arguments, "--json")
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_the_analysis_of_scores_has_the_members_of_the_contract(shell: Shell, lsat6: str) -> None:
    found = printed(shell, "ctt", lsat6, "--weights", "freq")
    assert (found["n"], found["mean"]) == (1000, pytest.approx(3.819))
    assert found["alpha"] == pytest.approx(0.2950, abs=5e-5)
    assert found["sem"] == pytest.approx(1.0350 * (1 - 0.2950) ** 0.5, abs=1e-3)
    assert found["sd"] == pytest.approx(1.0350, abs=5e-5)
    first = found["items"][0]
    assert {"item", "difficulty", "item_total", "item_rest", "alpha_if_deleted"} <= first.keys()
    assert (first["item"], first["difficulty"]) == ("i1", pytest.approx(0.924))


def test_the_analysis_of_choices_shows_the_options(shell: Shell, answers: str, old: str) -> None:
    found = printed(shell, "ctt", answers, "--key", old)
    assert found["missing"] == {"cells": 1, "treated_as": "available", "smallest_pair": 3}
    assert [one["option"] for one in found["items"][0]["distractors"]] == ["A", "B", "C"]
    zero = printed(shell, "ctt", answers, "--key", old, "--missing", "zero")
    assert zero["items"][2]["difficulty"] == pytest.approx(0.75)
    assert printed(shell, "ctt", answers, "--key", old, "--missing", "complete")["n"] == 3


def test_people_read_tables(shell: Shell, answers: str, old: str) -> None:
    said = shell("stats", "ctt", answers, "--key", old)
    assert said.code == 0
    assert said.out.startswith("Classical analysis of answers.csv\n")
    assert "q1, distractors:" in said.out
    assert "few persons" in said.out or "few_persons_for_items" in said.out


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("full", {"totals_changed": 4, "up": 2, "down": 2, "fail_to_pass": 1, "pass_to_fail": 1}),
        ("harm-free", {"totals_changed": 2, "up": 2, "down": 0, "fail_to_pass": 1, "pass_to_fail": 0}),
        ("drop", {"totals_changed": 4, "up": 2, "down": 2, "fail_to_pass": 0, "pass_to_fail": 1}),
    ],
)
def test_a_corrected_key_changes_who_passes(
    shell: Shell, answers: str, old: str, new: str, *, policy: str, expected: dict[str, int]
) -> None:
    cut = ("--cut", "3/4", "--policy", policy)
    wrote(Path(answers), "id,q1,q2,q3,q4\nann,A,B,C,A\nbob,A,C,A,D\ncid,B,B,,D\ndee,C,C,B,D\n")
    found = printed(shell, "rescore", answers, "--key", old, "--new-key", new, *cut)
    assert {name: found[name] for name in expected} == expected
    assert (found["n"], found["cut"], found["items_changed"]) == (4, "3/4", ["q2"])
    assert (
        found["passed_after"] - found["passed_before"] == expected["fail_to_pass"] - expected["pass_to_fail"]
    )


def test_the_reason_of_each_change_is_shown_without_the_answer(
    shell: Shell, answers: str, old: str, new: str
) -> None:
    found = printed(shell, "rescore", answers, "--key", old, "--new-key", new, "--cut", "3/4")
    ann = found["persons"][0]
    assert (ann["person"], ann["total_before"], ann["total_after"]) == ("ann", "3", "2")
    assert (ann["verdict_before"], ann["verdict_after"]) == ("pass", "fail")
    assert ann["items"] == [{"item": "q2", "before": "1", "after": "0"}]
    assert "response" not in json.dumps(found)


def test_without_a_cut_there_are_no_verdicts(shell: Shell, answers: str, old: str, new: str) -> None:
    found = printed(shell, "rescore", answers, "--key", old, "--new-key", new)
    assert (found["fail_to_pass"], found["pass_to_fail"], found["passed_before"]) == (None, None, None)
    assert found["reason"] == "no_cut"
    assert "verdict_before" not in found["persons"][0]


def test_frequencies_are_counted(shell: Shell, tmp_path: Path, old: str, new: str) -> None:
    file = wrote(tmp_path / "often.csv", "q1,q2,q3,q4,n\nA,B,C,A,10\nA,C,C,A,2.5\n")
    options = ("--weights", "n", "--cut", "3/4")
    found = printed(shell, "rescore", file, "--key", old, "--new-key", new, *options)
    assert (found["n"], found["down"], found["up"]) == (12.5, 10, 2.5)
    assert (found["pass_to_fail"], found["fail_to_pass"]) == (10, 2.5)


def test_an_item_can_be_given_to_everybody_or_dropped(
    shell: Shell, tmp_path: Path, answers: str, old: str
) -> None:
    everybody = wrote(tmp_path / "all.csv", "item,key\nq1,A\nq2,*\nq3,C\nq4,D\n")
    found = printed(shell, "rescore", answers, "--key", old, "--new-key", everybody, "--cut", "3/4")
    assert (found["up"], found["down"]) == (2, 0)
    dropped = wrote(tmp_path / "drop.csv", "item,key\nq1,A\nq2,-\nq3,C\nq4,D\n")
    found = printed(shell, "rescore", answers, "--key", old, "--new-key", dropped, "--cut", "3/4")
    assert found["persons"][0]["maximum_after"] == "3"


def test_the_written_records_are_derived_again_by_the_script(
    shell: Shell, answers: str, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    records = Path(answers).with_name("records.json")
    keys = ("--key", old, "--new-key", new, "--cut", "3/4")
    printed(shell, "rescore", answers, *keys, "--records", str(records))
    made = json.loads(records.read_text("utf-8"))
    assert [one["supersedes"] for one in made["records"]] == [None, None, None, None, 0, 1, 2, 3]
    assert runpy.run_path(str(ROOT / "scripts/rederive"))["main"]([str(records)]) == 0
    assert "8 records, 0 faults" in capsys.readouterr().out
    made["records"][1]["verdict"] = "pass"
    records.write_text(json.dumps(made), encoding="utf-8")
    assert runpy.run_path(str(ROOT / "scripts/rederive"))["main"]([str(records)]) == 1


def test_records_without_a_cut_are_wrong_usage(shell: Shell, answers: str, old: str, new: str) -> None:
    said = shell("stats", "rescore", answers, "--key", old, "--new-key", new, "--records", "r.json")
    assert said.code == 2
    assert "--cut" in said.err


@pytest.mark.parametrize(
    ("key", "cut", "words"),
    [
        ("item,key\nq1,A\nq2,C\nq3,C\n", "3/4", "do not have the same items"),
        ("item,key\nq1,A\nq2,C\nq3,C\nq4,\n", "3/4", "names no right option"),
        ("item,key\nq1,A\nq2,C\nq3,C\nq4,D\n", "5/4", "is no share of the marks"),
        ("item,key\nq1,A\nq2,C\nq3,C\nq4,D\n", "a lot", "is no share of the marks"),
        ("item,key\nq1,-\nq2,-\nq3,-\nq4,-\n", "3/4", "No item is left"),
    ],
)
def test_what_cannot_be_rescored_is_refused(
    shell: Shell, tmp_path: Path, answers: str, old: str, *, key: str, cut: str, words: str
) -> None:
    new = wrote(tmp_path / "new.csv", key)
    said = shell("stats", "rescore", answers, "--key", old, "--new-key", new, "--cut", cut, "--json")
    assert (said.code, said.out) == (3, "")
    assert words in said.err


def test_a_key_of_another_test_is_refused(shell: Shell, tmp_path: Path, answers: str) -> None:
    key = wrote(tmp_path / "key.csv", "item,key\nq1,A\nq9,B\n")
    for arguments in (("ctt", answers, "--key", key), ("rescore", answers, "--key", key, "--new-key", key)):
        said = shell("stats", *arguments)
        assert said.code == 3
        assert "q9" in said.err


def test_the_help_lists_every_kind(shell: Shell) -> None:
    assert "rescore" in shell("stats", "rescore", "--help").out
    assert shell("stats", "nothing").code == 2


def test_a_number_that_does_not_exist_is_null() -> None:
    numbers = {"a": float("nan"), "b": np.float64("inf"), "c": np.array([1, 2])}
    made = plain({**numbers, "d": np.bool_(1), "e": (None, np.int64(3))})
    assert made == {"a": None, "b": None, "c": [1, 2], "d": True, "e": [None, 3]}
    with pytest.raises(TypeError):
        plain({"a": object()})


@pytest.mark.parametrize(
    "command",
    [
        ("ctt",),
        ("irt", "--model", "1pl"),
        ("dina", "--q", "q.csv"),
        ("gdina", "--q", "q.csv"),
        ("accuracy", "--method", "livingston-lewis", "--cut", "60%"),
        ("luck", "--share", "3/5"),
        ("patterns", "--model", "rasch", "--draws", "99"),
        ("exposed", "--items", "i1", "--model", "rasch"),
    ],
)
def test_a_group_is_a_column_that_is_no_item(shell: Shell, tmp_path: Path, command: tuple[str, ...]) -> None:
    rows = [f"{number:05b}" for number, count in enumerate(FREQUENCIES) for _ in range(count)]
    head, body = "i1,i2,i3,i4,i5", [",".join(row) for row in rows]
    q = wrote(
        tmp_path / "q.csv",
        f"{head}\n".replace(",", ",1\n").replace("i5", "i5,1").replace("i1", "item,PC\ni1", 1),
    )
    options = [q if one == "q.csv" else one for one in command[1:]]
    plain_file = wrote(tmp_path / "answers.csv", "\n".join([head, *body]) + "\n")
    expected = printed(shell, command[0], plain_file, *options)
    grouped = "\n".join([f"Sex,{head}", *("FM"[place % 2] + "," + row for place, row in enumerate(body))])
    assert (
        printed(shell, command[0], wrote(tmp_path / "answers.csv", grouped), "--group", "sex", *options)
        == expected
    )


def test_a_cut_may_be_given_in_per_cent(shell: Shell, answers: str, old: str, new: str) -> None:
    found = [
        printed(shell, "rescore", answers, "--key", old, "--new-key", new, "--cut", cut)
        for cut in ("3/4", "75 %")
    ]
    assert found[0] == found[1]
    assert found[0]["cut"] == "3/4"
    assert shell("stats", "rescore", answers, "--key", old, "--new-key", new, "--cut", "175%").code == 3
