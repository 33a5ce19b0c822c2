# SPDX-License-Identifier: Apache-2.0
"""The forms of batches, sittings and candidates: every wrong field is named beside it, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.identity.model import Role
from tests.web.batches import line_of
from tests.web.calm import calm
from tests.web.notices import letters
from tests.web.scheduling import CANDIDATE, batch_path, entry_path, found, sitting_of
from tests.web.site import Site
from tests.web.stage import SITTING

# ---------------------------------------------------------------------------------------- batches and sittings


def test_the_four_tabs_of_a_batch_answer_and_its_particulars_change(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = batch_path(manager)
    texts = {"": "Mohan Lal", "/sittings": "Imran Qureshi", "/papers": "Sealed", "/about": "Godavari"}
    for tab, text in texts.items():
        assert text in manager.get(path + tab).text, tab
    sent = {"name": "Nashik", "region": "IN-MH", "district": "Nashik", "sidh": "yes", "funding": "csr"}
    assert manager.post(f"{path}/edit", sent).status_code == 302
    about = manager.get(f"{path}/about").text
    assert "Address of the centre" in about, "named as missing"
    for field, value in (("name", ""), ("region", ""), ("mode", "x"), ("empanelled", "yes")):
        named = "training_partner" if field == "empanelled" else field
        answer = calm(manager.post(f"{path}/edit", {**sent, field: value}), 422)
        assert f'id="{named}-error"' in answer.text
    assert 'id="region-error"' in calm(manager.post(f"{path}/edit", {**sent, "region": "IN-GA"}), 409).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", ""),
        ("opens_at", "tomorrow"),
        ("closes_at", "2026-12-02T09:00"),
        ("time_zone", "Mars/North"),
        ("training_partner", "x" * 201),
    ],
)
def test_a_wrong_field_of_a_sitting_is_named_beside_it(site: Site, field: str, value: str) -> None:
    manager = site.staff(Role.MANAGER)
    for path in (f"{batch_path(manager)}/sittings/new", f"/manager/sittings/{sitting_of(site)}"):
        answer = calm(manager.post(path, {**SITTING, field: value}), 422)
        assert f'id="{field}-error"' in answer.text, path


def test_a_sitting_is_added_moved_and_cancelled(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = batch_path(manager)
    assert manager.post(f"{path}/sittings/new", SITTING).status_code == 302
    assert "Pune, room 2" in manager.get(f"{path}/sittings").text
    here = f"/manager/sittings/{sitting_of(site)}"
    assert "Nashik centre" in manager.get(here).text
    moved = {**SITTING, "place": "Nashik, room 9", "time_zone": "Asia/Kathmandu"}
    assert manager.post(here, moved).status_code == 302
    assert 'value="2026-12-02T10:00"' in manager.get(here).text
    calm(manager.post(f"{here}/cancel", {"reason": ""}), 422, "reason_needed")
    assert manager.post(f"{here}/cancel", {"reason": "Flooded."}).status_code == 302
    assert "Flooded." in manager.get(f"{path}/sittings").text
    again = calm(manager.post(here, moved), 409)
    assert "This sitting is cancelled." in again.text


def test_whoever_is_enrolled_gets_a_letter_of_the_new_place_and_one_of_the_cancelling(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    here = f"/manager/sittings/{sitting_of(site)}"
    reached = {**CANDIDATE, "email": "sana@example.org"}
    assert manager.post(f"{here}/candidates/new", reached).status_code == 200
    before = len(letters(site))
    assert manager.post(here, {**SITTING, "place": "Nashik, room 9"}).status_code == 302
    (moved,) = letters(site)[before:]
    assert (moved["To"], moved["Content-Language"]) == ("sana@example.org", "hi")
    assert "Nashik, room 9" in moved.get_content()
    assert manager.post(f"{here}/cancel", {"reason": "Flooded."}).status_code == 302
    (cancelled,) = letters(site)[before + 1 :]
    assert (cancelled["To"], cancelled["Content-Language"]) == ("sana@example.org", "hi")
    assert "रद्द" in cancelled["Subject"]
    assert "रद्द" not in moved["Subject"]


# -------------------------------------------------------------------------------------------------- candidates


def test_one_candidate_is_enrolled_with_every_field(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = f"/manager/sittings/{sitting_of(site)}/candidates/new"
    assert "Entry requirement" in manager.get(path).text
    full = {
        **CANDIDATE,
        "date_of_birth": "2001-02-03",
        "gender": "female",
        "disabled": "yes",
        "disabilities": "low_vision",
        "email": "sana@example.org",
        "phone": "98765 43210",
        "apaar": "1111 2222 3333",
        "agency_number": "PA-100",
        "level": "3",
        "school_class": "10",
        "experience_years": "2",
        "training_hours": "30",
    }
    made = manager.post(path, full)
    assert made.status_code == 200, made.text
    assert "slip__code" in made.text
    page = manager.get(entry_path(site, "Sana Khan")).text
    for text in ('value="sana@example.org"', 'value="+919876543210"', "ends in 3333", 'value="PA-100"'):
        assert text in page, text
    assert "1111 2222 3333" not in page
    assert "111122223333" not in page


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("name", "", "name"),
        ("name", "x" * 201, "name"),
        ("language", "xx", "language"),
        ("date_of_birth", "soon", "date_of_birth"),
        ("date_of_birth", "2999-01-01", "date_of_birth"),
        ("gender", "x", "gender"),
        ("disabled", "x", "disabled"),
        ("disabilities", "x", "disabilities"),
        ("email", "nobody", "email-error"),
        ("phone", "12", "phone-error"),
        ("apaar", "123", "apaar-error"),
        ("agency_number", "x" * 41, "agency_number-error"),
        ("level", "9", "level-error"),
        ("school_class", "13", "school_class-error"),
        ("experience_years", "-1", "experience_years-error"),
        ("training_hours", "7,5", "training_hours-error"),
        ("training_hours", "9999", "training_hours-error"),
        ("guardian_name", "Sita", "guardian_name-error"),
        ("pathway", "x", "pathway-error"),
    ],
)
def test_a_wrong_field_of_a_candidate_is_named_beside_it(
    site: Site, field: str, value: str, named: str
) -> None:
    manager = site.staff(Role.MANAGER)
    new = f"/manager/sittings/{sitting_of(site)}/candidates/new"
    for path in (new, entry_path(site)):
        answer = calm(manager.post(path, {**CANDIDATE, field: value}), 422)
        assert f'id="{named}' in answer.text, path
        assert "field__error" in answer.text


def test_the_rules_of_enrolling_block_and_warn_on_the_page(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = f"/manager/sittings/{sitting_of(site)}/candidates/new"
    blocked = calm(manager.post(path, {**CANDIDATE, "confirmed": ""}), 409)
    assert "4.1.3.8" in blocked.text
    minor = calm(manager.post(path, {**CANDIDATE, "date_of_birth": "2012-01-01"}), 409)
    assert "under 18" in minor.text
    twice = {**CANDIDATE, "name": "Mohan Lal", "date_of_birth": "1992-02-17"}
    warned = calm(manager.post(path, twice), 409)
    assert 'name="reason-twice_in_batch"' in warned.text
    assert 'value="Mohan Lal"' in warned.text
    assert manager.post(path, {**twice, "reason-twice_in_batch": "Two cousins."}).status_code == 200


def test_a_number_of_another_candidate_is_named_beside_the_field(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    sent = {**CANDIDATE, "name": "Mohan Lal"}
    for field, value in (("agency_number", "PA-001"), ("apaar", "000000000001")):
        answer = calm(manager.post(entry_path(site), {**sent, field: value}), 409)
        assert f'id="{field}-error"' in answer.text
    answer = calm(manager.post(entry_path(site), {**sent, "date_of_birth": "2012-01-01"}), 409)
    assert 'id="guardian_name-error"' in answer.text
    assert manager.post(entry_path(site), {**sent, "phone": "9876543210"}).status_code == 302


def test_accommodations_are_previewed_before_they_are_saved(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = entry_path(site)
    sent = {"extra_minutes": "20", "why-extra_time": "Low vision", "scribe": "yes", "why-scribe": "Hand"}
    preview = manager.post(f"{path}/accommodations", {**sent, "action": "preview"})
    assert preview.status_code == 200
    assert "Only a preview" in preview.text
    assert "35 min" in preview.text
    assert line_of(site, "Mohan Lal").entry.extra_minutes == 0
    assert "35 min" in manager.get(f"{path}/times?extra_minutes=20").text
    assert manager.post(f"{path}/accommodations", {**sent, "action": "save"}).status_code == 302
    entry = line_of(site, "Mohan Lal").entry
    assert entry.extra_minutes == 20
    assert [one.aid.value for one in entry.accommodations] == ["extra_time", "scribe"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"extra_minutes": "1441"}, "extra_minutes-error"),
        ({"extra_minutes": "x"}, "extra_minutes-error"),
        ({"why-extra_time": ""}, "why-extra_time-error"),
        ({"scribe": "yes"}, "why-scribe-error"),
        ({"scribe": "yes", "why-scribe": "x" * 301}, "why-scribe-error"),
    ],
)
def test_an_accommodation_without_a_reason_is_named(site: Site, changes: dict[str, Any], named: str) -> None:
    manager = site.staff(Role.MANAGER)
    sent = {"extra_minutes": "20", "why-extra_time": "Low vision", "action": "save"}
    answer = calm(manager.post(f"{entry_path(site)}/accommodations", {**sent, **changes}), 422)
    assert f'id="{named}"' in answer.text
    for minutes in ("x", "-1", "1441"):
        wrong = manager.get(f"{entry_path(site)}/times?extra_minutes={minutes}")
        calm(wrong, 422, "extra_minutes_out_of_range")


def test_who_never_came_is_marked_undone_and_assessed_once_more(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path, batch = entry_path(site), batch_path(manager)
    calm(manager.post(f"{path}/absent"), 409, "absent_too_early")
    site.clock.advance(timedelta(days=366).total_seconds())
    manager = site.staff(Role.MANAGER)
    assert "candidates did not come" in manager.get(batch).text
    assert manager.post(f"{batch}/absent").status_code == 302
    assert "Not absent after all" in manager.get(path).text
    assert manager.post(f"{path}/present").status_code == 302
    assert manager.post(f"{path}/absent").status_code == 302
    calm(manager.post(f"{path}/code"), 409, "entry_absent")
    later = {**SITTING, "opens_at": "2027-12-01T10:00", "closes_at": "2027-12-01T18:00"}
    assert manager.post(f"{batch}/sittings/new", later).status_code == 302
    form = manager.get(path).text
    asked = {
        "asked_on": found(r'name="asked_on"[^>]*value="([0-9-]+)"', form),
        "sitting_id": found(r'<option value="([a-z0-9]{26})"', form),
    }
    assert "Enter a date." in calm(manager.post(f"{path}/again", {**asked, "asked_on": "x"}), 422).text
    assert (
        "Nobody can have asked"
        in calm(manager.post(f"{path}/again", {**asked, "asked_on": "2020-01-01"}), 409).text
    )
    again = manager.post(f"{path}/again", asked)
    assert again.status_code == 200, again.text
    assert "slip__code" in again.text
    calm(manager.post(f"{path}/present"), 409, "reassessment_exists")
