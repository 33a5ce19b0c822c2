# SPDX-License-Identifier: Apache-2.0
"""The ways into the pages of scheduling that several tests take."""

from __future__ import annotations

import re

from core.identity.model import Role
from tests.web.batches import line_of
from tests.web.site import Site, Visitor
from tests.web.stage import ALLOCATION

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
