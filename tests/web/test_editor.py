# SPDX-License-Identifier: Apache-2.0
"""An author writes items of every kind through the form's own controls; what is stored is what was meant."""

from __future__ import annotations

import copy
import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select

from core.errors import NotFound
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from item_bank.items.programs import item_program
from item_bank.items.tables import ItemRow, ItemVersionRow
from tests.unit.web.editor_fields import sent
from tests.unit.web.editor_items import EVERY_KIND, ODD
from tests.web.editing import NEW, Desk, png, write
from tests.web.site import Site
from web.forms.item_loading import form_of
from web.forms.items import KINDS

PICTURE = png()


def wanted_of(kind: str, name: str = "ED-1") -> dict[str, Any]:
    """The document of a kind, showing a picture that there is."""
    document = copy.deepcopy({**EVERY_KIND, **ODD}[kind])
    document["id"] = name
    for media in document.get("media", []):
        media |= {"sha256": hashlib.sha256(PICTURE).hexdigest(), "size": len(PICTURE)}
    return document


def stored(site: Site, name: str = "ED-1") -> bank.Draft:
    """The newest version of an item, straight from the bank."""
    with site.parts.store.read(Actor.system()) as uow:
        query = (
            select(ItemVersionRow.id)
            .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
            .where(ItemRow.external_id == name)
            .order_by(ItemVersionRow.number.desc())
        )
        return bank.draft(uow, uow.db.scalars(query).first() or "")


def document_of(json: dict[str, Any]) -> bank.ItemDocument:
    part = bank.JsonPart(json)
    document = bank.read_item(part)
    assert part.problems == ()
    return document


def at_desk(site: Site, kind: str = "choice_single") -> Desk:
    return Desk(site.staff(Role.AUTHOR), f"{NEW}?type={kind}")


def type_in(desk: Desk, document: dict[str, Any]) -> None:
    """The whole item, with the form's buttons and controls."""
    form = form_of(document_of(document), credential_version_id="", revision=0)
    for part in form.parts[1:]:
        desk.press(f"part {part.kind}")
    if form.media:
        desk.upload(PICTURE)
    fields = sent(form)
    kept = ("credential_version_id", "revision")
    write(desk, {name: value for name, value in fields.items() if name not in kept})


@pytest.mark.parametrize("kind", [*KINDS, "composite"])
def test_every_kind_is_written_through_the_form_previewed_saved_and_sent_to_review(
    site: Site, kind: str
) -> None:
    document = wanted_of(kind)
    desk = at_desk(site, kind if kind != "composite" else "numeric")
    assert desk.answer.status_code == 200
    type_in(desk, document)
    shown = desk.preview()
    assert shown["fields"] == {} or all(one["warning"] for found in shown["fields"].values() for one in found)
    for language in ("en", "hi"):
        assert f'data-preview="{language}"' in shown["preview"]
    assert desk.press("save").status_code == 200
    assert desk.said == {} or not any(desk.said.values())
    draft = stored(site)
    assert draft.document.to_document() == document_of(document).to_document()
    assert desk.press("submit").status_code == 200
    assert stored(site).version.state is bank.ItemState.IN_REVIEW


def test_the_preview_is_the_candidates_own_view_and_has_no_key_in_it(site: Site) -> None:
    desk = at_desk(site, "text_entry")
    document = wanted_of("text_entry")
    document["key"], document["en"]["rationale"] = ["canary answer"], "canary rationale"
    type_in(desk, document)
    shown = desk.preview()["preview"]
    assert "How many?" in shown
    assert "कितने?" in shown
    assert "canary" not in shown


