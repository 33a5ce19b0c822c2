# SPDX-License-Identifier: Apache-2.0
"""Reports on a batch in a real browser: ordered, stopped, read, on a phone, on paper and in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page

from assessor import api as assessor
from tests.browser import people
from tests.conftest import NOON
from tests.live_server import LiveServer
from tests.web.conftest import sample_folder
from tests.web.reported import add_reports, sat_batch
from tests.web.site import SECRET, Site, open_site

__all__ = ["sample_folder"]  # the fixture, used by name
KINDS = [kind.value for kind in assessor.ReportKind]
SCREENS = ((360, "dark"), (1280, "light"))


@dataclass
class Reported:
    """A person's page on a server whose batch has a done report of each kind."""

    page: Page
    live: LiveServer
    browser: Browser
    reports: dict[str, str]

    def open(self, kind: str) -> None:
        self.page.goto(f"{self.live.url}/manager/reports/{self.reports[kind]}")


@contextmanager
def served(sample: Path, var: Path, prepare: Callable[[Site], Any]) -> Iterator[tuple[LiveServer, Any]]:
    """A server on a copy of the sample to which something was added; and what was added."""
    shutil.copytree(sample, var)
    with open_site(var, at=NOON) as site:
        made = prepare(site)
    live = LiveServer(var, settings={"KASAUTI_SECRET_KEY": SECRET})
    live.start()
    try:
        yield live, made
    finally:
        live.stop()


def drawn(site: Site) -> dict[str, str]:
    """A done report of every kind, with something to find in each."""
    batch_id = sat_batch(site, persons=3).batch_id
    kinds = list(assessor.ReportKind)
    return add_reports(site, batch_id, kinds, persons=120, forms=2, parts=2, copiers=2, late=2)


@pytest.fixture(scope="module")
def stocked(
    sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, dict[str, str]]]:
    """One server with done reports for all tests that only read."""
    with served(sample_folder, tmp_path_factory.mktemp("stocked") / "var", drawn) as made:
        yield made


@pytest.fixture
def reported(stocked: tuple[LiveServer, dict[str, str]], chrome: Browser) -> Iterator[Reported]:
    live, reports = stocked
    page = people.sign_in(chrome, live.url, live.sample(), "manager")
    people.carry_axe(page)
    yield Reported(page, live, chrome, reports)
    page.context.close()


@pytest.mark.timeout(600)
def test_every_report_is_drawn_accessible_and_fits_its_screen(reported: Reported) -> None:
    page, faults = reported.page, list[str]()
    for place, kind in enumerate(KINDS):
        for width, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": 860})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            reported.open(kind)
            draw_all(page)
            if (width, scheme) == SCREENS[place % 2]:
                faults += [f"{kind} {width}: {one}" for one in people.violations(page)]
            faults += [f"{kind} {width}: {one} pixels too wide" for one in overflow(page)]
            faults += [f"{kind} {width}: an empty plot" for empty in empty_plots(page) if empty]
    assert faults + people.FAULTS == []


def draw_all(page: Page) -> None:
    """Have every plot in sight drawn, and some of those that are folded away."""
    for fold in page.locator(".report-section > details.fold").all():
        # Fifty of one sort are drawn alike; the first few stand for them.
        fold.evaluate(
            """(fold) => {
              [...fold.querySelectorAll("figure")].slice(4).forEach((figure) => figure.remove());
              fold.open = true;
            }"""
        )
    for plot in page.locator("report-plot").all():
        plot.scroll_into_view_if_needed()
        plot.locator("canvas").wait_for()


