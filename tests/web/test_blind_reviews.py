# SPDX-License-Identifier: Apache-2.0
"""The blind look at a sample: the draw, what is shown and what not, the answers, and an incident out of a mark."""

from __future__ import annotations

import re

import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.operations import keep_watched
from tests.web import sitting
from tests.web.calm import calm
from tests.web.reviewing import INCIDENT, Case, another_reviewer, open_case
from tests.web.site import Site, Visitor

RULE = proctor.RuleName
PAGE = "/integrity/reviews"


@pytest.fixture
def cases(site: Site) -> tuple[Case, Case]:
    """A flagged and a clean attempt of one sitting, both over."""
    flagged, clean = open_case(site), open_case(site, name="Tenzin Dolma")
    flagged.add(RULE.FACE_GONE, INCIDENT)
    for case in (flagged, clean):
        case.add_samples(4)
        room = sitting.open_room(case.learner)
        room.answer_everything()
        assert room.hand_in().status_code == 200
    return flagged, clean


def draw(site: Site, case: Case) -> Visitor:
    """The sample of the case's sitting, drawn by the reviewer of the sample data."""
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(PAGE)
    assert reviewer.post(f"{PAGE}/sittings/{case.session.sitting_id}/draw").status_code == 302
    return reviewer


def tasks(visitor: Visitor) -> list[str]:
    """The page that the list offers next."""
    return re.findall(rf'href="({PAGE}/[0-9a-z]{{26}})"', visitor.get(PAGE).text)


def task_of(site: Site, case: Case) -> str:
    """The task of an attempt, whoever asks."""
    with site.parts.store.read(Actor.system()) as uow:
        waiting = proctor.tasks_for(uow, "nobody", organisation_id=case.session.organisation_id)
    return next(one.id for one in waiting if one.attempt_id == case.attempt_id)


def test_a_sitting_is_drawn_once_when_it_is_over(site: Site, cases: tuple[Case, Case]) -> None:
    reviewer = draw(site, cases[0])
    again = reviewer.post(f"{PAGE}/sittings/{cases[0].session.sitting_id}/draw")
    calm(again, 409, "sample_drawn")
    calm(reviewer.post(f"{PAGE}/sittings/{'0' * 26}/draw"), 404, "sample_empty")
    with site.parts.store.read(Actor.system()) as uow:
        (sample,) = proctor.samples(uow, organisation_id=cases[0].session.organisation_id)
    assert (sample.clean, sample.flagged, sample.percent, sample.done) == (1, 1, 5, 0)
    assert str(sample.seed) in site.staff(Role.MANAGER).get(PAGE).text


def test_while_somebody_is_watched_nothing_is_drawn(site: Site) -> None:
    case = open_case(site)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(PAGE)
    calm(reviewer.post(f"{PAGE}/sittings/{case.session.sitting_id}/draw"), 409, "sample_too_early")


@pytest.mark.parametrize("typed", ["", "0", "101", "five", "5.5"])
def test_a_share_that_is_none_is_refused(site: Site, typed: str) -> None:
    manager = site.staff(Role.MANAGER)
    manager.get(PAGE)
    calm(manager.post(f"{PAGE}/share", {"percent": typed}), 422, "review_settings_malformed")


