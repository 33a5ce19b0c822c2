# SPDX-License-Identifier: Apache-2.0
"""``kasauti qti score``: outcomes on stdout, refusals by name with exit code 3, nothing else printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.web.shell import Said, Shell

ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q" title="Q">
  <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="float">
    <correctResponse><value>12.5</value></correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <outcomeDeclaration identifier="COUNT" cardinality="single" baseType="integer"/>
  <outcomeDeclaration identifier="PAIRS" cardinality="multiple" baseType="pair"/>
  <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
</assessmentItem>"""
DRAWN = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q">
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="integer"/>
  <qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-random-integer max="1000000"/>
  </qti-set-outcome-value></qti-response-processing></qti-assessment-item>"""
TEST = """<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t" title="T">
  <outcomeDeclaration identifier="TOTAL" cardinality="single" baseType="float"/>
  <testPart identifier="p" navigationMode="linear" submissionMode="individual">
    <assessmentSection identifier="s" title="S" visible="true">
      <assessmentItemRef identifier="Q1" href="q1.xml"/><assessmentItemRef identifier="Q2" href="q2.xml"/>
    </assessmentSection></testPart>
  <outcomeProcessing><setOutcomeValue identifier="TOTAL"><sum><testVariables variableIdentifier="SCORE"/></sum>
  </setOutcomeValue></outcomeProcessing></assessmentTest>"""


class Scorer:
    """Runs the command on texts."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self.shell, self.folder = shell, folder

    def __call__(self, xml: str | bytes, responses: object, *options: str) -> Said:
        item, given = self.folder / "item.xml", self.folder / "responses.json"
        item.write_bytes(xml if isinstance(xml, bytes) else xml.encode())
        given.write_bytes(responses if isinstance(responses, bytes) else json.dumps(responses).encode())
        return self.shell("qti", "score", str(item), "--responses", str(given), *options)


@pytest.fixture
def score(shell: Shell, tmp_path: Path) -> Scorer:
    return Scorer(shell, tmp_path)


def test_the_outcomes_of_an_item_are_one_json_object(score: Scorer) -> None:
    said = score(ITEM, {"responses": {"RESPONSE": "12.50"}}, "--json")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == {"outcomes": {"SCORE": 1.0, "COUNT": 0, "PAIRS": None}, "warnings": []}
    assert '"SCORE": 1.0' in said.out
    assert '"COUNT": 0,' in said.out


def test_without_json_the_outcomes_are_lines_and_warnings_go_to_stderr(score: Scorer) -> None:
    said = score(ITEM, {"responses": {"RESPONSE": "a dozen"}})
    assert said.code == 0
    assert said.out.splitlines() == ["SCORE = 0.0", "COUNT = 0", "PAIRS = null"]
    assert "warning: " in said.err
    assert "[response_not_read]" in said.err


def test_the_trace_is_printed_on_demand(score: Scorer) -> None:
    said = score(ITEM, {"responses": {"RESPONSE": 12.5}}, "--json", "--trace")
    steps = json.loads(said.out)["trace"]
    assert [step["rule"] for step in steps] == ["responseIf", "setOutcomeValue"]
    said = score(ITEM, {"responses": {"RESPONSE": 12.5}}, "--trace")
    assert "setOutcomeValue SCORE 1.0" in said.out


def test_the_seed_settles_what_is_drawn(score: Scorer) -> None:
    first = score(DRAWN, {"responses": {}}, "--seed", "5", "--json").out
    assert score(DRAWN, {"responses": {}}, "--seed", "5", "--json").out == first
    assert score(DRAWN, {"responses": {}}, "--seed", "6", "--json").out != first


def test_a_test_is_processed_over_the_outcomes_of_its_items(score: Scorer) -> None:
    items = {"Q1": {"outcomes": {"SCORE": 1.5}}, "Q2": {"outcomes": {"SCORE": 2}}}
    said = score(TEST, {"items": items}, "--json")
    assert said.code == 0
    assert json.loads(said.out)["outcomes"] == {"TOTAL": 3.5}


@pytest.mark.parametrize(
    ("xml", "responses", "code", "where"),
    [
        (ITEM, {"responses": {"RESPONS": 1}}, "response_unknown", "RESPONS"),
        (ITEM, {"responses": {"RESPONSE": {"a": 1}}}, "response_type", "RESPONSE"),
        (ITEM, {"RESPONSE": 1}, "responses_malformed", "responses"),
        (ITEM, {"responses": []}, "responses_malformed", "responses"),
        (ITEM, [], "responses_malformed", "responses.json"),
        (ITEM, b"{", "responses_malformed", "responses.json"),
        (ITEM, b'{"responses": {"RESPONSE": NaN}}', "responses_malformed", "responses.json"),
        (ITEM, b'{"responses": {"RESPONSE": ' + b"9" * 5000 + b"}}", "responses_malformed", "responses.json"),
        (ITEM, b'{"responses": ' + b"[" * 100_000, "responses_malformed", "responses.json"),
        (ITEM, "{}".encode("utf-16"), "responses_malformed", "responses.json"),
        (ITEM, b" " * (10 * 1024 * 1024 + 1), "responses_malformed", "responses.json"),
        (ITEM.replace("12.5", "twelve"), {"responses": {}}, "value_malformed", "RESPONSE"),
        (ITEM.replace("match_correct", "own"), {"responses": {}}, "template_unknown", "responseProcessing"),
        (TEST, {"responses": {}}, "items_malformed", "items"),
        (TEST, {"items": {"Q9": {"outcomes": {}}}}, "item_not_in_test", "Q9"),
        ("<manifest/>", {"responses": {}}, "document_unsupported", "manifest"),
        ("<questestinterop/>", {"responses": {}}, "qti_version_unsupported", "item.xml"),
        ("<assessmentItem>", {"responses": {}}, "xml_malformed", "item.xml"),
        (b"<a>" * 10_000, {"responses": {}}, "xml_too_deep", "item.xml"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', {"responses": {}}, "xml_entities_refused", "item.xml"),
    ],
)
def test_a_refusal_is_one_json_object_and_one_sentence(
    score: Scorer, xml: str | bytes, responses: object, code: str, where: str
) -> None:
    said = score(xml, responses, "--json")
    assert said.code == 3
    refused = json.loads(said.out)["refused"]
    assert (refused["code"], refused["where"]) == (code, where)
    assert refused["reason"].endswith(".")
    assert f"[{code}]" in said.err
    plain = score(xml, responses)
    assert (plain.code, plain.out) == (3, "")
    assert f"[{code}]" in plain.err


def test_no_database_is_made(score: Scorer) -> None:
    score(ITEM, {"responses": {}}, "--json")
    assert not score.shell.var.exists()


def test_the_files_must_be_named_and_be_there(shell: Shell, tmp_path: Path) -> None:
    assert shell("qti", "score", str(tmp_path / "gone.xml"), "--responses", str(tmp_path)).code == 2
    item = tmp_path / "item.xml"
    item.write_text(ITEM)
    assert shell("qti", "score", str(item)).code == 2
