# SPDX-License-Identifier: Apache-2.0
"""A date of birth that is put right after the learner agreed: from then on a guardian is needed again."""

from __future__ import annotations

from proctor import api as proctor
from tests import clips
from tests.web import sitting
from tests.web.calm import calm
from tests.web.checking_in import arrived, photographed, session_of, watched_learner
from tests.web.site import Site, Visitor
from tests.web.test_consenting import BORN_LATE, born

CHECKED = proctor.WatchPlan(calibration=True)
PATHS = ("/learner/photo", *(f"/learner/check-in/{what}" for what in ("card", "frame", "skip")))


def nothing_is_captured(visitor: Visitor) -> None:
    headers = {"X-CSRFToken": visitor.token, "Accept": "application/json"}
    jpeg = clips.to_jpeg(clips.picture("present"))
    for path in PATHS:
        answer = visitor.client.post(path, data=jpeg, content_type="image/jpeg", headers=headers)
        calm(answer, 409, "guardian_not_agreed")


def test_no_route_takes_a_picture_of_a_learner_who_turned_out_to_be_a_minor(site: Site) -> None:
    visitor = photographed(site, CHECKED)
    name = watched_learner(site)
    assert visitor.get("/learner/check-in").status_code == 200
    born(site, BORN_LATE, name)
    nothing_is_captured(visitor)
    assert visitor.get("/learner/check-in").location == "/learner"
    born(site, "1990-01-01", name)
    assert visitor.get("/learner/check-in").status_code == 200


def test_nor_does_such_a_learner_start_before_the_guardian_agrees(site: Site) -> None:
    visitor = arrived(site, proctor.WatchPlan())
    name = watched_learner(site)
    assert sitting.take_photo(visitor).status_code == 200
    born(site, BORN_LATE, name)
    calm(visitor.post("/learner/start"), 409, "guardian_not_agreed")
    assert session_of(site, visitor).state is proctor.SessionState.READY
    born(site, "1990-01-01", name)
    assert visitor.post("/learner/start").location == "/room"
