# SPDX-License-Identifier: Apache-2.0
"""Whole items with independent response and outcome pairs: what is imported scores as the file does."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from item_bank.items.programs import item_program
from item_bank.items.self_test import reaches_maximum
from item_bank.qti.item_writing import rich_content
from scoring.api import run_item, to_json
from tests.unit.item_bank.qti.documents import only, package
from tests.unit.item_bank.rich_files import png

CASES = Path(__file__).parents[3] / "golden" / "qti" / "cases" / "items.json"
REFUSED = {
    "template_item",
    "printed_variable",
    "end_attempt_interaction",
    "base_type_unsupported",
    "maximum_unknown",
}
HEAD = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" '
    'identifier="i" title="i" adaptive="false" timeDependent="false" xml:lang="en">'
)


def _files(xml: str) -> dict[str, bytes]:
    names = set(re.findall(r'(?:data|src)="([^":]+)"', xml))
    return {name: png(400, 300) for name in names}


def test_an_imported_item_scores_as_its_file_does() -> None:
    cases: list[dict[str, Any]] = [
        case for case in json.loads(CASES.read_text("utf-8")) if "itemBody" in case.get("xml", "")
    ]
    seen: Counter[str] = Counter()
    for case in cases:
        read = only(package(f"{HEAD}{case['xml']}</assessmentItem>".encode(), _files(case["xml"])))
        if read.problems:
            assert {problem.code for problem in read.problems} <= REFUSED, (case["name"], read.problems)
            seen["refused"] += 1
            continue
        content, key = rich_content(read.document)
        named = {part.id for part in content.parts} | {"duration", "numAttempts"}
        responses = {name: value for name, value in case["responses"].items() if name in named}
        score = to_json(run_item(item_program(content, key), responses, seed=0).outcomes.get("SCORE"))
        assert (score or 0) == (case["outcomes"].get("SCORE") or 0), case["name"]
        assert reaches_maximum(read.document), case["name"]
        seen["program" if key.program is not None else "part keys"] += 1
    assert seen["part keys"] >= 60
    assert seen["program"] >= 10
    assert seen["refused"] <= len(cases) // 5
