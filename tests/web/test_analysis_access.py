# SPDX-License-Identifier: Apache-2.0
"""Who reads which report: managers and integrity reviewers of the agency all of them, the awarding body none about conduct."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor import api as assessor
from core.identity.model import Role
from tests.conftest import NOON
from tests.web.reported import add_reports
from tests.web.site import Site, open_site

READERS = (Role.MANAGER, Role.INTEGRITY_REVIEWER)
OTHERS = sorted(set(Role) - {*READERS, Role.AWARDING_BODY, Role.OPERATOR})


@pytest.fixture(scope="module")
def reported(
    sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, str, dict[str, str]]]:
    """The sample with a done report of each kind: the site, the batch, the reports by kind."""
    var = tmp_path_factory.mktemp("every_kind") / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        page = site.staff(Role.MANAGER).get("/manager/batches").text
        found = re.search(r'/manager/batches/([0-9a-z]{26})"', page)
        assert found is not None
        batch_id = found.group(1)
        yield site, batch_id, add_reports(site, batch_id, list(assessor.ReportKind), persons=20, per_pc=2)


@pytest.mark.parametrize("role", READERS)
def test_whoever_may_order_reports_reads_every_kind(
    reported: tuple[Site, str, dict[str, str]], role: Role
) -> None:
    site, batch_id, reports = reported
    reader = site.staff(role)
    assert reader.get(f"/manager/batches/{batch_id}/quality").status_code == 200
    for kind in assessor.ReportKind:
        assert reader.get(f"/manager/reports/{reports[kind.value]}").status_code == 200, kind


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_of_the_agency_reads_or_orders_any(
    reported: tuple[Site, str, dict[str, str]], role: Role
) -> None:
    site, batch_id, reports = reported
    other = site.staff(role)
    refusals = {403, 404}
    assert other.get(f"/manager/batches/{batch_id}/quality").status_code in refusals
    for kind in assessor.ReportKind:
        for path in ("", "/report.xlsx"):
            assert other.get(f"/manager/reports/{reports[kind.value]}{path}").status_code in refusals, kind
        assert other.post(f"/manager/batches/{batch_id}/quality/{kind.value}", {}).status_code in refusals


def test_the_awarding_body_reads_every_kind_but_the_one_about_conduct(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, _, reports = reported
    body = site.staff(Role.AWARDING_BODY)
    listed = body.get("/awarding/reports").text
    for kind in assessor.ReportKind:
        report_id = reports[kind.value]
        expected = 404 if kind.about_conduct else 200
        assert body.get(f"/awarding/reports/{report_id}").status_code == expected, kind
        assert body.get(f"/awarding/reports/{report_id}/report.xlsx").status_code == expected, kind
        assert (report_id in listed) is not kind.about_conduct
        assert body.get(f"/manager/reports/{report_id}").status_code in {403, 404}