def overflow(page: Page) -> list[int]:
    """By how many pixels the page is wider than the screen, if it is."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [wide] if wide else []


def empty_plots(page: Page) -> list[bool]:
    """Of each plot, whether fewer than two colours were drawn."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("report-plot canvas")].map((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let place = 0; place < data.length; place += 4) {
            if (data[place + 3] === 255) seen.add(data[place] << 16 | data[place + 1] << 8 | data[place + 2]);
          }
          return seen.size < 2;
        })"""
    )
    return list(found)


WATCH_THE_BARS = """new MutationObserver(() => {
    if ([...document.querySelectorAll("[data-bar]")].some((bar) => bar.value > 0)) sessionStorage.setItem("moved", "yes");
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["value"]});"""


@pytest.mark.timeout(300)
def test_a_manager_orders_every_report_of_a_closed_batch_stops_one_and_opens_the_others(
    sample_folder: Path, tmp_path: Path, chrome: Browser
) -> None:
    def sit(site: Site) -> str:
        return sat_batch(site, persons=240, forms=2).batch_id

    with served(sample_folder, tmp_path / "var", sit) as (live, batch_id):
        page = people.sign_in(chrome, live.url, live.sample(), "manager")
        page.add_init_script(WATCH_THE_BARS)
        page.goto(f"{live.url}/manager/batches/{batch_id}")
        page.get_by_role("link", name="Quality").click()
        page.get_by_text("Closed: 240 attempts were handed in.").wait_for()
        page.get_by_role("button", name="Make all reports").click()
        page.locator("#forensics").get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Make all again").wait_for()
        for kind in KINDS[:-1]:
            page.locator(f"#{kind}").get_by_role("link", name="Open").wait_for(timeout=90_000)
        assert page.evaluate("sessionStorage.getItem('moved')") == "yes", "a bar showed how far a report is"
        assert page.locator("#forensics").get_by_role("link", name="Open").count() == 0
        page.locator("#forensics").get_by_role("button", name="Make the report").click()
        page.locator("#forensics").get_by_role("link", name="Open").wait_for(timeout=90_000)
        for kind in KINDS:
            page.goto(f"{live.url}/manager/batches/{batch_id}/quality")
            page.locator(f"#{kind}").get_by_role("link", name="Open").click()
            page.get_by_role("heading", name="In short").wait_for()
            assert page.locator(".report-point").count() > 0
            assert page.locator(".report-section").count() > 0, kind
    assert people.FAULTS == []


@pytest.mark.parametrize(
    ("kind", "section"), [("paper", "totals"), ("model", "information"), ("paper", "criteria")]
)
def test_the_table_beside_a_plot_opens_by_keyboard_and_holds_the_same_numbers(
    reported: Reported, kind: str, section: str
) -> None:
    page = reported.page
    reported.open(kind)
    figure = page.locator(f"#{section} figure.plot").first
    plot = drawn_plot(figure)
    summary = figure.locator("details > summary")
    assert not figure.locator("table").is_visible()
    figure.locator("canvas").focus()
    page.keyboard.press("Home")
    said = figure.locator(".plot__reading").inner_text()
    page.keyboard.press("Tab")
    assert summary.evaluate("summary => summary === document.activeElement")
    page.keyboard.press("Enter")
    figure.locator("table").wait_for()
    rows = figure.locator("tbody tr")
    points = [point for series in plot["series"] for point in series["points"]]
    assert rows.count() == len(points)
    value = 2 if plot["type"] == "heat" else 1
    cells = rows.evaluate_all("rows => rows.map((row) => [...row.cells].map((cell) => cell.dataset.value))")
    for row, point in zip(cells, points, strict=True):
        shown = [float(cell) for cell in row if cell is not None]
        assert point[value] is None or point[value] in shown
    first = "".join(rows.first.inner_text().split())
    assert re.findall(r"[\d.]+%?", said)[-1].removesuffix("%").removesuffix(".0") in first


def drawn_plot(figure: Locator) -> dict[str, Any]:
    """The first plot of a section, drawn; what it was drawn from."""
    figure.scroll_into_view_if_needed()
    figure.locator("canvas").wait_for()
    source = json.loads(figure.locator("script[type='application/json']").inner_text())
    plot: dict[str, Any] = source["plot"]
    return plot


def test_the_arrow_keys_read_a_plot_and_a_button_hides_a_series(reported: Reported) -> None:
    page = reported.page
    reported.open("model")
    figure = page.locator("#information figure.plot").first
    drawn_plot(figure)
    canvas, reading = figure.locator("canvas"), figure.locator(".plot__reading")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    first = reading.inner_text()
    assert first.startswith("Paper 1")
    page.keyboard.press("ArrowRight")
    assert reading.inner_text() not in ("", first)
    page.keyboard.press("ArrowDown")
    assert reading.inner_text().startswith("Paper 2")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    button = figure.get_by_role("button", name="Paper 1")
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    assert canvas.evaluate("canvas => canvas.toDataURL()") != before
    canvas.focus()
    page.keyboard.press("Escape")
    assert reading.inner_text() == ""


def test_a_darker_cell_of_a_heat_map_is_a_higher_share(reported: Reported) -> None:
    page = reported.page
    page.emulate_media(color_scheme="light")
    reported.open("paper")
    figure = page.locator("#criteria figure.plot").first
    plot = drawn_plot(figure)
    shades = figure.locator("canvas").evaluate(
        """(canvas) => {
          const helpers = globalThis.Chart.helpers;
          const data = globalThis.Chart.getChart(canvas).data.datasets[0];
          return data.backgroundColor.map((text) => { const { r, g, b } = helpers.color(text).rgb; return r + g + b; });
        }"""
    )
    values = [point[2] for point in plot["series"][0]["points"]]
    by_value = [shade for _, shade in sorted(zip(values, shades, strict=True), key=lambda pair: pair[0])]
    assert by_value == sorted(by_value, reverse=True)
    assert by_value[0] > by_value[-1]


def test_a_report_is_printed_in_light_colours_on_its_paper_and_comes_back(reported: Reported) -> None:
    page = reported.page
    page.emulate_media(color_scheme="dark")
    reported.open("paper")
    canvas = page.locator("report-plot canvas").first
    canvas.scroll_into_view_if_needed()
    screen = canvas.evaluate("canvas => canvas.toDataURL()")
    page.set_viewport_size({"width": 1020, "height": 700})  # as wide as the sheet within its margins
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert canvas.evaluate("canvas => canvas.toDataURL()") != screen
    assert overflow(page) == []
    assert not page.locator(".report-contents").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("report-plot.plot--print").count() == 0


def test_a_report_comes_down_as_a_workbook_and_a_table_as_csv(reported: Reported) -> None:
    page = reported.page
    reported.open("items")
    with page.expect_download() as coming:
        page.get_by_role("link", name="All tables (Excel)").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(coming.value.path()).read_bytes()))
    assert book.sheetnames[:2] == ["Items", "Figures"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "n" in kinds
    assert "f" not in kinds
    with page.expect_download() as coming:
        page.locator("#items").get_by_role("link", name="Download as CSV").last.click()
    text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert all(0 <= float(row["Facility"]) <= 1 for row in rows)


@pytest.mark.parametrize(("role", "home"), [("awarding_body", "awarding"), ("integrity_reviewer", "manager")])
def test_an_awarding_body_and_a_reviewer_read_without_links_to_the_agency_s_entries(
    reported: Reported, role: str, home: str
) -> None:
    live = reported.live
    page = people.sign_in(reported.browser, live.url, live.sample(), role, width=360)
    people.carry_axe(page)
    kinds = [kind for kind in KINDS if home == "manager" or kind != "forensics"]
    for kind in kinds:
        page.goto(f"{live.url}/{home}/reports/{reported.reports[kind]}")
        page.get_by_role("heading", name="In short").wait_for()
        assert page.locator("a[href*='/manager/entries/']").count() == 0
        assert overflow(page) == []
    assert people.violations(page) + people.FAULTS == []
