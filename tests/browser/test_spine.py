# SPDX-License-Identifier: Apache-2.0
"""The whole job in a real browser with a real camera stream: learner, proctor, reviewer, assessor, manager, awarding body.

What the awarding body gets is compared with numbers worked out by hand below; nothing of ours is imported for them.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import people
from tests.clips import write_y4m
from tests.live_server import LiveServer

# Present, gone, two faces, covered, present again; the clip starts over whenever the camera is opened.
CLIP = [("present", 12.0), ("gone", 8.0), ("two", 7.0), ("covered", 7.0), ("present", 150.0)]

# The plan. Theory: of the four items of each PC, so many are answered rightly, the next so many wrongly, the rest not at all.
#        right  wrong
THEORY = {
    "PC1": (4, 0),
    "PC2": (3, 1),
    "PC3": (4, 0),
    "PC4": (3, 0),
    "PC5": (2, 2),
    "PC6": (3, 1),
}
# Practical: levels of the two criteria of each PC, in their order. Viva: the level of its one question.
PRACTICAL = {"PC1": (2, 1), "PC2": (2, 2), "PC3": (2, 2), "PC4": (2, 1), "PC5": (1, 1), "PC6": (2, 2)}
VIVA = {"PC1": 2, "PC2": 1, "PC3": 2, "PC4": 1, "PC5": 2, "PC6": 0}

# Worked out by hand. Each PC has 4 + 4 + 2 = 10 marks.
#   PC1: 4 + (2+1=3) + 2 =  9 of 10, bar 70 % =  7 -> pass, margin  2
#   PC2: 3 + (2+2=4) + 1 =  8 of 10, bar 70 % =  7 -> pass, margin  1
#   PC3: 4 + (2+2=4) + 2 = 10 of 10, bar 80 % =  8 -> pass, margin  2
#   PC4: 3 + (2+1=3) + 1 =  7 of 10, bar 70 % =  7 -> pass, margin  0 (exactly on the bar)
#   PC5: 2 + (1+1=2) + 2 =  6 of 10, bar 60 % =  6 -> pass, margin  0 (exactly on the bar)
#   PC6: 3 + (2+2=4) + 0 =  7 of 10, bar 60 % =  6 -> pass, margin  1
#   Sum: 9 + 8 + 10 + 7 + 6 + 7 = 47 of 60, bar 70 % = 42 -> pass, margin 5
EXPECTED_MARKS = {
    "PC1": {"theory": "4", "practical": "3", "viva": "2"},
    "PC2": {"theory": "3", "practical": "4", "viva": "1"},
    "PC3": {"theory": "4", "practical": "4", "viva": "2"},
    "PC4": {"theory": "3", "practical": "3", "viva": "1"},
    "PC5": {"theory": "2", "practical": "2", "viva": "2"},
    "PC6": {"theory": "3", "practical": "4", "viva": "0"},
}
EXPECTED_MARGINS = {"PC1": "2", "PC2": "1", "PC3": "2", "PC4": "0", "PC5": "0", "PC6": "1", "all": "5"}


def give_consent_and_photo(page: Page) -> None:
    """Tick every purpose, take the photo, use it."""
    for box in page.locator("form[action='/learner/consent'] input[name=purpose]").all():
        box.check()
    for said in page.locator("input[name=of_age][value=yes]").all():  # where no date of birth is known
        said.check(force=True)
    page.get_by_role("button", name="Agree and go on").click()
    page.get_by_role("button", name="Take the photo").click()
    page.get_by_role("button", name="Use this photo").click()
    expect(page.get_by_role("button", name="Start the test now")).to_be_visible(timeout=20_000)


def answer_by_plan(page: Page) -> Counter[tuple[str, str]]:
    """Answer question by question as the plan says; return what was done, by PC."""
    known = people.answers()
    done: Counter[tuple[str, str]] = Counter()
    total = page.locator("[data-question]").count()
    for number in range(total):
        question = page.locator(f"[data-question][data-number='{number + 1}']")
        expect(question).to_be_visible()
        item = known[people.squeeze(question.locator(".item__stem [data-lang=en]").text_content() or "")]
        right, wrong = THEORY[item.pc]
        seen = done[item.pc, "right"] + done[item.pc, "wrong"] + done[item.pc, "none"]
        how = "right" if seen < right else "wrong" if seen < right + wrong else "none"
        done[item.pc, how] += 1
        if how != "none":
            fill(question, item, item.right if how == "right" else item.wrong)
        if number + 1 < total:
            page.get_by_role("button", name="Next").click()
    return done


def fill(question: Page | object, item: people.Known, texts: tuple[str, ...]) -> None:
    """Choose the options with these texts, or type the first."""
    if item.kind == "text_entry":
        question.locator("input[type=text]").fill(texts[0])  # type: ignore[attr-defined]
        return
    for text in texts:
        for choice in question.locator("label.choice").all():  # type: ignore[attr-defined]
            if people.squeeze(choice.locator("[data-lang=en]").text_content() or "") == people.squeeze(text):
                choice.locator("input").check()


def mark(page: Page, component: str) -> None:
    """Give the planned levels to the learner's task of this component."""
    for pc, levels in {"practical": PRACTICAL, "viva": {pc: (level,) for pc, level in VIVA.items()}}[
        component
    ].items():
        letter = "P" if component == "practical" else "V"
        for number, level in enumerate(levels, 1):
            page.locator(f"input[type=radio][name='{pc}-{letter}{number}'][value='{level}']").check(
                force=True
            )


