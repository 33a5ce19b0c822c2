# SPDX-License-Identifier: Apache-2.0
"""What could not be seen in a test is said to whoever reviews it, to the learner, and in the learner's file."""

from __future__ import annotations

from typing import Any

import pytest

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.watch_record import WatchRecord
from tests.web import sitting
from tests.web.reviewing import Case, open_case
from tests.web.site import Site
from web.presenters.how_watched import how_watched, why_words
from web.presenters.watching import effect_lines
from web.privacy.export_watching import watching

RULE = proctor.RuleName
PARTLY: dict[str, Any] = {
    "seconds": 3600.0,
    "rules": {
        "face_gone": {"available": 3600.0},
        "phone_possible": {"available": 1800.0, "not_available": 1800.0},
        "looking_away": {"not_available": 3600.0},
        "speech": {"exempted": 3600.0},
        "someone_else": {"available": 3595.0, "not_available": 5.0},
    },
    "modes": {"full": 3600.0},
    "why": {"phone_possible": ["size"], "looking_away": ["calibration"], "someone_else": ["identity"]},
    "frames": {"looked": 1400, "claimed": 0, "left_out": 2160, "late": 40, "unreadable": 1, "refused": 0},
    "networks": {"faces": "a" * 64},
}


@pytest.fixture
def case(site: Site) -> Case:
    made = open_case(site)
    room = sitting.open_room(made.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    made.learner.get("/learner")
    return made


def keep(case: Case, watched: dict[str, Any]) -> None:
    with case.site.parts.store.write(Actor.system()) as uow:
        proctor.keep_watched(uow, case.session.id, watched)


def pages(case: Case) -> list[str]:
    reviewer = case.site.staff(Role.INTEGRITY_REVIEWER)
    return [reviewer.get(case.page).text, case.learner.get("/learner/review").text]


def test_what_nobody_could_see_is_said_to_reviewer_and_learner_alike(case: Case) -> None:
    keep(case, PARTLY)
    for page in pages(case):
        part = page.split('id="how-title"')[1].split("</section>")[0]
        words = " ".join(part.split())
        assert "Watched for 60 minutes." in words
        assert "Possibly a phone: 30 minutes" in words
        assert "the pictures were too small" in words
        assert "Looking away: the whole time" in words
        assert "no twenty seconds at the start" in words
        assert "Not checked, because of an exemption" in words
        assert "Speech heard" in words
        assert "2160 pictures left out: the server had too much to do." in words
        assert "The face differs from the photo:" not in words, "five seconds of an hour are no news"
        assert "Not validated on people: Possibly a phone, The face differs from the photo" in words
        assert "All that was planned could be seen." not in words


def test_a_rule_that_is_no_more_is_left_out_and_breaks_no_page(case: Case) -> None:
    gone = {"gone_rule": {"not_available": 3600.0, "exempted": 9.0, "available": 9.0}}
    keep(case, {**PARTLY, "rules": {**PARTLY["rules"], **gone}, "why": {"gone_rule": ["size"]}})
    for page in pages(case):
        assert "Looking away: the whole time" in " ".join(page.split())
        assert "gone_rule" not in page


def test_without_a_record_nothing_is_called_seen(case: Case) -> None:
    keep(case, {})
    for page in pages(case):
        assert "That nothing was noted proves nothing." in page
        assert "All that was planned could be seen." not in page


def test_where_all_could_be_seen_the_page_says_so(case: Case) -> None:
    keep(case, {"seconds": 600.0, "rules": {"face_gone": {"available": 600.0}}, "frames": {"looked": 600}})
    for page in pages(case):
        assert "All that was planned could be seen." in page


def test_what_a_rule_lacked_is_told_in_words() -> None:
    assert why_words(["size", "calibration"]) == "no twenty seconds at the start, the pictures were too small"
    assert why_words(["movements"]) == "none were asked for during the test"
    assert why_words(["objects", "mesh"]) == "a model was not there"


def test_who_grants_the_exemption_of_a_veil_reads_that_a_person_is_enough() -> None:
    said = "A hidden face counts for nothing while a person is in view"
    assert said in effect_lines("veil")
    assert said not in effect_lines("movement")


def test_a_record_survives_being_written() -> None:
    record = WatchRecord.resumed(PARTLY)
    again = record.to_json({"looked": 1}, networks={"faces": "a" * 64})
    assert again == {**PARTLY, "frames": {**PARTLY["frames"], "looked": 1401}}


def test_the_learners_file_has_the_same_numbers(case: Case) -> None:
    keep(case, PARTLY)
    with case.site.parts.store.read(Actor.system()) as uow:
        found = watching(uow, case.attempt_id)["watched"]["how_well"]
        session = proctor.session_of_attempt(uow, case.attempt_id)
    assert found == PARTLY
    assert session is not None
    assert how_watched(session)["minutes"] == 60
