# SPDX-License-Identifier: Apache-2.0
"""The review of one attempt: what is shown, four eyes, and how holds follow."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web import sitting
from tests.web.calm import calm
from tests.web.reviewing import INCIDENT, NOTE, Case, another_reviewer, open_case
from tests.web.site import Site

RULE = proctor.RuleName
STATE = proctor.IncidentState
HOLD = assessor.HoldState


@pytest.fixture
def case(site: Site) -> Case:
    return open_case(site)


def test_the_page_shows_events_in_words_with_pictures_but_no_name(site: Site, case: Case) -> None:
    case.add(RULE.FACE_GONE, INCIDENT)
    case.add(RULE.SOMEONE_ELSE, INCIDENT)
    case.add(RULE.SPEECH, NOTE)
    case.add_samples(3)
    page = site.staff(Role.INTEGRITY_REVIEWER).get(case.page)
    assert page.status_code == 200
    assert "No face to be seen for 6.2 s; raised after 3.75 s." in page.text
    assert page.text.count("not validated on people") == 1
    assert "Fatima" not in page.text
    assert page.text.count('loading="lazy"') == 12 + 1 + 12 + 3
    assert page.text.count("data-open") == 2


def test_to_uphold_takes_two_people_and_the_hold_follows(site: Site, case: Case) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    first, (second, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    assert first.get(case.page).status_code == 200
    assert case.decide(first, incident, "upheld", "The chair is empty.") == 302
    assert case.summary(incident).state is STATE.PROPOSED
    assert case.holds() == {incident: HOLD.INTERIM}
    again = first.post(case.page, {f"verdict-{incident}": "upheld", f"reason-{incident}": "Again."})
    calm(again, 403, "second_reviewer_needed")
    blind = second.get(case.page)
    assert "you are the second to look" in blind.text
    assert "The chair is empty." not in blind.text
    assert "The chair is empty." not in second.get(f"/integrity/incidents/{incident}").text
    case.hand_in()
    assert case.decide(second, incident, "upheld", "Nobody is there.") == 302
    assert case.summary(incident).state is STATE.UPHELD
    assert case.holds() == {incident: HOLD.CONFIRMED}
    both = second.get(case.page).text
    assert "The chair is empty." in both
    assert "Nobody is there." in both


def test_nobody_upholds_for_good_before_the_learner_could_explain(site: Site, case: Case) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    first, (second, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    single = f"/integrity/incidents/{incident}"
    assert "The test still runs." not in first.get(case.page).text + first.get(single).text
    assert case.decide(first, incident, "upheld", "The chair is empty.") == 302
    for page in (case.page, single):
        (uphold,) = re.findall(r'<input[^>]* value="upheld"[^>]*>', second.get(page).text)
        assert " disabled" in uphold
        assert "The test still runs." in second.get(page).text
    form = {f"verdict-{incident}": "upheld", f"reason-{incident}": "Nobody is there."}
    calm(second.post(case.page, form), 409, "attempt_still_running")
    alone = second.post(single, {"verdict": "upheld", "reason": "Nobody is there."})
    calm(alone, 409, "attempt_still_running")
    assert case.summary(incident).state is STATE.PROPOSED
    assert case.holds() == {incident: HOLD.INTERIM}
    case.hand_in()
    for page in (case.page, single):
        assert "The test still runs." not in second.get(page).text
    assert case.decide(second, incident, "upheld", "Nobody is there.") == 302
    assert case.summary(incident).state is STATE.UPHELD


def test_what_is_harmless_is_dismissed_while_the_test_runs(site: Site, case: Case) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    first, (second, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    first.get(case.page), second.get(case.page)
    assert case.decide(first, incident, "upheld", "The chair is empty.") == 302
    assert case.decide(second, incident, "dismissed", "A pen fell.") == 302
    assert case.holds() == {incident: HOLD.RELEASED}


def test_whoever_disagrees_dismisses_and_releases_the_hold_at_once(site: Site, case: Case) -> None:
    incidents = [case.add(RULE.FACE_GONE, INCIDENT), case.add(RULE.SEVERAL_FACES, INCIDENT)]
    first, (second, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    first.get(case.page), second.get(case.page)
    assert case.decide(first, incidents[0], "dismissed", "A pen fell.") == 302
    assert case.decide(first, incidents[1], "upheld", "A second person.") == 302
    assert case.decide(second, incidents[1], "dismissed", "It is a poster.") == 302
    assert [case.summary(one).state for one in incidents] == [STATE.DISMISSED, STATE.DISMISSED]
    assert set(case.holds().values()) == {HOLD.RELEASED}
    page = first.get(case.page).text
    assert "A second person." in page
    assert "It is a poster." in page


def test_decisions_of_one_page_are_recorded_all_or_none(site: Site, case: Case) -> None:
    incidents = [case.add(RULE.FACE_GONE, INCIDENT), case.add(RULE.SEVERAL_FACES, INCIDENT)]
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(case.page)
    form = {f"verdict-{one}": "dismissed" for one in incidents}
    calm(reviewer.post(case.page, {**form, f"reason-{incidents[0]}": "A pen."}), 422, "reason_required")
    assert {case.summary(one).state for one in incidents} == {STATE.OPEN}
    form |= {f"reason-{one}": "A pen." for one in incidents}
    assert reviewer.post(case.page, form).status_code == 302
    assert {case.summary(one).state for one in incidents} == {STATE.DISMISSED}


@pytest.mark.parametrize(
    ("form", "code"),
    [({}, "verdict_missing"), ({"verdict-x": "guilty"}, "verdict_missing")],
)
def test_broken_forms_are_refused_by_name(site: Site, case: Case, form: dict[str, str], code: str) -> None:
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(case.page)
    calm(reviewer.post(case.page, form), 422, code)


def test_a_decision_reaches_only_incidents_of_the_pages_attempt(site: Site, case: Case) -> None:
    other = open_case(site, name="Tenzin Dolma")
    incident = other.add(RULE.FACE_GONE, INCIDENT)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(case.page)
    answer = reviewer.post(case.page, {f"verdict-{incident}": "dismissed", f"reason-{incident}": "A pen."})
    calm(answer, 404, "incident_unknown")


def test_a_note_or_an_appeal_is_reached_only_by_the_page_of_its_attempt(site: Site, case: Case) -> None:
    other = open_case(site, name="Tenzin Dolma")
    note = other.add(RULE.SPEECH, NOTE)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(case.page)
    calm(reviewer.post(f"{case.page}/alerts/{note}/raise", {"reason": "A voice."}), 404, "alert_unknown")
    assert other.holds() == {}
    incident = other.add(RULE.FACE_GONE, INCIDENT)
    room = sitting.open_room(other.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    second, _ = another_reviewer(site, 1)
    for visitor in (reviewer, second):
        visitor.get(other.page)
        assert other.decide(visitor, incident, "upheld", "The chair is empty.") == 302
    other.learner.get("/learner/review")
    said = other.learner.post("/learner/review/appeal", {"incident": incident, "text": "I was there."})
    assert said.status_code == 302
    with site.parts.store.read(Actor.system()) as uow:
        appeal = proctor.appeals_of_attempt(uow, other.attempt_id)[incident]
    third, _ = another_reviewer(site, 2)
    third.get(case.page)
    granted = {"outcome": "granted", "reason": "The picture is dark."}
    calm(third.post(f"{case.page}/appeals/{appeal.id}", granted), 404, "appeal_unknown")
    assert other.holds() == {incident: HOLD.CONFIRMED}
    assert third.post(f"{other.page}/appeals/{appeal.id}", granted).status_code == 302
    assert other.holds() == {incident: HOLD.RELEASED}


def test_a_note_becomes_an_incident_by_a_person_with_a_reason_and_holds(site: Site, case: Case) -> None:
    note = case.add(RULE.SPEECH, NOTE)
    assert case.holds() == {}
    first, (second, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    first.get(case.page)
    path = f"{case.page}/alerts/{note}/raise"
    calm(first.post(path, {"reason": " "}), 422, "reason_required")
    assert first.post(path, {"reason": "Somebody dictates."}).status_code == 302
    ((incident, hold),) = case.holds().items()
    assert hold is HOLD.INTERIM
    summary = case.summary(incident)
    assert (summary.origin, summary.alert_id, summary.rule) == (proctor.Origin.NOTE, note, RULE.SPEECH)
    assert first.post(path, {"reason": "Once more."}).status_code == 302
    assert len(case.holds()) == 1
    own = first.post(case.page, {f"verdict-{incident}": "upheld", f"reason-{incident}": "I said so."})
    calm(own, 403, "reviewer_raised_it")
    page = second.get(case.page).text
    assert page.count("data-event") == 1
    assert page.split('id="events-title"')[1].count('class="strip"') == 1
    assert case.decide(second, incident, "dismissed", "It is the radio.") == 302
    assert case.holds() == {incident: HOLD.RELEASED}


def test_a_proctor_who_watched_may_look_but_not_decide(site: Site, case: Case) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    watcher, person_id = another_reviewer(site, 1)
    with site.parts.store.write(Actor.system()) as uow:
        proctor.record_watch(
            uow,
            case.session.sitting_id,
            organisation_id=case.session.organisation_id,
            proctor_id=person_id,
        )
    assert "data-open" not in watcher.get(case.page).text
    answer = watcher.post(case.page, {f"verdict-{incident}": "dismissed", f"reason-{incident}": "A pen."})
    calm(answer, 403, "reviewer_was_proctor")


MOST_QUERIES = 40


def test_the_page_asks_the_database_as_often_for_many_events_as_for_few(site: Site, case: Case) -> None:
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    asked: list[str] = []
    note = lambda *told: asked.append(told[2])  # noqa: E731

    def queries() -> int:
        asked.clear()
        assert reviewer.get(case.page).status_code == 200
        return len(asked)

    event.listen(site.parts.engine, "before_cursor_execute", note)
    case.add(RULE.FACE_GONE, INCIDENT)
    case.add(RULE.SPEECH, NOTE)
    few = queries()
    for _ in range(4):
        case.add(RULE.FACE_GONE, INCIDENT)
        case.add(RULE.SPEECH, NOTE)
    case.add_samples(10)
    many = queries()
    event.remove(site.parts.engine, "before_cursor_execute", note)
    assert many <= few
    assert many <= MOST_QUERIES


def test_another_tenants_attempt_is_not_there(site: Site, case: Case) -> None:
    calm(site.staff(Role.INTEGRITY_REVIEWER).get("/integrity/attempts/" + "0" * 26), 404, "attempt_unknown")
