# SPDX-License-Identifier: Apache-2.0
"""Moodle's XML: every type of question, its files and its feedback; what is refused, and that nothing disappears in silence."""

from __future__ import annotations

import base64
from fractions import Fraction

import pytest

from core.errors import Invalid
from item_bank.formats.files import parse_items
from item_bank.formats.model import ImportDefaults, ParsedFile
from item_bank.items.model import ItemDocument
from item_bank.items.self_test import reaches_maximum

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)
PICTURE = base64.b64encode(PNG).decode()


def question(kind: str, inner: str, *, text: str = "Why?", name: str = "Q") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>{inner}</question>'
    )


def answer(text: str, fraction: str, feedback: str = "") -> str:
    said = f"<feedback format='html'><text>{feedback}</text></feedback>" if feedback else ""
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>{said}</answer>'


def quiz(*questions: str, pc: str = "PC1") -> ParsedFile:
    data = f'<?xml version="1.0" encoding="UTF-8"?><quiz>{"".join(questions)}</quiz>'.encode()
    return parse_items(data, filename="quiz.xml", defaults=ImportDefaults(pc=pc))


def one(*questions: str) -> ItemDocument:
    [item] = quiz(*questions).items
    assert item.problems == ()
    assert item.document.content.interaction.by_hand or reaches_maximum(item.document)
    return item.document


def codes(parsed: ParsedFile) -> set[str]:
    return {refusal.code for item in parsed.items for refusal in item.refusals()}


YES = answer("yes", "100") + answer("no", "0")


def test_a_plain_choice_is_simple_and_its_feedback_becomes_the_rationale() -> None:
    general = "<generalfeedback format='html'><text>Because.</text></generalfeedback>"
    item = one(question("multichoice", general + answer("<p>yes</p>", "100", "Right.") + answer("no", "0")))
    assert not item.content.is_rich
    assert item.content.bodies[0].options[0].text == "yes"
    assert item.key.rationale is not None
    assert item.key.rationale.in_language("en") == "Because.\nA: Right."


def test_a_penalty_is_kept_as_a_negative_mark() -> None:
    item = one(question("multichoice", answer("yes", "100") + answer("no", "-33.33333")))
    mapping = item.key.parts[0].mapping
    assert mapping is not None
    assert mapping.lower is None
    assert dict(mapping.entries)["B"] < -Fraction(33, 100)


def test_several_right_answers_never_cost_more_than_the_question() -> None:
    inner = "<single>false</single>" + answer("a", "50") + answer("b", "50") + answer("c", "-100")
    mapping = one(question("multichoice", inner)).key.parts[0].mapping
    assert mapping is not None
    assert mapping.lower == 0


def test_marks_pictures_and_tags_come_along() -> None:
    text = '<p>See <img src="@@PLUGINFILE@@/a%20b.png" alt="a gate"></p>'
    file = f'<file name="a b.png" path="/" encoding="base64">{PICTURE}</file>'
    inner = f"<defaultgrade>2.5</defaultgrade><idnumber>G-1</idnumber>{YES}<tags><tag><text>hard</text></tag></tags>"
    parsed = quiz(question("multichoice", file + inner, text=text))
    [item] = parsed.items
    content = item.document.content
    assert (item.document.external_id, content.marks, content.difficulty.value) == (
        "G-1",
        Fraction(5, 2),
        "hard",
    )
    assert content.bodies[0].stem.startswith('<p>See <img src="media:a-b.png" alt="a gate">')
    assert (content.media[0].width, content.media[0].height) == (1, 1)
    assert [file.data for file in parsed.media] == [PNG]
    assert item.source is not None
    assert b"@@PLUGINFILE@@" in item.source.data


def test_texts_and_numbers() -> None:
    assert one(question("shortanswer", answer("1930", "100") + answer("*", "0"))).key.correct == ("1930",)
    number = '<answer fraction="100"><text>3.14</text><tolerance>0.01</tolerance></answer>'
    tolerance = one(question("numerical", number)).key.parts[0].tolerance
    assert tolerance is not None
    assert tolerance.above == Fraction(1, 100)