def test_pictures_of_the_preview_come_from_the_bank_for_its_own_staff_alone(site: Site) -> None:
    desk = at_desk(site, "hotspot")
    type_in(desk, wanted_of("hotspot"))
    address = re.search(r'<img src="(/author/media/[0-9a-f]{64})"', desk.preview()["preview"])
    assert address is not None
    answer = desk.visitor.get(address[1])
    assert (answer.data, answer.mimetype) == (PICTURE, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert desk.visitor.get("/author/media/" + "0" * 64).status_code == 404
    assert site.staff(Role.MANAGER).get(address[1]).status_code == 404


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("choice_single", "external_id", "", ("external_id", "needed")),
        ("choice_single", "stem.en", "", ("stem.en", "Write something")),
        ("choice_single", "stem.hi", "<b>x</b><script>alert(1)</script>", ("stem.hi", "script")),
        ("choice_single", "stem.en", "x" * 20_001, ("stem.en", "too long")),
        ("choice_single", "parts.0.choices.1.texts.hi", "न्यूट्रल", ("parts.0.choices.1.texts.hi", "same")),
        ("choice_single", "seconds", "soon", ("seconds", "whole number")),
        ("choice_single", "seconds", "1", ("seconds", "bounds")),
        ("choice_single", "pc", "", ("pc", "needed")),
        ("numeric", "parts.0.keys.0.first", "", ("parts.0.keys", "right")),
        ("numeric", "parts.0.keys.0.first", "two", ("parts.0.keys", "number")),
        ("numeric", "parts.0.below", "-1", ("parts.0.below", "number")),
        ("numeric", "parts.0.marks", "0", ("parts.0.marks", "bounds")),
        ("slider", "parts.0.upper", "-5", ("parts.0.upper", "slider")),
        ("hotspot", "parts.0.image", "", ("parts.0.image", "picture")),
        ("hotspot", "parts.0.choices.0.coords.0", "", ("parts.0.choices.0.coords", "whole number")),
        ("match", "parts.0.keys.0.second", "", ("parts.0.keys", "only one side")),
        ("gap_match", "stem.hi", "कुछ नहीं", ("stem.hi", "place")),
    ],
)
def test_bad_input_is_named_beside_its_field_and_nothing_typed_is_lost(
    site: Site, kind: str, name: str, value: str, said: tuple[str, str]
) -> None:
    field, words = said
    desk = at_desk(site, kind)
    type_in(desk, wanted_of(kind))
    desk.fill(name, value)
    before = dict(desk.fields)
    desk.press("save")
    assert desk.answer.status_code == 422
    assert any(words in line for line in desk.said[field]), desk.said
    for one, typed in before.items():
        if one not in ("csrf_token", "judged"):
            assert desk.fields.get(one) == typed, one
    with pytest.raises(NotFound):
        stored(site)


def test_what_an_order_leaves_out_is_said_and_may_stay_so(site: Site) -> None:
    desk = at_desk(site, "order")
    type_in(desk, wanted_of("order"))
    desk.fill("parts.0.choices.1.place", "")
    desk.press("save")
    assert desk.answer.status_code == 200
    assert "no place in the right order" in desk.said["parts.0.choices"][0]
    assert stored(site).document.key.parts[0].correct == ("C", "A")


def test_a_choice_without_a_right_answer_is_not_saved(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single"))
    desk.untick("parts.0.correct")
    desk.press("save")
    assert desk.said["parts.0.correct"] == ["Say which answer is right."]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "empty.png", "empty"),
        (b"MZ\x90\0not a picture", "photo.png", "type"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "broken.png", "broken"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "drawing.svg", "script"),
        (png(6000, 6000), "huge.png", "25 million"),
    ],
)
def test_a_file_that_cannot_be_shown_is_refused_by_name(
    site: Site, data: bytes, name: str, words: str
) -> None:
    desk = at_desk(site)
    desk.upload(data, name)
    assert desk.answer.status_code == 200
    assert any(words in line for line in desk.said["file"]), desk.said
    assert not any(one.startswith("media.") for one in desk.fields)


