# SPDX-License-Identifier: Apache-2.0
"""``kasauti items lint`` prints counts and places, and nothing else where JSON was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from web.cli import run

ITEMS = [
    {
        "id": "1",
        "key": "A",
        "en": {"stem": "What melts in a fuse?", "options": ["The wire", "The cap"]},
        "hi": {"stem": "What melts in a fuse?", "options": ["तार", "टोपी"]},
    },
    {
        "id": "2",
        "key": "C",
        "en": {"stem": "Which tool cuts a thick cable?", "options": ["A cutter", "A hammer"]},
        "hi": {"stem": "मोटी केबल किससे कटती है?", "options": ["कटर", "हथौड़ा"]},
    },
]


def test_json_holds_the_counts_and_every_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "items.json"
    file.write_text(json.dumps(ITEMS), encoding="utf-8")
    assert run(["items", "lint", str(file), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["items"] == 2
    assert printed["findings"] == {"key_not_an_option": 1, "untranslated": 1}
    assert [(one["rule"], one["where"]) for one in printed["details"]] == [
        ("untranslated", "1 hi stem"),
        ("key_not_an_option", "2 key"),
    ]
    assert all(one["text"] for one in printed["details"])


def test_people_get_a_line_for_each_finding_and_a_sum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.json"
    file.write_text(json.dumps(ITEMS[1:]), encoding="utf-8")
    assert run(["items", "lint", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("key_not_an_option: 2 key: ")
    assert lines[-1] == "1 items: 1 key_not_an_option"


def test_a_file_that_cannot_be_read_ends_with_three(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.json"
    file.write_text("{", encoding="utf-8")
    assert run(["items", "lint", str(file)]) == 3
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--credential", "X"]])
def test_neither_a_file_nor_a_bank_is_wrong_usage(arguments: list[str]) -> None:
    assert run(["items", "lint", *arguments]) == 2
