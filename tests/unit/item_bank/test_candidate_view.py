# SPDX-License-Identifier: Apache-2.0
"""What a candidate may see: an allow-list, opaque names, and nothing that gives a key away."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest

from core.errors import Invalid
from item_bank.items.candidate import (
    MAXIMUM_TEXT,
    CandidateItem,
    candidate_view,
    item_ref,
    opaque_ids,
    resolve_response,
    shown_order,
)
from item_bank.items.model import ItemContent, ItemVersion
from tests.unit.item_bank.builders import item, read, text_item, version_of

SECRET = b"0123456789abcdef"
OPAQUE = opaque_ids(SECRET)
CANARY = "CANARY7f3a"


def planted(document: dict[str, Any]) -> ItemVersion:
    """A version whose rationale, ids, author, owner and hash are canaries."""
    rationales = {
        language: {**document[language], "rationale": f"{CANARY} {language}"} for language in ("en", "hi")
    }
    value = read({**document, **rationales, "id": f"{CANARY}-id", "pc": "PC1"})
    return version_of(value, version_id=f"{CANARY}-version", author_id=f"{CANARY}-author")


@pytest.mark.parametrize(
    "document", [item(), item(type="choice_multiple", key=["A", "C"]), text_item(key=[f"{CANARY} answer"])]
)
def test_no_planted_canary_is_reachable_from_a_candidate_item(document: dict[str, Any]) -> None:
    dumped = json.dumps(asdict(candidate_view(planted(document), opaque=OPAQUE)), ensure_ascii=False)
    assert CANARY not in dumped
    for word in (
        "key",
        "correct",
        "rationale",
        "author",
        "normalise",
        "difficulty",
        "state",
        "hash",
        "letter",
    ):
        assert f'"{word}"' not in dumped


def test_the_allow_list_is_exactly_this() -> None:
    assert [part.name for part in fields(CandidateItem)][:3] == ["ref", "interaction", "bodies"]


def test_neither_a_version_nor_its_content_has_a_place_for_a_key() -> None:
    names = {part.name for kind in (ItemVersion, ItemContent) for part in fields(kind)}
    assert not names & {"key", "correct", "rationale", "rationales", "normalise"}


def test_the_two_versions_of_an_item_that_differ_only_in_key_look_the_same() -> None:
    one, other = version_of(read(item(key=["A"]))), version_of(read(item(key=["B"])))
    assert candidate_view(one, opaque=OPAQUE) == candidate_view(other, opaque=OPAQUE)


def test_both_languages_show_the_same_options_in_the_same_order() -> None:
    view = candidate_view(version_of(read(item())), opaque=OPAQUE)
    english, hindi = view.bodies
    assert [option.id for option in english.options] == [option.id for option in hindi.options]
    pairs = dict(zip((o.text for o in english.options), (o.text for o in hindi.options), strict=True))
    assert pairs["UPI PIN"] == "UPI पिन"


def test_an_item_that_must_not_be_shuffled_keeps_its_order() -> None:
    view = candidate_view(version_of(read(item(shuffle=False))), opaque=OPAQUE)
    assert [option.text for option in view.bodies[0].options] == [
        "UPI ID",
        "UPI PIN",
        "IFSC code",
        "Bank name",
    ]


def test_another_attempt_sees_other_names_and_in_time_another_order() -> None:
    version = version_of(read(item()))
    attempts = [opaque_ids(bytes([number]) * 16) for number in range(30)]
    assert len({item_ref(version.id, opaque=opaque) for opaque in attempts}) == 30
    assert len({shown_order(version, opaque=opaque) for opaque in attempts}) > 5


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        opaque_ids(b"short")


def test_a_choice_comes_back_as_letters() -> None:
    version = version_of(read(item(type="choice_multiple", key=["A", "C"])))
    shown = {option.text: option.id for option in candidate_view(version, opaque=OPAQUE).bodies[0].options}
    assert resolve_response(version, [shown["IFSC code"], shown["UPI ID"]], opaque=OPAQUE) == ("A", "C")
    assert resolve_response(version, [], opaque=OPAQUE) == ()
    assert resolve_response(version, None, opaque=OPAQUE) is None


def test_a_text_comes_back_as_it_was_typed() -> None:
    version = version_of(read(text_item()))
    assert resolve_response(version, " १९३० ", opaque=OPAQUE) == " १९३० "
    assert resolve_response(version, None, opaque=OPAQUE) is None


def refused(version: ItemVersion, response: object) -> str:
    with pytest.raises(Invalid) as refusal:
        resolve_response(version, response, opaque=OPAQUE)
    return refusal.value.code


def test_a_response_of_the_wrong_shape_is_refused() -> None:
    single, text = version_of(read(item())), version_of(read(text_item()))
    first, second = (option.id for option in candidate_view(single, opaque=OPAQUE).bodies[0].options[:2])
    assert refused(single, first) == "response_shape"
    assert refused(single, {"a": 1}) == "response_shape"
    assert refused(single, [first, first]) == "response_shape"
    assert refused(single, [first, second]) == "response_shape"
    assert refused(text, ["1930"]) == "response_shape"
    assert refused(text, 1930) == "response_shape"
    assert refused(text, "x\ud800") == "response_shape"
    assert refused(text, "x" * (MAXIMUM_TEXT + 1)) == "response_too_long"


def test_an_option_of_another_item_attempt_or_of_the_bank_is_unknown() -> None:
    version = version_of(read(item()))
    elsewhere = opaque_ids(b"another attempt's")(version.id, "A")
    for option in ("A", elsewhere, OPAQUE("other version", "A"), OPAQUE(version.id, ""), 7, ["A"]):
        assert refused(version, [option]) == "unknown_option"
