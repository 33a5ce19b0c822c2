# SPDX-License-Identifier: Apache-2.0
"""The forms of scheduling: every wrong field is named beside it, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from core.identity.model import Role
from tests.web.batches import line_of, make_batch
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.stage import ALLOCATION, SITTING

CANDIDATE = {"name": "Sana Khan", "language": "hi", "pathway": "trained", "confirmed": "yes"}


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match.group(1)


def allocate(site: Site, **other: str) -> str:
    """Allocate a batch over the form; the id of the allocation."""
    body = site.staff(Role.AWARDING_BODY)
    engagement = found(r'<option value="([a-z0-9]{26})"', body.get("/awarding/allocations/new").text)
    sent = {**ALLOCATION, "engagement_id": engagement, **other}
    answer = body.post("/awarding/allocations/new", sent)
    assert answer.status_code == 302, answer.text
    return found(r"/awarding/allocations/([a-z0-9]{26})", answer.location)


def sitting_of(site: Site, name: str = "Mohan Lal") -> str:
    return line_of(site, name).entry.sitting.id


def entry_path(site: Site, name: str = "Mohan Lal") -> str:
    return f"/manager/entries/{line_of(site, name).entry.id}"


def batch_path(manager: Visitor) -> str:
    return found(r'href="(/manager/batches/[a-z0-9]{26})"', manager.get("/manager/batches").text)


# ------------------------------------------------------------------------------------------------ allocations


def test_an_allocation_goes_from_the_body_over_the_agency_to_a_batch(site: Site) -> None:
    given = allocate(site)
    manager = site.staff(Role.MANAGER)
    assert "2 allocations wait for your answer" in manager.get("/manager/allocations").text
    assert "NSC-2026-130" in manager.get("/manager/allocations?format=csv").text
    path = f"/manager/allocations/{given}"
    assert "Accept the batch" in manager.get(path).text
    assert manager.post(f"{path}/accept").status_code == 302
    form = manager.get(f"/manager/batches/new?allocation={given}").text
    assert f'<option value="{given}" selected>' in form
    assert 'value="Nagpur"' in form
    made = make_batch(manager, name="Nagpur", allocation_id=given, region="")
    assert made.status_code == 200, made.text
    assert "Open the batch" in manager.get(path).text
    about = manager.get(found(r'href="(/manager/batches/[a-z0-9]{26}/about)"', made.text)).text
    assert "Allocated by Nirantar Skills Council" in about
    assert "Pune Skills Centre" in about
    calm(make_batch(manager, name="Again", allocation_id=given, region=""), 409)
    calm(make_batch(manager, name="Again", allocation_id="a" * 26, region=""), 404, "allocation_unknown")


def test_an_allocation_is_refused_with_a_reason_that_the_body_reads(site: Site) -> None:
    given = allocate(site)
    manager = site.staff(Role.MANAGER)
    calm(manager.post(f"/manager/allocations/{given}/refuse", {"reason": " "}), 422, "reason_needed")
    sent = {"reason": "No assessor speaks the language."}
    assert manager.post(f"/manager/allocations/{given}/refuse", sent).status_code == 302
    body = site.staff(Role.AWARDING_BODY)
    assert sent["reason"] in body.get(f"/awarding/allocations/{given}").text
    assert "Refused" in body.get("/awarding/allocations").text
    late = {"reason": "Too late."}
    calm(body.post(f"/awarding/allocations/{given}/withdraw", late), 409, "allocation_state")
    calm(manager.post(f"/manager/allocations/{given}/accept"), 409, "allocation_state")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("place", ""),
        ("candidates", "0"),
        ("candidates", "many"),
        ("wanted_from", "yesterday"),
        ("wanted_until", "2026-13-01"),
        ("region", "Atlantis"),
        ("funding", "gold"),
        ("sidh", "perhaps"),
        ("primary_language", "xx"),
        ("training_partner", ""),
        ("remarks", "x" * 2_001),
        ("district", "a\u202eb"),
    ],
)
def test_a_wrong_field_of_an_allocation_is_named_beside_it(site: Site, field: str, value: str) -> None:
    body = site.staff(Role.AWARDING_BODY)
    engagement = found(r'<option value="([a-z0-9]{26})"', body.get("/awarding/allocations/new").text)
    sent = {**ALLOCATION, "engagement_id": engagement, field: value}
    answer = calm(body.post("/awarding/allocations/new", sent), 422)
    assert f'id="{field}-error"' in answer.text
    if field != "name":
        assert 'value="NSC-2026-130"' in answer.text, "what was typed is still there"
    assert "NSC-2026-130" not in body.get("/awarding/allocations?format=csv").text


def test_what_the_rules_find_is_shown_with_a_field_for_each_reason(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    engagement = found(r'<option value="([a-z0-9]{26})"', body.get("/awarding/allocations/new").text)
    sent = {**ALLOCATION, "engagement_id": engagement}
    outside = calm(body.post("/awarding/allocations/new", {**sent, "region": "IN-KL"}), 409)
    assert "Kerala is outside the territory of the engagement" in outside.text
    loose = {**sent, "training_partner": "", "empanelled": ""}
    warned = calm(body.post("/awarding/allocations/new", loose), 409)
    assert 'name="reason-training_partner"' in warned.text
    reasons = {"reason-training_partner": "Self-taught learners."}
    assert body.post("/awarding/allocations/new", {**loose, **reasons}).status_code == 302
    calm(
        body.post("/awarding/allocations/new", {**sent, "engagement_id": "x" * 26}), 404, "engagement_unknown"
    )


def test_the_periods_of_re_assessment_are_set_within_bounds(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    policy = {"ask_within_days": "30", "hold_within_months": "6"}
    assert body.post("/awarding/allocations/policy", policy).status_code == 302
    assert 'value="30"' in body.get("/awarding/allocations").text
    for wrong in ({"ask_within_days": "0"}, {"hold_within_months": "many"}, {"ask_within_days": "999"}):
        calm(body.post("/awarding/allocations/policy", {**policy, **wrong}), 422, "policy_out_of_range")


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


# ------------------------------------------------------------------------------------------------ engagements

ENGAGEMENT = {
    "region": ["IN-MH", "IN-GA"],
    "first_day": "2026-12-01",
    "last_day": "2027-11-30",
    "note": "Contract 7",
}


def engage(site: Site, **other: Any) -> tuple[Visitor, Any]:
    """Engage the sample's agency for a credential of the sample, after ending the engagement that there is."""
    body = site.staff(Role.AWARDING_BODY)
    page = body.get("/awarding/engagements/new").text
    agency, credential = re.findall(r'<option value="([a-z0-9]{26})"', page)[:2]
    sent = {**ENGAGEMENT, "agency_id": agency, "credential_version_id": credential, **other}
    return body, body.post("/awarding/engagements/new", sent)


