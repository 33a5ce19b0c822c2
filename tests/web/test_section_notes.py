# SPDX-License-Identifier: Apache-2.0
"""The section that a learner is in, on the proctor's wall and on the manager's page of the test."""

from __future__ import annotations

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.sectioned import FIRST, LINEAR
from tests.web.section_sitting import add_section_sitting
from tests.web.site import Site
from tests.web.test_sections import come_in, move
from tests.web.world import acting_as, person


def test_the_wall_and_the_managers_page_name_the_section_and_its_time(site: Site) -> None:
    enrolled = add_section_sitting(site.parts)
    with site.parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        watcher = person(platform, Role.PROCTOR)
        assessor.assign_staff(
            uow,
            enrolled.entry.sitting.id,
            organisation_id=watcher.organisation_id,
            person_id=watcher.id,
            duty=assessor.Duty.PROCTOR,
        )
    room = come_in(site)
    proctor, manager = site.staff(Role.PROCTOR), site.staff(Role.MANAGER)
    wall = f"/proctor/sittings/{enrolled.entry.sitting.id}"
    pages = (
        (proctor, wall),
        (proctor, f"{wall}/tiles?attempt={enrolled.attempt_id}"),
        (proctor, f"{wall}/attempts/{enrolled.attempt_id}"),
        (manager, f"/manager/attempts/{enrolled.attempt_id}"),
    )

    def shown() -> list[str]:
        return [visitor.get(path).text for visitor, path in pages]

    assert not any("Section 1 of 3" in text for text in shown()), "none is entered yet"
    assert move(room, "enter_section", FIRST).status_code == 200
    site.clock.advance(61)
    for text in shown():
        assert "Section 1 of 3" in text
        assert "4 min left in it" in text
    assert move(room, "leave_section", FIRST).status_code == 200
    assert not any("Section 1 of 3" in text for text in shown()), "between two sections there is none"
    assert move(room, "enter_section", LINEAR).status_code == 200
    assert all("Section 2 of 3" in text for text in shown())
    assert room.hand_in().status_code == 200
    assert not any("Section 2 of 3" in text for text in shown())


def test_a_section_without_a_limit_of_its_own_shows_no_minutes(site: Site) -> None:
    enrolled = add_section_sitting(site.parts)
    room = come_in(site)
    third = room.state()["sections"][2]["id"]
    for section in (FIRST, LINEAR):
        assert move(room, "enter_section", section).status_code == 200
        assert move(room, "leave_section", section).status_code == 200
    assert move(room, "enter_section", third).status_code == 200
    with site.parts.store.read(Actor.system()) as uow:
        found = assessor.current_sections(uow, [enrolled.attempt_id])[enrolled.attempt_id]
    assert (found.id, found.number, found.sections, found.remaining_ms) == (third, 3, 3, None)
    page = site.staff(Role.MANAGER).get(f"/manager/attempts/{enrolled.attempt_id}").text
    assert "Section 3 of 3" in page
    assert "left in it" not in page
