# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats pairs``: what it prints for machines and for people, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scoring.forensics.options import Answers
from tests.unit.scoring.forensics.sittings import sitting
from tests.unit.web.shell import Shell


def wrote(folder: Path, answers: Answers, *, centres: int = 3) -> tuple[str, str]:
    """The file of answers with a centre for each person (the last one has none), and the key."""
    lines = [",".join(["candidate", "centre", *answers.items])]
    for row, (person, codes) in enumerate(zip(answers.persons, answers.codes, strict=True)):
        centre = "" if row == len(answers.persons) - 1 else f"c{row % centres}"
        lines.append(",".join([person, centre, *("ABCD"[code] if code >= 0 else "" for code in codes)]))
    file, key = folder / "answers.csv", folder / "key.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    key.write_text("item,key\n" + "".join(f"{item},A\n" for item in answers.items), encoding="utf-8")
    return str(file), str(key)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """61 persons; p9 copied two thirds of the paper from p3, and p4 from p5 of another centre."""
    answers, _, _, _ = sitting(61, 42, seed=9)
    answers.codes[9, :28] = answers.codes[3, :28]
    answers.codes[4, :40] = answers.codes[5, :40]
    return wrote(tmp_path, answers)


def printed(shell: Shell, *arguments: str) -> dict[str, Any]:
    said = shell("stats", "pairs", *arguments, "--json")
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_pairs_of_the_same_centre_are_named_with_p_and_words(shell: Shell, files: tuple[str, str]) -> None:
    found = printed(shell, files[0], "--key", files[1], "--group", "centre")
    assert (found["method"], found["model"], found["reason"]) == (
        "gbt",
        "smoothed",
        "few_persons_for_nominal",
    )
    assert (found["persons"], found["items"], found["tests"]) == (61, 42, 3 * 190)
    assert (found["rate"], found["control"], found["persons_without_group"]) == (0.05, "bh", 1)
    assert "at most 5 %" in found["false_alarms"]
    (pair,) = found["pairs"]
    assert (pair["first"], pair["second"], pair["group"], pair["flagged"]) == ("p3", "p9", ["c0"], True)
    assert pair["p"] == pair["p_exact"]
    assert pair["p_adjusted"] <= 0.05
    assert pair["matches"] >= 28
    assert pair["same_right"] + pair["same_wrong"] == pair["matches"]
    assert len(pair["same_wrong_items"]) == pair["same_wrong"]
    assert pair["words"].startswith(f"p3 and p9 chose the same option in {pair['matches']} of 42 items;")
    assert pair["words"].endswith("people who learnt together share mistakes too.")
    assert found["clusters"] == [["p3", "p9"]]
    assert not {"asked", "honest_sittings"} & found.keys()


@pytest.mark.parametrize("method", ["omega", "k2"])
def test_directed_methods_say_who_may_have_copied_from_whom(
    shell: Shell, files: tuple[str, str], method: str
) -> None:
    found = printed(shell, files[0], "--key", files[1], "--method", method, "--pair", "p9", "p3")
    (asked,) = found["asked"]
    assert (asked["copier"], asked["source"]) == ("p9", "p3")
    assert found["tests"] == 61 * 60
    named = {frozenset((pair["copier"], pair["source"])) for pair in found["pairs"]}
    assert named <= {frozenset(("p3", "p9")), frozenset(("p4", "p5"))}
    assert frozenset(("p4", "p5")) in named
    assert (found["model"] is None) is (method == "k2")
    assert (asked["expected"] is None) is (method == "k2")


def test_all_pairs_can_be_told_alarms_or_not(shell: Shell, tmp_path: Path) -> None:
    answers, _, _, _ = sitting(31, 12)
    file, key = wrote(tmp_path, answers)
    found = printed(shell, file, "--key", key, "--all", "--rate", "0.01", "--control", "holm")
    # the column of centres is not in the key and therefore no item
    assert (found["items"], found["tests"], len(found["asked"])) == (12, 465, 465)
    assert [pair["p_adjusted"] <= 0.01 for pair in found["asked"]] == [
        pair["flagged"] for pair in found["asked"]
    ]
    assert "even one pair" in found["false_alarms"]


def test_honest_sittings_show_the_rate(shell: Shell, tmp_path: Path) -> None:
    answers, _, _, _ = sitting(40, 15)
    file, key = wrote(tmp_path, answers)
    arguments = [file, "--key", key, "--simulate", "5", "--seed", "3"]
    found = printed(shell, *arguments)
    assert found["honest_sittings"]["sittings"] == 5
    assert found["honest_sittings"]["with_alarm"] <= 2
    assert printed(shell, *arguments) == found
    by_wrong = printed(shell, *arguments, "--method", "k1", "--control", "none")
    assert by_wrong["honest_sittings"]["alarms"] > 0
    assert "Nothing allows for the number of tests" in by_wrong["false_alarms"]


def test_the_nominal_model_needs_no_key(shell: Shell, tmp_path: Path) -> None:
    answers, _, _, _ = sitting(120, 10)
    file, _ = wrote(tmp_path, answers)
    found = printed(
        shell, file, "--id", "candidate", "--group", "centre", "--control", "by", "--pair", "p1", "p4"
    )
    assert (found["model"], found["reason"]) == ("nominal", None)
    (pair,) = found["asked"]
    assert pair["same_wrong"] is None
    assert "wrong" not in pair["words"]
    assert "however the tests depend" in found["false_alarms"]


def test_people_get_a_table_and_sentences(shell: Shell, files: tuple[str, str]) -> None:
    said = shell("stats", "pairs", files[0], "--key", files[1], "--group", "centre")
    assert said.code == 0
    assert "Answers that agree in answers.csv: generalised binomial test" in said.out
    assert "same_wrong_items" not in said.out
    assert "in words: p3 and p9 chose the same option" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--method", "k"], "This needs to know which options are right."),
        (["--pair", "p1", "nobody"], "The file has nobody of the name nobody."),
        (["--weights", "i1"], "i1"),
        (["--group", "nowhere"], "has no column nowhere"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(
    shell: Shell, files: tuple[str, str], arguments: list[str], words: str
) -> None:
    said = shell("stats", "pairs", files[0], "--id", "candidate", *arguments)
    assert (said.code, said.out) == (3, "")
    assert words in said.err


def test_a_list_of_too_many_pairs_is_refused(shell: Shell, tmp_path: Path) -> None:
    answers, _, _, _ = sitting(450, 3)
    file, key = wrote(tmp_path, answers)
    said = shell("stats", "pairs", file, "--key", key, "--all")
    assert said.code == 3
    assert "101025 comparisons are too many" in said.err