def test_an_engagement_is_made_seen_by_the_agency_and_ended(site: Site) -> None:
    site.clock.advance(3600)
    body, overlapping = engage(site)
    calm(overlapping, 409)
    assert "already has an engagement" in overlapping.text
    assert 'value="IN-MH" checked' in overlapping.text, "what was chosen is still there"
    old = found(r"/awarding/engagements/([a-z0-9]{26})", body.get("/awarding/engagements").text)
    page = body.get(f"/awarding/engagements/{old}").text
    assert "End it early" in page
    end = {"ends_from": "2026-11-20", "reason": "The contract was cancelled."}
    for wrong, field in (({"ends_from": ""}, "ends_from"), ({"reason": " "}, "reason")):
        answer = body.post(f"/awarding/engagements/{old}/end", {**end, **wrong})
        assert answer.status_code in (409, 422)
        assert f'id="{field}-error"' in answer.text
    calm(body.post(f"/awarding/engagements/{old}/end", {**end, "ends_from": "2020-01-01"}), 409)
    assert body.post(f"/awarding/engagements/{old}/end", end).status_code == 302
    assert "Ended early" in body.get(f"/awarding/engagements/{old}").text
    assert "End it early" not in body.get(f"/awarding/engagements/{old}").text
    again = body.post(f"/awarding/engagements/{old}/end", end)
    assert again.status_code == 409
    manager = site.staff(Role.MANAGER)
    assert make_batch(manager).status_code == 409
    _, made = engage(site)
    assert made.status_code == 302
    assert "Contract 7" in body.get(made.location).text
    seen = manager.get("/manager/engagements").text
    for said in ("Goa, Maharashtra", "Contract 7", "The contract was cancelled.", "To come", "Ended early"):
        assert said in seen
    assert "Contract 7" in manager.get("/manager/engagements?format=csv").text
    assert "/manager/engagements" in manager.get("/manager/allocations").text
    assert "/awarding/engagements" in body.get("/awarding/allocations").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region", []),
        ("region", ["XX-YY"]),
        ("first_day", "tomorrow"),
        ("last_day", "2026-13-01"),
        ("last_day", "2026-01-01"),
        ("note", "x" * 501),
        ("agency_id", ""),
        ("credential_version_id", ""),
    ],
)
def test_a_wrong_field_of_an_engagement_is_named_beside_it(site: Site, field: str, value: Any) -> None:
    body, answer = engage(site, **{field: value})
    assert answer.status_code in (409, 422), answer.status_code
    assert f'id="{field}-error"' in answer.text
    assert "Contract 7" not in body.get("/awarding/engagements?format=csv").text


