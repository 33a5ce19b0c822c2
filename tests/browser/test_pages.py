# SPDX-License-Identifier: Apache-2.0
"""Every page for everybody who may see it: no accessibility violation, nothing wider than the screen, nothing broken.

On a phone in Hindi and light colours; test_pages_desktop.py has the desktop, in English and dark ones, so that two processes
share them. A page that is missing here fails.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core.uow import Actor
from tests.browser import people
from tests.live_server import LiveServer
from tests.web import world
from tests.web.cohorts import add_cohort
from tests.web.conftest import NOON, sample_folder
from tests.web.reviewed import REVIEWED
from tests.web.site import SECRET, open_site

__all__ = ["sample_folder"]  # the fixture, used by name

Screen = dict[str, Any]
PHONE: Screen = {"width": 360, "height": 740, "scheme": "light", "language": "hi"}
DESKTOP: Screen = {"width": 1280, "height": 860, "scheme": "dark", "language": "en"}
# Endpoint -> who looks, and the address with the names of the world's ids. Files and JSON are no pages.
PAGES: dict[str, tuple[str, str]] = {
    "public.home": ("", "/"),
    "check.show": ("", "/check"),
    "practice.intro": ("", "/practice"),
    "practising.use": ("manager", "/manager/practice"),
    "formative.overview": ("Abdul Karim", "/learner/practice"),
    "public.sign_in": ("", "/sign-in"),
    "public.welcome": ("author", "/welcome"),
    "learner.gate": ("Abdul Karim", "/learner"),
    "learner.result": (world.DECLARED, "/learner/result"),
    "author.items": ("author", "/author/items"),
    "author.item": ("reviewer", "/author/items/{item_id}"),
    "reviewing.queue": ("reviewer", "/author/review"),
    "reviewing.difference": ("reviewer", "/author/items/{in_review_id}/difference"),
    "panels.index": ("manager", "/panels"),
    "panels.new": ("manager", "/panels/new"),
    "panels.show": ("manager", "/panels/{told_panel_id}"),
    "panels.objects": ("manager", "/panels/{panel_id}/objects"),
    "panels.minutes": ("awarding_body", "/panels/{concluded_panel_id}/minutes"),
    "judging.show": ("author", "/panels/{seat_panel_id}/seat"),
    "editor.new": ("author", "/author/items/new"),
    "editor.edit": ("author", "/author/items/{item_id}/edit"),
    "imports.form": ("author", "/author/import"),
    "corrections.index": ("reviewer", "/corrections"),
    "corrections.new": ("manager", "/corrections/new?item={paper_item_id}"),
    "corrections.one": ("reviewer", "/corrections/{correction_id}"),
    "manager.batches": ("manager", "/manager/batches"),
    "manager.new_batch": ("manager", "/manager/batches/new"),
    "manager.batch": ("manager", "/manager/batches/{batch_id}"),
    "manager.batch_sittings": ("manager", "/manager/batches/{batch_id}/sittings"),
    "manager.batch_papers": ("manager", "/manager/batches/{batch_id}/papers"),
    "manager.batch_about": ("manager", "/manager/batches/{batch_id}/about"),
    "analyses.quality": ("manager", "/manager/batches/{batch_id}/quality"),
    "analyses.batches": ("integrity_reviewer", "/integrity/batches"),
    "analyses.body_reports": ("awarding_body", "/awarding/reports"),
    "manager.edit_batch": ("manager", "/manager/batches/{batch_id}/edit"),
    "sittings.new": ("manager", "/manager/batches/{batch_id}/sittings/new"),
    "sittings.edit": ("manager", "/manager/sittings/{sitting_id}"),
    "moving.form": ("manager", "/manager/sittings/{sitting_id}/move"),
    "entries.new": ("manager", "/manager/sittings/{sitting_id}/candidates/new"),
    "entries.one": ("manager", "/manager/entries/{entry_id}"),
    "entries.times": ("manager", "/manager/entries/{entry_id}/times?extra_minutes=20"),
    "engaging.index": ("awarding_body", "/awarding/engagements"),
    "engaging.new": ("awarding_body", "/awarding/engagements/new"),
    "engaging.one": ("awarding_body", "/awarding/engagements/{engagement_id}"),
    "engagements.index": ("manager", "/manager/engagements"),
    "allocations.index": ("manager", "/manager/allocations"),
    "allocations.one": ("manager", "/manager/allocations/{allocation_id}"),
    "allocating.index": ("awarding_body", "/awarding/allocations"),
    "allocating.new": ("awarding_body", "/awarding/allocations/new"),
    "allocating.one": ("awarding_body", "/awarding/allocations/{allocation_id}"),
    "candidates.index": ("manager", "/manager/sittings/{sitting_id}/candidates"),
    "candidates.form": ("manager", "/manager/sittings/{sitting_id}/candidates/import"),
    "notices.index": ("manager", "/manager/notices/"),
    "privacy.mine": (world.MARKED, "/learner/data"),
    "privacy_desk.index": ("manager", "/manager/privacy"),
    "privacy_desk.entry": ("manager", "/manager/entries/{entry_id}/data"),
    "manager.result": ("manager", "/manager/results/{provisional_id}"),
    "blueprints.index": ("manager", "/blueprints"),
    "blueprints.new": ("manager", "/blueprints/new"),
    "blueprints.show": ("awarding_body", "/blueprints/{blueprint_id}"),
    "blueprints.coverage": ("manager", "/blueprints/coverage"),
    "assessor.tasks": ("assessor", "/assessor/tasks"),
    "assessor.task": ("assessor", "/assessor/tasks/{task_id}"),
    "proctor.sittings": ("proctor", "/proctor/sittings"),
    "proctor.wall": ("proctor", "/proctor/sittings/{sitting_id}"),
    "proctor.learner": ("proctor", "/proctor/sittings/{sitting_id}/attempts/{attempt_id}"),
    "shifts.show": ("proctor", "/proctor/sittings/{sitting_id}/shift"),
    "telemetry.noted": (world.MARKED, "/learner/noted"),
    "browser.rules": ("manager", "/manager/sittings/{sitting_id}/browser"),
    "consent.mine": (world.MARKED, "/learner/consent"),
    "watching.plan": ("manager", "/manager/sittings/{sitting_id}/watching"),
    "watching.wishes": ("manager", "/manager/invigilation"),
    "watching.candidate": ("manager", "/manager/entries/{watched_entry_id}/watching"),
    "watching.notice": ("manager", "/manager/entries/{agreed_entry_id}/notices/{notice_version}"),
    "attempts.attempt": ("manager", "/manager/attempts/{attempt_id}"),
    "integrity.incidents": ("integrity_reviewer", "/integrity/incidents"),
    "integrity.notes": ("integrity_reviewer", "/integrity/notes"),
    "blind_reviews.index": ("integrity_reviewer", "/integrity/reviews"),
    "blind_reviews.look": ("integrity_reviewer", "/integrity/reviews/{review_task_id}"),
    "learner_review.review": (REVIEWED, "/learner/review"),
    "attempt_reviews.review": ("integrity_reviewer", "/integrity/attempts/{attempt_id}"),
    "integrity.incident": ("integrity_reviewer", "/integrity/incidents/{incident_id}"),
    "cohorts.agency": ("manager", "/manager/figures"),
    "cohorts.body": ("awarding_body", "/awarding/figures"),
    "awarding.results": ("awarding_body", "/awarding/results"),
    "awarding.result": ("awarding_body", "/awarding/results/{result_id}"),
    "awarding.credentials": ("awarding_body", "/awarding/credentials"),
    "awarding.credential": ("awarding_body", "/awarding/credentials/{credential_id}"),
    "credentials.new": ("awarding_body", "/awarding/credentials/new"),
    "credentials.import_form": ("awarding_body", "/awarding/credentials/import"),
    "credentials.adopt_form": ("awarding_body", "/awarding/credentials/adopt"),
    "credentials.edit": ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/nos-1"),
    "credentials.difference": (
        "awarding_body",
        "/awarding/credentials/{credential_id}/difference/{draft_credential_id}",
    ),
    "awarding.keys": ("awarding_body", "/awarding/keys"),
    "people.index": ("administrator", "/people"),
    "people.person": ("administrator", "/people/{person_id}"),
    "oidc.settings": ("administrator", "/people/sign-on"),
    "lti.settings": ("administrator", "/people/platforms"),
    "account.show": ("administrator", "/account"),
    "second_factor.setup": ("administrator", "/account/second-factor"),
    "links.forgotten": ("", "/forgotten-password"),
    "room.room": ("Abdul Karim", "/room"),
}
NO_PAGES = {
    # test_practice shows the room, its end and the questions
    "practice.room", "practice.state", "practice.done", "formative.question", "formative.media", "formative.link",
    "check.download", "check.time",
    "checkin.show",  # test_check_in shows each of its states
    "judging.media", "editor.media", "assessor.answer_file", "room.media", "offline.worker", "offline.package", "offline.media",
    "browser.door", "browser.settings_file", "browser.leave",
    "credentials.template",
    "credentials.export",
    "credentials.print_pdf",
    "static", "vendor", "public.healthz", "api_document", "api.results", "room.state", "imports.template",
    "candidates.template", "candidates.report", "candidates.columns", "candidates.problems", "candidates.attendance",
    "privacy_desk.receipts_file",
    "enrolments.progress", "enrolments.state",
    # test_reports shows a report of each kind
    "analyses.report", "analyses.states", "analyses.table_file", "analyses.workbook",
    "analyses.body_report", "analyses.body_table_file", "analyses.body_workbook",
    "imports.export", "imports.refused", "imports.state", "imports.columns", "imports.progress",
    "attempts.log", "proctor.latest_frame", "proctor.entry_picture", "proctor.tiles", "integrity.picture",
    "learner_review.picture", "device_file",
    "links.invitation", "links.reset", "second_factor.ask", "second_factor.picture", "oidc.begin", "oidc.callback",
    "lti.begin", "lti.our_keys",
    "cohorts.agency_file", "cohorts.body_file",
}  # fmt: skip
# Further states of pages: who, what it shows.
STATES = (
    ("", "/nowhere"),
    ("author", "/author/items?q=nothing+like+this"),
    ("manager", "/blueprints/{blueprint_id}?papers=9"),
    ("reviewer", "/author/items/{in_review_id}"),
    ("reviewer", "/author/items/{item_id}/difference"),
    ("author", "/author/items/new?type=graphic_gap_match"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/basics"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/structure"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/assessment"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/tasks"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/rule"),
    ("awarding_body", "/awarding/credentials/{draft_credential_id}/edit/dossier"),
    ("integrity_reviewer", "/integrity/incidents?state=upheld"),
    ("integrity_reviewer", "/integrity/attempts/{reviewed_attempt_id}"),
    ("manager", "/integrity/reviews"),
    ("integrity_reviewer", "/manager/batches/{batch_id}/quality"),
    ("manager", "/panels/{panel_id}"),
    ("manager", "/panels/{concluded_panel_id}"),
    ("author", "/panels/{told_panel_id}/seat"),
    ("awarding_body", "/panels/{body_seat_panel_id}/seat"),
    ("manager", "/manager/figures?batch={small_batch_id}"),
    (REVIEWED, "/learner"),
    (world.MARKED, "/learner"),
    ("manager", "/manager/entries/{agreed_entry_id}/watching"),
    (world.UNTOUCHED_WATCHED, "/learner"),
)


@pytest.mark.timeout(400)
def test_every_page_is_accessible_and_fits_a_phone(
    sample_folder: Path, tmp_path: Path, launch: Callable[[Path | None], Browser]
) -> None:
    look_at_all(sample_folder, tmp_path, launch(None), PHONE)


def look_at_all(sample_folder: Path, tmp_path: Path, browser: Browser, screen: Screen) -> None:
    """Every page of every role on one screen, by a server of its own."""
    var = tmp_path / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        ids = world.prepare(site).ids
        with site.parts.store.write(Actor.system()) as uow:
            _, ids["small_batch_id"], _ = add_cohort(uow, [9, 3, 7])
        shown = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert shown - NO_PAGES == set(PAGES), "a page is missing here, or is no page"
    live = LiveServer(var, settings={"KASAUTI_SECRET_KEY": SECRET})
    live.start()
    try:
        sample = live.sample()
        visitors: dict[str, Page] = {}
        faults: list[str] = []
        for who, path in [*PAGES.values(), *STATES]:
            if who not in visitors:
                visitors[who] = somebody(browser, live.url, sample, who)
                people.carry_axe(visitors[who])
            if path == "/room":
                begin(visitors[who])
            faults += look(visitors[who], live.url, path.format(**ids), screen)
        assert faults + people.FAULTS == []
    finally:
        live.stop()


def somebody(browser: Browser, url: str, sample: dict[str, Any], who: str) -> Page:
    """A visitor, a member of staff by role, or a learner by name."""
    if not who:
        return people.open_page(browser, url)
    if any(person["role"] == who for person in sample["staff"]):
        return people.sign_in(browser, url, sample, who)
    return people.enter(browser, url, sample, who)


def begin(page: Page) -> None:
    """From the gate into the room."""
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.locator("form[action='/learner/consent'] button").click()
    page.locator("form[action='/learner/start'] button").click()
    page.wait_for_url(re.compile("/room$"))


def speak_at_the_gate(page: Page, url: str, language: str) -> None:
    """The room is kept on the device in the language of the gate; choosing another there changes it too."""
    page.goto(f"{url}/learner")
    with page.expect_navigation(url=re.compile("/learner")):
        page.locator(f"button[name=language][value={language}]").click()


def look(page: Page, url: str, path: str, *screens: Screen) -> list[str]:
    """The faults of a page, loaded once on each screen."""
    faults: list[str] = []
    for screen in screens:
        page.context.add_cookies([{"name": "kasauti-language", "value": screen["language"], "url": url}])
        page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
        page.emulate_media(color_scheme=screen["scheme"])
        if path == "/room":
            speak_at_the_gate(page, url, screen["language"])
        page.goto(url + path)
        name = f"{page.url} {screen['width']} {screen['language']}"
        faults += [f"{name}: {violation}" for violation in people.violations(page)]
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            faults.append(f"{name}: {too_wide} pixels wider than the screen")
        if page.locator("html").get_attribute("lang") != screen["language"]:
            faults.append(f"{name}: not in {screen['language']}")
    page.context.add_cookies([{"name": "kasauti-language", "value": "en", "url": url}])
    return faults
