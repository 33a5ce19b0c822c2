# SPDX-License-Identifier: Apache-2.0
"""A manager builds a blueprint, sees it proved, records a reason, draws papers; an awarding body reads along."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.identity.model import Role
from tests.web.site import Site, Visitor
from tests.web.stage import NEW_BATCH


def fields(visitor: Visitor) -> dict[str, Any]:
    """The builder's form as the page offers it."""
    page = visitor.get("/blueprints/new").text
    typed = re.findall(r'<input class="input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)
    credential = re.findall(r'name="credential" value="([^"]+)"', page)[0]
    chosen = {"language": ["en", "hi"], "component": "theory", "among": "draw", "credential": credential}
    return {**dict(typed), **chosen}


def save(visitor: Visitor, **changes: Any) -> str:
    """Save a blueprint and return its address."""
    answer = visitor.post(
        "/blueprints/new", {**fields(visitor), "action": "save", "name": "December", **changes}
    )
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_manager_builds_proves_draws_and_replays(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    sent = fields(manager)
    assert {name: sent[name] for name in ("items:PC1", "minutes", "overlap", "master_fails")} == {
        "items:PC1": "4",
        "minutes": "15",
        "overlap": "0",
        "master_fails": "10",
    }
    address = save(manager, **{"easy:PC1": "1-2", "hard:": "3-9", "type:text_entry": "0-20"})
    page = manager.get(address).text
    assert "Yes: 3 papers can be made at once." in page
    assert "Every decision is supported" in page
    assert "PC1 easy: 1–2" in page
    drawn = manager.post(f"{address}/draw", {"papers": "2"})
    assert drawn.status_code == 302
    page = manager.get(address).text
    assert "2 papers are drawn and sealed." in page
    replay = re.findall(r'action="(/blueprints/draws/[^"]+/replay)"', page)[0]
    assert manager.post(replay).status_code == 302
    assert "byte by byte" in manager.get(address).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hard:PC4": "4"}, "PC4 needs 8 more live items of difficulty hard."),
        ({"papers": "4"}, "PC1 needs 2 more live items."),
        ({"minutes": "1"}, "The time is too short by"),
        ({"items:PC2": "x"}, "Write a number such as 4, or a range such as 2-4."),
        ({"items:PC2": "5-2"}, "The first number of a range is the smaller one."),
        ({"easy:": "20", "hard:": "20"}, "No bank can fill this"),
        ({"enemies": "SDP-PC1-01, NOBODY"}, "The bank has no item “NOBODY”."),
        ({"enemies": "SDP-PC1-01"}, "enemies are at least two"),
        ({"tags": "no number"}, "is not a tag, a colon and a number or range"),
        ({"tags": "case: 1-2"}, "With the tag case."),
        ({"master_fails": "101"}, "Enter a percentage from 0 to 100."),
        ({"minutes": "16"}, "The paper takes longer than its component may."),
        ({"language": []}, "Choose at least one language."),
        ({"component": "project"}, "There is nothing to choose"),
        ({"master_fails": "1"}, "Papers are refused because of PC1, PC2, PC3, PC4"),
        ({"exposure": "1"}, "No: 3 papers cannot be made."),
    ],
)
def test_the_proof_says_what_is_missing_or_wrong(site: Site, changes: dict[str, Any], words: str) -> None:
    manager = site.staff(Role.MANAGER)
    sent = {**fields(manager), **changes}
    answer = manager.post("/blueprints/proof", sent)
    assert answer.status_code == 200
    assert words in answer.text