def remember_alerts(page: Page) -> None:
    """Let the page itself write down every alert that a tile shows, so that none goes by while somebody looks away."""
    page.evaluate(
        """() => {
            const came = new Set();
            const note = () => {
                for (const tile of document.querySelectorAll("[data-attempt][data-alert]")) {
                    if (!tile.dataset.alert || came.has(tile.dataset.alert)) continue;
                    came.add(tile.dataset.alert);
                    document.documentElement.dataset.came = [...came].join("|");
                }
            };
            new MutationObserver(note).observe(document.body, {attributes: true, childList: true, subtree: true});
            note();
        }"""
    )


def incident_labels(page: Page) -> list[str]:
    """The incidents on the reviewer's list, in words."""
    return sorted(str(cell.get_attribute("data-value")) for cell in page.locator("tbody th[scope=row]").all())


@pytest.mark.timeout(300)
def test_an_agencys_items_become_a_proctored_test_and_a_pulled_result(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, CLIP, fps=5)
    sample = server.sample()
    browser = launch(clip)

    # The learner comes in, agrees, shows the face and begins.
    learner = people.enter(browser, server.url, sample, "Ravi Kumar")
    give_consent_and_photo(learner)
    proctor = people.sign_in(browser, server.url, sample, "proctor")
    proctor.goto(f"{server.url}/proctor/sittings")
    proctor.get_by_role("link", name=re.compile("At home")).first.click()
    learner.get_by_role("button", name="Start the test now").click()
    learner.wait_for_url(f"{server.url}/room")

    # The proctor sees each alert come, live, without touching the page.
    remember_alerts(proctor)
    done = answer_by_plan(learner)
    assert done["PC4", "none"] == 1
    for words in ("No face", "Several faces", "covered"):
        expect(proctor.locator("html")).to_have_attribute(
            "data-came", re.compile(words, re.IGNORECASE), timeout=60_000
        )
    expect(proctor.locator("[data-attempt][data-alert]:not([data-alert=''])")).to_have_count(
        0, timeout=60_000
    )

    # Hand in: the slip lists what the server holds. 24 items, one of PC4 was left out.
    learner.get_by_role("button", name="Hand in…").first.click()
    learner.get_by_role("button", name="Hand in now").click()
    learner.wait_for_url(f"{server.url}/learner", timeout=20_000)
    expect(learner.get_by_text("23 of 24 answers are with us")).to_be_visible()

    # The assessor marks practical and viva.
    assessor = people.sign_in(browser, server.url, sample, "assessor")
    for component in ("practical", "viva"):
        assessor.goto(f"{server.url}/assessor/tasks")
        row = assessor.locator("tbody tr", has_text="Ravi Kumar").filter(has_text=component.capitalize())
        row.get_by_role("link").first.click()
        mark(assessor, component)
        assessor.locator("button[name=action][value=complete]").click()
        confirm(assessor)
        assessor.wait_for_url(f"{server.url}/assessor/tasks")

    # Nothing can be declared while incidents are open.
    manager = people.sign_in(browser, server.url, sample, "manager")
    with manager.expect_navigation(url=re.compile("/manager/batches/")):
        manager.locator("a[href^='/manager/batches/']", has_text="Nashik").first.click()
    expect(manager.locator("form[action$='/declare']")).to_have_count(0)

    # The reviewer, who did not watch live, finds exactly these incidents and dismisses them.
    reviewer = people.sign_in(browser, server.url, sample, "integrity_reviewer")
    assert incident_labels(reviewer) == ["Camera covered", "No face to be seen", "Several faces"]
    reviewer.goto(f"{server.url}/integrity/incidents")
    reviewer.locator("tbody a[href*='/integrity/attempts/']").first.click()
    expect(reviewer.locator("[data-event] img[src*='/integrity/evidence/']").first).to_be_visible()
    expect(reviewer.locator("[data-event][data-open]")).to_have_count(3)
    for event in reviewer.locator("[data-event][data-open]").all():
        event.locator("input[value=dismissed]").check(force=True)
        event.locator("[data-reason]").fill("Looked at the pictures: a made-up clip for a test.")
    reviewer.get_by_role("button", name="Record the decisions").click()
    confirm(reviewer)
    expect(reviewer.get_by_text("3 decisions are recorded.")).to_be_visible()

    # Now the manager declares, and the awarding body's program pulls.
    manager.reload()
    manager.locator("form[action^='/manager/results/'][action$='/declare'] button").first.click()
    confirm(manager)
    expect(manager.get_by_text("The result is declared.")).to_be_visible()
    result = pull(server, sample["api_key"])
    marks: dict[str, dict[str, str]] = {}
    for mark_line in result["document"]["marks"]:
        marks.setdefault(mark_line["pc"], {})[mark_line["component"]] = mark_line["awarded"]
    assert marks == EXPECTED_MARKS
    assert margins(result["document"]["decision"]["root"]) == EXPECTED_MARGINS
    assert result["document"]["decision"]["verdict"] == "pass"
    learner.goto(f"{server.url}/learner/result")
    expect(learner.get_by_text("47 of 60 marks")).to_be_visible()
    assert people.FAULTS == []


def confirm(page: Page) -> None:
    """Say yes in the confirmation, where there is one."""
    page.locator("#confirm-dialog[open] button[value=yes]").click()


def pull(server: LiveServer, key: str) -> dict:  # type: ignore[type-arg]
    """What the awarding body's own program does: one GET with a key."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/results", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        (result,) = json.load(answer)["results"]
    return dict(result)


def margins(node: dict) -> dict[str, str]:  # type: ignore[type-arg]
    """The margin of every bar of the decision, by PC."""
    if node["children"]:
        return {name: margin for child in node["children"] for name, margin in margins(child).items()}
    return {node["scope"].get("pc", "all"): node["margin"]}
