# SPDX-License-Identifier: Apache-2.0
"""What holds for every item, every attempt and every bank."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.ids import seeded
from item_bank.blueprints.model import Blueprint, assemble
from item_bank.document import Part
from item_bank.formats.files import parse_items
from item_bank.items.candidate import candidate_view, opaque_ids, resolve_response, shown_order
from item_bank.items.model import BankItem, Difficulty
from item_bank.items.parsing import LETTERS, reaches_maximum, read_item
from item_bank.standards.parsing import parse_credential
from scoring.api import Interaction
from tests.unit.item_bank.builders import credential, item, read, version_of

secrets = st.binary(min_size=16, max_size=32)
ids = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """A sound choice item with two to six options in two languages."""
    letters = LETTERS[: draw(st.integers(2, 6))]
    kind = draw(st.sampled_from([Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE]))
    most = 1 if kind is Interaction.CHOICE_SINGLE else len(letters)
    key = draw(st.lists(st.sampled_from(letters), min_size=1, max_size=most, unique=True))
    return item(
        type=kind.value,
        key=key,
        shuffle=draw(st.booleans()),
        en={"stem": "Which?", "options": {letter: f"option {letter}" for letter in letters}},
        hi={"stem": "कौन-सा?", "options": {letter: f"विकल्प {letter}" for letter in letters}},
    )


@given(choices(), secrets, ids)
def test_opaque_ids_are_a_bijection_between_the_page_and_the_bank(
    document: dict[str, Any], secret: bytes, version_id: str
) -> None:
    version, opaque = version_of(read(document), version_id=version_id), opaque_ids(secret)
    view = candidate_view(version, opaque=opaque)
    texts = {option.letter: option.text for option in version.content.bodies[0].options}
    shown = {option.id: option.text for option in view.bodies[0].options}
    assert len({*shown, view.ref}) == len(texts) + 1
    assert sorted(shown.values()) == sorted(texts.values())
    for option_id, text in shown.items():
        letters = resolve_response(version, [option_id], opaque=opaque)
        assert isinstance(letters, tuple)
        assert [texts[letter] for letter in letters] == [text]


@given(choices(), secrets, ids)
def test_a_page_is_the_same_every_time_it_is_shown_in_one_attempt(
    document: dict[str, Any], secret: bytes, version_id: str
) -> None:
    version = version_of(read(document), version_id=version_id)
    assert candidate_view(version, opaque=opaque_ids(secret)) == candidate_view(
        version, opaque=opaque_ids(secret)
    )
    order = shown_order(version, opaque=opaque_ids(secret))
    assert sorted(order) == list(version.content.letters)
    assert version.content.shuffle or order == version.content.letters


@given(choices(), secrets)
def test_the_order_of_clicks_does_not_matter(document: dict[str, Any], secret: bytes) -> None:
    assume(document["type"] == "choice_multiple")
    version, opaque = version_of(read(document)), opaque_ids(secret)
    clicked = [opaque(version.id, letter) for letter in document["key"]]
    assert resolve_response(version, clicked, opaque=opaque) == tuple(sorted(document["key"]))
    assert resolve_response(version, clicked[::-1], opaque=opaque) == tuple(sorted(document["key"]))


@given(choices())
def test_a_sound_item_reaches_its_maximum_and_survives_a_round_trip(document: dict[str, Any]) -> None:
    value = read(document)
    assert reaches_maximum(value)
    assert read(json.loads(json.dumps(value.to_document()))) == value


@given(json_values)
def test_no_document_whatever_breaks_the_readers(document: object) -> None:
    part = Part(document)
    read_item(part)
    assert part.problems


@given(st.sampled_from(sorted(credential())), json_values)
def test_no_member_whatever_breaks_the_reader_of_credentials(member: str, value: object) -> None:
    assert refusal_of(lambda: parse_credential({**credential(), member: value})) in (
        "",
        "credential_malformed",
    )


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx", "x.json", "x"]))
def test_no_bytes_whatever_break_the_import(data: bytes, filename: str) -> None:
    refusal_of(lambda: parse_items(data, filename=filename))


def refusal_of(call: Callable[[], object]) -> str:
    """The code of the refusal, or nothing; any other exception is a failure."""
    try:
        call()
    except Invalid as refusal:
        return refusal.code
    return ""


@st.composite
def banks(draw: st.DrawFn) -> tuple[list[BankItem], int]:
    """Twelve items for each of six PCs, and a time that three papers of four each can share with a little to spare."""
    bank = [
        BankItem(f"PC{pc}-{number:02}", f"PC{pc}", draw(st.integers(15, 60)), Difficulty.MEDIUM)
        for pc in range(1, 7)
        for number in range(12)
    ]
    return bank, sum(one.seconds for one in bank) // 3 + 30


@settings(max_examples=40, deadline=None)
@given(banks(), st.integers(0, 2**63 - 1))
def test_a_bank_of_three_papers_gives_three_disjoint_papers_within_the_time(
    drawn: tuple[list[BankItem], int], seed: int
) -> None:
    bank, seconds = drawn
    of_version = {one.version_id: one for one in bank}
    blueprint = Blueprint("theory", seconds, tuple((f"PC{pc}", 4) for pc in range(1, 7)))
    used: dict[str, int] = {}
    for number in range(3):
        paper = assemble(bank, blueprint, generator=seeded(f"{seed}/{number}"), used=used)
        assert sum(of_version[version_id].seconds for version_id in paper) <= seconds
        assert [of_version[version_id].pc for version_id in paper] == [
            f"PC{pc}" for pc in range(1, 7) for _ in range(4)
        ]
        for version_id in paper:
            used[version_id] = used.get(version_id, 0) + 1
    assert set(used) == set(of_version)
    assert set(used.values()) == {1}
