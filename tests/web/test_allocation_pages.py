# SPDX-License-Identifier: Apache-2.0
"""The forms of allocations: every wrong field is named beside it, and the rules ask for their reasons."""

from __future__ import annotations

import pytest

from core.identity.model import Role
from tests.web.batches import make_batch
from tests.web.calm import calm
from tests.web.scheduling import allocate, found
from tests.web.site import Site
from tests.web.stage import ALLOCATION


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
