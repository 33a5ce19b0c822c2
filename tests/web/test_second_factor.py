# SPDX-License-Identifier: Apache-2.0
"""The second factor of staff: set up, asked for, used once, lost, demanded; and the proof before acts that matter."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.identity import second_factors, staff, throttling, totp
from core.identity.model import Role
from core.identity.tables import RecoveryCodeRow, SecondFactorRow
from core.uow import Actor
from tests.web import sitting, world
from tests.web.notices import letters
from tests.web.site import Site, Visitor
from web import demo
from web.access import PROOF_LASTS
from web.proof import FIELD
from web.sign_in import factor_keys

MANAGER = "manager@parakh.example"
_CODE = re.compile(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2})</li>")


class Phone:
    """An authenticator program with the secret that was scanned."""

    def __init__(self, site: Site, secret: str) -> None:
        self._site, self._secret = site, secret

    def code(self, *, steps: int = 0) -> str:
        return totp.code_of(self._secret, totp.step_of(self._site.clock.now()) + steps)


def enrol(site: Site, visitor: Visitor) -> tuple[Phone, list[str]]:
    """Set a second factor up as a person does; the phone and the recovery codes."""
    visitor.get("/account/second-factor")
    assert visitor.post("/account/second-factor").status_code == 302
    page = visitor.get("/account/second-factor").text
    shown = re.search(r'class="secret__value">([A-Z2-7 ]+)<', page)
    assert shown is not None
    picture = visitor.get("/account/second-factor.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data.startswith(b"<svg")
    phone = Phone(site, shown.group(1).replace(" ", ""))
    answer = visitor.post("/account/second-factor/confirm", {"code": phone.code()})
    assert answer.status_code == 200, answer.text
    codes = _CODE.findall(answer.text)
    assert len(set(codes)) == 10
    site.clock.advance(totp.PERIOD_SECONDS)
    return phone, codes


def first_step(site: Site, email: str = MANAGER, password: str = demo.PASSWORD) -> Visitor:
    """Somebody whose password was right, before the second question."""
    visitor = site.visitor()
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"email": email, "password": password})
    assert answer.status_code == 302
    visitor.get(answer.location)
    return visitor


def second_step(visitor: Visitor, code: str) -> int:
    return visitor.post("/sign-in/second-factor", {"code": code}).status_code


def test_the_password_alone_opens_nothing_once_a_second_factor_is_on(site: Site) -> None:
    phone, _codes = enrol(site, site.staff(Role.MANAGER))
    visitor = first_step(site)
    assert visitor.get("/manager/batches").status_code == 302
    assert second_step(visitor, "000000") == 401
    assert visitor.get("/manager/batches").status_code == 302
    waiting = visitor.login
    assert second_step(visitor, phone.code()) == 302
    assert visitor.get("/manager/batches").status_code == 200
    assert visitor.login != waiting


def test_a_live_channel_does_not_open_with_the_password_alone(site: Site) -> None:
    enrol(site, site.staff(Role.PROCTOR))
    visitor = first_step(site, "proctor@parakh.example")
    assert not site.connect(visitor, "/wall").is_connected("/wall")


def test_a_code_that_was_seen_over_the_shoulder_is_worthless(site: Site) -> None:
    phone, _codes = enrol(site, site.staff(Role.MANAGER))
    code = phone.code()
    assert second_step(first_step(site), code) == 302
    assert second_step(first_step(site), code) == 401


def test_each_recovery_code_opens_the_account_once(site: Site) -> None:
    _phone, codes = enrol(site, site.staff(Role.MANAGER))
    assert second_step(first_step(site), codes[0].lower().replace("-", " ")) == 302
    assert second_step(first_step(site), codes[0]) == 401
    assert second_step(first_step(site), codes[9]) == 302


def test_ten_wrong_codes_close_the_door_for_a_quarter_of_an_hour(site: Site) -> None:
    phone, _codes = enrol(site, site.staff(Role.MANAGER))
    for _try in range(throttling.ALLOWED):
        assert second_step(first_step(site), "123456") == 401
    assert second_step(first_step(site), phone.code()) == 429
    site.clock.advance(throttling.SPAN.total_seconds())
    assert second_step(first_step(site), phone.code()) == 302


def test_the_second_question_is_open_for_ten_minutes_only(site: Site) -> None:
    phone, _codes = enrol(site, site.staff(Role.MANAGER))
    visitor = first_step(site)
    site.clock.advance(601)
    answer = visitor.post("/sign-in/second-factor", {"code": phone.code()})
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")
    assert visitor.get("/manager/batches").status_code == 302


def test_neither_the_secret_nor_a_recovery_code_is_stored_readable(site: Site) -> None:
    visitor = site.staff(Role.MANAGER)
    visitor.get("/account/second-factor")
    visitor.post("/account/second-factor")
    keys = factor_keys(site.parts)
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(SecondFactorRow)).one()
        secret = second_factors.secret_to_confirm(uow, row.person_id, keys=keys)
        assert secret.encode() not in row.sealed_secret
    answer = visitor.post("/account/second-factor/confirm", {"code": Phone(site, secret).code()})
    with site.parts.store.read(Actor.system()) as uow:
        stored = {code.code_hash for code in uow.db.scalars(select(RecoveryCodeRow))}
    assert len(stored) == 10
    assert not any(code in "".join(stored) for code in _CODE.findall(answer.text))
    assert visitor.get("/account/second-factor.svg").status_code == 404
    assert secret[:4] not in visitor.get("/account/second-factor").text


def test_an_organisation_that_demands_it_lets_nobody_on_without(site: Site) -> None:
    manager, administrator = site.staff(Role.MANAGER), site.staff(Role.ADMINISTRATOR)
    administrator.get("/people")
    assert administrator.post("/people/settings", {"second_factor": "yes"}).status_code == 302
    answer = manager.get("/manager/batches")
    assert answer.status_code == 302
    assert answer.location == "/account/second-factor"
    assert manager.get("/welcome").location == "/account/second-factor"
    assert manager.post("/manager/batches/new").status_code == 403
    assert not site.connect(site.staff(Role.PROCTOR), "/wall").is_connected("/wall")
    enrol(site, manager)
    assert manager.get("/manager/batches").status_code == 200
    assert manager.post("/account/second-factor/remove").status_code == 409
    body = site.staff(Role.AWARDING_BODY)
    assert body.get("/awarding/results").status_code == 200


def test_a_lost_phone_is_reset_by_an_administrator_and_the_person_hears_of_it(site: Site) -> None:
    manager, administrator = site.staff(Role.MANAGER), site.staff(Role.ADMINISTRATOR)
    enrol(site, manager)
    with site.parts.store.read(Actor.system()) as uow:
        person = staff.person_by_email(uow, MANAGER)
    assert person is not None
    path = f"/people/{person.id}"
    administrator.get(path)
    assert administrator.post(path + "/second-factor").status_code == 302
    assert manager.get("/manager/batches").status_code == 302
    assert [letter["To"] for letter in letters(site)] == [MANAGER]
    assert first_step(site).get("/manager/batches").status_code == 200


def test_setting_up_again_needs_the_old_one_removed_first(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    _phone, codes = enrol(site, manager)
    manager.get("/account/second-factor")
    assert manager.post("/account/second-factor").status_code == 409
    fresh = _CODE.findall(manager.post("/account/second-factor/codes").text)
    assert not set(fresh) & set(codes)
    assert second_step(first_step(site), codes[0]) == 401
    assert manager.post("/account/second-factor/remove").status_code == 302
    assert first_step(site).get("/manager/batches").status_code == 200


# ------------------------------------------------------------------------------- the proof before an act that matters


@pytest.fixture
def ready(site: Site) -> tuple[Site, str]:
    """A site with one result that can be declared, and the path that declares it."""
    world.raise_an_incident(site, {})
    room = sitting.begin(site.learner(world.MARKED))
    room.answer_everything()
    room.hand_in()
    sitting.mark_everything(site, world.MARKED)
    page = site.staff(Role.MANAGER)
    batches = page.get("/manager/batches").text
    batch = re.search(r"/manager/batches/[0-9a-z]{26}", batches)
    assert batch is not None
    result = re.search(r"/manager/results/([0-9a-z]{26})", page.get(batch.group()).text)
    assert result is not None
    return site, f"/manager/results/{result.group(1)}/declare"


def test_declaring_asks_again_after_a_quarter_of_an_hour_and_then_goes_on(ready: tuple[Site, str]) -> None:
    site, path = ready
    manager = site.staff(Role.MANAGER)
    site.clock.advance(PROOF_LASTS.total_seconds())
    manager.get("/manager/batches")
    asked = manager.post(path)
    assert asked.status_code == 403
    assert FIELD in asked.text
    assert manager.post(path, {FIELD: "not the password"}).status_code == 403
    assert manager.post(path, {FIELD: demo.PASSWORD}).status_code == 302
    with site.parts.store.read(Actor.system()) as uow:
        names = uow.db.scalars(select(AuditRow.name)).all()
        proof = uow.db.scalars(select(AuditRow.payload).where(AuditRow.name == "identity_proved")).one()
    assert names.count("result_declared") == 1
    assert proof == {"method": "password", "act": "manager.declare"}


def test_where_a_second_factor_is_on_the_password_does_not_prove_it(ready: tuple[Site, str]) -> None:
    site, path = ready
    manager = site.staff(Role.MANAGER)
    phone, _codes = enrol(site, manager)
    site.clock.advance(PROOF_LASTS.total_seconds())
    manager.get("/manager/batches")
    assert manager.post(path, {FIELD: demo.PASSWORD}).status_code == 403
    assert manager.post(path, {FIELD: phone.code()}).status_code == 302


def test_upholding_keeps_the_reason_that_was_typed_while_it_asks(site: Site) -> None:
    ids: dict[str, str] = {}
    world.raise_an_incident(site, ids)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    site.clock.advance(PROOF_LASTS.total_seconds())
    path = f"/integrity/incidents/{ids['incident_id']}"
    reviewer.get(path)
    form = {"verdict": "upheld", "reason": 'A second person "sat" beside & helped.'}
    asked = reviewer.post(path, form)
    assert asked.status_code == 403
    assert "A second person &#34;sat&#34; beside &amp; helped." in asked.text
    assert reviewer.post(path, {**form, FIELD: demo.PASSWORD}).status_code == 302


def test_a_program_is_told_in_json_that_a_proof_is_needed(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    site.clock.advance(PROOF_LASTS.total_seconds())
    body.get("/awarding/keys")
    answer = body.client.post(
        "/awarding/keys/none/revoke",
        data={"csrf_token": body.token},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "recent_proof_needed"


def test_guessing_the_proof_ends_after_ten_tries(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    site.clock.advance(PROOF_LASTS.total_seconds())
    body.get("/awarding/keys")
    statuses = [
        body.post("/awarding/keys", {"label": "x", FIELD: "guess"}).status_code
        for _try in range(throttling.ALLOWED + 1)
    ]
    assert statuses == [403] * throttling.ALLOWED + [429]
    assert body.post("/awarding/keys", {"label": "x", FIELD: demo.PASSWORD}).status_code == 429