def test_pairs_orders_essays_and_uploads() -> None:
    pairs = "".join(
        f"<subquestion format='html'><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
        for left, right in (("a", "1"), ("b", "2"), ("c", "1"), ("", "3"))
    )
    match = one(question("matching", pairs))
    assert match.key.parts[0].correct == ("S1 T1", "S2 T2", "S3 T1")
    order = one(
        question("ordering", answer("first", "1.0") + answer("third", "3.0") + answer("second", "2.0"))
    )
    assert [order.content.bodies[0].text(f"RESPONSE.{letter}") for letter in "ABC"] == [
        "first",
        "second",
        "third",
    ]
    guide = "<graderinfo format='html'><text>Look.</text></graderinfo>"
    assert one(question("essay", guide)).key.parts[0].guide == (("en", "Look."),)
    upload = one(
        question("essay", "<responseformat>noinline</responseformat><filetypeslist>.pdf</filetypeslist>")
    )
    assert upload.content.parts[0].accept == ("application/pdf",)


def test_embedded_answers_become_one_item_of_several_parts() -> None:
    text = "<p>{1:SHORTANSWER:=water~%50%H2O} at {2:NM:=7:0.5} in {1:MC:=soil~dust} or {1:MRS:=a~=b~c}</p>"
    item = one(question("cloze", "", text=text))
    assert [part.kind.value for part in item.content.parts] == [
        "text_entry",
        "numeric",
        "inline_choice",
        "choice_multiple",
    ]
    assert item.content.marks == 5


def test_gaps_become_words_to_place_or_lists() -> None:
    boxes = "".join(
        f"<dragbox><text>{word}</text><group>1</group></dragbox>" for word in ("cat", "mat", "dog")
    )
    gaps = one(question("ddwtos", boxes, text="The [[1]] on the [[2]]."))
    assert gaps.key.parts[0].correct == ("A G1", "B G2")
    words = "".join(
        f"<selectoption><text>{word}</text><group>{group}</group></selectoption>"
        for word, group in (("cat", 1), ("dog", 1), ("on", 2), ("in", 2))
    )
    lists = one(question("gapselect", words, text="The [[2]] sat [[3]]."))
    assert [part.correct for part in lists.key.parts] == [("B",), ("A",)]


def test_a_third_of_a_mark_for_each_gap_adds_up() -> None:
    words = "".join(f"<selectoption><text>w{n}</text><group>1</group></selectoption>" for n in range(3))
    item = one(question("gapselect", words, text="[[1]] [[2]] [[3]]"))
    assert sum(part.marks for part in item.key.parts) == 1


def test_pictures_take_markers_and_labels() -> None:
    file = f'<file name="map.png" encoding="base64">{PICTURE}</file>'
    drag = "<drag><no>1</no><text>Delhi</text></drag>"
    zone = "<drop><no>1</no><shape>circle</shape><coords>20,30;5</coords><choice>1</choice></drop>"
    marker = quiz(question("ddmarker", file + drag + zone))
    area = marker.items[0].document.content.parts[0].targets[0].area
    assert area is not None
    assert (area.shape.value, area.coords) == ("circle", (20, 30, 5))
    assert any("can be seen" in loss.what for loss in marker.losses)
    place = "<drop><text></text><no>1</no><choice>1</choice><xleft>3</xleft><ytop>4</ytop></drop>"
    assert one(question("ddimageortext", file + drag + place)).key.parts[0].correct == ("C1 P1",)


def test_several_languages_in_spans_become_bodies() -> None:
    def both(en: str, hi: str) -> str:
        return f'<span lang="en" class="multilang">{en}</span><span lang="hi" class="multilang">{hi}</span>'

    inner = answer(both("red", "लाल"), "100") + answer("42", "0")
    item = one(question("multichoice", inner, text=both("Colour?", "रंग?")))
    assert item.content.languages == ("en", "hi")
    assert [option.text for option in item.content.body("hi").options] == ["लाल", "42"]


