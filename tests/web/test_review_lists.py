# SPDX-License-Identifier: Apache-2.0
"""The lists of a reviewer, the way from attempt to attempt, and the page of one incident: what stands on them."""

from __future__ import annotations

import re

import pytest

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web import world
from tests.web.reviewing import INCIDENT, NOTE, Case, another_reviewer, open_case
from tests.web.site import Site
from web.wiring import raise_by_hand

RULE = proctor.RuleName
LIST, NOTES = "/integrity/incidents", "/integrity/notes"
MARK = "not validated on people"


@pytest.fixture
def case(site: Site) -> Case:
    return open_case(site)


def counts(page: str) -> list[int]:
    """What the tabs say: to be decided, notes alone, dismissed, upheld."""
    return [int(one) for one in re.findall(r'<span class="pill">(\d+)</span>', page)]


def test_an_attempt_with_notes_alone_is_found_until_one_is_made_an_incident(site: Site, case: Case) -> None:
    other = open_case(site, name="Tenzin Dolma")
    other.add(RULE.FACE_GONE, INCIDENT)
    other.add(RULE.SPEECH, NOTE)
    note = case.add(RULE.CAMERA_LOOPED, NOTE)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    listed = reviewer.get(LIST).text
    assert f'href="{NOTES}"' in listed
    assert counts(listed) == [1, 1, 0, 0]
    page = reviewer.get(NOTES).text
    assert f'href="{case.page}"' in page
    assert f'href="{other.page}"' not in page
    assert "Pictures repeat" in page
    assert page.count(MARK) == 1
    assert "Fatima" not in page
    assert "Nobody looked yet" in page
    assert case.attempt_id in reviewer.get(f"{NOTES}?format=csv").text
    assert f'href="{NOTES}"' in reviewer.get(case.page).text
    assert f'href="{LIST}"' in reviewer.get(other.page).text.split("<h1")[0].split('class="trail')[1]
    assert "Nobody looked yet" not in reviewer.get(NOTES).text
    assert "Looked at" in reviewer.get(NOTES).text
    raised = reviewer.post(f"{case.page}/alerts/{note}/raise", {"reason": "The same arm, again and again."})
    assert raised.status_code == 302
    assert f'href="{case.page}"' not in reviewer.get(NOTES).text
    assert counts(reviewer.get(NOTES).text) == [2, 0, 0, 0]


def test_every_page_of_the_review_stands_under_incidents(site: Site, case: Case) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    for path in (LIST, NOTES, case.page, f"{LIST}/{incident}"):
        (entry,) = re.findall(rf'<a href="{LIST}"[^>]*>Incidents</a>', reviewer.get(path).text)
        assert "aria-current" in entry, path
    (entry,) = re.findall(rf'<a href="{LIST}"[^>]*>Incidents</a>', reviewer.get("/integrity/reviews").text)
    assert "aria-current" not in entry


def test_the_way_on_never_leads_back_to_what_waits_for_somebody_else(site: Site, case: Case) -> None:
    other = open_case(site, name="Tenzin Dolma")
    first, second = case.add(RULE.FACE_GONE, INCIDENT), other.add(RULE.FACE_GONE, INCIDENT)
    reviewer, (further, _) = site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(site, 1)
    onward = f'href="{other.page}" data-next-attempt'
    assert onward in reviewer.get(case.page).text
    assert case.decide(reviewer, first, "upheld", "The chair is empty.") == 302
    assert onward in reviewer.get(case.page).text
    assert "data-next-attempt" not in reviewer.get(other.page).text
    assert f"{LIST}/{first}" not in reviewer.get(f"{LIST}/{second}").text
    assert f'href="{case.page}" data-next-attempt' in further.get(other.page).text
    assert f'href="{LIST}/{first}"' in further.get(f"{LIST}/{second}").text


def test_the_list_and_the_page_of_an_incident_say_what_was_never_tried_on_people(
    site: Site, case: Case
) -> None:
    incident = case.add(RULE.SOMEONE_ELSE, INCIDENT)
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    assert reviewer.get(LIST).text.count(MARK) == 1
    page = reviewer.get(f"{LIST}/{incident}").text
    assert page.count(MARK) == 1
    assert "The face differs from the photo for 6.2 s; raised after 3.75 s." in page
    tried = case.add(RULE.FACE_GONE, INCIDENT)
    assert MARK not in reviewer.get(f"{LIST}/{tried}").text
    assert reviewer.get(LIST).text.count(MARK) == 1


@pytest.mark.parametrize("rule", [rule for rule in RULE if proctor.weight_of(rule) is INCIDENT])
def test_every_rule_that_may_hold_a_result_is_explained(
    site: Site, case: Case, rule: proctor.RuleName
) -> None:
    page = site.staff(Role.INTEGRITY_REVIEWER).get(f"{LIST}/{case.add(rule, INCIDENT)}").text
    for heading in ("What the rule sees", "Often harmless", "Look for"):
        assert f"<dt>{heading}</dt>" in page


def test_what_a_person_raised_says_so_and_has_no_empty_guidance(site: Site, case: Case) -> None:
    with site.parts.store.write(Actor.system()) as uow:
        incident = raise_by_hand(
            world.acting_as(uow, world.person(uow, Role.PROCTOR)),
            case.attempt_id,
            organisation_id=case.session.organisation_id,
            reason="A second chair stands beside.",
            blobs=site.parts.blobs,
        )
    page = site.staff(Role.INTEGRITY_REVIEWER).get(f"{LIST}/{incident.id}").text
    assert "A second chair stands beside." in page
    assert "How to read it" not in page
    assert "Measured against the limits" not in page
    assert "A person saw this and raised it; no rule of the machine spoke." in page


def test_the_page_of_an_incident_holds_what_the_learner_said_and_how_the_appeal_ended(
    site: Site, case: Case
) -> None:
    incident = case.add(RULE.FACE_GONE, INCIDENT)
    case.hand_in()
    case.learner.get("/learner/review")
    said = {"incident": incident, "reason": "light_went_out", "text": "The fuse blew."}
    assert case.learner.post("/learner/review/explain", said).status_code == 302
    reviewers = [
        site.staff(Role.INTEGRITY_REVIEWER),
        *(another_reviewer(site, number)[0] for number in (1, 2)),
    ]
    page = f"{LIST}/{incident}"
    text = reviewers[0].get(page).text
    assert "The light went out" in text
    assert "The fuse blew." in text
    for number, reviewer in enumerate(reviewers[:2]):
        reviewer.get(case.page)
        assert case.decide(reviewer, incident, "upheld", f"Empty chair {number}.") == 302
    both = reviewers[2].get(page).text
    assert "Empty chair 0." in both
    assert "Empty chair 1." in both
    case.learner.get("/learner/review")
    appealed = case.learner.post("/learner/review/appeal", {"incident": incident, "text": "I sat there."})
    assert appealed.status_code == 302
    assert "I sat there." in reviewers[2].get(page).text
    (path,) = re.findall(rf'action="({case.page}/appeals/[0-9a-z]+)"', reviewers[2].get(case.page).text)
    granted = {"outcome": "granted", "reason": "The lamp is off in each picture."}
    assert reviewers[2].post(path, granted).status_code == 302
    after = reviewers[2].get(page).text
    assert "The lamp is off in each picture." in after
    assert "Granted" in after
    assert "The incident is dismissed, the hold lifted." in after
