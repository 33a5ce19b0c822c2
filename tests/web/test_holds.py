# SPDX-License-Identifier: Apache-2.0
"""An incident holds a result until people have decided; what they decide, holds."""

from __future__ import annotations

import pytest

from core.identity.model import Role
from core.uow import Actor
from tests.web import sitting, world
from tests.web.batches import line_of
from tests.web.calm import calm
from tests.web.reviewing import another_reviewer
from tests.web.site import Site
from web.wiring import raise_by_hand

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


@pytest.mark.parametrize(("upheld_by", "code"), [(0, "hold_open"), (1, "hold_open"), (2, "hold_confirmed")])
def test_a_held_result_is_not_declared_not_pulled_and_not_shown(
    site: Site, upheld_by: int, code: str
) -> None:
    incident, result = held_result(site)
    for number in range(upheld_by):
        reviewer, _ = another_reviewer(site, number)
        decided = reviewer.post(f"/integrity/incidents/{incident}", {"verdict": "upheld", "reason": REASON})
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


def test_an_incident_after_the_declaration_is_said_to_everybody_with_what_to_do(site: Site) -> None:
    first, result = held_result(site)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    dismissed = {"verdict": "dismissed", "reason": "The learner bent down for a pen."}
    assert reviewer.post(f"/integrity/incidents/{first}", dismissed).status_code == 302
    manager = site.staff(Role.MANAGER)
    batch = line_of(site, world.WATCHED).entry.sitting.batch_id
    assert manager.post(f"/manager/results/{result}/declare").status_code == 302
    assert "after the declaration" not in manager.get(f"/manager/results/{result}").text
    attempt = line_of(site, world.WATCHED).attempt.id
    page = f"/integrity/attempts/{attempt}"
    assert "an incident holds nothing any more" in reviewer.get(page).text

    with site.parts.store.write(Actor.system()) as uow:
        raiser = world.acting_as(uow, world.person(uow, Role.PROCTOR))
        incident = raise_by_hand(
            raiser,
            attempt,
            organisation_id=str(raiser.actor.organisation_id),
            reason=REASON,
            blobs=site.parts.blobs,
        )
    assert "it holds nothing, wait for the decision" in manager.get(f"/manager/batches/{batch}").text
    assert "An incident came after the declaration" in manager.get(f"/manager/results/{result}").text
    learner = site.learner(world.WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    assert "Your result was declared before and stands until then." in learner.get("/learner/review").text

    told = "In 1 declared result an incident was upheld since: tell the awarding body"
    assert told not in manager.get("/manager/batches").text
    for number in (1, 2):
        judge, _ = another_reviewer(site, number)
        decided = judge.post(f"/integrity/incidents/{incident.id}", {"verdict": "upheld", "reason": REASON})
        assert decided.status_code == 302
    assert "tell the awarding body" in manager.get(f"/manager/batches/{batch}").text
    assert told in manager.get("/manager/batches").text
    assert "Tell the awarding body now" in manager.get(f"/manager/results/{result}").text
    assert "the awarding body decides what follows" in learner.get("/learner/review").text