# ------------------------------------------------------------------------------------------- another sitting


def another_sitting(manager: Visitor, site: Site) -> str:
    """One more sitting of the sample's batch; its id."""
    entry = line_of(site, "Mohan Lal").entry
    path = f"/manager/batches/{entry.sitting.batch_id}/sittings"
    assert manager.post(f"{path}/new", SITTING).status_code == 302
    return re.findall(r"/manager/sittings/([a-z0-9]{26})/candidates", manager.get(path).text)[-1]


def test_a_candidate_is_moved_after_a_look_at_the_new_times(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    entry = line_of(site, "Mohan Lal").entry
    path = f"/manager/sittings/{entry.sitting.id}/move"
    assert path in manager.get(f"/manager/entries/{entry.id}").text
    target = another_sitting(manager, site)
    page = manager.get(f"{path}?entry={entry.id}").text
    assert page.count("checked") >= 2, "the candidate is chosen already, and keeping the code"
    assert manager.post(path, {"to": target, "action": "preview"}).status_code == 422
    sent = {"to": target, "entry": entry.id, "codes": "new"}
    shown = manager.post(path, {**sent, "action": "preview"})
    assert "Only a preview" in shown.text
    assert "2 Dec 2026" in shown.text
    assert line_of(site, "Mohan Lal").entry.sitting.id == entry.sitting.id
    done = manager.post(path, {**sent, "action": "move"})
    assert "1 candidate is moved and told." in done.text
    assert "Mohan Lal" in done.text
    after = line_of(site, "Mohan Lal").entry
    assert (after.sitting.id, after.form_id) == (target, entry.form_id)
    calm(manager.post(path, {**sent, "entry": "a" * 26, "action": "preview"}), 404, "entry_unknown")
    calm(manager.post(path, {**sent, "to": "a" * 26, "action": "move"}), 404, "sitting_unknown")


def test_everybody_of_a_cancelled_sitting_is_chosen_already(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    old, target = sitting_of(site), another_sitting(manager, site)
    assert manager.post(f"/manager/sittings/{old}/cancel", {"reason": "Flood."}).status_code == 302
    page = manager.get(f"/manager/sittings/{old}/move").text
    chosen = re.findall(r'name="entry" value="([a-z0-9]{26})"[^>]* checked', page)
    assert len(chosen) > 1
    assert "new codes are safer" in page
    done = manager.post(
        f"/manager/sittings/{old}/move", {"to": target, "entry": chosen, "codes": "keep", "action": "move"}
    )
    assert done.status_code == 302
    assert f"{len(chosen)} candidates are moved and told." in manager.get(done.location).text
    left = manager.get(f"/manager/sittings/{old}/move").text
    assert "Nobody can be moved" in left


def test_who_has_begun_is_named_and_nobody_is_moved(site: Site) -> None:
    from tests.web import sitting as rooms

    manager = site.staff(Role.MANAGER)
    rooms.begin(site.learner("Mohan Lal"))
    entry, target = line_of(site, "Mohan Lal").entry, another_sitting(manager, site)
    path = f"/manager/sittings/{entry.sitting.id}/move"
    sent = {"to": target, "entry": entry.id, "action": "preview"}
    assert "Cannot be moved" in manager.post(path, sent).text
    refused = manager.post(path, {**sent, "action": "move"})
    assert refused.status_code == 409
    assert "Nobody has been moved" in refused.text
