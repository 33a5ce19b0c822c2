# SPDX-License-Identifier: Apache-2.0
"""A sitting with fifty learners at work, their pictures in the pipeline, served by this process for a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.serving import make_server

from assessor import api as assessor
from assessor.scheduling.tables import SittingRow
from core.identity.model import Role
from core.ids import new_id
from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.web.site import Site
from tests.web.world import acting_as, person

LEARNERS = 50


@dataclass
class FullWall:
    """The site with its fifty learners; `seq` numbers the pictures of each."""

    site: Site
    sitting_id: str
    organisation_id: str
    sessions: list[proctor.SessionSummary] = field(default_factory=list)
    connections: dict[str, int] = field(default_factory=dict)
    seq: int = 0

    @property
    def attempts(self) -> list[str]:
        return [session.attempt_id for session in self.sessions]

    def see(self, sessions: list[proctor.SessionSummary] | None = None) -> None:
        """One new picture of each (or of these) learners, two seconds after the last, as if it had been looked at."""
        self.site.clock.advance(2)
        self.seq += 1
        pictures = [clips.to_jpeg(clips.picture("present", seed=self.seq + number)) for number in range(3)]
        pipeline = self.site.parts.pipeline
        for number, session in enumerate(sessions or self.sessions):
            jpeg, at = pictures[number % 3], self.site.clock.now()
            pipeline.offer(session.id, self.seq, jpeg, at, connection=self.connections[session.id])
            self.site.parts.on_frame(session.id)

    def call(self, number: int, text: str) -> None:
        """The learner of this number writes to the proctor."""
        attempt_id = self.attempts[number]
        self.site.clock.advance(1)
        with self.site.parts.store.write(Actor.system()) as uow:
            proctor.write_to_proctor(
                uow, attempt_id, organisation_id=self.organisation_id, number=self.seq + 1, text=text
            )
        self.site.worker.round()

    def raise_hand(self, number: int, *, raised: bool = True) -> None:
        """The hand of the learner of this number goes up, or down."""
        self.site.clock.advance(1)
        with self.site.parts.store.write(Actor.system()) as uow:
            proctor.move_hand(uow, self.attempts[number], organisation_id=self.organisation_id, raised=raised)
        self.site.worker.round()


def fill(site: Site, learners: int = LEARNERS) -> FullWall:
    """So many learners at work in the sample's sitting with a camera."""
    parts = site.parts
    photo = proctor.check_photo(
        clips.to_jpeg(clips.picture("present")), detector=parts.photo_detector, at=site.clock.now()
    )
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        agency = str(uow.actor.organisation_id)
        query = select(SittingRow).where(SittingRow.proctored.is_(True)).order_by(SittingRow.id)
        row = uow.db.scalars(query).first()
        assert row is not None
        wall = FullWall(site, row.id, agency)
        for number in range(learners):
            plan = assessor.CandidatePlan(
                name=f"{_NAMES[number % len(_NAMES)]} {number + 1:02}", language=assessor.Language.ENGLISH
            )
            enrolled = assessor.enrol(
                uow,
                row.id,
                organisation_id=agency,
                candidate=plan,
                approval=assessor.Approval(entry_requirement_met=True),
                pepper=parts.code_pepper,
                code=f"WALL{number:06}".translate(_NO_LOOKALIKES),
            )
            assessor.start_attempt(uow, enrolled.entry.id, proctoring_ready=True)
            session = proctor.open_session(
                uow, enrolled.attempt_id, organisation_id=agency, sitting_id=row.id
            )
            proctor.record_consent_reference(uow, session.id, consent_id=new_id())
            proctor.store_identity_photo(uow, session.id, photo=photo, blobs=parts.blobs)
            wall.sessions.append(proctor.activate_session(uow, session.id))
    for session in wall.sessions:
        parts.pipeline.begin(session)
        wall.connections[session.id] = parts.pipeline.connected(session.id, at=site.clock.now())
    site.worker.round()
    return wall


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address at which this process serves the site."""
    server: Any = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)


_NAMES = (
    "Asha Rao",
    "Ravi Kumar",
    "Meena Devi",
    "Abdul Karim",
    "Sunita Yadav",
    "Joseph Kerketta",
    "Lakshmi Nair",
)
_NO_LOOKALIKES = str.maketrans("01", "XY")
