# SPDX-License-Identifier: Apache-2.0
"""A wrong key on the pages: found, asked, looked at, approved by somebody else, and told to everybody whom it concerns."""

from __future__ import annotations

import json
import re
from pathlib import Path

from assessor import api as assessor
from core.identity.model import Role
from core.notices.tables import NoticeRow
from core.uow import Actor
from item_bank import api as bank
from tests.db.corrected import rederive
from tests.web import sitting, world
from tests.web.batches import line_of
from tests.web.calm import calm
from tests.web.site import Site, Visitor

REASON = "The author and two learners found the key wrong."


def declared_result(site: Site, name: str = world.UNTOUCHED) -> str:
    """A learner with a declared result, who answered whatever came first."""
    room = sitting.begin(site.learner(name))
    room.answer_everything()
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, name)
    result = line_of(site, name).result
    assert result is not None
    assert site.staff(Role.MANAGER).post(f"/manager/results/{result.id}/declare").status_code == 302
    site.worker.round()
    return result.id


def wrong_choice(site: Site, name: str = world.UNTOUCHED) -> str:
    """An item version that the learner got wrong."""
    entry_id = line_of(site, name).entry.id
    with site.parts.store.read(Actor.system()) as uow:
        outcomes = assessor.entry_outcomes(uow, assessor.learner_entry(uow, entry_id))
        versions = bank.item_versions(uow, outcomes)
    return next(
        version_id
        for version_id, outcome in outcomes.items()
        if not outcome.matched and versions[version_id].content.interaction is bank.Interaction.CHOICE_SINGLE
    )


def ask(site: Site, version_id: str, **filled: str) -> tuple[Visitor, str]:
    """Ask as the manager; the visitor and the address of the correction."""
    manager = site.staff(Role.MANAGER)
    assert manager.get(f"/corrections/new?item={version_id}").status_code == 200
    form = {"item": version_id, "kind": "everybody", "policy": "harm-free", "reason": REASON, **filled}
    answer = manager.post("/corrections/new", form)
    assert answer.status_code == 302, answer.text
    return manager, answer.headers["Location"]


def approve(site: Site, page: str) -> Visitor:
    reviewer = site.staff(Role.REVIEWER)
    shown = re.search(r'name="shown" value="(sha256:[0-9a-f]{64})"', reviewer.get(page).text)
    assert shown is not None
    assert reviewer.post(f"{page}/approve", {"shown": shown.group(1)}).status_code == 302
    return reviewer


def test_a_wrong_key_is_found_by_its_words_and_asked_about(site: Site) -> None:
    declared_result(site)
    item = wrong_choice(site)
    manager = site.staff(Role.MANAGER)
    with site.parts.store.read(Actor.system()) as uow:
        version = bank.item_versions(uow, [item])[item]
    found = manager.get(f"/corrections/new?q={version.external_id}").text
    assert f"/corrections/new?item={item}" in found
    assert "Nothing fits" in manager.get("/corrections/new?q=nothing-like-this").text
    refused = manager.post(
        "/corrections/new",
        {"item": item, "kind": "keyed", "policy": "full", "reason": REASON, "accepted": "Z"},
    )
    assert refused.status_code == 422
    assert "makes no sense for this question" in refused.text
    assert "found the key wrong" in refused.text, "what was typed is kept"
    calm(manager.post("/corrections/new", {"item": "nothing", "kind": "everybody"}), 404, "item_unknown")


def test_the_difference_is_shown_with_names_to_managers_alone(site: Site) -> None:
    declared_result(site)
    manager, page = ask(site, wrong_choice(site))
    own = manager.get(page).text
    assert "What would change" in own
    assert world.UNTOUCHED in own
    assert "Approve and sign" not in own, "who asked does not decide"
    reviewer = site.staff(Role.REVIEWER).get(page).text
    assert "Approve and sign" in reviewer
    assert world.UNTOUCHED not in reviewer
    assert "Candidate 1" in reviewer
    listed = manager.get(f"{page}?format=csv").text
    assert "number,name,before,after" in listed.splitlines()[0]
    assert "asked" in manager.get("/corrections?format=csv").text


def test_an_approved_correction_supersedes_what_was_declared_and_tells_everybody(
    site: Site, tmp_path: Path
) -> None:
    before = declared_result(site)
    learner = site.learner(world.UNTOUCHED)
    assert learner.get("/learner/result").status_code == 200
    learner.post("/language", {"language": "en"})
    site.pull()
    manager, page = ask(site, wrong_choice(site))
    approve(site, page)
    site.worker.round()

    assert "Carried out" in manager.get(page).text
    line = line_of(site, world.UNTOUCHED)
    assert line.result is not None
    assert (line.result.state, line.can_be_declared) == (assessor.ResultState.PROVISIONAL, True)
    calm(learner.get("/learner/result"), 409, "result_not_declared")
    assert "Your result was computed again" in learner.get("/learner").text
    with site.parts.store.read(Actor.system()) as uow:
        told = uow.db.query(NoticeRow).filter(NoticeRow.subject_id == line.entry.id).all()
        assert [row.kind.value for row in told].count("decision_made") == 1
    feed = site.pull().json["results"]  # type: ignore[index]
    assert [(one["id"], one["state"]) for one in feed] == [(before, "superseded")]
    body = site.staff(Role.AWARDING_BODY).get(f"/awarding/results/{before}").text
    assert "This result no longer counts: a key was wrong" in body
    assert REASON in body
    assert "Computed by a corrected key" in manager.get(f"/manager/results/{line.result.id}").text

    assert manager.post(f"/manager/results/{line.result.id}/declare").status_code == 302
    own = learner.get("/learner/result")
    assert own.status_code == 200
    assert "The key of a question in your test was wrong." in own.text
    assert [one["sequence"] for one in site.pull().json["results"]] == [1, 2]  # type: ignore[index]
    file = manager.post(f"/corrections/records/{line.entry.sitting.batch_id}")
    assert "attachment" in file.headers["Content-Disposition"]
    assert rederive(json.loads(file.text), tmp_path)[0] == 0


def test_an_approval_of_another_difference_than_the_one_shown_is_refused(site: Site) -> None:
    declared_result(site)
    _, page = ask(site, wrong_choice(site))
    reviewer = site.staff(Role.REVIEWER)
    reviewer.get(page)
    calm(reviewer.post(f"{page}/approve", {"shown": "sha256:" + "0" * 64}), 409, "correction_changed")
    assert reviewer.post(f"{page}/refuse", {"answer": "The key is right."}).status_code == 302
    assert "Refused" in reviewer.get(page).text
    calm(reviewer.post(f"{page}/refuse", {"answer": "The key is right."}), 409, "correction_state")


def test_who_asked_takes_it_back(site: Site) -> None:
    declared_result(site)
    manager, page = ask(site, wrong_choice(site))
    manager.get(page)
    assert manager.post(f"{page}/take-back").status_code == 302
    assert "Taken back" in manager.get(page).text
