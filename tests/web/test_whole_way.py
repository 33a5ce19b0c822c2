# SPDX-License-Identifier: Apache-2.0
"""From an access code to a pulled result, over HTTP alone, on the sample without a camera."""

from __future__ import annotations

import re
from typing import Any

from core.identity.model import Role
from tests.web.site import Site, Visitor, on_both

QUESTION = re.compile(r'<item-interaction data-item="([a-z0-9]+)" data-type="([a-z_]+)"')
OPTION = re.compile(r'type="(?:radio|checkbox)" name="([a-z0-9]+)" value="([a-z0-9]+)"')


def start(visitor: Visitor) -> str:
    """Consent, start, and return the room's page."""
    gate = visitor.get("/learner")
    version = re.search(r'name="notice_version" value="([^"]+)"', gate.text)
    assert version is not None
    agreed = visitor.post("/learner/consent", {"notice_version": version.group(1), "purpose": ["answers"]})
    assert agreed.status_code == 302, agreed.text
    visitor.get("/learner")
    assert visitor.post("/learner/start").location == "/room"
    return visitor.get("/room").text


def answer_everything(visitor: Visitor, page: str) -> int:
    """Answer each item: the first option, or a word."""
    visitor.token = re.search(r'data-csrf="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    epoch = visitor.send("POST", "/room/lease", {"device": "phone"}).json["epoch"]  # type: ignore[index]
    options: dict[str, list[str]] = {}
    for item, option in OPTION.findall(page):
        options.setdefault(item, []).append(option)
    items = QUESTION.findall(page)
    for seq, (item, kind) in enumerate(items, 1):
        value: Any = "1930" if kind == "text_entry" else options[item][:1]
        body = {
            "device": "phone",
            "epoch": epoch,
            "item": item,
            "value": value,
            "client_time": "2026-11-20T12:00:00Z",
        }
        saved = visitor.send("PUT", f"/room/responses/{seq}", body)
        assert saved.status_code == 200, saved.text
    return len(items)


def mark_everything(site: Site, name: str) -> None:
    """The assessor gives full marks in the practical and the viva."""
    assessor = site.staff(Role.ASSESSOR)
    listing = assessor.get("/assessor/tasks").text
    tasks = set(re.findall(r'href="(/assessor/tasks/[a-z0-9]+)"', listing))
    for path in sorted(tasks):
        page = assessor.get(path).text
        if name not in page:
            continue
        levels = dict(re.findall(r'type="radio" name="(PC[^"]+)" value="(2)"', page))
        done = assessor.post(path, {**levels, "note": "", "action": "complete"})
        assert done.status_code == 302, done.text


@on_both
def test_a_theory_test_two_marked_components_and_a_declaration_become_a_pulled_result(site: Site) -> None:
    learner = site.learner("Gurpreet Kaur")
    page = start(learner)
    assert answer_everything(learner, page) == 24
    slip = learner.send("POST", "/room/submit", {"device": "phone", "epoch": 1})
    assert len(slip.json["slip"]) == 24, slip.text  # type: ignore[index]
    mark_everything(site, "Gurpreet Kaur")
    manager = site.staff(Role.MANAGER)
    batch = re.search(r'href="(/manager/batches/[a-z0-9]{26})"', manager.get("/manager/batches").text)
    assert batch is not None
    page = manager.get(batch.group(1)).text
    declare = re.search(r'action="(/manager/results/[a-z0-9]+/declare)"', page)
    assert declare is not None
    assert manager.post(declare.group(1)).status_code == 302
    feed = site.pull()
    assert feed.status_code == 200, feed.text
    (result,) = feed.json["results"]  # type: ignore[index]
    assert result["sequence"] == 1
    assert result["candidate"]["name"] == "Gurpreet Kaur"
    practical = [mark for mark in result["document"]["marks"] if mark["component"] == "practical"]
    assert {mark["awarded"] for mark in practical} == {"4"}
    shown = learner.get("/learner/result")
    assert shown.status_code == 200
    assert result["digest"] in shown.text
