# SPDX-License-Identifier: Apache-2.0
"""The forms of engagements: made, seen by the agency, ended; every wrong field is named beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.identity.model import Role
from tests.web.batches import make_batch
from tests.web.calm import calm
from tests.web.scheduling import found
from tests.web.site import Site, Visitor

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
