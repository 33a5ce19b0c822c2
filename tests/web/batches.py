# SPDX-License-Identifier: Apache-2.0
"""Batches of the sample and new ones, as their manager sees and makes them."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.web.site import Site, Visitor
from tests.web.world import acting_as, person


def line_of(site: Site, name: str) -> assessor.BatchLine:
    """What the manager's page knows of a sample learner."""
    with site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.MANAGER))
        agency = str(acting.actor.organisation_id)
        batch = assessor.batch_overviews(acting, organisation_id=agency)[0].batch
        lines = assessor.batch_page(acting, batch.id, organisation_id=agency).lines
    return next(line for line in lines if line.entry.candidate_name == name)


def new_learner(site: Site, **other: str) -> str:
    """A batch of one, made over the manager's form; the access code."""
    answer = make_batch(site.staff(Role.MANAGER), candidates="Sana Khan, en", **other)
    found = re.search(r'slip__code">([^<]+)<', answer.text)
    assert found is not None, answer.text
    return found.group(1)


def make_batch(manager: Visitor, **other: str) -> TestResponse:
    """Send the form for a new batch."""
    page = manager.get("/manager/batches/new").text
    credential = re.search(r'<option value="([a-z0-9]{26})"', page)
    assert credential is not None
    form = {
        "name": "Pune",
        "credential_version_id": credential.group(1),
        "place": "Pune, room 1",
        "opens_at": "2026-11-20T10:00",
        "closes_at": "2026-11-20T18:00",
        "forms": "1",
        "candidates": "Sana Khan, hi, 10",
        "confirmed": "yes",
        "region": "IN-MH",
        "training_partner": "Pune Skills Centre",
        "empanelled": "yes",
    }
    return manager.post("/manager/batches/new", {**form, **other})