def test_the_category_names_the_criterion_and_the_folder_of_the_name() -> None:
    category = "<question type='category'><category><text>$course$/top/PC4 Fraud</text></category></question>"
    item = one(category, question("truefalse", answer("true", "100") + answer("false", "0")))
    assert (item.content.pc, item.external_id) == ("PC4", "PC4-Fraud/Q")
    assert "category:PC4 Fraud" in item.content.tags


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (question("calculated", YES), "question_calculated"),
        (question("stack", YES), "question_type_unsupported"),
        (question("multichoice", "<defaultgrade>0</defaultgrade>" + YES), "no_marks"),
        (question("multichoice", answer("a", "50") + answer("b", "0")), "no_full_marks"),
        (question("multichoice", answer("a", "much") + answer("b", "0")), "fraction_unreadable"),
        (question("shortanswer", answer("a*b", "100")), "wildcard_answer"),
        (question("numerical", answer("four", "100")), "number_unreadable"),
        (question("cloze", "", text="no answers"), "cloze_empty"),
        (question("cloze", "", text="{1:DRAWING:=x}"), "cloze_type"),
        (question("ddwtos", "<dragbox><text>a</text></dragbox>", text="[[2]]"), "gap_unknown"),
        (question("ddmarker", ""), "picture_missing"),
        (question("multichoice", YES, text="<p onclick='x()'>a</p>"), "script_in_text"),
        (question("multichoice", YES, text="<a href='javascript:x()'>a</a>"), "script_in_text"),
        (question("multichoice", YES, text="<svg onload='x()'></svg>"), "element_not_allowed"),
        (question("multichoice", YES, text="<img src='https://x.example/y.png'>"), "address_not_allowed"),
        (question("multichoice", YES, text="<img src='@@PLUGINFILE@@/gone.png'>"), "media_missing"),
        (question("multichoice", YES, text="<img src='data:image/png;base64,!!!'>"), "file_unreadable"),
        (question("multichoice", YES, text="<img src='data:image/png;base64,AAAA'>"), "media_type_unknown"),
    ],
)
def test_what_cannot_become_an_item_is_refused_by_name(made: str, code: str) -> None:
    assert code in codes(quiz(made))


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "svg_active"),
        ("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "svg_active"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><image href='https://x.example/y'/></svg>", "svg_active"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><foreignObject/></svg>", "svg_active"),
    ],
)
def test_a_drawing_that_acts_or_reaches_outside_is_refused(drawing: str, code: str) -> None:
    file = f'<file name="d.svg" encoding="base64">{base64.b64encode(drawing.encode()).decode()}</file>'
    assert code in codes(quiz(question("multichoice", file + YES, text="<img src='@@PLUGINFILE@@/d.svg'>")))


def test_what_is_not_kept_is_named_once_with_its_places() -> None:
    inner = YES + "<hint format='html'><text>h</text></hint>"
    parsed = quiz(
        *(question("multichoice", inner, text=f"<a href='x'>link</a> {n}", name=f"n{n}") for n in range(7))
    )
    named = {loss.what: loss.where for loss in parsed.losses}
    assert named["hints for further tries"].endswith("and 2 more")
    assert "a link (its text is kept)" in named


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<quiz><question>", "xml_malformed"),
        (b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "xml_entities_refused"),
        (b"<quiz>" + b"<a>" * 10_000, "xml_too_deep"),
        (b'<?xml version="1.0" encoding="latin-9000"?><quiz/>', "xml_encoding"),
        (b"<html5><p/></html5>", "format_unknown"),
    ],
)
def test_a_file_that_is_no_quiz_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_items(data, filename="quiz.xml")
    assert refusal.value.code == code
