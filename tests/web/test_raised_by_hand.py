# SPDX-License-Identifier: Apache-2.0
"""What a proctor raises while watching keeps pictures: those in memory, and the samples of the minutes before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.web.calm import calm
from tests.web.reviewing import Case, another_reviewer, open_case
from tests.web.site import Site

PICTURES = tuple(clips.jpeg_frames([("present", 8.0)], size=(160, 120)))
KIND = proctor.EvidenceKind


@pytest.fixture
def case(site: Site) -> Iterator[Case]:
    """A watched learner whose camera has sent one picture a second, with a pipeline that looks at them."""
    site.parts.watch_with(
        proctor.FramePipeline(
            lambda: proctor.ScriptedDetector(lambda _: 1),
            site.parts.store,
            lambda _notice: None,
            site.clock,
            blobs=site.parts.blobs,
            tick_seconds=3600.0,
        )
    )
    made = open_case(site)
    made.add_samples(3)
    site.parts.pipeline.start()
    try:
        connection = site.parts.pipeline.connected(made.session.id, at=site.clock.now())
        for seq, jpeg in enumerate(PICTURES, start=1):
            site.clock.advance(1)
            ack = site.parts.pipeline.offer(
                made.session.id, seq, jpeg, site.clock.now(), connection=connection
            )
            assert ack.ok
            assert site.parts.pipeline.drain(20)
        yield made
    finally:
        site.parts.pipeline.stop()


def raise_it(case: Case) -> proctor.IncidentDetail:
    """A proctor of the sitting raises what is to be seen now."""
    watcher = case.site.staff(Role.PROCTOR)
    base = f"/proctor/sittings/{case.session.sitting_id}"
    watcher.get(base)
    path = f"{base}/attempts/{case.attempt_id}/incident"
    assert watcher.post(path, {"reason": "Somebody stands behind the learner"}).status_code == 302
    with case.site.parts.store.read(Actor.system()) as uow:
        (incident,) = proctor.incidents_of_attempt(uow, case.attempt_id)
        return proctor.incident(uow, incident.id, organisation_id=case.session.organisation_id)


def test_what_a_proctor_raises_live_keeps_the_pictures_in_memory_and_the_samples_before(case: Case) -> None:
    found = raise_it(case)
    now = case.site.clock.now()
    ages = [(one.kind, round((now - one.captured_at).total_seconds())) for one in found.evidence]
    assert ages == [
        (KIND.BEFORE, 128),
        (KIND.BEFORE, 68),
        (KIND.BEFORE, 7),
        (KIND.BEFORE, 5),
        (KIND.BEFORE, 2),
        (KIND.RAISED, 0),
    ]
    reviewer, _ = another_reviewer(case.site, 1)
    page = reviewer.get(case.page).text
    assert "No picture was kept of this." not in page
    (picture,) = [one for one in found.evidence if one.kind is KIND.RAISED]
    assert reviewer.get(f"/integrity/evidence/{picture.id}.jpg").mimetype == "image/jpeg"
    assert picture.redacted, "hidden as every picture is"


def test_pictures_of_long_ago_do_not_stand_for_what_is_seen_now(case: Case) -> None:
    case.site.clock.advance(timedelta(minutes=10).total_seconds())
    found = raise_it(case)
    assert found.evidence == ()


def test_a_learner_who_is_not_watched_by_camera_has_no_such_case(case: Case) -> None:
    watcher = case.site.staff(Role.PROCTOR)
    base = f"/proctor/sittings/{case.session.sitting_id}"
    watcher.get(base)
    calm(watcher.post(f"{base}/attempts/nobody/incident", {"reason": "Why"}), 404, "attempt_unknown")
