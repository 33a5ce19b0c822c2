# SPDX-License-Identifier: Apache-2.0
"""QTI scoring against cases that others' engines and the specification settle (`tests/golden/qti/cases`).

Each file is a list of cases with a `source`. A case is an expression with its value, an item with responses and
outcomes, or a test with items and outcomes, in the names of QTI 2; every case runs in those and in QTI 3's, unless
`versions` says in which. `invalid` is what QTI forbids: it must be refused or be NULL with a warning. `differs`
names an engine that says otherwise, and the clause that decides; `lenient` says what is accepted although QTI
forbids it (`docs/qti-differences.md`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest

from core.errors import Invalid
from item_bank.qti.xml import element_of, parse_xml
from scoring.api import QtiError, program_of, run_item, to_json
from scoring.qti.outcomes import run_test
from scoring.qti.outcomes_items import read_items, read_seconds
from scoring.qti.outcomes_structure import parse_test
from scoring.qti.tree import Element
from tests.unit.scoring.qti.spelling import spelled_as_qti_3

CASES = Path(__file__).parents[3] / "golden" / "qti" / "cases"
SEED = 20261122


def load() -> list[tuple[str, dict]]:
    return [
        (f"{path.stem}: {case['name']}", case)
        for path in sorted(CASES.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]


ALL = load()
NAMESPACES = {
    "2": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "3": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}


def document(kind: str, inside: str, *, version: str) -> Element:
    """The case as a whole document in one spelling, read as every import is read."""
    text = (
        f'<{kind} identifier="case" title="A case" adaptive="false" timeDependent="false">{inside}</{kind}>'
    )
    if version == "3":
        text = spelled_as_qti_3(text)
    text = re.sub(r"^<([\w-]+)", rf'<\1 xmlns="{NAMESPACES[version]}"', text)
    return element_of(parse_xml(text.encode()))


def item_of(case: dict) -> str:
    declared = case.get("declarations", "")
    if "expression" in case:
        declared += (
            f'<outcomeDeclaration identifier="RESULT" cardinality="{case.get("cardinality", "single")}" '
            f'baseType="{case["type"]}"/>'
        )
        processing = f'<setOutcomeValue identifier="RESULT">{case["expression"]}</setOutcomeValue>'
    else:
        processing = case["processing"]
    template = f' template="{case["template"]}"' if "template" in case else ""
    declared, _, made = declared.partition("<templateProcessing>")
    made = f"<templateProcessing>{made}" if made else ""
    return (
        f"{declared}{made}<itemBody><p>A case.</p></itemBody>"
        f"<responseProcessing{template}>{processing}</responseProcessing>"
    )


def same(found: object, expected: object, *, within: float | None) -> bool:
    """Equal in value and in JSON type; numbers within a tolerance where a case gives one."""
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(same(one, other, within=within) for one, other in zip(found, expected, strict=True))
        )
    if isinstance(expected, float):
        if not isinstance(found, float):
            return False
        return math.isclose(found, expected, rel_tol=1e-12, abs_tol=within or 1e-12)
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(
    ("case", "version"),
    [
        pytest.param(case, version, id=f"{name}, QTI {version}")
        for name, case in ALL
        for version in case.get("versions", ["2", "3"])
    ],
)
def test_the_engine_says_what_the_case_says(case: dict, version: str) -> None:
    if "test" in case:
        outcomes, warnings = run_a_test(case, version)
        expected = case["outcomes"]
    elif "xml" in case:
        outcomes, warnings = run_an_item(document("assessmentItem", case["xml"], version=version), case)
        expected = case["outcomes"]
    else:
        try:
            outcomes, warnings = run_an_item(document("assessmentItem", item_of(case), version=version), case)
        except (QtiError, Invalid):
            assert case.get("invalid"), "a case that QTI allows was refused"
            return
        expected = (
            {"RESULT": None}
            if case.get("invalid")
            else case.get("outcomes", {"RESULT": case.get("expected")})
        )
    for name, value in expected.items():
        assert same(outcomes[name], value, within=case.get("within")), (
            f"{name} is {outcomes[name]!r}, {value!r} expected"
        )
    if case.get("invalid"):
        assert warnings, "what QTI forbids became NULL without a word"


def run_an_item(item: Element, case: dict) -> tuple[dict[str, object], tuple]:
    run = run_item(program_of(item), case.get("responses", {}), seed=case.get("seed", SEED))
    return {name: to_json(value) for name, value in run.outcomes.items()}, run.warnings


def run_a_test(case: dict, version: str) -> tuple[dict[str, object], tuple]:
    run = run_test(
        parse_test(document("assessmentTest", case["test"], version=version)),
        read_items(case["items"]),
        seed=SEED,
        durations={
            name: read_seconds(value, where=name) for name, value in case.get("durations", {}).items()
        },
        duration=read_seconds(case.get("duration"), where="duration"),
    )
    return {name: to_json(value) for name, value in run.outcomes.items()}, run.warnings


def test_there_are_hundreds_of_cases_with_names_and_sources_of_their_own() -> None:
    names = Counter(name for name, _ in ALL)
    assert len(ALL) >= 1000
    assert names.most_common(1)[0][1] == 1
    assert all(case["source"] for _, case in ALL)


def test_every_difference_is_explained_in_the_documentation() -> None:
    page = (Path(__file__).parents[4] / "docs" / "qti-differences.md").read_text(encoding="utf-8")
    missing = [case["name"] for _, case in ALL if "differs" in case and case["name"] not in page]
    assert missing == []
