# SPDX-License-Identifier: Apache-2.0
"""Rules for browsers, releases and checks on a real database."""

from __future__ import annotations

from sqlalchemy import select

from assessor import api
from core.audit import AuditRow
from core.errors import Forbidden, Invalid, NotFound
from core.uow import Actor
from tests.unit.assessor.world import World, refused

STRICT = api.BrowserRules(
    full_screen=True, paste=False, secure_browser=api.SecureBrowser.REQUIRED, exam_keys=("ab" * 32,)
)


def set_rules(world: World, rules: api.BrowserRules, *, sitting_id: str = "") -> None:
    with world.store.write(world.manager) as uow:
        api.set_browser_rules(
            uow, sitting_id or world.ids.sitting, organisation_id=world.ids.agency, rules=rules
        )


def test_a_sitting_asks_nothing_until_somebody_says_so(world: World) -> None:
    entry_id = world.enrol().entry.id
    with world.store.read(world.manager) as uow:
        assert api.browser_rules(uow, world.ids.sitting) == api.BrowserRules()
        asked = api.rules_of_entry(uow, entry_id)
        assert (asked.sitting_id, asked.rules) == (world.ids.sitting, api.BrowserRules())
    with refused(NotFound, "sitting_unknown"), world.store.read(world.manager) as uow:
        api.open_browser_rules(uow, world.ids.sitting)
    with refused(NotFound, "entry_unknown"), world.store.read(world.manager) as uow:
        api.rules_of_entry(uow, "0" * 26)


def test_rules_are_kept_changed_and_told_without_their_keys(world: World) -> None:
    entry_id = world.enrol().entry.id
    set_rules(world, STRICT)
    with world.store.read(world.manager) as uow:
        assert api.rules_of_entry(uow, entry_id).rules == STRICT
        assert api.open_browser_rules(uow, world.ids.sitting).rules == STRICT
        payload = uow.db.scalars(select(AuditRow.payload).where(AuditRow.name == "browser_rules_set")).one()
    assert payload == {"full_screen": True, "paste": False, "secure_browser": "required", "exam_keys": 1}
    set_rules(world, api.BrowserRules(paste=False))
    with world.store.read(world.manager) as uow:
        assert api.browser_rules(uow, world.ids.sitting) == api.BrowserRules(paste=False)


def test_another_agency_and_a_program_set_and_release_nothing(world: World) -> None:
    stranger = world.staff(world.ids.stranger, organisation_id=world.ids.other_agency)
    with refused(NotFound, "sitting_unknown"), world.store.write(stranger) as uow:
        api.set_browser_rules(uow, world.ids.sitting, organisation_id=world.ids.other_agency, rules=STRICT)
    with refused(NotFound, "sitting_unknown"), world.store.write(stranger) as uow:
        api.release_browser(uow, world.ids.sitting, organisation_id=world.ids.other_agency, reason="No start")
    with refused(Forbidden, "person_needed"), world.store.write(Actor.system()) as uow:
        api.set_browser_rules(uow, world.ids.sitting, organisation_id=world.ids.agency, rules=STRICT)
    with refused(Forbidden, "person_needed"), world.store.write(Actor.system()) as uow:
        api.release_browser(uow, world.ids.sitting, organisation_id=world.ids.agency, reason="No start")


def test_a_release_is_for_one_entry_or_for_the_whole_sitting(world: World) -> None:
    one, other = world.enrol("First").entry.id, world.enrol("Second").entry.id
    with world.store.write(world.manager) as uow:
        api.release_browser(
            uow, world.ids.sitting, organisation_id=world.ids.agency, entry_id=one, reason="Crashed"
        )
    with world.store.read(world.manager) as uow:
        found = [api.browser_releases(uow, world.ids.sitting, entry_id=entry) for entry in (one, other)]
    assert [[release.reason for release in releases] for releases in found] == [["Crashed"], []]
    with world.store.write(world.manager) as uow:
        api.release_browser(
            uow, world.ids.sitting, organisation_id=world.ids.agency, reason="All machines are old"
        )
    with world.store.read(world.manager) as uow:
        assert len(api.browser_releases(uow, world.ids.sitting, entry_id=other)) == 1
        payloads = uow.db.scalars(
            select(AuditRow.payload).where(AuditRow.name == "browser_released").order_by(AuditRow.id)
        ).all()
    assert [payload["entry_id"] for payload in payloads] == [one, None]


def test_an_entry_of_another_sitting_and_an_empty_reason_are_refused(world: World) -> None:
    entry_id = world.enrol(sitting_id=world.ids.watched_sitting).entry.id
    with refused(NotFound, "entry_unknown"), world.store.write(world.manager) as uow:
        api.release_browser(
            uow, world.ids.sitting, organisation_id=world.ids.agency, entry_id=entry_id, reason="Why not"
        )
    with refused(Invalid, "reason_malformed"), world.store.write(world.manager) as uow:
        api.release_browser(uow, world.ids.sitting, organisation_id=world.ids.agency, reason=" ")


def test_a_good_check_belongs_to_one_login_in_one_browser(world: World) -> None:
    entry_id = world.enrol().entry.id
    this = {"login_hash": "a" * 64, "browser_hash": "b" * 64}
    for _time in range(2):
        with world.store.write(Actor.system()) as uow:
            api.note_browser_check(uow, entry_id, means=api.Means.CONFIG_KEY, **this)
    with world.store.read(Actor.system()) as uow:
        assert len(api.browser_checks(uow, entry_id)) == 1
        assert api.is_browser_checked(uow, entry_id, **this)
        assert not api.is_browser_checked(uow, entry_id, **{**this, "login_hash": "c" * 64})
        assert not api.is_browser_checked(uow, entry_id, **{**this, "browser_hash": "c" * 64})
        assert not api.is_browser_checked(uow, world.enrol("Other").entry.id, **this)
