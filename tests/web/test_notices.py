# SPDX-License-Identifier: Apache-2.0
"""Notices through the whole application: what brings one, its words in the person's language, and what becomes of it."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from assessor import api as assessor
from assessor.attempts.events import LateAnswerDecided
from assessor.scheduling.events import ReassessmentGranted
from core.clock import FixedClock
from core.identity.model import Role
from core.notices.model import Address, Channel, DecisionAbout, NoticeKind, NoticeState
from core.notices.operations import queue_notice
from core.notices.queries import Notice, notices
from core.outbox import MAXIMUM_TRIES, dead_letters
from core.uow import Actor, UnitOfWork
from tests.conftest import NOON
from tests.contract.notice_peers import MailPeer, WebhookPeer
from tests.web import world
from tests.web.site import Site
from web import effects
from web.notices.channels import Channels
from web.notices.ports import Message, NoPort
from web.notices.postman import SLOW, Postman
from web.notices.queueing import choose_address, send_codes, tell_decision, tell_erasure
from web.notices.texts import Facts, body_of, text_of_notice

SYSTEM = Actor.system()
WORDS: Mapping[str, str] = {
    "name": "Sunita",
    "title": "Digital payments",
    "place": "ITI Pune",
    "opens_at": "2026-11-22T04:30:00+00:00",
    "closes_at": "2026-11-22T06:30:00+00:00",
    "erase_at": "2026-12-01T04:30:00+00:00",
    "expires_at": "2026-11-23T04:30:00+00:00",
    "time_zone": "Asia/Kolkata",
    "code": "K7QD-M2XP-9F",
    "about": "incident",
    "organisation": "Parakh",
    "link": "https://assess.example.in/invitation/abc",
    "learner": "Asha",
    "items": "a photo, the pictures of the camera",
    "erased_at": "2026-11-22T04:30:00+00:00",
    "reference": "ER-2026-0007",
    "panel": "Cut of 2027",
    "news": "round_opened",
}


@pytest.fixture
def mail(site: Site, clock: FixedClock) -> Iterator[MailPeer]:
    """A mail server in place of the folder."""
    peer = MailPeer(clock)
    site.parts.channels = Channels({Channel.EMAIL: peer.port, Channel.PHONE: NoPort()})
    yield peer
    peer.stop()


def postman(site: Site) -> Postman:
    return Postman(site.parts, effects.handlers(site.app))


def agency_of(uow: UnitOfWork) -> str:
    return str(
        uow.db.scalar(text("SELECT id FROM organisations WHERE kind = 'assessment_agency' ORDER BY id"))
    )


def an_entry(uow: UnitOfWork) -> str:
    """A sample entry whose person reads Hindi and has an e-mail address now."""
    entry_id, person = uow.db.execute(text("SELECT id, candidate_id FROM entries ORDER BY id")).first() or (
        "",
        "",
    )
    uow.db.execute(
        text("UPDATE candidates SET email = 'sunita@example.in', language = 'hi' WHERE id = :id"),
        {"id": person},
    )
    return str(entry_id)


def queue(site: Site, kind: NoticeKind, *, language: str = "en", to: str = "sunita@example.in") -> str:
    with site.parts.store.write(SYSTEM) as uow:
        return queue_notice(
            uow,
            organisation_id=agency_of(uow),
            subject_id="someone",
            kind=kind,
            language=language,
            address=Address.email(to),
            words=WORDS,
            key=site.parts.config.key("notices"),
        )


def listed(site: Site) -> list[Notice]:
    with site.parts.store.read(SYSTEM) as uow:
        return notices(uow, organisation_id=None)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_has_words_in_every_language_with_its_facts_and_no_gap(
    site: Site, kind: NoticeKind, language: str
) -> None:
    facts = Facts({name: WORDS[name] for name in kind.words}, "Parakh", "https://assess.example.in")
    with site.app.app_context(), force_locale(language):
        written = text_of_notice(kind, facts)
        body = body_of(written, facts)
    assert "Sunita" in body
    assert "Parakh" in body
    for part in (written.subject, body, written.short):
        assert "%(" not in part
        assert len(part) > 10
    assert len(written.short) <= 320, "a text message has its limits"
    if kind is NoticeKind.ERASURE_DONE:
        assert "ER-2026-0007" in body
        assert "ER-2026-0007" in written.short
    if kind in (NoticeKind.RESULT_DECLARED, NoticeKind.DECISION_MADE):
        assert "https://assess.example.in" in written.short


def test_a_new_time_promises_nothing_about_a_code_that_a_move_may_have_replaced(site: Site) -> None:
    with site.app.app_context(), force_locale("en"):
        written = text_of_notice(NoticeKind.SITTING_CHANGED, Facts(WORDS, "Parakh", ""))
    for part in (written.short, written.paragraphs[-1]):
        assert part.endswith("Your access code stays the same, unless you get a new one.")


def test_times_are_those_of_the_sitting_with_the_zone_named_in_the_persons_language(site: Site) -> None:
    shown = {}
    for language in ("en", "hi"):
        with site.app.app_context(), force_locale(language):
            shown[language] = Facts(WORDS, "", "").instant("opens_at")
    assert shown["en"].replace("\u202f", " ") == "22 Nov 2026, 10:00 AM, India Time"
    assert "भारत समय" in shown["hi"]
    abroad = Facts({**WORDS, "time_zone": "Asia/Dubai"}, "", "")
    with site.app.app_context(), force_locale("en"):
        assert "8:30" in abroad.instant("opens_at")
        assert "Gulf" in abroad.instant("opens_at")


def test_a_queued_notice_reaches_a_real_mail_server_in_the_persons_language(
    site: Site, mail: MailPeer
) -> None:
    queue(site, NoticeKind.RESULT_DECLARED, language="hi")
    postman(site).round()
    [found] = mail.received()
    assert found.to == "sunita@example.in"
    assert found.headers["content-language"] == "hi"
    assert [one.state for one in listed(site)] == [NoticeState.SENT]


def test_the_worker_never_touches_the_lane_of_the_postman(site: Site, mail: MailPeer) -> None:
    queue(site, NoticeKind.RESULT_DECLARED)
    site.worker.round()
    assert mail.received() == []
    assert [one.state for one in listed(site)] == [NoticeState.WAITING]
    assert "notice_queued" in SLOW


def test_a_server_that_is_away_gets_it_later_and_only_once(site: Site, mail: MailPeer) -> None:
    queue(site, NoticeKind.RESULT_DECLARED)
    mail.refuse(for_good=False)
    runner = postman(site)
    runner.round()
    assert [one.state for one in listed(site)] == [NoticeState.WAITING]
    mail.refuse_no_more()
    runner.round()
    assert mail.received() == [], "it was tried before it was due"
    site.clock.advance(10)
    runner.round()
    site.clock.advance(10_000)
    runner.round()
    assert len(mail.received()) == 1
    assert [one.state for one in listed(site)] == [NoticeState.SENT]


def test_what_is_given_up_is_a_failed_notice_and_a_dead_letter_and_can_be_sent_again(
    site: Site, mail: MailPeer
) -> None:
    queue(site, NoticeKind.RESULT_DECLARED)
    mail.refuse(for_good=False)
    runner = postman(site)
    for _ in range(MAXIMUM_TRIES):
        runner.round()
        site.clock.advance(24 * 3600)
    assert [one.state for one in listed(site)] == [NoticeState.FAILED]
    assert [letter.name for letter in dead_letters(site.parts.store)] == ["notice_queued"]
    mail.refuse_no_more()
    manager = site.staff(Role.MANAGER)
    manager.get("/manager/notices/")
    assert manager.post(f"/manager/notices/{listed(site)[0].id}/again").status_code == 302
    runner.round()
    assert [one.state for one in listed(site)] == [NoticeState.SENT]


def test_an_address_that_does_not_exist_is_tried_once(site: Site, mail: MailPeer) -> None:
    queue(site, NoticeKind.RESULT_DECLARED)
    mail.refuse(for_good=True)
    postman(site).round()
    [found] = listed(site)
    assert (found.state, found.tries) == (NoticeState.FAILED, 1)
    assert dead_letters(site.parts.store) == []


def test_a_broken_notice_does_not_stop_the_next_one(site: Site, mail: MailPeer) -> None:
    class Broken:
        def send(self, message: Message) -> None:
            if message.kind == "decision_made":
                raise RuntimeError("boom")
            mail.port.send(message)

    site.parts.channels = Channels({Channel.EMAIL: Broken(), Channel.PHONE: NoPort()})
    queue(site, NoticeKind.DECISION_MADE)
    queue(site, NoticeKind.RESULT_DECLARED)
    postman(site).round()
    assert sorted(one.state for one in listed(site)) == [NoticeState.SENT, NoticeState.WAITING]


def test_two_postmen_send_each_notice_once(site: Site, mail: MailPeer) -> None:
    for number in range(6):
        queue(site, NoticeKind.RESULT_DECLARED, to=f"p{number}@example.in")
    runners = [threading.Thread(target=postman(site).round) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(60)
    assert sorted(found.to for found in mail.received()) == [f"p{number}@example.in" for number in range(6)]


def test_the_postmans_thread_wakes_and_ends(site: Site, mail: MailPeer) -> None:
    runner = postman(site)
    runner.start()
    queue(site, NoticeKind.RESULT_DECLARED)
    sent = threading.Event()
    site.parts.store.on_commit.append(
        lambda events: sent.set() if any(event.name == "notice_sent" for event in events) else None
    )
    assert sent.wait(20) or listed(site)[0].state is NoticeState.SENT
    runner.stop()
    assert len(mail.received()) == 1


def test_a_short_message_goes_to_the_webhook_with_the_code(site: Site, clock: FixedClock) -> None:
    peer = WebhookPeer(clock)
    site.parts.channels = Channels({Channel.EMAIL: NoPort(), Channel.PHONE: peer.port})
    with site.parts.store.write(SYSTEM) as uow:
        entry_id = an_entry(uow)
        uow.db.execute(text("UPDATE candidates SET phone = '+919876543210'"))
        agency = agency_of(uow)
        send_codes(uow, site.parts, {entry_id: "K7QD-M2XP-9F"}, organisation_id=agency)
    postman(site).round()
    peer.stop()
    [found] = peer.received()
    assert found.to == "+919876543210"
    assert "K7QD-M2XP-9F" in found.body


def test_a_decided_incident_and_a_declared_result_bring_one_notice_each_without_marks(
    site: Site, mail: MailPeer
) -> None:
    with site.parts.store.write(SYSTEM) as uow:
        uow.db.execute(text("UPDATE candidates SET email = 'sunita@example.in'"))
    ids = world.prepare(site).ids
    site.worker.round()
    before = {one.id for one in listed(site)}
    assert NoticeKind.RESULT_DECLARED in {one.kind for one in listed(site)}
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(f"/integrity/incidents/{ids['incident_id']}")
    decided = reviewer.post(
        f"/integrity/incidents/{ids['incident_id']}",
        {"verdict": "dismissed", "reason": "A cat walked by."},
    )
    assert decided.status_code == 302, decided.text
    site.worker.round()
    made = [one for one in listed(site) if one.id not in before]
    assert [one.kind for one in made] == [NoticeKind.DECISION_MADE]
    postman(site).round()
    for found in mail.received():
        assert "passed" not in found.body.lower()
        assert "%" not in found.body


def test_a_granted_re_assessment_is_told_to_whoever_has_the_earlier_code(site: Site) -> None:
    with site.parts.store.write(SYSTEM) as uow:
        entry_id, agency = an_entry(uow), agency_of(uow)
        uow.emit(
            ReassessmentGranted(
                organisation_id=agency,
                subject_id="n" * 26,
                previous_entry_id=entry_id,
                asked_on="2026-11-22",
                held_by="2027-02-22",
            )
        )
    site.worker.round()
    [told] = listed(site)
    assert (told.kind, told.subject_id) == (NoticeKind.DECISION_MADE, entry_id)
    site.worker.round()
    assert len(listed(site)) == 1


def test_late_answers_are_told_of_once_an_hour_whatever_else_was_decided(site: Site) -> None:
    with site.parts.store.write(SYSTEM) as uow:
        entry_id, agency = an_entry(uow), agency_of(uow)
        attempt_id = str(
            uow.db.scalar(text("SELECT id FROM attempts WHERE entry_id = :id"), {"id": entry_id})
        )
        tell_decision(
            uow, site.parts, entry_id, organisation_id=agency, about=DecisionAbout.INCIDENT, cause_id="c" * 26
        )

    def decide(seq: int) -> int:
        with site.parts.store.write(SYSTEM) as uow:
            uow.emit(
                LateAnswerDecided(
                    organisation_id=agency,
                    subject_id=attempt_id,
                    device="phone",
                    seq=seq,
                    item_version_id="i" * 26,
                    decision="refused",
                )
            )
        site.worker.round()
        return len(listed(site))

    assert [decide(1), decide(2)] == [2, 2], "an incident's decision says nothing of late answers"
    site.clock.advance(3_600)
    assert decide(3) == 3


def test_the_address_is_chosen_by_what_is_there_and_what_is_open() -> None:
    def contact(mail: str, phone: str) -> assessor.Contact:
        return assessor.Contact(
            entry_id="e", agency_id="a", assessment_id="x", name="N", language=assessor.Language.HINDI, email=mail,
            phone=phone, place="P", opens_at=NOON, closes_at=NOON, time_zone="Asia/Kolkata",
        )  # fmt: skip

    both = contact("a@x.in", "+919876543210")
    everything = {Channel.EMAIL, Channel.PHONE}
    assert choose_address(both, everything) == Address(Channel.EMAIL, "a@x.in")
    assert choose_address(both, {Channel.PHONE}) == Address(Channel.PHONE, "+919876543210")
    assert choose_address(contact("", "+919876543210"), {Channel.EMAIL}) == Address(
        Channel.PHONE, "+919876543210"
    )
    assert choose_address(contact("", ""), everything) is None


def test_an_erasure_is_told_with_its_time(site: Site, mail: MailPeer) -> None:
    with site.parts.store.write(SYSTEM) as uow:
        entry_id, agency = an_entry(uow), agency_of(uow)
        told = tell_erasure(
            uow,
            site.parts,
            [entry_id, "unknown"],
            organisation_id=agency,
            erase_at=uow.now + timedelta(hours=48),
        )
        assert list(told) == [entry_id]
    postman(site).round()
    [found] = mail.received()
    assert "भारत समय" in found.body


def test_the_same_cause_never_tells_twice_and_a_foreign_entry_is_not_told(site: Site) -> None:
    with site.parts.store.write(SYSTEM) as uow:
        entry_id, agency = an_entry(uow), agency_of(uow)
        for _ in range(2):
            tell_decision(
                uow,
                site.parts,
                entry_id,
                organisation_id=agency,
                about=DecisionAbout.INCIDENT,
                cause_id="c" * 26,
            )
        assert (
            tell_decision(uow, site.parts, entry_id, organisation_id="x", about=DecisionAbout.INCIDENT) == {}
        )
    assert len(listed(site)) == 1


def test_a_letter_in_the_folder_is_a_letter(site: Site) -> None:
    queue(site, NoticeKind.ACCESS_CODE)
    postman(site).round()
    [file] = (site.parts.config.var / "notices").glob("*.eml")
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert "K7QD-M2XP-9F" in letter.get_content()
    assert site.parts.config.base_url in letter.get_content()
