# SPDX-License-Identifier: Apache-2.0
"""Certificates and languages of assessors, and the analysis of results: kept on forms, asked for on the batch's page."""

from __future__ import annotations

import re

from core.identity.model import Role
from tests.web.calm import calm
from tests.web.scheduling import batch_path
from tests.web.site import Site
from tests.web.test_people import id_of
from web import demo

_ASKED = "ToA certificate of each assessor"


def page_of(site: Site, role: Role) -> str:
    return f"/people/{id_of(site, next(one.email for one in demo.STAFF if one.role is role))}"


def test_an_administrator_keeps_what_the_return_asks_of_an_assessor(site: Site) -> None:
    administrator, page = site.staff(Role.ADMINISTRATOR), page_of(site, Role.ASSESSOR)
    assert "Number of the ToA certificate" in administrator.get(page).text
    sent = {
        "toa_certificate": "TOA/2024/117",
        "toa_sector": "BFSI",
        "toa_valid_until": "2029-03-31",
        "language": ["hi", "", "mr"],
        "proficiency": ["fluent", "", ""],
    }
    assert administrator.post(f"{page}/assessor", sent).status_code == 302
    shown = administrator.get(page).text
    for value in ('value="TOA/2024/117"', 'value="BFSI"', 'value="2029-03-31"'):
        assert value in shown
    assert re.findall(r'<option value="([^"]+)" selected>', shown) == ["hi", "fluent"]


def test_whoever_is_no_assessor_has_no_such_form(site: Site) -> None:
    administrator, page = site.staff(Role.ADMINISTRATOR), page_of(site, Role.AUTHOR)
    assert "ToA certificate" not in administrator.get(page).text


def test_a_wrong_record_is_refused_in_words(site: Site) -> None:
    administrator, page = site.staff(Role.ADMINISTRATOR), page_of(site, Role.ASSESSOR)
    for sent, code in (
        ({"toa_sector": "BFSI"}, "toa_unnumbered"),
        ({"toa_certificate": "1", "toa_valid_until": "soon"}, "request_malformed"),
        ({"language": "xx", "proficiency": "fluent"}, "batch_language_unknown"),
        ({"language": "hi", "proficiency": "perfect"}, "request_malformed"),
    ):
        administrator.get(page)
        calm(administrator.post(f"{page}/assessor", sent), 422, code)


def test_the_batch_s_page_shows_the_certificate_and_asks_for_it_and_for_the_analysis(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    path = batch_path(manager)
    before = manager.get(f"{path}/about").text
    assert _ASKED in before
    assert "(none is known)" in before
    record = {"toa_certificate": "1", "language": "hi", "proficiency": "fluent"}
    site.staff(Role.ADMINISTRATOR).post(f"{page_of(site, Role.ASSESSOR)}/assessor", record)
    known = manager.get(f"{path}/about").text
    assert _ASKED not in known
    assert "(valid)" in known
    assert "(Fluent)" in known, "the batch is assessed in Hindi"
    assert "Results analysed" not in known, "there are none"
    sent = {"name": "Nashik", "region": "IN-MH", "analysed": "yes"}
    assert manager.post(f"{path}/edit", sent).status_code == 302
    assert "Results analysed by the quality or audit team?" in manager.get(f"{path}/about").text
