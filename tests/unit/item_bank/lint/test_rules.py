# SPDX-License-Identifier: Apache-2.0
"""Each rule over a whole item finds what it is for, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import Invalid
from item_bank.lint.documents import loose_item
from item_bank.lint.linting import lint_documents, lint_file, lint_items
from item_bank.lint.model import LintBody, LintItem, LintOption, LintReport
from item_bank.lint.rules import speaks_of_others


def an_item(name: str = "X-1", **changes: Any) -> dict[str, Any]:
    """A bilingual item without any fault, as loose JSON."""
    item: dict[str, Any] = {
        "id": name,
        "key": "B",
        "en": {
            "stem": f"Which wire is the earth wire of board {name}?",
            "options": ["Red one", "Green one", "Black one", "Blue one"],
        },
        "hi": {
            "stem": f"बोर्ड {name} का अर्थ तार कौन सा है?",
            "options": ["लाल वाला", "हरा वाला", "काला वाला", "नीला वाला"],
        },
    }
    return {**item, **changes}


def lint(*items: Any) -> LintReport:
    return lint_file(json.dumps(list(items)).encode(), filename="items.json")


def with_options(language: str, options: list[str], **changes: Any) -> dict[str, Any]:
    item = an_item(**changes)
    return {**item, language: {**item[language], "options": options}}


def test_an_item_without_fault_has_no_findings() -> None:
    report = lint(an_item())
    assert report.to_document() == {"items": 1, "findings": {}, "details": []}


def test_a_stem_and_an_option_left_in_english_are_two_findings() -> None:
    item = an_item()
    item["hi"] = {"stem": item["en"]["stem"], "options": ["लाल वाला", "Green one", "काला वाला", "नीला वाला"]}
    report = lint(item)
    assert report.counts == {"untranslated": 2}
    assert [finding.where for finding in report.findings] == ["X-1 hi stem", "X-1 hi option B"]


def test_options_that_are_missing_in_a_language_are_one_finding() -> None:
    assert lint(with_options("hi", ["लाल वाला", "हरा वाला"])).counts == {"option_count_differs": 1}


@pytest.mark.parametrize("key", ["E", "5", ["A", "F"], 7])
def test_a_key_outside_the_options_is_found(key: object) -> None:
    assert lint(an_item(key=key)).counts == {"key_not_an_option": 1}


@pytest.mark.parametrize("key", ["A", 1, ["A"], "Green one", None, ["A", "C"]])
def test_a_key_may_be_a_letter_a_number_or_the_text(key: object) -> None:
    assert lint(an_item(key=key)).counts == {}


def test_the_same_option_twice_is_found_in_its_language() -> None:
    report = lint(with_options("en", ["Red one", "Green one", "red  ONE", "Blue one"]))
    assert [(one.rule, one.where) for one in report.findings] == [("duplicate_option", "X-1 en option C")]


def test_a_key_that_is_much_longer_than_every_other_option_gives_itself_away() -> None:
    long = "Green one, because it carries the leakage current to earth"
    assert lint(with_options("en", ["Red one", long, "Black one", "Blue one"])).counts == {
        "longest_option_is_key": 1
    }


@pytest.mark.parametrize(
    "options",
    [
        ["Red one", "Green wire", "Black one", "Blue one"],  # longer, but not by much
        [
            "Green one, because it carries the leakage current to earth",
            "Green one",
            "Black one",
            "Blue one",
        ],  # not the key
        [
            "Red, which carries the supply to the load",
            "Green, which carries the leakage current",
            "Black one",
            "Blue one",
        ],
    ],
)
def test_a_long_key_among_long_options_is_no_finding(options: list[str]) -> None:
    assert "longest_option_is_key" not in lint(with_options("en", options)).counts


def test_two_options_have_no_longest() -> None:
    item = an_item(key="A", en={"stem": "Is it?", "options": ["Yes, because of the earth wire there", "No"]})
    item["hi"] = {"stem": "क्या यह है?", "options": ["हाँ, वहाँ के अर्थ तार के कारण", "नहीं"]}
    assert lint(item).counts == {}


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "None of the above",
        "all the above",
        "Both of the above",
        "Both A and B",
        "A and C",
        "A & C only",
        "(a) and (b)",
        "Any of the options above",
        "उपरोक्त सभी",
        "उपर्युक्त में से कोई नहीं",
        "ऊपर दिए गए सभी",
        "A और B दोनों",
        "क और ख",
        "विकल्प अ तथा ब",
    ],
)
def test_an_option_that_speaks_of_others_by_place_is_known(text: str) -> None:
    assert speaks_of_others(text)


@pytest.mark.parametrize(
    "text",
    [
        "All of these",
        "None of them",
        "A and an earth wire",
        "Above 500 V",
        "All wires",
        "Both wires",
        "Hepatitis A and B virus vaccine",
        "इनमें से सभी",
        "इनमें से कोई नहीं",
        "ऊपर वाला तार",
        "सभी तार",
        "Lights above the table",
    ],
)
def test_an_option_that_does_not_depend_on_places_is_left_alone(text: str) -> None:
    assert not speaks_of_others(text)


def test_all_of_the_above_is_one_finding_for_both_languages_and_none_without_shuffling() -> None:
    item = with_options("en", ["Red one", "Green one", "Black one", "All of the above"])
    item = {**item, "hi": {**item["hi"], "options": ["लाल वाला", "हरा वाला", "काला वाला", "उपरोक्त सभी"]}}
    assert lint(item).counts == {"all_of_the_above": 1}
    assert lint({**item, "shuffle": False}).counts == {}


def test_an_option_that_keeps_its_place_may_speak_of_those_above() -> None:
    body = LintBody(
        "en", (("stem", "Which?"),), tuple(LintOption(letter, letter * 5, fixed=False) for letter in "AB")
    )
    last = LintOption("C", "All of the above", fixed=True)
    item = LintItem(
        "X", (LintBody("en", body.segments, (*body.options, last)),), key=("A",), single=True, shuffle=True
    )
    assert lint_items([item]).counts == {}


def test_a_picture_without_alternative_text_is_found_and_a_decorative_one_is_not() -> None:
    item = an_item()
    item["en"]["stem"] = '<p>Which wire of board X-1 is earthed? <img src="media:a.png"></p>'
    assert lint(item).counts == {"missing_alt_text": 1}
    item["en"]["stem"] = '<p>Which wire of board X-1 is earthed? <img src="media:a.png" alt=""></p>'
    assert lint(item).counts == {}


def test_a_text_that_a_translation_lacks_is_found() -> None:
    item = an_item()
    item["en"]["prompt"] = "Choose the best answer."
    assert lint(item).counts == {"text_missing": 1}


def test_a_stale_translation_is_found_where_it_stands() -> None:
    item = loose_item(an_item(), name="x")
    assert isinstance(item, LintItem)
    stale = LintItem(item.name, item.bodies, item.key, item.single, item.shuffle, (("hi", "stem"),))
    report = lint_items([stale])
    assert [(one.rule, one.where) for one in report.findings] == [("stale_translation", "X-1 hi stem")]


def test_the_same_item_twice_is_one_duplicate_at_its_second_place() -> None:
    report = lint(an_item("X-1"), {**an_item("X-1"), "id": "X-2"})
    assert [(one.rule, one.where, one.text) for one in report.findings] == [
        ("duplicate", "X-2 en", "the same as X-1")
    ]


def test_an_item_of_which_only_the_translation_repeats_another_is_found() -> None:
    other = an_item(
        "Y",
        en={
            "stem": "Name the safety conductor of a socket outlet.",
            "options": ["Live", "Earthing", "Neutral", "Pilot"],
        },
    )
    item = an_item("X")
    report = lint(item, {**other, "hi": item["hi"]})
    assert report.counts == {"duplicate": 1}
    assert report.findings[0].where == "Y hi"


def test_a_word_changed_makes_a_near_duplicate() -> None:
    stem = "A customer says that the money left the account but the shop did not get it. What should the shopkeeper do {}?"
    options = ["Wait for the refund", "Ask for the reference number", "Call the police", "Ask for cash"]
    one, other = (
        {"id": when, "en": {"stem": stem.format(when), "options": options}} for when in ("first", "now")
    )
    report = lint(one, other)
    assert report.counts == {"near_duplicate": 1}
    assert "first" in report.findings[0].text


def test_different_questions_are_no_duplicates() -> None:
    first = {
        "id": "1",
        "en": {
            "stem": "What does a fuse do when the current is too high?",
            "options": ["It melts", "It glows"],
        },
    }
    second = {
        "id": "2",
        "en": {
            "stem": "How often is a safety belt inspected before work at height?",
            "options": ["Daily", "Yearly"],
        },
    }
    assert lint(first, second).counts == {}


def test_what_is_not_an_item_is_named_by_its_place() -> None:
    report = lint("text", {"id": "x"}, an_item())
    assert report.items == 3
    assert [(one.rule, one.where) for one in report.findings] == [
        ("unreadable_item", "$[0]"),
        ("unreadable_item", "$[1]"),
    ]


def test_a_file_that_is_no_list_is_refused() -> None:
    with pytest.raises(Invalid, match="json_shape"):
        lint_file(b'"x"', filename="items.json")


def test_a_sheet_is_looked_at_like_an_import_and_its_refusals_are_found_by_rule() -> None:
    sheet = (
        "id,pc,type,difficulty,seconds,key,stem_en,option_a_en,option_b_en,option_c_en,stem_hi,option_a_hi,option_b_hi,option_c_hi\n"
        "S1,PC1,choice_single,easy,30,D,Which wire is earthed here?,Red one,Green one,Blue one,"
        "यहाँ कौन सा तार अर्थ है?,Red one,हरा वाला,नीला वाला\n"
        "S2,PC1,choice_single,easy,30,A,What melts when the current is too high?,A fuse,A lamp,A switch,"
        "धारा बहुत बढ़ने पर क्या पिघलता है?,फ़्यूज़,,\n"
    )
    report = lint_file(sheet.encode(), filename="items.csv")
    assert report.items == 2
    assert report.counts == {
        "key_not_an_option": 1,
        "option_count_differs": 1,
        "too_few_options": 1,
        "untranslated": 1,
    }


def test_no_items_have_no_findings() -> None:
    assert lint_documents([]) == LintReport(0, ())
