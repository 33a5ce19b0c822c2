# SPDX-License-Identifier: Apache-2.0
"""Administrators and the staff of their own organisation: invitations, roles, resets, closed accounts, logins."""

from __future__ import annotations

import re

from core.identity import queries, staff, throttling
from core.identity.model import OrganisationKind, Role
from core.uow import Actor
from tests.web.notices import letters
from tests.web.site import Site, Visitor
from web import demo

NEW_PASSWORD = "seven brass lanterns hum"
_LINK = re.compile(r"/(?:invitation|new-password)/[\w-]{43}")


def id_of(site: Site, email: str) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        found = staff.person_by_email(uow, email)
    assert found is not None
    return found.id


def invite(site: Site, administrator: Visitor, email: str = "new@parakh.example", **more: object) -> str:
    """Invite somebody; the path of the link."""
    administrator.get("/people")
    answer = administrator.post(
        "/people/invitations",
        {"name": "Nandini Pillai", "email": email, "role": ["author"], "language": "en", **more},
    )
    assert answer.status_code == 200, answer.text
    found = _LINK.search(answer.text)
    assert found is not None
    return found.group()


def test_an_invited_person_sets_a_password_and_has_exactly_the_chosen_roles(site: Site) -> None:
    link = invite(site, site.staff(Role.ADMINISTRATOR), role=["author", "reviewer"])
    newcomer = site.visitor()
    assert "Nandini Pillai" in newcomer.get(link).text
    entered = newcomer.post(link, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert entered.status_code == 302, entered.text
    assert newcomer.get("/author/items").status_code == 200
    assert newcomer.get("/manager/batches").status_code == 404
    with site.parts.store.read(Actor.system()) as uow:
        found = staff.person_by_email(uow, "new@parakh.example")
    assert found is not None
    assert found.roles == {Role.AUTHOR, Role.REVIEWER}


def test_the_invitation_leaves_as_a_notice_in_the_persons_language(site: Site) -> None:
    link = invite(site, site.staff(Role.ADMINISTRATOR), language="hi")
    (letter,) = letters(site)
    assert letter["To"] == "new@parakh.example"
    assert link in letter.get_content()


def test_an_invitation_works_once_and_for_72_hours(site: Site) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    link = invite(site, administrator)
    for visitor, status in ((site.visitor(), 302), (site.visitor(), 404)):
        visitor.get(link)
        visitor.get("/sign-in")
        answer = visitor.post(link, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
        assert answer.status_code == status
    late = invite(site, administrator, email="late@parakh.example")
    site.clock.advance(72 * 3600 - 1)
    assert site.visitor().get(late).status_code == 200
    site.clock.advance(1)
    assert site.visitor().get(late).status_code == 404


def test_a_withdrawn_or_replaced_invitation_opens_nothing(site: Site) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    first = invite(site, administrator)
    second = invite(site, administrator)
    assert site.visitor().get(first).status_code == 404
    page = administrator.get("/people").text
    withdraw = re.search(r"/people/invitations/\w+/withdraw", page)
    assert withdraw is not None
    assert administrator.post(withdraw.group()).status_code == 302
    assert site.visitor().get(second).status_code == 404


def test_no_token_of_a_link_is_stored(site: Site) -> None:
    link = invite(site, site.staff(Role.ADMINISTRATOR))
    token = link.rpartition("/")[2].encode()
    site.parts.engine.dispose()
    files = [path for path in site.parts.config.var.rglob("kasauti.db*") if path.is_file()]
    assert files
    assert not any(token in path.read_bytes() for path in files)


def test_an_administrator_cannot_give_a_role_of_another_kind_of_organisation(site: Site) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people")
    form = {"name": "Nandini", "email": "n@parakh.example", "language": "en", "role": ["awarding_body"]}
    assert administrator.post("/people/invitations", form).status_code == 422
    path = f"/people/{id_of(site, 'author@parakh.example')}/roles"
    assert administrator.post(path, {"role": ["operator"]}).status_code == 422


def test_an_address_of_another_organisation_is_not_told_to_whoever_invites(site: Site) -> None:
    taken = "results@nirantar.example"
    link = invite(site, site.staff(Role.ADMINISTRATOR), email=taken)
    visitor = site.visitor()
    visitor.get(link)
    assert visitor.post(link, {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 409


def test_roles_that_are_taken_away_end_with_the_next_click(site: Site) -> None:
    administrator, author = site.staff(Role.ADMINISTRATOR), site.staff(Role.AUTHOR)
    assert author.get("/author/items").status_code == 200
    path = f"/people/{id_of(site, 'author@parakh.example')}"
    assert administrator.get(path).status_code == 200
    assert administrator.post(path + "/roles", {"role": ["proctor"]}).status_code == 302
    assert author.get("/author/items").status_code == 404
    assert author.get("/proctor/sittings").status_code == 200


def test_a_closed_account_is_out_at_once_and_stays_out_when_it_is_opened_again(site: Site) -> None:
    administrator, author = site.staff(Role.ADMINISTRATOR), site.staff(Role.AUTHOR)
    path = f"/people/{id_of(site, 'author@parakh.example')}"
    administrator.get(path)
    assert administrator.post(path + "/active", {"active": "no"}).status_code == 302
    assert author.get("/author/items").status_code == 302
    refused = site.visitor()
    refused.get("/sign-in")
    form = {"email": "author@parakh.example", "password": demo.PASSWORD}
    assert refused.post("/sign-in", form).status_code == 401
    administrator.get(path)
    assert administrator.post(path + "/active", {"active": "yes"}).status_code == 302
    assert author.get("/author/items").status_code == 302
    assert refused.post("/sign-in", form).status_code == 302


def test_nobody_closes_the_own_account_or_takes_the_last_administrator_away(site: Site) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    own = f"/people/{id_of(site, 'admin@parakh.example')}"
    administrator.get(own)
    assert administrator.post(own + "/active", {"active": "no"}).status_code == 409
    assert administrator.post(own + "/roles", {"role": ["author"]}).status_code == 409
    invited = site.visitor()
    link = invite(site, administrator, role=["administrator"])
    invited.get(link)
    invited.post(link, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    administrator.get(own)
    assert administrator.post(own + "/roles", {"role": ["author"]}).status_code == 302
    assert administrator.get("/people").status_code == 404


def test_a_link_for_a_new_password_ends_every_login_and_works_once(site: Site) -> None:
    administrator, author = site.staff(Role.ADMINISTRATOR), site.staff(Role.AUTHOR)
    path = f"/people/{id_of(site, 'author@parakh.example')}"
    administrator.get(path)
    found = _LINK.search(administrator.post(path + "/password").text)
    assert found is not None
    visitor = site.visitor()
    visitor.get(found.group())
    assert visitor.post(found.group(), {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 302
    assert author.get("/author/items").status_code == 302
    assert visitor.get(found.group()).status_code == 404
    visitor.get("/sign-in")
    form = {"email": "author@parakh.example", "password": NEW_PASSWORD}
    assert visitor.post("/sign-in", form).status_code == 302


def test_who_forgot_the_password_gets_a_link_and_a_stranger_the_same_answer(site: Site) -> None:
    answers = []
    for email in ("author@parakh.example", "nobody@parakh.example"):
        visitor = site.visitor()
        visitor.get("/forgotten-password")
        answer = visitor.post("/forgotten-password", {"email": email})
        answers.append((answer.status_code, re.sub(r'value="[^"]+"', "", answer.text)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    (letter,) = letters(site)
    assert letter["To"] == "author@parakh.example"
    found = _LINK.search(letter.get_content())
    assert found is not None
    assert site.visitor().get(found.group()).status_code == 200
    site.clock.advance(staff.FORGOTTEN_MINUTES * 60)
    assert site.visitor().get(found.group()).status_code == 404


def test_somebody_cannot_be_flooded_with_links(site: Site) -> None:
    for status in (200, 200, 200, 429):
        visitor = site.visitor()
        visitor.get("/forgotten-password")
        assert visitor.post("/forgotten-password", {"email": "author@parakh.example"}).status_code == status


def test_the_own_password_is_changed_with_the_old_one_and_other_browsers_are_signed_out(site: Site) -> None:
    here, there = site.staff(Role.AUTHOR), site.staff(Role.AUTHOR)
    here.get("/account")
    form = {"old": "not it at all", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert here.post("/account/password", form).status_code == 422
    for weak in ("short", "password1234", "Arvind Rao arvind", "aaaaaaaaaaaaaaa"):
        answer = here.post("/account/password", {"old": demo.PASSWORD, "password": weak, "again": weak})
        assert answer.status_code == 422, weak
    form["again"] = "something else instead"
    assert here.post("/account/password", {**form, "old": demo.PASSWORD}).status_code == 422
    assert there.get("/author/items").status_code == 200
    good = {"old": demo.PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert here.post("/account/password", good).status_code == 302
    assert here.get("/author/items").status_code == 200
    assert there.get("/author/items").status_code == 302


def test_one_login_or_all_others_can_be_ended(site: Site) -> None:
    here, there, third = (site.staff(Role.AUTHOR) for _ in range(3))
    page = here.get("/account").text
    others = re.findall(r"/account/logins/\w+", page)
    assert len(others) == 2
    assert here.post(others[0]).status_code == 302
    assert sorted(one.get("/author/items").status_code for one in (there, third)) == [200, 302]
    assert here.post("/account/logins").status_code == 302
    assert [one.get("/author/items").status_code for one in (here, there, third)] == [200, 302, 302]


def test_nobody_ends_the_login_of_somebody_else(site: Site) -> None:
    author, reviewer = site.staff(Role.AUTHOR), site.staff(Role.REVIEWER)
    site.staff(Role.AUTHOR)
    (other,) = re.findall(r"/account/logins/\w+", author.get("/account").text)
    reviewer.get("/account")
    assert reviewer.post(other).status_code == 404
    assert len(re.findall(r"/account/logins/\w+", author.get("/account").text)) == 1


def test_ten_wrong_passwords_close_the_door_for_that_account_from_everywhere(site: Site) -> None:
    form = {"email": "author@parakh.example", "password": "wrong and wrong again"}
    for number in range(throttling.ALLOWED + 1):
        visitor = site.visitor()
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in", form, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
        assert answer.status_code == (401 if number < throttling.ALLOWED else 429)
    visitor = site.visitor()
    visitor.get("/sign-in")
    right = {**form, "password": demo.PASSWORD}
    assert visitor.post("/sign-in", right).status_code == 429
    unknown = {**form, "email": "nobody@parakh.example"}
    for number in range(throttling.ALLOWED + 1):
        answer = visitor.post("/sign-in", unknown, environ_base={"REMOTE_ADDR": f"203.0.113.{number}"})
    assert answer.status_code == 429
    site.clock.advance(throttling.SPAN.total_seconds())
    assert visitor.post("/sign-in", right).status_code == 302


def test_a_login_gets_a_new_secret_at_each_sign_in_and_the_old_one_dies(site: Site) -> None:
    visitor = site.staff(Role.AUTHOR)
    before = visitor.login
    visitor.get("/sign-in")
    visitor.post("/sign-in", {"email": "author@parakh.example", "password": demo.PASSWORD})
    assert visitor.login not in (None, before)
    stale = site.visitor()
    stale.client.set_cookie("kasauti-login", str(before))
    assert stale.get("/author/items").status_code == 302


def test_staff_who_ask_for_nothing_are_signed_out_and_whoever_works_is_not(site: Site) -> None:
    idle, busy = site.staff(Role.AUTHOR), site.staff(Role.REVIEWER)
    learner = site.learner("Abdul Karim")
    for _hour in range(4):
        site.clock.advance(site.parts.config.idle_minutes * 60 / 2)
        assert busy.get("/author/review").status_code == 200
    assert idle.get("/author/items").status_code == 302
    assert learner.get("/learner").status_code == 200


def test_an_administrator_sees_the_own_staff_and_nothing_else(site: Site) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    page = administrator.get("/people").text
    assert "author@parakh.example" in page
    assert "nirantar.example" not in page
    assert administrator.get(f"/people/{id_of(site, 'results@nirantar.example')}").status_code == 404
    for path in ("/author/items", "/manager/batches", "/awarding/results", "/integrity/incidents"):
        assert administrator.get(path).status_code == 404
    assert "author@parakh.example" in administrator.get("/people?format=csv").text


def test_every_kind_of_organisation_can_have_administrators(site: Site) -> None:
    with site.parts.store.read(Actor.system()) as uow:
        kinds = {one.id: one.kind for one in queries.organisations(uow)}
        held = {
            kinds[one.organisation_id] for one in queries.all_people(uow) if Role.ADMINISTRATOR in one.roles
        }
    assert held == {OrganisationKind.AWARDING_BODY, OrganisationKind.ASSESSMENT_AGENCY}
    assert Role.ADMINISTRATOR.organisation_kinds == set(OrganisationKind)
