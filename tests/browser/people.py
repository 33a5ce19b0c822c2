# SPDX-License-Identifier: Apache-2.0
"""People at their browsers: signing in, answering, looking. Only what is on the screen is used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.live_server import LiveServer
from tests.web.world import enrol_one
from web.wiring import Services

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "item_bank" / "samples" / "secure_digital_payments" / "items"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def open_page(
    browser: Browser, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, first: str = ""
) -> Page:
    """A fresh browser profile on a page; any script error or refused resource of our own fails the test.

    `first`: a script that runs before each page's own.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-IN"
    )
    context.add_init_script(first)
    page = context.new_page()
    page.on("pageerror", lambda error: FAULTS.append(f"{page.url}: {error}"))
    page.on("console", lambda message: note_console(page, message.type, message.text))
    page.goto(url)
    return page


FAULTS: list[str] = []


def note_console(page: Page, kind: str, text: str) -> None:
    """A browser complains of a broken policy or a missing file on its console."""
    if kind == "error" and "Content Security Policy" in text:
        FAULTS.append(f"{page.url}: {text}")


def sign_in(browser: Browser, url: str, sample: dict[str, Any], role: str, **size: Any) -> Page:
    """A member of staff at the own start page."""
    person = next(person for person in sample["staff"] if person["role"] == role)
    page = open_page(browser, f"{url}/sign-in", **size)
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password").fill(sample["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(rf"^{re.escape(url)}/(?!sign-in)"))
    return page


def enter(browser: Browser, url: str, sample: dict[str, Any], name: str, **size: Any) -> Page:
    """A learner at the gate."""
    code = next(learner["code"] for learner in sample["learners"] if learner["name"] == name)
    page = open_page(browser, url, **size)
    page.locator("input[name=code]").fill(code.lower().replace("-", " "))
    page.locator("form[action='/enter'] button").click()
    page.wait_for_url(f"{url}/learner")
    return page


def admit(house: LiveServer, parts: Services, *, language: str = "en", watched: bool = False) -> str:
    """One more learner of the sample's sitting without (`watched`: with) a camera, for one test alone; the name for `enter`."""
    learners = house.sample()["learners"]
    name, code = f"Kamala Nair {len(learners)}", f"NEWC{len(learners):06d}".translate(_NO_LOOKALIKES)
    enrol_one(parts, name=name, proctored=watched, language=language, code=code)
    learners.append({"name": name, "code": code, "proctored": watched})
    return name


_NO_LOOKALIKES = str.maketrans("01", "XY")


@dataclass(frozen=True)
class Known:
    """An item as its author wrote it, found again by its English stem."""

    pc: str
    kind: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


def answers() -> dict[str, Known]:
    """The sample bank by stem, read as plain data."""
    found = {}
    for file in sorted(BANK.glob("*.json")):
        for item in json.loads(file.read_text(encoding="utf-8")):
            texts = item["en"].get("options", {})
            if texts:
                right = tuple(texts[letter] for letter in item["key"])
                wrong = tuple(text for letter, text in texts.items() if letter not in item["key"])[:1]
            else:
                right, wrong = (item["key"][0],), ("something else",)
            found[squeeze(item["en"]["stem"])] = Known(item["pc"], item["type"], right, wrong)
    return found


def squeeze(text: str) -> str:
    """Text without differences of white space."""
    return re.sub(r"\s+", " ", text).strip()


def carry_axe(page: Page) -> None:
    """Have axe-core on every page that is loaded from now on: sending it anew to each of many takes longer than its run."""
    page.add_init_script(path=AXE)


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it is now, all of it loaded."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    report = page.evaluate(
        """async () => (await axe.run(document, {
          resultTypes: ["violations"],
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        }))
        .violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " " + (n.failureSummary || "")).join(" | "))"""
    )
    return [f"{page.url}: {line}" for line in report]