def test_the_share_is_kept(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    manager.get(PAGE)
    for typed in ("20", "30"):
        assert manager.post(f"{PAGE}/share", {"percent": typed}).status_code == 302
    assert 'value="30"' in manager.get(PAGE).text


def test_who_looks_sees_pictures_and_no_mark_of_the_machine(site: Site, cases: tuple[Case, Case]) -> None:
    reviewer = draw(site, cases[0])
    page = reviewer.get(f"{PAGE}/{task_of(site, cases[0])}").text
    assert page.count('name="moment"') == 4
    for word in ("No face", "incident", "Fatima", "raised"):
        assert word not in page.split("<main")[1]


def test_answers_become_misses_and_agreement_and_a_mark_an_incident(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, clean = cases
    first = draw(site, flagged)
    second, _ = another_reviewer(site, 1)
    task = task_of(site, clean)
    moment = re.findall(r'name="moment" value="([0-9a-z]+)"', first.get(f"{PAGE}/{task}").text)[1]
    path = f"{PAGE}/{task}"
    calm(first.post(path, {"answer": "perhaps"}), 422, "verdict_missing")
    calm(first.post(path, {"answer": "marked", "reason": "A phone."}), 422, "moment_missing")
    calm(first.post(path, {"answer": "marked", "moment": moment}), 422, "reason_required")
    with site.parts.store.read(Actor.system()) as uow:
        elsewhere = proctor.evidence_of_attempt(uow, flagged.attempt_id)[0].id
        photo = next(
            one.id
            for one in proctor.evidence_of_attempt(uow, clean.attempt_id)
            if one.kind is proctor.EvidenceKind.IDENTITY_PHOTO
        )
    for other in (elsewhere, photo, "0" * 26):
        strange = {"answer": "marked", "moment": other, "reason": "A phone."}
        calm(first.post(path, strange), 404, "evidence_unknown")
    marked = {"answer": "marked", "moment": moment, "reason": "A phone."}
    assert first.post(path, marked).status_code == 302
    calm(first.post(path, marked), 409, "review_answered")
    other = f"{PAGE}/{task_of(site, flagged)}"
    second.get(other)
    assert second.post(other, {"answer": "nothing"}).status_code == 302
    page = first.get(PAGE).text
    assert "1 of 1" in page
    assert "2.5 – 100.0 %" in page
    (raise_path,) = re.findall(rf'action="({PAGE}/[0-9a-z]+/marks/[0-9a-z]+/raise)"', page)
    assert first.post(raise_path).status_code == 302
    calm(first.post(raise_path), 409, "moment_raised")
    ((incident, hold),) = clean.holds().items()
    assert hold is assessor.HoldState.INTERIM
    summary = clean.summary(incident)
    assert (summary.origin, summary.rule, summary.raised_reason) == (proctor.Origin.PERSON, None, "A phone.")
    assert "Seen by a person" in second.get(clean.page).text
    with site.parts.store.read(Actor.system()) as uow:
        samples = [one for one in proctor.evidence_of_attempt(uow, clean.attempt_id) if not one.incident_id]
        found = proctor.incident(uow, incident, organisation_id=clean.session.organisation_id)
    assert [(one.kind.value, one.captured_at) for one in found.evidence] == [
        ("before", samples[0].captured_at),
        ("raised", samples[1].captured_at),
        ("after", samples[2].captured_at),
    ], "what the mark was put on, and what came before and after it"
    assert [one.sha256 for one in found.evidence] == [one.sha256 for one in samples[:3]]
    with site.parts.store.write(Actor.system()) as uow:
        site.parts.blobs.forget(f"{clean.attempt_id}:sample", uow)
        kept = proctor.view_evidence(
            uow,
            found.evidence[1].id,
            organisation_id=clean.session.organisation_id,
            blobs=site.parts.blobs,
        )
    assert kept.data.startswith(b"\xff\xd8"), "the case does not end with the samples"


def test_managers_read_how_often_rules_spoke_about_honest_learners(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, clean = cases
    other = {"seconds": 7200.0, "rules": {"face_gone": {"available": 7200.0}}}
    with site.parts.store.write(Actor.system()) as uow:
        for case in (flagged, clean):
            keep_watched(uow, case.session.id, other)
    page = site.staff(Role.MANAGER).get(PAGE).text.split('id="honest-title"')[1].split("</section>")[0]
    assert "4.0 honest learner-hours watched" in page
    assert "2 tests without an upheld incident" in page
    row = page.split("No face to be seen")[1].split("</tr>")[0]
    assert re.findall(r">([0-9.]+)(?: <|</td>)", row) == ["4.0", "1", "0.25", "1.19"]
    assert "(1 not decided)" in row
    assert "too few hours to say" in row, "one alert in four hours is no proof either way"
    assert "missed" not in row
    for number in (1, 2):
        reviewer, _ = another_reviewer(site, number)
        reviewer.get(flagged.page)
        assert flagged.decide(reviewer, flagged.incidents[0], "upheld", "The chair is empty.") == 302
    page = site.staff(Role.INTEGRITY_REVIEWER).get(PAGE).text
    assert "2.0 honest learner-hours watched" in page
    assert "1 test with an upheld incident is left out." in page
    assert "No face to be seen</th>" in page


def test_attempts_that_one_decided_or_watched_go_to_others(site: Site, cases: tuple[Case, Case]) -> None:
    flagged, clean = cases
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    reviewer.get(flagged.page)
    assert flagged.decide(reviewer, flagged.incidents[0], "dismissed", "A pen.") == 302
    draw(site, flagged)
    known = task_of(site, flagged)
    calm(reviewer.get(f"{PAGE}/{known}"), 404, "review_task_unknown")
    calm(reviewer.post(f"{PAGE}/{known}", {"answer": "nothing"}), 403, "review_not_blind")
    watcher, person_id = another_reviewer(site, 1)
    with site.parts.store.write(Actor.system()) as uow:
        proctor.record_watch(
            uow,
            clean.session.sitting_id,
            organisation_id=clean.session.organisation_id,
            proctor_id=person_id,
        )
    assert tasks(watcher) == []