def test_a_picture_in_a_text_needs_words_in_every_language_or_is_marked_as_decoration(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single"))
    desk.upload(PICTURE)
    for language in ("en", "hi"):
        desk.fill(f"stem.{language}", f'{desk.fields[f"stem.{language}"]} <img src="media:meter.png">')
    desk.fill("media.0.alt.en", 'A meter, "live" & on')
    desk.press("save")
    assert desk.answer.status_code == 422
    assert list(desk.said) == ["media.0.alt.hi"]
    desk.fill("media.0.alt.hi", "एक मीटर")
    assert desk.press("save").status_code == 200
    bodies = {body.language: body.stem for body in stored(site).document.content.bodies}
    assert 'alt="A meter, &quot;live&quot; &amp; on"' in bodies["en"]
    assert 'alt="एक मीटर"' in bodies["hi"]
    assert desk.fields["media.0.alt.en"] == 'A meter, "live" & on'
    desk.fill("media.0.decorative", "yes")
    desk.press("save")
    assert all('alt=""' in body.stem for body in stored(site).document.content.bodies)


def test_a_stale_save_keeps_both_texts_on_the_page_and_can_then_be_saved(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single"))
    desk.press("save")
    mine, theirs = Desk(desk.visitor, desk.action), Desk(desk.visitor, desk.action)
    theirs.fill("stem.en", "Theirs: which one?")
    assert theirs.press("save").status_code == 200
    mine.fill("stem.en", "Mine: which one?")
    mine.press("save")
    assert mine.answer.status_code == 409
    assert "Somebody saved this item while you were writing" in mine.answer.text
    assert "Theirs: which one?" in mine.answer.text
    assert mine.fields["stem.en"] == "Mine: which one?"
    assert stored(site).document.content.bodies[0].stem == "Theirs: which one?"
    assert mine.press("save").status_code == 200
    assert stored(site).document.content.bodies[0].stem == "Mine: which one?"


def test_a_name_that_is_taken_is_said_beside_the_name(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single", name="SDP-PC1-01"))
    desk.press("save")
    assert desk.answer.status_code == 409
    assert "external_id" in desk.said


def test_a_live_item_is_edited_into_a_new_draft(site: Site) -> None:
    live = stored(site, "SDP-PC1-01")
    assert live.version.state is bank.ItemState.LIVE
    desk = Desk(site.staff(Role.AUTHOR), f"/author/items/{live.version.id}/edit")
    desk.fill("stem.en", "What must never be told?")
    desk.press("save")
    successor = stored(site, "SDP-PC1-01")
    assert (successor.version.number, successor.version.state) == (
        live.version.number + 1,
        bank.ItemState.DRAFT,
    )
    assert ("hi", "stem") in successor.stale
    assert "Source changed" in desk.answer.text
    desk.fill("confirmed.hi", "yes")
    desk.press("save")
    assert stored(site, "SDP-PC1-01").stale == frozenset()


def test_an_item_is_copied_under_another_name(site: Site) -> None:
    live = stored(site, "SDP-PC1-01")
    visitor = site.staff(Role.AUTHOR)
    visitor.get(f"/author/items/{live.version.id}/edit")
    answer = visitor.post(f"/author/items/{live.version.id}/copy", {"external_id": "SDP-PC1-99"})
    assert answer.status_code == 302
    assert stored(site, "SDP-PC1-99").document.content == live.document.content
    assert visitor.post(f"/author/items/{live.version.id}/copy", {"external_id": ""}).status_code == 422
    assert (
        visitor.post(f"/author/items/{live.version.id}/copy", {"external_id": "SDP-PC1-99"}).status_code
        == 409
    )


def test_a_typed_answer_is_tried_and_every_step_of_reading_it_is_shown(site: Site) -> None:
    desk = at_desk(site, "text_entry")
    type_in(desk, wanted_of("text_entry"))
    desk.fill("parts.0.trial", " १,००,००० ")
    trial = desk.preview()["trials"]["0"]
    steps = re.findall(r"<code>(.*?)</code>", trial)
    assert steps == [
        " १,००,००० ",
        " १,००,००० ",
        " १,००,००० ",
        "१,००,०००",
        "१,००,०००",
        "1,00,000",
        "1,00,000",
        "100000",
    ]
    assert "Counts" in trial
    desk.fill("parts.0.trial", "99")
    assert "Does not count" in desk.preview()["trials"]["0"]


def test_findings_of_parity_stand_beside_the_field(site: Site) -> None:
    desk = at_desk(site)
    document = wanted_of("choice_single")
    document["en"]["stem"], document["hi"]["stem"] = "Pay 230 rupees?", "320 रुपये दें?"
    type_in(desk, document)
    found = desk.preview()["fields"]["stem.hi"]
    assert [one["warning"] for one in found] == [True]
    assert "numbers differ" in found[0]["text"]
    desk.fill("stem.hi", "Pay 230 rupees?")
    assert any("same text" in one["text"] for one in desk.preview()["fields"]["stem.hi"])


def test_a_language_is_added_by_its_code_and_left_out_again(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single"))
    desk.fields["language"] = "ta"
    desk.press("language")
    assert "தமிழ்" in desk.answer.text
    for name in [name for name in desk.fields if name.endswith(".ta") and "rationale" not in name]:
        desk.fill(name, "எது " + name[-12:])
    desk.press("save")
    assert stored(site).document.content.languages == ("en", "hi", "ta")
    desk.press("drop hi")
    desk.press("submit")
    assert desk.answer.status_code == 422
    assert "cannot go to review" in " ".join(desk.said["languages"])


def test_the_passage_of_another_item_is_taken_over_by_its_name(site: Site) -> None:
    first = at_desk(site, "numeric")
    type_in(first, wanted_of("composite"))
    first.press("save")
    second = at_desk(site)
    second.fill("stimulus_id", "passage-1")
    second.press("stimulus")
    assert second.fields["stimulus.en"] == "A plate says 230 V."
    assert second.fields["stimulus.hi"] == "प्लेट पर 230 V है।"
    second.fill("stimulus_id", "nothing")
    assert second.press("stimulus").status_code == 200


def test_only_authors_write_items(site: Site) -> None:
    reviewer = site.staff(Role.REVIEWER)
    assert reviewer.get(NEW).status_code == 404
    assert reviewer.post("/author/preview", {"parts.0.kind": "order"}).status_code == 404


def test_the_choice_of_a_kind_offers_every_kind(site: Site) -> None:
    page = site.staff(Role.AUTHOR).get(NEW).text
    assert set(re.findall(r'name="type" value="([a-z_]+)"', page)) == set(KINDS)


def test_what_is_no_form_of_ours_is_refused_without_a_crash(site: Site) -> None:
    visitor = site.staff(Role.AUTHOR)
    visitor.get(f"{NEW}?type=order")
    for fields in (
        {},
        {"parts.0.kind": "magic"},
        {"parts.0.kind": "order", "do": "explode"},
        {"parts.0.kind": "order", "stem": "x"},
    ):
        assert visitor.post(NEW, fields).status_code == 422
    assert visitor.post(NEW, {"parts.0.kind": "order", "do": "save"}).status_code == 422
    assert visitor.get("/author/items/01nothinghere/edit").status_code == 404


def test_sound_with_captions_is_brought_in_and_shown(site: Site) -> None:
    desk = at_desk(site)
    type_in(desk, wanted_of("choice_single"))
    desk.upload(b"ID3\x03\0\0\0\0\0\0" + b"\0" * 200, "bell tone.mp3")
    desk.upload(b"WEBVTT\n\n00:00.000 --> 00:01.000\nA bell\n", "bell.vtt")
    for language in ("en", "hi"):
        text = desk.fields[f"stem.{language}"]
        desk.fill(f"stem.{language}", f'{text} <audio src="media:bell-tone.mp3"></audio>')
    desk.fill("media.0.captions.en", "bell.vtt")
    desk.press("save")
    assert desk.answer.status_code == 200
    sound, captions = stored(site).document.content.media
    assert (sound.name, sound.media_type, sound.captions) == (
        "bell-tone.mp3",
        "audio/mpeg",
        (("en", "bell.vtt"),),
    )
    assert (captions.name, captions.media_type) == ("bell.vtt", "text/vtt")
    assert "<audio" in desk.preview()["preview"]
    assert re.search(r'src="/author/media/[0-9a-f]{64}"', desk.preview()["preview"])
    desk.upload(b"WEBVTT\n\n00:00.000 --> 00:01.000\nA bell\n", "again.vtt")
    assert desk.fields["media.1.name"] == "bell.vtt"
    assert "media.2.name" not in desk.fields


@pytest.mark.parametrize("kind", [*EVERY_KIND, *ODD])
def test_opening_and_saving_an_item_changes_nothing_whatever_it_is(site: Site, kind: str) -> None:
    made = bring(site, wanted_of(kind))
    desk = Desk(site.staff(Role.AUTHOR), f"/author/items/{made.id}/edit")
    assert desk.press("look").status_code == 200
    assert desk.press("save").status_code == 200
    assert stored(site).document.to_document() == document_of(wanted_of(kind)).to_document()
    assert stored(site).version == made


def bring(site: Site, document: dict[str, Any]) -> bank.ItemVersion:
    """An item that did not come from the form."""
    with site.parts.store.write(Actor.system()) as uow:
        credential = bank.credential_versions(uow, state=bank.CredentialState.LIVE)[0]
        owner = bank.engagements(uow)[0].agency_id
        file = bank.check_media(PICTURE, name="meter.png").file
        bank.store_media(uow, [file], owner_id=owner)
        return bank.create_item(
            uow, document_of(document), owner_id=owner, credential_version_id=credential.id
        )


def test_an_imported_item_keeps_its_own_scoring_rules_when_its_text_is_edited(site: Site) -> None:
    document = wanted_of("numeric")
    program = item_program(document_of(document).content, document_of(document).key).to_document()
    document["key"]["program"] = program
    made = bring(site, document)
    desk = Desk(site.staff(Role.AUTHOR), f"/author/items/{made.id}/edit")
    assert "Scored by its own rules" in desk.answer.text
    desk.fill("stem.en", "How many volts?")
    assert desk.press("save").status_code == 200
    assert stored(site).document.key.program == program
    assert "How many volts?" in stored(site).document.content.bodies[0].stem


def test_saving_a_live_item_without_a_change_writes_nothing_and_says_so(site: Site) -> None:
    live = stored(site, "SDP-PC1-01")
    for step in ("save", "submit"):
        desk = Desk(site.staff(Role.AUTHOR), f"/author/items/{live.version.id}/edit")
        desk.press(step)
        assert "Nothing was changed" in desk.answer.text
        assert stored(site, "SDP-PC1-01").version == live.version


def test_an_older_version_leads_to_the_form_of_the_newest(site: Site) -> None:
    live = stored(site, "SDP-PC1-01")
    address = f"/author/items/{live.version.id}/edit"
    desk = Desk(site.staff(Role.AUTHOR), address)
    desk.fill("stem.en", "What must never be told?")
    desk.press("save")
    again = Desk(desk.visitor, address)
    assert again.fields["stem.en"] == "What must never be told?"
    assert again.action == desk.action
