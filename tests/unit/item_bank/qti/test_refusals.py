# SPDX-License-Identifier: Apache-2.0
"""What cannot be delivered safely or scored is refused by name, and nothing of it is taken."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from item_bank.formats.model import ImportDefaults
from tests.unit.item_bank.qti.documents import (
    DEFAULTS,
    MAP_POINT,
    MARKED_HOT,
    PICTURE,
    SCORE,
    assessment_item,
    choice,
    codes,
    declared,
    only,
    package,
    parsed,
)

B = declared("RESPONSE", "single", "identifier", "B")
CHOICE = choice("one", "two")
CUSTOM_OPERATOR = (
    '<responseProcessing><setOutcomeValue identifier="SCORE">'
    '<customOperator class="x"/></setOutcomeValue></responseProcessing>'
)
RUN = '<responseProcessing><setOutcomeValue identifier="SCORE">{}</setOutcomeValue></responseProcessing>'
TEMPLATE = '<templateDeclaration identifier="T" cardinality="single" baseType="integer"/>'


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("adaptive_item", assessment_item(CHOICE, B).replace(b'adaptive="false"', b'adaptive="true"')),
        ("template_item", assessment_item(CHOICE, B, TEMPLATE)),
        ("template_item", assessment_item("<p><templateInline templateIdentifier='T' identifier='x'/></p>" + CHOICE, B)),
        ("template_item", assessment_item(CHOICE.replace('identifier="B"', 'identifier="B" templateIdentifier="T"'), B)),
        ("printed_variable", assessment_item('<p><printedVariable identifier="SCORE"/></p>' + CHOICE, B)),
        ("custom_interaction", assessment_item('<customInteraction responseIdentifier="RESPONSE"/>', B)),
        ("drawing_interaction", assessment_item((f'<drawingInteraction '
            f'responseIdentifier="RESPONSE">{MARKED_HOT}</drawingInteraction>'), B)),
        ("end_attempt_interaction", assessment_item(CHOICE + ('<p><endAttemptInteraction '
            'responseIdentifier="H" title="Hint"/></p>'), B)),
        ("custom_operator", assessment_item(CHOICE, B, processing=CUSTOM_OPERATOR)),
        ("external_machine", assessment_item(CHOICE, B, outcomes=SCORE.replace('identifier="SCORE"', ('identifier="SCORE" '
            'externalScored="externalMachine"')))),
        ("media_not_in_file", assessment_item('<p><img src="gone.png" alt="x"/></p>' + CHOICE, B)),
        ("media_external", assessment_item('<p><img src="https://example.org/x.png" alt="x"/></p>' + CHOICE, B)),
        ("media_external", assessment_item('<p><img src="../../secret.png" alt="x"/></p>' + CHOICE, B)),
        ("media_external", assessment_item('<p><img src="data:image/png;base64,AAAA" alt="x"/></p>' + CHOICE, B)),
        ("element_unknown", assessment_item("<p><blink>x</blink></p>" + CHOICE, B)),
        ("element_unknown", assessment_item("<p><gap identifier='G'/></p>" + CHOICE, B)),
        ("active_content", assessment_item("<p>x<script>alert(1)</script></p>" + CHOICE, B)),
        ("active_content", assessment_item("<p onclick='x()'>x</p>" + CHOICE, B)),
        ("active_content", assessment_item("<iframe src='x'/>" + CHOICE, B)),
        ("svg_inline", assessment_item('<p><svg xmlns="http://www.w3.org/2000/svg"/></p>' + CHOICE, B)),
        ("xinclude", assessment_item('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="x"/>' + CHOICE, B)),
        ("key_not_an_option", assessment_item(CHOICE, declared("RESPONSE", "single", "identifier", "Z"))),
        ("no_processing", assessment_item(CHOICE, declared(), processing="")),
        ("no_key", assessment_item(CHOICE, declared())),
        ("response_undeclared", assessment_item(CHOICE)),
        ("response_twice", assessment_item(CHOICE + CHOICE, B)),
        ("base_type_unsupported", assessment_item(CHOICE, declared("RESPONSE", "record", "identifier", "B"))),
        ("base_type_unsupported", assessment_item(CHOICE, declared("RESPONSE", "single", "string", "B"))),
        ("no_interaction", assessment_item("<p>Read this.</p>", B)),
        ("body_missing", assessment_item(CHOICE, B).replace(b"itemBody", b"other")),
        ("interaction_in_feedback", assessment_item((f'<feedbackBlock outcomeIdentifier="F" identifier="x" '
            f'showHide="show">{CHOICE}</feedbackBlock>'), B)),
        ("interaction_in_rubric", assessment_item(f'<rubricBlock view="candidate">{CHOICE}</rubricBlock>', B)),
        ("place_in_text", assessment_item("<p>write [[RESPONSE]]</p>" + CHOICE, B)),
        ("choice_empty", assessment_item(choice("one", " "), B)),
        ("too_few_options", assessment_item(choice("one"), declared("RESPONSE", "single", "identifier", "A"))),
        ("by_hand_scored_by_machine", assessment_item(('<extendedTextInteraction '
            'responseIdentifier="RESPONSE"/>'), declared("RESPONSE", "single", "string", "x"))),
        ("string_identifier", assessment_item(('<p><textEntryInteraction '
            'responseIdentifier="RESPONSE" stringIdentifier="S"/></p>'), declared("RESPONSE", "single", "float", "2"))),
        ("number_base", assessment_item(('<p><textEntryInteraction '
            'responseIdentifier="RESPONSE" base="16"/></p>'), declared("RESPONSE", "single", "integer", "2"))),
        ("several_texts", assessment_item(('<extendedTextInteraction '
            'responseIdentifier="RESPONSE" maxStrings="3"/>'), declared("RESPONSE", "single", "string"), processing="")),
        ("processing_broken", assessment_item(CHOICE, B, processing=RUN.format('<variable identifier="GONE"/><sum/>'))),
        ("maximum_unknown", assessment_item(CHOICE, B, processing=RUN.format('<baseValue baseType="float">0</baseValue>'))),
        ("stimulus_missing", assessment_item(CHOICE, B, '<assessmentStimulusRef identifier="S" href="gone.xml"/>')),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_name(code: str, item: bytes) -> None:
    assert code in codes(item)
    assert not parsed(item).media


def test_more_interactions_than_a_learner_can_answer_are_refused() -> None:
    names = [f"R{number}" for number in range(51)]
    body = "".join(f'<p><textEntryInteraction responseIdentifier="{name}"/></p>' for name in names)
    declarations = [declared(name, "single", "string", "x") for name in names]
    assert codes(assessment_item(body, *declarations, processing="")) == ["too_many_interactions"]
    assert codes(assessment_item(body.replace("R50", "R49"), *declarations, processing="")) == [
        "response_twice"
    ]


def test_an_item_of_far_too_many_elements_is_refused() -> None:
    item = assessment_item("<p>x</p>" * 10_001 + CHOICE, B)
    with pytest.raises(Invalid) as refusal:
        parsed(item)
    assert (refusal.value.code, refusal.value.facts["maximum"]) == ("xml_too_large", "10,000 elements")


def test_each_problem_names_its_line() -> None:
    item = assessment_item("<p>fine</p>\n\n<p><blink>x</blink></p>" + CHOICE, B)
    (refusal,) = only(item).refusals()
    line = (
        item.decode().splitlines().index(next(one for one in item.decode().splitlines() if "blink" in one))
        + 1
    )
    assert refusal.where == f"item.xml, line {line}"


def test_all_that_is_wrong_is_said_at_once() -> None:
    item = assessment_item("<p onclick='x'>a</p><p><blink>b</blink></p>" + CHOICE, B, TEMPLATE)
    assert codes(item) == ["active_content", "element_unknown", "template_item"]


def test_a_picture_is_believed_by_its_bytes_only() -> None:
    hot = (
        f'<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1">{MARKED_HOT}<hotspotChoice '
        f'identifier="B" shape="rect" coords="0,0,9,9"/></hotspotInteraction>'
    )
    assert codes(package(assessment_item(hot, B), {"pic.png": b"MZ\x90\x00 not a picture"})) == [
        "media_type_unknown"
    ]
    assert codes(package(assessment_item(hot, B), {"pic.png": b"WEBVTT\n\nx"})) == ["media_kind"]
    assert codes(package(assessment_item(hot, B), PICTURE)) == []


@pytest.mark.parametrize("coords", ["10%,0,5,5", "1.5,0,5,5", "a,b,c,d"])
def test_an_area_needs_whole_pixels(coords: str) -> None:
    hot = (
        f'<hotspotInteraction responseIdentifier="RESPONSE">{MARKED_HOT}<hotspotChoice '
        f'identifier="B" shape="rect" coords="{coords}"/></hotspotInteraction>'
    )
    assert "coords" in codes(package(assessment_item(hot, B), PICTURE))


def test_a_graphic_interaction_needs_its_picture() -> None:
    item = assessment_item(
        '<selectPointInteraction responseIdentifier="RESPONSE"/>',
        declared("RESPONSE", "single", "point", "1 1"),
        processing=MAP_POINT,
    )
    assert "picture_missing" in codes(item)


def test_an_item_without_a_pc_is_refused_unless_the_import_names_one() -> None:
    item = assessment_item(CHOICE, B)
    assert [problem.code for problem in only(item, defaults=ImportDefaults()).problems] == ["pc_missing"]
    taken = only(item, defaults=ImportDefaults(pc="PC4", difficulty="hard", seconds=90))
    assert (
        taken.document.content.pc,
        taken.document.content.difficulty.value,
        taken.document.content.seconds,
    ) == ("PC4", "hard", 90)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("qti_version_unsupported", b"<questestinterop/>"),
        ("qti_not_an_item", b'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>'),
        ("xml_malformed", b"<assessmentItem>"),
        ("xml_entities_refused", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><assessmentItem>&a;</assessmentItem>'),
        ("file_empty", b"  "),
        ("xml_encoding", "<assessmentItem/>".encode("utf-16-le")[1:] + b"\0"),
        ("xml_too_deep", b"<a>" * 10_000 + b"</a>" * 10_000),
        ("xml_too_large", b" " * 2_100_000 + b"<a/>"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_item_is_refused_as_a_whole(code: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        parsed(data, defaults=DEFAULTS)
    assert refusal.value.code == code
