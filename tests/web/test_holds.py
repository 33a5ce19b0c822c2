# SPDX-License-Identifier: Apache-2.0
"""An incident holds a result until people have decided; what they decide, holds."""

from __future__ import annotations

import pytest

from core.identity.model import Role
from tests.web import sitting, world
from tests.web.batches import line_of
from tests.web.calm import calm
from tests.web.site import Site

REASON = "Somebody else sat in the chair."


def held_result(site: Site) -> tuple[str, str]:
    """A watched learner with an open incident, handed in and marked: the ids of the incident and of the result."""
    ids: dict[str, str] = {}
    world.raise_an_incident(site, ids)
    visitor = site.learner(world.WATCHED)
    room = sitting.open_room(visitor)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, world.WATCHED)
    result = line_of(site, world.WATCHED).result
    assert result is not None
    return ids["incident_id"], result.id


@pytest.mark.parametrize(("verdict", "code"), [("", "hold_open"), ("upheld", "hold_confirmed")])
def test_a_held_result_is_not_declared_not_pulled_and_not_shown(site: Site, verdict: str, code: str) -> None:
    incident, result = held_result(site)
    if verdict:
        reviewer = site.staff(Role.INTEGRITY_REVIEWER)
        decided = reviewer.post(f"/integrity/incidents/{incident}", {"verdict": verdict, "reason": REASON})
        assert decided.status_code == 302
    manager = site.staff(Role.MANAGER)
    calm(manager.post(f"/manager/results/{result}/declare"), 409, code)
    batch = line_of(site, world.WATCHED).entry.sitting.batch_id
    assert manager.post(f"/manager/batches/{batch}/declare").status_code == 302
    assert site.pull().json["results"] == []  # type: ignore[index]
    calm(site.learner(world.WATCHED).get("/learner/result"), 409, "result_not_declared")


def test_a_dismissed_incident_lets_the_result_go(site: Site) -> None:
    incident, result = held_result(site)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    dismissed = {"verdict": "dismissed", "reason": "The learner bent down for a pen."}
    assert reviewer.post(f"/integrity/incidents/{incident}", dismissed).status_code == 302
    assert site.staff(Role.MANAGER).post(f"/manager/results/{result}/declare").status_code == 302
    assert [one["id"] for one in site.pull().json["results"]] == [result]  # type: ignore[index]
