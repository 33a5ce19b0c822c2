# SPDX-License-Identifier: Apache-2.0
"""A rule with every kind of node: typed into the editor, read in both languages, and deciding a learner's result."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from core.canonical import digest
from core.identity.model import Role
from core.uow import Actor
from item_bank.standards.tables import CredentialVersionRow
from tests.web import sitting, world
from tests.web.site import Site, Visitor
from tests.web.test_credentials import copy_of_sample, document_of, save, versions

SHARE = {"kind": "share", "scope": "pc", "basis": "raw", "component": "all"}
ROWS: tuple[dict[str, str], ...] = (
    {"line": "1", "kind": "all_of"},
    {"line": "1.1", "kind": "compensate", "k": "1", "limit": "4", "unit": "marks"},
    {"line": "1.1.1", **SHARE, "name": "PC1", "at_least": "1"},
    {"line": "1.1.2", **SHARE, "name": "PC2", "at_least": "1/10"},
    {"line": "1.2", "kind": "at_least", "at_least": "1/2"},
    {"line": "1.2.1", **SHARE, "name": "PC3", "at_least": "1/2"},
    {"line": "1.2.2", **SHARE, "name": "PC4", "at_least": "9/10"},
    {
        "line": "1.3",
        "kind": "bands",
        "scope": "credential",
        "component": "all",
        "basis": "raw",
        "pass": "B",
    },
    {"line": "1.3.1", "kind": "band", "name": "A", "at_least": "19/20"},
    {"line": "1.3.2", "kind": "band", "name": "B", "at_least": "2/5"},
    {"line": "1.4", "kind": "critical", "scope": "item", "component": "practical", "at_least": "1/2"},
)


def typed_rule(site: Site, body: Visitor) -> str:
    """A draft of the sample with the rule above; its id."""
    draft = copy_of_sample(site, body)
    item = document_of(site, draft)["practical"]["criteria"][0]["id"]
    rows = [*ROWS[:-1], {**ROWS[-1], "name": item}]
    columns = (
        "line",
        "kind",
        "k",
        "scope",
        "name",
        "nos",
        "component",
        "basis",
        "at_least",
        "limit",
        "unit",
        "pass",
    )
    cells = {
        f"rule-{number}-{name}": row.get(name, "") for number, row in enumerate(rows) for name in columns
    }
    answer = save(body, draft, "rule", **cells)
    assert answer.status_code == 302, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:2000]
    return draft


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def test_every_node_is_typed_into_the_editor_and_reads_in_both_languages(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    draft = typed_rule(site, body)
    rule = document_of(site, draft)["rule"]
    assert rule["version"] == 2
    assert [next(iter(node)) for node in rule["rule"]["all_of"]] == [
        "compensate",
        "at_least",
        "bands",
        "critical",
    ]
    pages = (f"/awarding/credentials/{draft}/edit/rule", f"/awarding/credentials/{draft}")
    for page in pages:
        text = plain(body.get(page).text)
        assert "at most one of them may be missed, by 4 marks or less" in text
        assert "At least 50 % of these 2 must be met (1 of them):" in text
        assert "A from 95 %, B from 40 %. Band B or better is needed." in text
        assert "is critical: at least 50 % of the practical marks" in text
    body.get(pages[0])
    body.post("/language", {"language": "hi", "next": pages[0]})
    for page in pages:
        hindi = plain(body.get(page).text)
        assert "4 अंक" in hindi
        assert "95 %" in hindi
        assert "may be missed" not in hindi
    assert save(body, draft, "rule").status_code == 302
    assert document_of(site, draft)["rule"] == rule


def test_a_mistake_in_a_new_node_is_named_and_nothing_is_lost(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    draft = typed_rule(site, body)
    before = document_of(site, draft)
    for changes in (
        {"rule-1-k": "2"},
        {"rule-1-limit": "0"},
        {"rule-8-at_least": "1/5"},
        {"rule-3-name": "PC1"},
        {"rule-7-pass": "C"},
    ):
        answer = save(body, draft, "rule", **changes)
        assert answer.status_code == 422, changes
        assert "Not saved: please correct what is marked" in answer.text
    assert document_of(site, draft) == before


def publish(site: Site, rule: dict[str, Any]) -> None:
    """The live version of the sample decides by this rule from now on."""
    live = versions(site)["SDP/MC/0701 1.0"].id
    with site.parts.store.write(Actor.system()) as uow:
        row = uow.db.get_one(CredentialVersionRow, live)
        row.document = {**json.loads(json.dumps(row.document)), "rule": rule}
        row.sha256 = digest(row.document)


def test_a_batch_is_scored_by_it_and_each_side_reads_what_was_made_up_for(site: Site) -> None:
    body = site.staff(Role.AWARDING_BODY)
    publish(site, document_of(site, typed_rule(site, body))["rule"])
    assert (
        sitting.begin(site.learner(world.DECLARED)).hand_in().status_code == 200
    )  # 6 of 10 marks in each PC
    sitting.mark_everything(site, world.DECLARED)
    manager = site.staff(Role.MANAGER)
    batch = re.search(r"/manager/batches/[0-9a-z]{26}", manager.get("/manager/batches").text)
    assert batch
    found = re.search(r"/manager/results/([0-9a-z]{26})", manager.get(batch.group()).text)
    assert found
    manager.get(found.group())
    assert manager.post(f"{found.group()}/declare").status_code == 302
    pages = (
        plain(manager.get(found.group()).text),
        plain(body.get(f"/awarding/results/{found.group(1)}").text),
        plain(site.learner(world.DECLARED).get("/learner/result").text),
    )
    for text in pages:
        assert "Passed" in text
        assert "Band: B. To A 21 marks are missing." in text
        assert "1 of 2 are met; 1 are needed." in text
        assert (
            "1 is missed, by 4 marks. The others are above theirs by 5 marks: that makes up for it." in text
        )
        assert "Missing: 4 marks. Made up for elsewhere." in text
    assert "You were a little short here. Your other marks make up for it." in pages[2]
    assert "Made up for elsewhere" in pages[0]
