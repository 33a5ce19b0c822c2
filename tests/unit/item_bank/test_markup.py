# SPDX-License-Identifier: Apache-2.0
"""The markup of rich items is an allow-list; what is not on it is named, and never shown."""

from __future__ import annotations

import pytest

from item_bank.markup import (
    clean_markup,
    escape,
    markup_problems,
    media_names,
    pictures_without_text,
    places,
    plain_text,
)


def codes(text: str) -> list[str]:
    return [code for code, _ in markup_problems(text)]


@pytest.mark.parametrize(
    "text",
    [
        "plain text",
        "1 < 2 is true",
        "<p>A <strong>b</strong> <em lang='hi'>क</em><br>c</p>",
        "<table><caption>T</caption><tr><th scope='row'>a</th><td colspan='2'>b</td></tr></table>",
        '<img src="media:figure-1.png" alt="A fuse" width="20" height="10">',
        '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>',
        '<video src="media:film.mp4" title="How to earth"></video>',
        "[[RESPONSE]] and [[R2.G1]]",
        "tab\tand\r\nline",
        "क्‍ष with a joiner",
    ],
)
def test_what_is_allowed_has_no_problem_and_survives_cleaning(text: str) -> None:
    assert codes(text) == []
    once = clean_markup(text)
    assert clean_markup(once) == once
    assert plain_text(once) == plain_text(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<script>alert(1)</script>", "element_not_allowed"),
        ("<svg onload=alert(1)>", "element_not_allowed"),
        ("<iframe src='x'></iframe>", "element_not_allowed"),
        ("<p onclick='x()'>a</p>", "attribute_not_allowed"),
        ("<p style='x'>a</p>", "attribute_not_allowed"),
        ("<img src='http://example.in/x.png' alt='a'>", "address_not_allowed"),
        ("<img src='javascript:x' alt='a'>", "address_not_allowed"),
        ("<img alt='a'>", "address_not_allowed"),
        ("<img src='media:../secret' alt='a'>", "address_not_allowed"),
        ("<!DOCTYPE html>", "element_not_allowed"),
        ("<?php echo 1 ?>", "element_not_allowed"),
        ("safe\u202etxet", "control_character"),
        ("a\x00b", "control_character"),
        ("zero\u200bwidth <b>x</b>", "control_character"),
    ],
)
def test_what_is_not_allowed_is_named_and_cleaned_away(text: str, code: str) -> None:
    assert codes(text) == [code]
    cleaned = clean_markup(text)
    assert "script" not in cleaned
    assert "onclick" not in cleaned
    assert "http:" not in cleaned


def test_each_problem_is_named_once() -> None:
    assert codes("<u1>a</u1><u1>b</u1>") == ["element_not_allowed"]


def test_a_reader_sees_words_and_what_pictures_say() -> None:
    assert (
        plain_text("<p>Which of [[RESPONSE]] <b>t</b>wo?</p><ul><li>a</li><li>b</li></ul>")
        == "Which of two? a b"
    )
    assert plain_text('<img src="media:a.png" alt="A fuse"> &amp; more') == "A fuse & more"
    assert plain_text("one\n two [[R]] three") == "one two three"


def test_places_are_found_in_order() -> None:
    assert list(places("[[B]] x [[A.G1]] [[1]] [[]] [[A]]")) == [("B", ""), ("A", "G1"), ("A", "")]


def test_media_are_found_by_name() -> None:
    assert media_names('<img src="media:a.png" alt=""> <audio src="media:b.mp3"></audio>') == {
        "a.png",
        "b.mp3",
    }
    assert media_names("media:a.png in words") == frozenset()
    assert media_names("none") == frozenset()


def test_only_a_missing_alternative_text_is_missed() -> None:
    assert pictures_without_text('<img src="media:a.png"><img src="media:a.png" alt="">') == 1
    assert pictures_without_text("no picture") == 0


def test_plain_text_becomes_markup_without_changing_its_words() -> None:
    assert escape('1 < 2 & "x"\nnext') == '1 &lt; 2 &amp; "x"<br>next'
    assert plain_text(escape("1 < 2 & 3")) == "1 < 2 & 3"
