# SPDX-License-Identifier: Apache-2.0
"""GIFT and Aiken: every kind of question comes out as an item or is refused by name, at its line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from item_bank.formats.aiken import parse_aiken
from item_bank.formats.files import parse_items
from item_bank.formats.gift import parse_gift
from item_bank.formats.model import ImportDefaults, ParsedFile
from item_bank.items.model import ItemDocument
from item_bank.items.self_test import reaches_maximum

PC1 = ImportDefaults(pc="PC1")


def gift(text: str, defaults: ImportDefaults = PC1) -> ParsedFile:
    return parse_gift(text, defaults=defaults)


def one(text: str, defaults: ImportDefaults = PC1) -> ItemDocument:
    """The only question of a text, which must be sound."""
    [item] = gift(text, defaults).items
    assert item.problems == ()
    assert item.document.content.interaction.by_hand or reaches_maximum(item.document)
    return item.document


def codes(parsed: ParsedFile) -> list[tuple[str, str]]:
    return [(refusal.where, refusal.code) for item in parsed.items for refusal in item.refusals()]


def test_a_choice_in_plain_text_becomes_a_simple_item() -> None:
    item = one("::Grant's Tomb::Who's buried there?{~Grant ~Jefferson =no one#Nobody is.}")
    assert not item.content.is_rich
    assert (item.content.bodies[0].stem, item.key.correct) == ("Who's buried there?", ("C",))
    assert item.key.rationale is not None
    assert item.key.rationale.in_language("en") == "C: Nobody is."
    assert item.content.bodies[0].language == "en"


def test_what_comes_after_the_answers_follows_a_blank() -> None:
    assert one("Grant is {~buried =entombed} here.").content.bodies[0].stem == "Grant is _____ here."


def test_a_statement_is_true_or_false_in_the_words_of_its_language() -> None:
    english = one("The sun rises.{FALSE#no#yes}")
    assert [option.text for option in english.content.bodies[0].options] == ["True", "False"]
    assert (english.key.correct, english.content.shuffle) == (("B",), False)
    hindi = one("सूरज निकलता है।{T}")
    assert hindi.content.languages == ("hi",)
    assert hindi.content.bodies[0].options[0].text == "सही"


def test_accepted_texts_ignore_case_and_weights_become_a_mapping() -> None:
    simple = one("Two plus two?{=four =4}")
    assert (simple.key.correct, simple.content.is_rich) == (("four", "4"), False)
    assert [step.value for step in simple.key.normalise] == ["nfc", "trim", "collapse_spaces", "casefold"]
    weighted = one("Town?{=Nazareth =%75%Nazereth =%25%Bethlehem}")
    mapping = weighted.key.parts[0].mapping
    assert mapping is not None
    assert dict(mapping.entries) == {"nazareth": 1, "nazereth": Fraction(3, 4), "bethlehem": Fraction(1, 4)}


@pytest.mark.parametrize(
    ("answer", "correct", "below", "above"),
    [
        ("#1822:2", "1822", 2, 2),
        ("#1..5", "3", 2, 2),
        ("#3.1", "3.1", 0, 0),
        ("#=-4:0.5#ok", "-4", Fraction(1, 2), Fraction(1, 2)),
        ("#१२:1", "12", 1, 1),
    ],
)
def test_a_number_keeps_its_tolerance(answer: str, correct: str, below: Any, above: Any) -> None:
    key = one(f"How much?{{{answer}}}").key.parts[0]
    assert key.correct == (correct,)
    tolerance = key.tolerance
    assert (tolerance.below, tolerance.above) == (below, above) if tolerance else (below, above) == (0, 0)


def test_weights_of_several_right_answers_add_up_and_penalties_stay() -> None:
    item = one("Which?{~%50%a ~%50%b ~%-50%c ~%-50%d}")
    mapping = item.key.parts[0].mapping
    assert mapping is not None
    assert mapping.lower == 0
    assert [str(share) for _, share in mapping.entries] == ["1/2", "1/2", "-1/2", "-1/2"]


def test_thirds_of_a_mark_still_reach_the_whole() -> None:
    item = one("Which?{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}")
    mapping = item.key.parts[0].mapping
    assert mapping is not None
    assert sum(share for _, share in mapping.entries if share > 0) == 1


def test_pairs_become_a_match_with_a_mark_shared_among_them() -> None:
    item = one("Match.{=Canada -> Ottawa =Italy -> Rome =Japan -> Tokyo = -> Paris}")
    part, key = item.content.parts[0], item.key.parts[0]
    assert (part.kind.value, len(part.choices), len(part.targets)) == ("match", 3, 4)
    assert key.correct == ("S1 T1", "S2 T2", "S3 T3")


def test_an_essay_is_marked_by_a_person() -> None:
    assert one("Write about rain.{}").content.interaction.value == "extended_text"


def test_escaped_marks_are_text() -> None:
    item = one(r"\{x\}: is 1 \= 1\#?{=\= ~\~}")
    assert item.content.bodies[0].stem == "{x}: is 1 = 1#?"
    assert [option.text for option in item.content.bodies[0].options] == ["=", "~"]


def test_formats_of_the_text_are_kept_as_markup() -> None:
    assert "<b>one</b>" in one("[html]<p>Which <b>one</b>?</p>{=a ~b}").content.bodies[0].stem
    assert "<strong>one</strong>" in one("[markdown]Which **one**?{=a ~b}").content.bodies[0].stem
    assert one("[plain]a <b> c{=a ~b}").content.bodies[0].stem.startswith("<p>a &lt;b&gt; c</p>")


def test_several_languages_in_one_question_become_bodies() -> None:
    text = r"{mlang en}Colour?{mlang}{mlang hi}रंग?{mlang} {\=red ~blue}"
    escaped = text.replace("{mlang", r"\{mlang").replace("en}", r"en\}").replace("hi}", r"hi\}")
    item = one(escaped.replace(r"\{mlang}", r"\{mlang\}").replace(r"{\=red", "{=red"))
    assert {body.language: body.stem for body in item.content.bodies} == {"en": "Colour?", "hi": "रंग?"}


def test_categories_comments_and_tags_say_what_it_is() -> None:
    text = "// [id:Q-7] [tag:hard] [tag:seconds:90] [tag:upi]\n$CATEGORY: $course$/top/PC3 Fraud\n\nYes?{T}"
    item = one("// [id:Q-7] [tag:hard] [tag:seconds:90] [tag:upi]\nYes?{T}")
    assert (item.external_id, item.content.difficulty.value, item.content.seconds) == ("Q-7", "hard", 90)
    assert item.content.tags == ("upi",)
    assert one(text.partition("\n")[2], ImportDefaults()).content.pc == "PC3"


def test_an_item_is_called_the_same_at_every_import_and_by_its_name_if_it_has_one() -> None:
    named = one("::Pay 1::Yes?{T}")
    changed = one("::Pay 1::Yes, really?{T}")
    assert named.external_id == changed.external_id == "Pay-1"
    unnamed, edited = one("Yes?{T}"), one("Yes?{F}")
    assert unnamed.external_id == edited.external_id
    assert unnamed.content_hash != edited.content_hash
    assert one("No?{T}").external_id != unnamed.external_id
    assert one("::भुगतान::Yes?{T}").external_id.startswith("q-")


def test_a_description_is_named_among_the_losses() -> None:
    parsed = gift("Read this first.\n\nYes?{T}")
    assert len(parsed.items) == 1
    assert [(loss.where, "description" in loss.what) for loss in parsed.losses] == [("line 1", True)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("broken {=a ~b", "gift_braces"),
        ("two {=a} and {=b}", "gift_braces"),
        ("odd {a}", "gift_answers"),
        ('cut {=<b class="x">y</b> ~z}', "gift_answers"),
        ("weight {=%500%a}", "gift_weight"),
        ("number {#four}", "gift_number"),
        ("range {#5..1}", "gift_number"),
        ("numbers {#=1822:0 =%50%1822:2}", "several_numbers"),
        ("wild {=a*b}", "wildcard_answer"),
        ("half {=%50%a}", "no_full_marks"),
        ("none {~a ~b}", "no_full_marks"),
        ("alone {=a ~}x", "empty"),
        ("[html]<p onclick='x()'>a</p>{T}", "script_in_text"),
        ("[html]<p>a<script>x</script></p>{T}", "script_in_text"),
        ("[html]<p>a<iframe src='x'></iframe></p>{T}", "element_not_allowed"),
        ("[html]<p><img src='http://x/y.png'></p>{T}", "address_not_allowed"),
        ("[html]" + "<div>" * 10_000 + "{T}", "markup_too_deep"),
        ("·¤æñÙ âæ â×è ãñU ÂýçÌàæÌ{T}", "legacy_encoding"),
    ],
)
def test_what_cannot_become_an_item_is_refused_by_name(text: str, code: str) -> None:
    assert code in {found for _, found in codes(gift(text))}


def test_without_a_criterion_a_question_is_refused_and_told_what_to_do() -> None:
    assert codes(gift("Yes?{T}", ImportDefaults())) == [("line 1", "pc_missing")]


def test_aiken_reads_lettered_options_and_names_what_is_wrong() -> None:
    text = (
        "What?\nA. one\nB) two\nANSWER: B\n\n"
        "No answer\nA. x\nB. y\nNext?\nA. 1\nB. 2\nANSWER: C\n\nGap?\nA. 1\nC. 2\nANSWER: A\n"
    )
    parsed = parse_aiken(text, defaults=PC1)
    assert parsed.items[0].document.key.correct == ("B",)
    assert codes(parsed) == [
        ("line 6", "aiken_unfinished"),
        ("line 9", "aiken_answer"),
        ("line 14", "aiken_options"),
    ]


def test_more_options_than_a_sheet_has_are_no_obstacle() -> None:
    letters = "ABCDEFGH"
    text = "Which?\n" + "".join(f"{letter}. {letter}{letter}\n" for letter in letters) + "ANSWER: H\n"
    [item] = parse_aiken(text, defaults=PC1).items
    assert item.problems == ()
    assert len(item.document.content.parts[0].choices) == 8


def test_the_content_says_which_format_it_is() -> None:
    assert parse_items(b"Yes?{T}", filename="questions.txt", defaults=PC1).format == "gift"
    assert (
        parse_items(b"What?\nA. 1\nB. 2\nANSWER: A\n", filename="questions.txt", defaults=PC1).format
        == "aiken"
    )
    utf16 = "हाँ?{T}".encode("utf-16")
    assert parse_items(utf16, filename="questions.txt", defaults=PC1).items[0].problems == ()
