# SPDX-License-Identifier: Apache-2.0
"""Who looks blind is led by nothing, sees something, and who brought a thing up does not decide it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.identity.model import Role
from core.privacy.model import DataClass, is_held
from core.uow import Actor
from proctor import api as proctor
from proctor.reviews.tables import ReviewTaskRow
from tests.web import world
from tests.web.calm import calm
from tests.web.reviewing import Case, another_reviewer
from tests.web.site import Site, Visitor
from tests.web.test_blind_reviews import PAGE, cases, draw, task_of
from web.privacy.export_watching import watching
from web.privacy.retention import kept_of

__all__ = ["cases"]
DAY = 86_400


def ask(site: Site, *, readers: int) -> None:
    """Each drawn attempt is looked at by so many people."""
    with site.parts.store.write(Actor.system()) as uow:
        for row in uow.db.scalars(select(ReviewTaskRow)):
            row.readers = readers


def me(site: Site) -> str:
    """The id of the reviewer of the sample data."""
    with site.parts.store.read(Actor.system()) as uow:
        return world.person(uow, Role.INTEGRITY_REVIEWER).id


def waiting(case: Case, person_id: str) -> set[str]:
    """The attempts that wait for a person."""
    with case.site.parts.store.read(Actor.system()) as uow:
        found = proctor.tasks_for(uow, person_id, organisation_id=case.session.organisation_id)
    return {one.attempt_id for one in found}


def marked(site: Site, case: Case, reader: Visitor) -> str:
    """The first look at an attempt marks a moment; where that mark would be made an incident."""
    path = f"{PAGE}/{task_of(site, case)}"
    moment = re.findall(r'name="moment" value="([0-9a-z]+)"', reader.get(path).text)[1]
    assert reader.post(path, {"answer": "marked", "moment": moment, "reason": "A phone."}).status_code == 302
    (raise_path,) = re.findall(rf'action="({PAGE}/[0-9a-z]+/marks/[0-9a-z]+/raise)"', reader.get(PAGE).text)
    return str(raise_path)


def test_who_looks_second_reads_nothing_of_the_first_before(site: Site, cases: tuple[Case, Case]) -> None:
    flagged, clean = cases
    first = draw(site, flagged)
    ask(site, readers=2)
    task = task_of(site, clean)
    raise_path = marked(site, clean, first)
    second, second_id = another_reviewer(site, 1)
    manager = site.staff(Role.MANAGER)
    assert clean.attempt_id in waiting(clean, second_id)
    for other in (second, manager):
        page = other.get(PAGE).text
        assert "A phone." not in page
        assert "1 of 1" not in page, "no figure leads either"
        assert "/raise" not in page
    calm(second.post(raise_path), 409, "moment_raised")
    assert clean.holds() == {}
    page = first.get(PAGE).text
    assert "A phone." in page, "the own words stay"
    assert "1 of 1" in page
    assert second.post(f"{PAGE}/{task}", {"answer": "nothing"}).status_code == 302
    for other in (second, manager):
        assert "A phone." in other.get(PAGE).text
    assert "0 of 1" in second.get(PAGE).text, "they did not agree"


def test_who_marked_it_does_not_decide_it_whoever_pressed_the_button(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, clean = cases
    marker = draw(site, flagged)
    ask(site, readers=1)
    raise_path = marked(site, clean, marker)
    raiser, _ = another_reviewer(site, 1)
    raiser.get(PAGE)
    assert raiser.post(raise_path).status_code == 302
    (incident,) = clean.holds()
    form = {f"verdict-{incident}": "upheld", f"reason-{incident}": "As I said."}
    for one in (marker, raiser):
        assert "So that nobody judges what they accused, others decide." in one.get(clean.page).text
        calm(one.post(clean.page, form), 403, "reviewer_raised_it")
        assert "So that nobody judges what they accused" in one.get(f"/integrity/incidents/{incident}").text
        single = one.post(f"/integrity/incidents/{incident}", {"verdict": "upheld", "reason": "As I said."})
        calm(single, 403, "reviewer_raised_it")
    for number in (2, 3):
        judge, _ = another_reviewer(site, number)
        judge.get(clean.page)
        assert clean.decide(judge, incident, "upheld", "A phone, yes.") == 302
    clean.learner.get("/learner/review")
    words = {"incident": incident, "text": "It was a mirror."}
    assert clean.learner.post("/learner/review/appeal", words).status_code == 302
    with site.parts.store.read(Actor.system()) as uow:
        (appeal,) = proctor.open_appeals(uow, organisation_id=clean.session.organisation_id)
    refused = {"outcome": "refused", "reason": "No mirror."}
    for one in (marker, raiser):
        calm(one.post(f"{clean.page}/appeals/{appeal.id}", refused), 403, "reviewer_raised_it")


@pytest.mark.parametrize("seen", ["review", "incident", "picture"])
def test_who_opened_an_attempt_or_saw_its_case_does_not_look_at_it_blind(
    site: Site, cases: tuple[Case, Case], seen: str
) -> None:
    flagged, clean = cases
    reader = draw(site, flagged)
    with site.parts.store.read(Actor.system()) as uow:
        shown = proctor.incident(
            uow, flagged.incidents[0], organisation_id=flagged.session.organisation_id
        ).evidence
    path = {
        "review": flagged.page,
        "incident": f"/integrity/incidents/{flagged.incidents[0]}",
        "picture": f"/integrity/evidence/{shown[0].id}.jpg",
    }[seen]
    both = {flagged.attempt_id, clean.attempt_id}
    assert waiting(flagged, me(site)) == both
    assert reader.get(path).status_code == 200
    assert waiting(flagged, me(site)) == {clean.attempt_id}
    assert waiting(flagged, another_reviewer(site, 1)[1]) == both


def test_pictures_of_one_a_minute_alone_do_not_end_the_blindness(
    site: Site, cases: tuple[Case, Case]
) -> None:
    reader = draw(site, cases[0])
    before = waiting(cases[0], me(site))
    page = reader.get(f"{PAGE}/{task_of(site, cases[0])}").text
    paths = re.findall(r'src="(/integrity/evidence/[0-9a-z]+.jpg)"', page)
    assert len(paths) == 4
    assert {reader.get(path).status_code for path in paths} == {200}
    assert waiting(cases[0], me(site)) == before


def test_the_name_of_a_blind_look_is_not_that_on_the_list_of_incidents(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, _ = cases
    reader = draw(site, flagged)
    label = re.findall(r"Learner [0-9A-Z]{4}", reader.get("/integrity/incidents").text)[0]
    assert label == f"Learner {flagged.attempt_id[-4:].upper()}"
    blind = reader.get(f"{PAGE}/{task_of(site, flagged)}").text
    assert re.findall(r"Learner [0-9A-Z]{4}", blind)
    assert label not in blind


def without_samples(case: Case) -> None:
    """The pictures of one a minute are deleted."""
    with case.site.parts.store.write(Actor.system()) as uow:
        proctor.delete_data(uow, case.attempt_id, DataClass.SAMPLES, blobs=case.site.parts.blobs)


def test_what_nobody_can_see_is_no_look_and_counts_for_nothing(site: Site, cases: tuple[Case, Case]) -> None:
    flagged, clean = cases
    reader = draw(site, flagged)
    task = task_of(site, clean)
    without_samples(clean)
    calm(reader.get(f"{PAGE}/{task}"), 409, "review_without_pictures")
    calm(reader.post(f"{PAGE}/{task}", {"answer": "nothing"}), 409, "review_without_pictures")
    assert waiting(clean, me(site)) == {flagged.attempt_id}
    with site.parts.store.read(Actor.system()) as uow:
        found = proctor.review_estimate(
            uow, organisation_id=clean.session.organisation_id, reader_id=me(site)
        )
    assert (found.missed.hits, found.missed.of, found.expected) == (0, 0, None)


def test_only_attempts_with_pictures_are_drawn_and_the_others_are_told(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, clean = cases
    without_samples(clean)
    reader = site.staff(Role.INTEGRITY_REVIEWER)
    assert "(1 without pictures)" in reader.get(PAGE).text
    without_samples(flagged)
    path = f"{PAGE}/sittings/{flagged.session.sitting_id}/draw"
    calm(reader.post(path), 409, "sample_without_pictures")
    flagged.add_samples(2)
    assert reader.post(path).status_code == 302
    with site.parts.store.read(Actor.system()) as uow:
        (sample,) = proctor.samples(uow, organisation_id=flagged.session.organisation_id)
        payload = uow.db.scalars(select(AuditRow.payload).where(AuditRow.name == "review_sample_drawn")).one()
    assert (sample.clean, sample.flagged, sample.looks) == (0, 1, 2)
    assert payload["without_pictures"] == 1


def test_the_page_says_of_how_many_the_looks_speak_and_the_learners_file_what_was_said(
    site: Site, cases: tuple[Case, Case]
) -> None:
    flagged, clean = cases
    reader = draw(site, flagged)
    assert "are like these" not in reader.get(PAGE).text, "nobody has looked"
    marked(site, clean, reader)
    with site.parts.store.read(Actor.system()) as uow:
        (said,) = watching(uow, clean.attempt_id)["blind_looks"]
    assert (said["answer"], said["reason"], said["became_an_incident"]) == ("marked", "A phone.", False)
    assert said["moment_at"] is not None
    assert "a person would see something in about 1 of 1 clean attempts" in reader.get(PAGE).text


def held(case: Case) -> list[str]:
    """Why the samples of an attempt stay, at the end of their period."""
    with case.site.parts.store.read(Actor.system()) as uow:
        (samples,) = [one for one in kept_of(uow, [case.attempt_id]) if one.data_class is DataClass.SAMPLES]
    return [one for one in sorted(samples.holds) if is_held(DataClass.SAMPLES, frozenset({one}))]


def test_samples_stay_while_a_look_or_a_mark_waits_and_not_for_ever(
    site: Site, cases: tuple[Case, Case]
) -> None:
    _, clean = cases
    assert held(clean) == [], "nothing was drawn"
    reader = draw(site, cases[0])
    ask(site, readers=1)
    assert held(clean) == ["look_open"]
    assert "A person still has to look at these pictures." in clean.learner.get("/learner/data").text
    with site.parts.store.read(Actor.system()) as uow:
        others = {one.data_class for one in kept_of(uow, [clean.attempt_id]) if one.held}
        assert others == {DataClass.SAMPLES}, "a look needs no more"
        assert proctor.open_cases(uow, [clean.attempt_id]) == {}, "it stands against no erasure"
    marked(site, clean, reader)
    site.clock.advance(29 * DAY)
    assert held(clean) == ["look_open"], "the mark waits"
    site.clock.advance(2 * DAY)
    assert held(clean) == [], "nobody did anything with it"


def test_samples_of_what_was_looked_at_go(site: Site, cases: tuple[Case, Case]) -> None:
    _, clean = cases
    reader = draw(site, cases[0])
    ask(site, readers=1)
    path = f"{PAGE}/{task_of(site, clean)}"
    reader.get(path)
    assert reader.post(path, {"answer": "nothing"}).status_code == 302
    assert held(clean) == []
