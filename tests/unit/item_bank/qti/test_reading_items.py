# SPDX-License-Identifier: Apache-2.0
"""What an item of QTI says in the bank: its parts, texts, media, languages, and what is named as lost."""

from __future__ import annotations

import hashlib

import pytest

from item_bank.formats.model import ImportDefaults
from item_bank.items.self_test import reaches_maximum
from scoring.api import Interaction
from tests.unit.item_bank.qti.documents import (
    MAP_POINT,
    MAP_RESPONSE,
    MARKED_HOT,
    PICTURE,
    assessment_item,
    choice,
    declared,
    losses,
    manifest,
    mapping,
    package,
    packed,
    parsed,
    sound,
)
from tests.unit.item_bank.rich_files import FILES

B = declared("RESPONSE", "single", "identifier", "B")
PAIRS = declared("RESPONSE", "multiple", "directedPair", "A X", "B Y")
SPOTS = "".join(
    f'<{{0}} identifier="{name}" shape="circle" coords="{10 * place},20,9" hotspotLabel="Spot {name}" matchMax="1"/>'
    for place, name in enumerate("ABC", start=1)
)
KINDS = {
    Interaction.CHOICE_SINGLE: (choice("one", "<b>two</b>"), B, None),
    Interaction.CHOICE_MULTIPLE: (
        choice("one", "<b>two</b>", "three", attributes='maxChoices="0"'),
        declared("RESPONSE", "multiple", "identifier", "A", "C"), None,
    ),
    Interaction.ORDER: (
        ('<orderInteraction responseIdentifier="RESPONSE" shuffle="true"><simpleChoice identifier="A">a</simpleChoice>'
        '<simpleChoice identifier="B" fixed="true">b</simpleChoice></orderInteraction>'),
        declared("RESPONSE", "ordered", "identifier", "B", "A"), None,
    ),
    Interaction.ASSOCIATE: (
        '<associateInteraction responseIdentifier="RESPONSE" maxAssociations="2">'
        + "".join(f'<simpleAssociableChoice identifier="{one}" matchMax="1">{one}</simpleAssociableChoice>' for one in "ABCD")
        + "</associateInteraction>",
        declared("RESPONSE", "multiple", "pair", "A B", "C D"), None,
    ),
    Interaction.MATCH: (
        '<matchInteraction responseIdentifier="RESPONSE" maxAssociations="0"><simpleMatchSet>'
        + "".join(f'<simpleAssociableChoice identifier="{one}" matchMax="1">{one}</simpleAssociableChoice>' for one in "AB")
        + "</simpleMatchSet><simpleMatchSet>"
        + "".join(f'<simpleAssociableChoice identifier="{one}" matchMax="4">{one}</simpleAssociableChoice>' for one in "XY")
        + "</simpleMatchSet></matchInteraction>",
        PAIRS, None,
    ),
    Interaction.GAP_MATCH: (
        ('<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="A" matchMax="1">a</gapText>'
         '<gapText identifier="B" matchMax="1">b</gapText><p>x <gap '
         'identifier="X"/> and <gap identifier="Y"/>.</p></gapMatchInteraction>'),
        PAIRS, None,
    ),
    Interaction.INLINE_CHOICE: (
        ('<p>It is <inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="A">a</inlineChoice>'
        '<inlineChoice identifier="B">b</inlineChoice></inlineChoiceInteraction>.</p>'), B, None,
    ),
    Interaction.TEXT_ENTRY: (
        '<p>Dial <textEntryInteraction responseIdentifier="RESPONSE" expectedLength="4"/>!</p>',
        declared("RESPONSE", "single", "string", "1930"), None,
    ),
    Interaction.NUMERIC: (
        ('<p>How many? <textEntryInteraction '
            'responseIdentifier="RESPONSE"/></p>'), declared("RESPONSE", "single", "float", "2.50"), None,
    ),
    Interaction.EXTENDED_TEXT: (
        ('<extendedTextInteraction responseIdentifier="RESPONSE" '
            'expectedLines="6"><prompt>Why?</prompt></extendedTextInteraction>'),
        declared("RESPONSE", "single", "string"), "",
    ),
    Interaction.HOTTEXT: (
        ('<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1"><p>The <hottext identifier="A">cat</hottext> '
        'sat <hottext identifier="B">down</hottext>.</p></hottextInteraction>'), B, None,
    ),
    Interaction.HOTSPOT: (
        (f'<hotspotInteraction responseIdentifier="RESPONSE" '
            f'maxChoices="1">{MARKED_HOT}{SPOTS.format("hotspotChoice")}</hotspotInteraction>'),
        B, None,
    ),
    Interaction.SELECT_POINT: (
        f'<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1">{MARKED_HOT}</selectPointInteraction>',
        declared("RESPONSE", "single", "point", "20 20",
                 inner=('<areaMapping defaultValue="0"><areaMapEntry shape="circle" '
                     'coords="20,20,9" mappedValue="1"/></areaMapping>')),
        MAP_POINT,
    ),
    Interaction.GRAPHIC_ORDER: (
        (f'<graphicOrderInteraction '
            f'responseIdentifier="RESPONSE">{MARKED_HOT}{SPOTS.format("hotspotChoice")}</graphicOrderInteraction>'),
        declared("RESPONSE", "ordered", "identifier", "C", "A", "B"), None,
    ),
    Interaction.GRAPHIC_ASSOCIATE: (
        (f'<graphicAssociateInteraction responseIdentifier="RESPONSE" maxAssociations="1">{MARKED_HOT}'
        f'{SPOTS.format("associableHotspot")}</graphicAssociateInteraction>'),
        declared("RESPONSE", "multiple", "pair", "A C"), None,
    ),
    Interaction.GRAPHIC_GAP_MATCH: (
        (f'<graphicGapMatchInteraction responseIdentifier="RESPONSE">{MARKED_HOT}<gapText '
        f'identifier="G" matchMax="2">g</gapText>'
        f'<gapImg identifier="P" matchMax="1" objectLabel="the plug">{MARKED_HOT}</gapImg>{SPOTS.format("associableHotspot")}'
        "</graphicGapMatchInteraction>"),
        declared("RESPONSE", "multiple", "directedPair", "G A", "P C"), None,
    ),
    Interaction.POSITION_OBJECT: (
        (f'<positionObjectStage>{MARKED_HOT}<positionObjectInteraction responseIdentifier="RESPONSE" maxChoices="1">'
        '<object data="pic.png" type="image/png">plug</object></positionObjectInteraction></positionObjectStage>'),
        declared("RESPONSE", "single", "point", "20 20",
                 inner=('<areaMapping defaultValue="0"><areaMapEntry shape="rect" '
                     'coords="0,0,40,40" mappedValue="2"/></areaMapping>')),
        MAP_POINT,
    ),
    Interaction.SLIDER: (
        '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="100" step="10"/>',
        declared("RESPONSE", "single", "integer", "70"), None,
    ),
    Interaction.UPLOAD: (
        '<uploadInteraction responseIdentifier="RESPONSE" type="application/pdf"/>', declared("RESPONSE", "single", "file"), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_interaction_of_the_bank_is_read_and_reaches_its_maximum(kind: Interaction) -> None:
    body, declaration, processing = KINDS[kind]
    options = {} if processing is None else {"processing": processing}
    item = sound(package(assessment_item(f"<p>Look.</p>{body}", declaration, **options), PICTURE))
    content = item.document.content
    assert content.interaction is kind
    assert [part.kind for part in content.structure] == [kind]
    assert item.document.key.program is None
    assert reaches_maximum(item.document)


def test_every_kind_of_the_bank_has_an_example_here() -> None:
    assert set(KINDS) == set(Interaction) - {Interaction.COMPOSITE}


def test_texts_and_places_stand_where_they_stood() -> None:
    body, declaration, _ = KINDS[Interaction.GAP_MATCH]
    content = sound(assessment_item(body, declaration)).document.content
    assert content.bodies[0].stem == "<p>x [[RESPONSE.X]] and [[RESPONSE.Y]].</p>"
    assert dict(content.bodies[0].texts) == {"RESPONSE.A": "a", "RESPONSE.B": "b"}
    body, declaration, _ = KINDS[Interaction.HOTTEXT]
    content = sound(assessment_item(body, declaration)).document.content
    assert content.bodies[0].stem == "<p>The [[RESPONSE.A]] sat [[RESPONSE.B]].</p>"


def test_the_same_item_in_the_words_of_qti_3_is_the_same() -> None:
    three = (
        b'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
        b'identifier="item-1" title="item-1" xml:lang="en">'
        b'<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response>'
        b"<qti-value>B</qti-value></qti-correct-response></qti-response-declaration>"
        b'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        b"<qti-item-body><p>Look <b>here</b>.</p>"
        b'<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>'
        b'<qti-simple-choice identifier="A">one</qti-simple-choice><qti-simple-choice identifier="B">two</qti-simple-choice>'
        b"</qti-choice-interaction></qti-item-body>"
        b'<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
        b"</qti-assessment-item>"
    )  # fmt: skip
    two = assessment_item("<p>Look <b>here</b>.</p>" + choice("one", "two", prompt="Which?"), B)
    assert sound(three).document == sound(two).document


def test_a_plain_choice_with_letters_becomes_a_simple_item() -> None:
    item = sound(
        assessment_item("<p>2 &lt; 3?\n   True</p>" + choice("yes", "no", prompt="Say:"), B)
    ).document
    assert not item.content.is_rich
    assert item.content.bodies[0].stem == "2 < 3? True\nSay:"
    assert [option.text for option in item.content.bodies[0].options] == ["yes", "no"]
    assert item.key.correct == ("B",)
    assert item.content.shuffle is False


def test_other_identifiers_or_markup_make_it_a_rich_item_with_its_own_identifiers() -> None:
    body = choice("yes", "no").replace('"A"', '"choice_1"').replace('"B"', '"choice_2"')
    item = sound(
        assessment_item("<p>x</p>" + body, declared("RESPONSE", "single", "identifier", "choice_2"))
    ).document
    assert item.content.is_rich
    assert item.key.parts[0].correct == ("choice_2",)


def test_identifiers_that_do_not_fit_are_renamed_in_the_rules_too() -> None:
    long = "i-12345678-1234-1234-1234-123456789abc.x"
    body = choice("<i>yes</i>", "no").replace('"A"', f'"{long}"').replace('"RESPONSE"', '"RESPONSE.1"')
    processing = (
        '<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE.1"/>'
        f'<baseValue baseType="identifier">{long}</baseValue></match><setOutcomeValue identifier="SCORE">'
        '<product><baseValue baseType="float">1</baseValue><baseValue baseType="float">1</baseValue>'
        '</product></setOutcomeValue></responseIf></responseCondition></responseProcessing>'
    )  # fmt: skip
    data = assessment_item(body, declared("RESPONSE.1", "single", "identifier", long), processing=processing)
    item = sound(data).document
    assert item.key.program is not None
    assert item.content.parts[0].id == "RESPONSE_1"
    assert reaches_maximum(item)
    assert any(what.startswith("identifiers that do not fit (2)") for what in losses(data))


def test_several_interactions_make_a_composite_worth_the_sum() -> None:
    rules = "".join(
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        f'<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
        f'<baseValue baseType="float">{marks}</baseValue></sum>'
        "</setOutcomeValue></responseIf></responseCondition>"
        for name, marks in (("RESPONSE", "1"), ("R2", "0.5"))
    )
    body = choice("one", "two") + '<p><textEntryInteraction responseIdentifier="R2"/></p>'
    processing = f"<responseProcessing>{rules}</responseProcessing>"
    item = sound(
        assessment_item(body, B, declared("R2", "single", "string", "x"), processing=processing)
    ).document
    assert item.content.interaction is Interaction.COMPOSITE
    assert str(item.content.marks) == "3/2"
    assert [str(key.marks) for key in item.key.parts] == ["1", "1/2"]


def test_an_item_all_of_whose_text_is_marked_by_language_has_those_languages() -> None:
    def two(english: str, hindi: str) -> str:
        return f'<span xml:lang="en">{english}</span><span xml:lang="hi">{hindi}</span>'

    body = (
        f'<div xml:lang="en"><p>Which?</p></div><div xml:lang="hi">'
        f"<p>कौन?</p></div>{choice(two('one', 'एक'), two('two', 'दो'))}"
    )
    content = sound(assessment_item(body, B)).document.content
    assert content.languages == ("en", "hi")
    assert content.body("hi").stem == '<div lang="hi"><p>कौन?</p></div>[[RESPONSE]]'
    assert content.body("hi").text("RESPONSE.B") == '<span lang="hi">दो</span>'


def test_a_quotation_in_another_language_makes_no_second_language() -> None:
    body = '<p>What does <span xml:lang="hi">कौन</span> mean, <span xml:lang="fr">qui</span>?</p>' + choice(
        "<i>who</i>", "what"
    )
    content = sound(assessment_item(body, B)).document.content
    assert content.languages == ("en",)
    assert '<span lang="hi">कौन</span>' in content.bodies[0].stem


def test_a_file_that_names_no_language_is_read_by_its_script() -> None:
    data = assessment_item("<p>सही उत्तर चुनिए</p>" + choice("एक", "दो"), B).replace(b'xml:lang="en"', b"")
    assert sound(data, defaults=ImportDefaults(pc="PC1")).document.content.languages == ("hi",)
    assert sound(data, defaults=ImportDefaults(pc="PC1", language="mr")).document.content.languages == ("mr",)


def test_films_sounds_formulas_ruby_and_tables_are_kept() -> None:
    body = (
        '<video xmlns="http://www.imsglobal.org/xsd/imsqtiv2p2_html5_v1p0" '
        'width="300"><source src="m/film.webm" type="video/webm"/>'
        '<track kind="captions" srclang="hi" src="m/film-hi.vtt"/></video>'
        '<object data="m/beep.wav" type="audio/wav">a beep</object>'
        '<p><m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mfrac><m:mi>a</m:mi><m:mn>2</m:mn></m:mfrac></m:math></p>'
        "<p><ruby>漢<rt>kan</rt></ruby></p><table><tbody><tr><td colspan='2'>x</td></tr></tbody></table>"
    )
    files = {f"m/{name}": data for name, (_, data) in FILES.items()}
    item = sound(package(assessment_item(body + choice("one", "two"), B), files)).document
    stem = item.content.bodies[0].stem
    assert (
        '<video width="300" src="media:film.webm"></video>' in stem
        or '<video src="media:film.webm" width="300"></video>' in stem
    )
    assert '<audio src="media:beep.wav" title="a beep"></audio>' in stem
    assert "<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>" in stem
    film = next(one for one in item.content.media if one.name == "film.webm")
    assert film.captions == (("hi", "film-hi.vtt"),)
    assert {
        file.sha256 for file in parsed(package(assessment_item(body + choice("one", "two"), B), files)).media
    } == {one.sha256 for one in item.content.media}


def test_what_is_not_kept_is_named() -> None:
    data = package(
        assessment_item(
            '<p class="big" style="color:red">x</p><rubricBlock view="tutor"><p>t</p></rubricBlock>'
            '<p>see <a href="https://example.org">this</a></p>'
            '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="x" showHide="show"><p>Well done</p></feedbackBlock>'
            f'<mediaInteraction responseIdentifier="M" maxPlays="1"><object '
            f'data="pic.png" type="image/png"/></mediaInteraction>{choice("one", "two")}',
            B,
            more='<modalFeedback outcomeIdentifier="FEEDBACK" identifier="x" showHide="show">Yes</modalFeedback>',
            attributes='label="q"',
        ).replace(b'title="item-1"', b'title="A question"').replace(b"<itemBody>", (b'<stylesheet href="x.css" '
            b'type="text/css"/><itemBody>')),
        PICTURE,
    )  # fmt: skip
    found = losses(data)
    for what in (
        "feedback after the answer (modalFeedback)",
        "feedback in the text",
        "style sheets",
        "a rubric block for tutor",
        "the address of a link (its text is kept)",
        "the title",
        "attributes that change only the looks or the tools: class, style",
    ):
        assert what in found
    assert any(what.startswith("that a sound or film has to be played") for what in found)
    assert any(what.startswith("taken from the import's own settings") for what in found)


def test_rubrics_for_candidates_are_text_and_those_for_scorers_guide_the_marking() -> None:
    item = sound(
        assessment_item(
            '<rubricBlock view="candidate"><p>Write a letter.</p></rubricBlock>'
            '<rubricBlock view="scorer"><p>2 marks:</p><p>both dangers</p>'
            '</rubricBlock><extendedTextInteraction responseIdentifier="RESPONSE"/>',
            declared("RESPONSE", "single", "string"),
            processing="",
            outcomes='<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="4"/>',
        )
    ).document  # fmt: skip
    assert "<p>Write a letter.</p>" in item.content.bodies[0].stem
    assert dict(item.key.parts[0].guide) == {"en": "2 marks:\nboth dangers"}
    assert item.content.marks == item.key.parts[0].marks == 4


def test_a_shared_stimulus_is_read_into_each_item_of_its_group() -> None:
    stimulus = (
        b'<assessmentStimulus xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="passage" title="p">'
        b'<stimulusBody><p>Once <img src="../pic.png" alt="a panel"/></p></stimulusBody></assessmentStimulus>'
    )
    reference = '<assessmentStimulusRef identifier="passage" href="../shared/passage.xml"/>'
    items = {
        f"items/{name}.xml": assessment_item(
            "<p>x</p>" + choice("<b>one</b>", "two"), B, reference, identifier=name
        )
        for name in "ab"
    }
    data = packed(
        {"imsmanifest.xml": manifest(*items, more=('<resource identifier="S" type="imsqti_stimulus_xmlv2p2" '
            'href="shared/passage.xml"/>')),
         "shared/passage.xml": stimulus, **items, **PICTURE}
    )  # fmt: skip
    read = parsed(data)
    assert [item.problems for item in read.items] == [(), ()]
    for item in read.items:
        assert item.document.content.stimulus_id == "passage"
        assert (
            item.document.content.bodies[0].stimulus == '<p>Once <img src="media:pic.png" alt="a panel"></p>'
        )
    assert read.items[0].source is not None
    assert read.items[0].source.media_type == "application/zip"


def test_the_file_itself_is_kept_byte_for_byte() -> None:
    data = assessment_item("<p>x</p>" + choice("one", "two"), B)
    source = sound(data).source
    assert source is not None
    assert hashlib.sha256(source.data).digest() == hashlib.sha256(data).digest()
    assert (source.media_type, source.name) == ("application/xml", "item.xml")


def test_a_mapping_keeps_its_bounds_and_its_reachable_maximum() -> None:
    inner = mapping(
        {"A X": "1", "B Y": "1", "A Y": "-1"}, defaultValue="-0.5", lowerBound="0", upperBound="1.5"
    )
    body, _, _ = KINDS[Interaction.MATCH]
    item = sound(
        assessment_item(
            body, declared("RESPONSE", "multiple", "directedPair", inner=inner), processing=MAP_RESPONSE
        )
    ).document
    key = item.key.parts[0]
    assert key.mapping is not None
    assert (str(key.mapping.default), str(key.mapping.lower), str(key.mapping.upper)) == ("-1/2", "0", "3/2")
    assert str(item.content.marks) == "3/2"
    assert reaches_maximum(item)


@pytest.mark.parametrize(
    ("fenced", "row"),
    [
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "<mo>(</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo>"),
        ('<mfenced open="[" close="&lt;" separators=";|"><mi>a</mi><mi>b</mi><mi>c</mi><mi>d</mi></mfenced>',
         "<mo>[</mo><mi>a</mi><mo>;</mo><mi>b</mi><mo>|</mo><mi>c</mi><mo>|</mo><mi>d</mi><mo>&lt;</mo>"),
        ('<mfenced separators=""><mi>a</mi><mi>b</mi></mfenced>', "<mo>(</mo><mi>a</mi><mi>b</mi><mo>)</mo>"),
        ("<mfenced/>", "<mo>(</mo><mo>)</mo>"),
    ],
)  # fmt: skip
def test_old_fences_of_a_formula_become_the_row_that_they_stand_for(fenced: str, row: str) -> None:
    formula = f'<p><math xmlns="http://www.w3.org/1998/Math/MathML">{fenced}</math></p>'
    stem = sound(assessment_item(formula + choice("one", "two"), B)).document.content.bodies[0].stem
    assert f"<math><mrow>{row}</mrow></math>" in stem
