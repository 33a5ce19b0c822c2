# SPDX-License-Identifier: Apache-2.0
"""The notice before a test: every item in two languages, required or not, and no word that accuses."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from proctor import api as proctor
from web.consent_notices import items_of, notice_of, required_of, shown_in
from web.consent_texts import ITEMS, RIGHTS, Words

EVERYTHING = proctor.WatchPlan(
    id_card=True, calibration=True, liveness=True, rechecks=True, objects=True, voice=True
)
FACTS = {"agency": "Parakh Assessments", "body": "Skill Body", "days": 180}
ACCUSING = re.compile(
    r"\b(cheat\w*|suspic\w*|suspect\w*|misconduct|dishonest\w*|violat\w*|fraud\w*|offen[cs]e\w*|guilty|caught|flag\w*)\b"
    r"|नकल|धोखा|शक|संदेह|दोषी|बेईमान",
    re.IGNORECASE,
)


def test_without_a_camera_only_answers_and_marks_are_asked_for() -> None:
    assert items_of(None) == ("answers",)


def test_each_check_of_the_plan_brings_its_item_and_no_other() -> None:
    plain = set(items_of(proctor.WatchPlan()))
    assert plain == {"answers", "photo", "camera", "browser"}
    more = {
        "id_card": {"id_card"},
        "calibration": {"face"},
        "liveness": {"movements"},
        "objects": {"things"},
        "voice": {"voice"},
    }
    for check, items in more.items():
        assert set(items_of(proctor.WatchPlan.from_json({check: True}))) - plain == items
    assert set(items_of(EVERYTHING)) == set(ITEMS)


def test_only_the_noting_of_speech_may_be_left_out_alone() -> None:
    assert set(ITEMS) - required_of(ITEMS) == {"voice"}


def test_another_plan_another_agency_or_another_span_is_another_version() -> None:
    one = notice_of(EVERYTHING, **FACTS)
    others = [
        notice_of(None, **FACTS),
        notice_of(replace(EVERYTHING, rechecks=False), **FACTS),
        notice_of(EVERYTHING, agency="Another", body="Skill Body", days=180),
        notice_of(EVERYTHING, agency="Parakh Assessments", body="Skill Body", days=30),
    ]
    assert len({one.version, *(other.version for other in others)}) == 5
    assert notice_of(EVERYTHING, **FACTS).version == one.version
    assert len(one.version) == 20


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_item_says_everything_in_each_language(language: str) -> None:
    shown = shown_in(notice_of(EVERYTHING, **FACTS), language)
    assert shown["language"] == language
    for item in shown["items"]:
        for part in fields(Words):
            text = item[part.name]
            assert text, (item["key"], part.name)
            assert "{" not in text
            assert bool(re.search(r"[\u0900-\u097f]", text)) is (language == "hi"), text
    assert any("180" in item["kept"] for item in shown["items"])
    assert "Parakh Assessments" in shown["rights"]


@pytest.mark.parametrize(
    ("language", "compares", "only_looks"),
    [
        ("en", "A program also compares the face on it", "A program only looks"),
        ("hi", "मिलान करता है", "केवल देखता है"),
    ],
)
def test_the_item_of_the_card_names_the_comparison_where_there_is_one(
    language: str, compares: str, only_looks: str
) -> None:
    def why(plan: proctor.WatchPlan) -> str:
        items = shown_in(notice_of(plan, **FACTS), language)["items"]
        return str(next(item["why"] for item in items if item["key"] == "id_card"))

    assert compares in why(EVERYTHING)
    assert compares not in why(proctor.WatchPlan(id_card=True))
    assert only_looks in why(proctor.WatchPlan(id_card=True))


@pytest.mark.parametrize(("language", "managers"), [("en", "anagers"), ("hi", "प्रबंधक")])
def test_who_sees_the_notes_of_the_browser_and_who_hands_out_pictures_is_said(
    language: str, managers: str
) -> None:
    items = {one["key"]: one for one in shown_in(notice_of(EVERYTHING, **FACTS), language)["items"]}
    assert managers in items["browser"]["who"]
    assert "Every look is logged" not in items["browser"]["who"], "managers read the notes unlogged"
    manager = {"en": "a manager only to hand you your own file", "hi": "प्रबंधक केवल"}[language]
    assert {key for key, one in items.items() if manager in one["who"]} == {
        "photo",
        "id_card",
        "camera",
        "movements",
        "things",
        "voice",
    }


def test_a_language_without_words_of_its_own_gets_the_english_ones() -> None:
    assert shown_in(notice_of(None, **FACTS), "ta")["language"] == "en"


def test_no_word_of_the_notice_accuses_anybody() -> None:
    texts = [
        getattr(words, part.name)
        for item in ITEMS.values()
        for words in (item.en, item.hi)
        for part in fields(Words)
    ]
    assert [text for text in [*texts, *RIGHTS.values()] if ACCUSING.search(text)] == []