def test_a_wrong_form_is_shown_again_with_what_was_typed(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    sent = {**fields(manager), "action": "save", "name": "", "enemies": "SDP-PC1-01, SDP-PC1-02"}
    answer = manager.post("/blueprints/new", sent)
    assert answer.status_code == 422
    assert "SDP-PC1-01, SDP-PC1-02" in answer.text
    assert "The name is missing or too long." in answer.text
    contradiction = {**sent, "name": "X", "easy:": "20", "hard:": "20"}
    refused = manager.post("/blueprints/new", contradiction)
    assert refused.status_code == 422
    assert "easy: 20–20" in refused.text
    checked = manager.post("/blueprints/new", {**sent, "action": "check"})
    assert checked.status_code == 200
    assert "Can the bank fill it?" in checked.text


def test_a_blocked_blueprint_waits_for_a_reason(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    address = save(manager, master_fails="1")
    refused = manager.post(f"{address}/draw", {"papers": "1"})
    assert refused.status_code == 409
    assert "cannot support the thresholds of PC1, PC2, PC3, PC4" in refused.text
    assert manager.post(f"{address}/reason", {"reason": "short"}).status_code == 422
    reason = "The awarding body asked for a strict pilot."
    assert manager.post(f"{address}/reason", {"reason": reason}).status_code == 302
    page = manager.get(address).text
    assert reason in page
    assert "A reason is recorded for PC1, PC2, PC3, PC4" in page
    assert manager.post(f"{address}/draw", {"papers": "1"}).status_code == 302
    assert manager.post(f"{address}/draw", {"papers": "many"}).status_code == 422
    body = site.staff(Role.AWARDING_BODY)
    assert reason in body.get(address).text


def test_the_awarding_body_reads_but_changes_nothing(site: Site) -> None:
    address = save(site.staff(Role.MANAGER), enemies="SDP-PC1-01, SDP-PC1-02")
    body = site.staff(Role.AWARDING_BODY)
    assert "December" in body.get("/blueprints").text
    page = body.get(address).text
    assert "Can the bank fill it?" in page
    assert "SDP-PC1-01" not in page
    assert "Draw and seal" not in page
    assert body.get("/blueprints/new").status_code == 404
    assert body.post(f"{address}/draw", {"papers": "1"}).status_code == 404


def test_a_batch_is_made_with_a_chosen_blueprint(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    address = save(manager, **{"easy:": "8-10"})
    blueprint_id = address.rpartition("/")[2]
    page = manager.get(f"/manager/batches/new?blueprint={blueprint_id}").text
    assert f'<option value="{blueprint_id}" selected>' in page
    credential = fields(manager)["credential"]
    sent = {**NEW_BATCH, "credential_version_id": credential, "blueprint_id": blueprint_id}
    assert manager.post("/manager/batches/new", sent).status_code == 200
    strict = save(manager, name="Strict", master_fails="1").rpartition("/")[2]
    refused = manager.post("/manager/batches/new", {**sent, "name": "Nagpur", "blueprint_id": strict})
    assert refused.status_code == 409
    assert "cannot support the thresholds" in refused.text


def test_the_coverage_matrix_counts_and_downloads(site: Site) -> None:
    for role in (Role.MANAGER, Role.AUTHOR, Role.AWARDING_BODY):
        page = site.staff(role).get("/blueprints/coverage").text
        assert page.count("live of 12") == 6
        assert page.count("heat__cell--4") > 12
    manager = site.staff(Role.MANAGER)
    hard = manager.get("/blueprints/coverage?difficulty=hard&language=hi&format=csv").text
    lines = hard.replace("\r", "").strip().split("\n")
    assert lines[0].endswith("nos,pc,component,counted,there,needed,wanted")
    assert lines[1] == "SDP/N0701,PC1,theory,items,3,4,12"
    assert len(lines) == 1 + 6 * 3
    listed = manager.get("/blueprints?format=csv").text
    assert listed.replace("\ufeff", "").startswith("name,agency,component,items,minutes,created_at")


# -------------------------------------------------------------------------------------------------- sections

IN_TWO: dict[str, Any] = {
    "sections": "2",
    "section:1:title:en": "Safety",
    "section:1:title:hi": "सुरक्षा",
    "section:1:of": ["pc:PC1", "pc:PC2", "pc:PC3"],
    "section:1:minutes": "7.5",
    "section:1:attempts": "2",
    "section:1:navigation": "linear",
    "section:1:allow": ["whole"],
    "section:2:title:en": "The flight",
    "section:2:title:hi": "उड़ान",
    "section:2:of": ["pc:PC4", "pc:PC5", "pc:PC6"],
    "section:2:minutes": "",
    "section:2:attempts": "",
    "section:2:navigation": "free",
    "section:2:allow": ["skip", "review"],
}


def test_a_manager_cuts_a_paper_into_sections_and_draws_it(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    address = save(manager, **IN_TWO)
    page = manager.get(address).text
    for words in (
        "Safety",
        "PC1, PC2, PC3",
        "7.5 min",
        "no limit of its own",
        "One question after the other",
    ):
        assert words in page
    for words in ("every question must be answered", "no way back", "may be confirmed 2 times"):
        assert words in page
    like = manager.get(f"/blueprints/new?like={address.rpartition('/')[2]}").text
    assert 'name="section:1:minutes" type="text" value="7.5"' in like
    assert 'name="section:2:of" value="pc:PC6" checked' in like
    assert 'name="section:1:allow" value="skip">' in like
    assert manager.post(f"{address}/draw", {"papers": "2"}).status_code == 302
    page = manager.get(address).text
    assert "2 papers are drawn and sealed." in page
    replay = re.findall(r'action="(/blueprints/draws/[^"]+/replay)"', page)[0]
    manager.post(replay)
    assert "byte by byte" in manager.get(address).text
    assert "Safety" in site.staff(Role.AWARDING_BODY).get(address).text


def test_sections_are_added_and_removed_with_what_was_typed(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    sent = {**fields(manager), **IN_TWO}
    more = manager.post("/blueprints/new", {**sent, "action": "add_section"})
    assert more.status_code == 200
    assert "Please correct this" not in more.text
    assert 'name="sections" value="3"' in more.text
    assert "Remove section 3" in more.text
    less = manager.post("/blueprints/new", {**sent, "action": "remove_section:1"})
    assert 'name="sections" value="1"' in less.text
    assert 'name="section:1:title:en" type="text" value="The flight"' in less.text
    assert "A criterion with items stands in no section." in less.text
    same = manager.post("/blueprints/new", {**sent, "action": "remove_section:9"})
    assert 'name="sections" value="2"' in same.text
    full = manager.post("/blueprints/new", {**sent, "sections": "20", "action": "add_section"})
    assert 'name="sections" value="20"' in full.text
    assert "Add a section" not in full.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"section:1:title:hi": " "}, "Section 1 needs a name"),
        ({"section:2:of": []}, "Choose what section 2 is about."),
        ({"section:1:minutes": "soon"}, "Enter minutes such as 10 or 7.5"),
        ({"section:1:minutes": "0"}, "Enter minutes such as 10 or 7.5"),
        ({"section:1:attempts": "11"}, "Enter a whole number from 0 to 10."),
        ({"section:1:minutes": "16"}, "The sections take longer than the paper."),
        ({"section:1:of": ["pc:PC1"]}, "A criterion with items stands in no section."),
        ({"section:1:of": ["pc:PC1", "pc:PC6"]}, "A criterion stands in more than one section."),
        ({"section:2:of": ["pc:PC9"]}, "Section 2: "),
        ({"section:2:of": ["what"]}, "Section 2: A section has no criterion that has items."),
        ({"section:1:navigation": "maze"}, "Section 1: "),
        ({"section:1:minutes": "1"}, "Sections are too short"),
        ({"section:1:minutes": "0.1"}, "No bank can fill this"),
        ({"sections": "²"}, "Yes: 3 papers can be made at once."),
        ({"sections": "-1"}, "Yes: 3 papers can be made at once."),
        ({"sections": "9" * 50}, "Yes: 3 papers can be made at once."),
    ],
)
def test_a_wrong_section_is_told_at_once(site: Site, changes: dict[str, Any], words: str) -> None:
    manager = site.staff(Role.MANAGER)
    answer = manager.post("/blueprints/proof", {**fields(manager), **IN_TWO, **changes})
    assert answer.status_code == 200
    assert words in answer.text
