# SPDX-License-Identifier: Apache-2.0
"""How a decision is shown: bars that were made up for, bands, and scopes on which the rule sets no bar."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from item_bank.standards.model import CredentialDocument
from item_bank.standards.parsing import parse_credential
from scoring.api import Verdict, decide, format_mark
from tests.unit.item_bank.builders import share
from tests.unit.item_bank.standards.test_rule_nodes import BANDS, COMPENSATE, first_item, ruled
from web.presenters.results import result_page


@pytest.fixture(autouse=True)
def in_a_request() -> Any:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def page(document: CredentialDocument, shares: dict[str, str]) -> dict[str, Any]:
    """The page of a learner who earned a share of each PC's marks."""
    maxima = document.marks.maxima
    marks = {cell: most * Fraction(shares.get(str(cell.pc), "1")) for cell, most in maxima.items()}
    decision = decide(document.marks, marks, document.rule)
    result = SimpleNamespace(
        document={
            "decision": decision.to_document(),
            "marks": [
                {**cell.facts(), "awarded": format_mark(mark), "maximum": format_mark(maxima[cell])}
                for cell, mark in marks.items()
            ],
            "form": {"sha256": "sha256:0"},
        },
        summary=SimpleNamespace(
            id="r",
            passed=decision.verdict is Verdict.PASS,
            state=SimpleNamespace(value="declared"),
            declared_at=None,
            sha256="sha256:1",
        ),
    )
    return result_page(
        result,  # type: ignore[arg-type]
        document,
        candidate_name="A",
        agency="B",
        awarding_body="C",
    )


def test_a_bar_that_is_missed_and_made_up_for_is_not_shown_as_a_failure() -> None:
    document = parse_credential(ruled(COMPENSATE, share({"credential": True}, "1/2")))
    found = page(document, {"PC1": "3/5"})
    assert found["verdict"] == "pass"
    assert {pc["id"]: pc["verdict"] for pc in found["pcs"]} | {"PC1": "made_up", "PC2": "pass"} == {
        pc["id"]: pc["verdict"] for pc in found["pcs"]
    }
    assert found["nos"][0]["verdict"] == "pass"
    assert found["credential"]["verdict"] == "pass"
    short = page(document, {"PC1": "1/5"})
    assert short["pcs"][0]["verdict"] == "fail"
    assert short["nos"][0]["verdict"] == "fail"


def test_a_nos_is_not_said_to_be_missed_where_the_rule_is_met_without_some_of_its_criteria() -> None:
    either = {"any_of": [share({"pc": "PC1"}), share({"pc": "PC2"})]}
    found = page(parse_credential(ruled(either)), {"PC1": "1/5"})
    assert (found["verdict"], found["pcs"][0]["verdict"], found["nos"][0]["verdict"]) == (
        "pass",
        "fail",
        None,
    )
    missed = page(parse_credential(ruled(either)), {"PC1": "1/5", "PC2": "0"})
    assert (missed["verdict"], missed["nos"][0]["verdict"]) == ("fail", "fail")


def test_bands_are_shown_with_what_lacks_to_the_next() -> None:
    document = parse_credential(ruled(BANDS))
    pcs = {pc.id: "4/5" for pc in document.pcs}
    [band] = page(document, pcs)["bands"]
    lacking = document.maximum * Fraction(1, 20)
    assert band == {"place": "", "band": "B", "next": "A", "to_next": format_mark(lacking), "weighted": False}


def test_a_ladder_that_only_names_the_result_is_no_bar() -> None:
    ladder = {
        "bands": {**BANDS["bands"], "of": [{"name": "A", "at_least": "9/10"}, {"name": "B", "at_least": "0"}]}
    }
    nos = {"bands": {**ladder["bands"], "scope": {"nos": "SDP/N0701"}}}
    for one in (ladder, nos):
        one["bands"]["pass"] = "B"
    found = page(parse_credential(ruled(ladder, nos, share({"pc": "PC1"}))), {})
    assert found["credential"]["threshold"] is None
    assert [one["place"] for one in found["bands"]] == ["", "SDP/N0701"]


def test_where_the_rule_sets_no_bar_nothing_is_said_to_be_reached() -> None:
    found = page(parse_credential(ruled(share({"credential": True}))), {"PC1": "0"})
    assert {pc["verdict"] for pc in found["pcs"]} == {None}
    assert found["nos"][0]["verdict"] is None
    assert found["credential"]["verdict"] in ("pass", "fail")


def test_the_hardest_bar_of_a_scope_is_the_one_that_is_shown() -> None:
    rule = ruled(share({"credential": True}, "9/10"), BANDS, share({"credential": True}, "1/4"))
    assert page(parse_credential(rule), {})["credential"]["threshold_percent"] == 90


def test_marks_of_items_are_added_up_by_component() -> None:
    item, pc = first_item()
    document = parse_credential(ruled({"critical": {"item": item, "at_least": "1/2"}}))
    found = next(one for one in page(document, {})["pcs"] if one["id"] == pc)
    labels = [part["label"] for part in found["components"]]
    assert len(labels) == len(set(labels))
    assert sum(Fraction(part["maximum"]) for part in found["components"]) == document.pc(pc).maximum  # type: ignore[union-attr]
