# SPDX-License-Identifier: Apache-2.0
"""The second factor by keyboard on a phone, in both languages: set up, then asked for before a result is declared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from assessor import api as assessor
from core.clock import SystemClock
from core.identity import totp
from core.identity.model import Role
from core.uow import Actor
from tests.browser import people
from tests.conftest import NOON
from tests.live_server import LiveServer
from tests.web import world
from tests.web.conftest import sample_folder
from tests.web.site import SECRET, open_site
from web import wiring
from web.access import PROOF_LASTS
from web.proof import FIELD
from web.tables import LoginRow

__all__ = ["sample_folder"]  # the fixture, used by name


@pytest.fixture(scope="module")
def prepared(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The sample with a result that can be declared, made once."""
    var = tmp_path_factory.mktemp("accounts") / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        return var, world.prepare(site).ids


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_manager_sets_up_a_second_factor_and_declares_with_it_without_a_mouse(
    prepared: tuple[Path, dict[str, str]],
    tmp_path: Path,
    launch: Callable[[Path | None], Browser],
    language: str,
) -> None:
    kept, ids = prepared
    var = tmp_path / "var"
    shutil.copytree(kept, var)
    live = LiveServer(var, settings={"KASAUTI_SECRET_KEY": SECRET})
    live.start()
    try:
        page = at_the_keyboard(launch(None), live, language)
        secret = set_up(page, live.url)
        forget_the_proof(live)
        page.goto(f"{live.url}/manager/batches/{ids['batch_id']}")
        declare(page, ids["provisional_id"], secret)
        assert state_of(live, ids["provisional_id"]) is assessor.ResultState.DECLARED
        assert people.FAULTS == []
    finally:
        live.stop()


def at_the_keyboard(browser: Browser, live: LiveServer, language: str) -> Page:
    """The sample's manager, signed in with the keyboard alone."""
    manager: dict[str, Any] = next(one for one in live.sample()["staff"] if one["role"] == "manager")
    page = people.open_page(browser, f"{live.url}/sign-in", width=360, height=740)
    page.context.add_cookies([{"name": "kasauti-language", "value": language, "url": live.url}])
    page.reload()
    fits(page, language)
    tab_to(page, "input[name=email]")
    page.keyboard.type(manager["email"])
    tab_to(page, "input[name=password]")
    page.keyboard.type(live.sample()["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manager/"))
    return page


def set_up(page: Page, url: str) -> str:
    """From the page of the second factor to its recovery codes; the secret that an app would have scanned."""
    page.goto(f"{url}/account/second-factor")
    fits(page)
    press(page, "form[action='/account/second-factor'] button", until=".secret__value")
    fits(page)
    secret = page.locator(".secret__value").inner_text().replace(" ", "")
    tab_to(page, "input[name=code]")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("wrong=1"))
    fits(page)
    tab_to(page, "input[name=code]")
    page.keyboard.type(totp.code_of(secret, totp.step_of(SystemClock().now())))
    page.keyboard.press("Enter")
    page.locator(".recovery-codes").wait_for()
    fits(page)
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    return secret


def declare(page: Page, result_id: str, secret: str) -> None:
    """From the page of a batch over the question who one is to the declared result."""
    fits(page)
    tab_to(page, f"form[action='/manager/results/{result_id}/declare'] button")
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    fits(page)
    tab_to(page, "dialog[open] button[value=yes]")
    page.keyboard.press("Enter")
    page.locator(f"input[name='{FIELD}']").wait_for()
    fits(page)
    tab_to(page, f"input[name='{FIELD}']")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.locator("main [role=alert]").wait_for()
    fits(page)
    tab_to(page, f"input[name='{FIELD}']")
    # A code serves once, and the one of the set-up may still stand: the next one is taken too.
    page.keyboard.type(totp.code_of(secret, totp.step_of(SystemClock().now()) + 1))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manager/(batches|results)/"))
    page.locator(f"input[name='{FIELD}']").wait_for(state="detached")
    fits(page)


def forget_the_proof(live: LiveServer) -> None:
    """As if a quarter of an hour had gone by since the manager proved who they are."""
    parts = wiring.build(wiring.read_config(live.environment))
    try:
        with parts.store.write(Actor.system()) as uow:
            uow.db.execute(update(LoginRow).values(proved_at=uow.now - PROOF_LASTS - timedelta(minutes=1)))
    finally:
        parts.engine.dispose()


def state_of(live: LiveServer, result_id: str) -> assessor.ResultState:
    parts = wiring.build(wiring.read_config(live.environment))
    try:
        with parts.store.read(Actor.system()) as uow:
            manager = world.person(uow, Role.MANAGER)
            return assessor.result(uow, result_id, organisation_id=manager.organisation_id).summary.state
    finally:
        parts.engine.dispose()


def press(page: Page, selector: str, *, until: str) -> None:
    """Go to a button with the Tab key and press it, until something is there."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.locator(until).wait_for()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector means; it must be seen to be there."""
    for _ in range(200):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{page.url}: the Tab key never reaches {selector}")
    assert page.evaluate("document.activeElement.matches(':focus-visible')")


def fits(page: Page, language: str = "") -> None:
    """No violation, nothing wider than the screen, in the chosen language."""
    assert people.violations(page) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, page.url
    if language:
        assert page.locator("html").get_attribute("lang") == language
