# SPDX-License-Identifier: Apache-2.0
"""The candidate's view of rich items: nothing but the allow-list, under names of one attempt."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from typing import Any

import pytest

from item_bank.items.candidate import (
    CandidateItem,
    candidate_view,
    opaque_ids,
    preview_item,
    preview_media,
)
from item_bank.items.candidate_flow import Shown, flow_chunks, shown_markup
from item_bank.items.candidate_parts import (
    CandidateArea,
    CandidateChoice,
    CandidatePart,
    block_parts,
    choice_ref,
    media_ref,
    part_ref,
    target_ref,
)
from item_bank.items.model import ItemVersion
from tests.unit.item_bank.builders import item, read, version_of
from tests.unit.item_bank.rich_items import DOCUMENTS, choices, document, rich

OPAQUE = opaque_ids(b"0123456789abcdef")
CANARY = "CANARY7f3a"
KINDS = list(DOCUMENTS)


def view(kind: str, *, secret: bytes = b"0123456789abcdef", **changes: Any) -> CandidateItem:
    version = version_of(rich(kind, **changes))
    return candidate_view(version, opaque=opaque_ids(secret), media_base="/room/media/")


def planted(kind: str) -> ItemVersion:
    """A version of a kind with canaries in every member of its key, its rationale, tags, ids and stimulus name."""
    value = json.loads(json.dumps(DOCUMENTS[kind]))
    for key in value["key"]["parts"]:
        if key.get("correct") and value["type"] == "text_entry":
            key["correct"] = [f"{CANARY} answer"]
        key["guide"] = {"en": f"{CANARY} guide"} if "guide" in key else {}
        if not key["guide"]:
            del key["guide"]
        key["marks"] = "17"
    value["marks"] = "19"
    value["tags"] = [f"{CANARY}", f"enemy:{CANARY}"]
    value["id"] = f"{CANARY}-id"
    if "stimulus" in value:
        value["stimulus"] = f"{CANARY}-stimulus"
    for language in ("en", "hi"):
        value[language]["rationale"] = f"{CANARY} {language}"
    return version_of(read(value), version_id=f"{CANARY}-version", author_id=f"{CANARY}-author")


@pytest.mark.parametrize("kind", KINDS)
def test_no_canary_no_bank_identifier_and_no_hash_is_reachable(kind: str) -> None:
    version = planted(kind)
    dumped = json.dumps(asdict(candidate_view(version, opaque=OPAQUE)), ensure_ascii=False)
    assert CANARY not in dumped
    names = {part.id for part in version.content.parts}
    names |= {choice.id for part in version.content.parts for choice in (*part.choices, *part.targets)}
    names |= {media.name for media in version.content.media} | {
        media.sha256 for media in version.content.media
    }
    assert [
        name for name in names if f'"{name}"' in dumped or f"[[{name}" in dumped or f":{name}" in dumped
    ] == []
    assert "media:" not in dumped.replace('"media:', "")


def test_the_allow_list_of_a_rich_item_is_exactly_this() -> None:
    assert [part.name for part in fields(CandidateItem)] == [
        "ref", "interaction", "bodies", "parts", "flows", "blocks",
    ]  # fmt: skip
    assert [part.name for part in fields(CandidatePart)] == [
        "ref", "kind", "prompt", "choices", "targets", "least", "most", "single", "inline", "length", "lines",
        "lower", "upper", "step", "picture", "accept",
    ]  # fmt: skip
    assert [part.name for part in fields(CandidateChoice)] == ["id", "texts", "most", "area", "picture"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_items_that_differ_only_in_key_look_the_same(kind: str) -> None:
    changed = json.loads(json.dumps(DOCUMENTS[kind]["key"]))
    for key in changed["parts"]:
        key["marks"] = "0.25"
    assert view(kind) == view(kind, key=changed)


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_another_attempt_is_another(kind: str) -> None:
    def names(found: CandidateItem) -> set[str]:
        return {found.ref} | {
            name
            for part in found.parts
            for name in (part.ref, *(choice.id for choice in (*part.choices, *part.targets)))
        }

    one, other = names(view(kind)), names(view(kind, secret=b"another attempt's"))
    assert len(one) == len(other)
    assert not one & other
    assert all(re.fullmatch(r"[a-z2-7]{16}", name) for name in one)


def test_choices_are_shuffled_by_attempt_and_the_fixed_ones_keep_their_place() -> None:
    orders = {
        tuple(
            choice.texts[0].plain
            for choice in view("choice_multiple", secret=bytes([n]) * 16).parts[0].choices
        )
        for n in range(20)
    }
    assert orders == {("Switch", "Lamp", "Fuse"), ("Lamp", "Switch", "Fuse")}


def test_what_is_not_to_be_shuffled_keeps_its_order() -> None:
    (part,) = view("graphic_gap_match").parts
    assert [choice.texts[0].plain for choice in part.choices] == ["Gives light", "Protects"]
    assert [choice.texts[0].plain for choice in part.targets] == ["Switch", "Lamp", "Fuse"]


def test_the_second_set_of_a_match_is_shuffled_too() -> None:
    orders = {
        tuple(one.texts[0].plain for one in view("match", secret=bytes([n]) * 16).parts[0].targets)
        for n in range(20)
    }
    assert len(orders) == 2


def test_both_languages_speak_of_the_same_choices() -> None:
    for choice in view("order").parts[0].choices:
        assert [text.language for text in choice.texts] == ["en", "hi"]


def test_the_limits_bounds_and_sizes_come_along() -> None:
    (slider,) = view("slider").parts
    assert (slider.lower, slider.upper, slider.step, slider.single) == ("0", "100", "5", True)
    (spots,) = view("hotspot").parts
    assert (spots.most, spots.single) == (2, False)
    assert spots.picture is not None
    assert (spots.picture.width, spots.picture.height) == (320, 200)
    assert [choice.area.centre for choice in spots.choices if choice.area] == [(50, 50), (220, 50), (70, 143)]
    assert CandidateArea("default", ()).centre == (0, 0)
    assert CandidateArea("ellipse", (4, 5, 9, 9)).centre == (4, 5)
    (upload,) = view("upload").parts
    assert upload.accept == ("image/png", "application/pdf")


def test_a_flow_is_cut_before_each_block_and_names_its_inline_places() -> None:
    found = view("composite")
    english = found.flows[0]
    radio, number, essay = found.parts
    assert found.blocks == (radio.ref, essay.ref)
    assert [piece.markup or piece.part for chunk in english.chunks for piece in chunk] == [
        "<p>Listen.</p><p>Is it a beep?</p>",
        "<p>How many hertz? ",
        number.ref,
        "</p><p>Say why.</p>",
    ]
    assert found.part(number.ref) is number
    assert found.languages == ("en", "hi")
    assert view("slider").languages == ("en", "hi")


def test_gaps_and_hot_texts_stand_in_the_flow_under_the_names_of_their_part() -> None:
    (gaps,) = view("gap_match").parts
    places = [piece.choice for piece in view("gap_match").flows[0].chunks[0] if piece.part]
    assert places == [target.id for target in gaps.targets]
    (hot,) = view("hottext").parts
    assert [piece.choice for piece in view("hottext").flows[1].chunks[0] if piece.part] == [
        choice.id for choice in hot.choices
    ]
    assert view("gap_match").blocks == (gaps.ref,)
    assert view("hottext").blocks == (hot.ref,)


def test_blocks_stand_in_the_order_of_the_first_language_even_where_another_has_another() -> None:
    parts = [{"id": name, "kind": "slider", "lower": "0", "upper": "9"} for name in ("S1", "S2")]
    keys = [{"part": name, "correct": ["3"]} for name in ("S1", "S2")]
    found = read(document("composite", parts, keys, stem=("[[S2]]<p>and</p>[[S1]]", "[[S1]]<p>और</p>[[S2]]")))
    assert [part.id for part in block_parts(found.content)] == ["S2", "S1"]
    hindi = preview_item(found.content).flows[1]
    assert [bool(chunk) for chunk in hindi.chunks] == [False, True, False]


def test_media_have_addresses_of_the_attempt_and_films_their_controls_and_captions() -> None:
    stimulus = view("composite").flows[0].stimulus
    version = version_of(rich("composite"))
    film = media_ref(version.id, "film.webm", opaque=OPAQUE)
    captions = media_ref(version.id, "film-hi.vtt", opaque=OPAQUE)
    assert f'<video controls preload="none" src="/room/media/{film}" title="A film">' in stimulus
    assert f'<track kind="captions" srclang="hi" label="hi" src="/room/media/{captions}">' in stimulus
    assert "film" not in stimulus.replace("A film", "")


def test_a_preview_needs_no_attempt_and_knows_its_media() -> None:
    content = rich("hotspot").content
    shown = preview_item(content, media_base="/author/media/")
    picture = shown.parts[0].picture
    assert picture is not None
    assert preview_media(content) == {picture.address.removeprefix("/author/media/"): "panel.png"}
    assert preview_item(read(item()).content).bodies[0].stem == "Which one must stay secret?"


def test_the_names_of_a_part_a_choice_and_a_target_never_meet() -> None:
    found = {refer("v", "R", "A", opaque=OPAQUE) for refer in (choice_ref, target_ref)}
    assert len(found | {part_ref("v", "A", opaque=OPAQUE), media_ref("v", "A", opaque=OPAQUE)}) == 4


# ------------------------------------------------------------------------------------------------- cutting


def test_elements_that_are_open_at_a_cut_are_closed_and_opened_again() -> None:
    chunks = flow_chunks('<div><p lang="en">a [[R]] b</p></div>', {}, blocks=["R"])
    assert [[piece.markup for piece in chunk] for chunk in chunks] == [
        ['<div><p lang="en">a </p></div>'],
        ['<div><p lang="en"> b</p></div>'],
    ]


def test_a_chunk_that_shows_nothing_is_empty() -> None:
    assert flow_chunks("<p>[[R]]</p><p></p>", {}, blocks=["R"]) == ((), ())
    assert flow_chunks("[[R]]<hr>", {}, blocks=["R"])[1] != ()


def test_text_and_attributes_are_escaped_again() -> None:
    assert shown_markup('<p>1 &lt; 2 &amp; 3</p><abbr lang="a&quot;b">x</abbr><br>', {}) == (
        '<p>1 &lt; 2 &amp; 3</p><abbr lang="a&quot;b">x</abbr><br>'
    )


def test_a_file_that_the_item_does_not_have_is_not_shown() -> None:
    shown = {"a.png": Shown("/m/1")}
    markup = '<p><img src="media:a.png" alt="A"><img src="media:b.png" alt="B"><video src="media:c.webm"></video></p>'
    assert shown_markup(markup, shown) == '<p><img src="/m/1" alt="A"></p>'


def test_an_end_without_a_beginning_is_left_out() -> None:
    assert shown_markup("<p>a</b></p>", {}) == "<p>a</p>"
    assert shown_markup("<p><b>a</p>", {}) == "<p><b>a</b></p>"


def test_the_order_of_fixed_choices_survives_any_shuffle() -> None:
    parts = [
        {
            "id": "RESPONSE",
            "kind": "choice_single",
            "shuffle": True,
            "choices": [{"id": "A", "fixed": True}, *choices("B", "C"), {"id": "D", "fixed": True}],
        }
    ]
    texts = {f"RESPONSE.{name}": (name * 2, name * 3) for name in "ABCD"}
    value = document(
        "choice_single",
        parts,
        [{"part": "RESPONSE", "correct": ["A"]}],
        stem=("[[RESPONSE]]x", "[[RESPONSE]]y"),
        texts=texts,
    )
    content = read(value).content
    for number in range(8):
        opaque = opaque_ids(bytes([number]) * 16)
        version = version_of(read(value), version_id=f"v{number}")
        found = candidate_view(version, opaque=opaque).parts[0].choices
        assert (found[0].texts[0].plain, found[3].texts[0].plain) == ("AA", "DD")
    assert content.is_rich
