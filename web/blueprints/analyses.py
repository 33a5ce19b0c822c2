# SPDX-License-Identifier: Apache-2.0
"""Pages of the reports on a batch: ordering and reading them, and their files. `web.analysis_jobs` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import NotFound
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.enrolling import credential_of
from web.presenters.analyses import (
    body_rows,
    file_table,
    file_tables,
    kind_cards,
    report_page,
    run_part,
    workbook_facts,
)
from web.presenters.manager import batch_head
from web.report_files import csv_of, xlsx_of
from web.words import _

blueprint = Blueprint("analyses", __name__)
_READERS = (Role.MANAGER, Role.INTEGRITY_REVIEWER)


@blueprint.get("/integrity/batches")
@staff(Role.INTEGRITY_REVIEWER)
def batches() -> str:
    """The batches of the agency, for who reads reports and manages nothing; newest first."""
    with services().store.read(actor()) as uow:
        found = assessor.batches(uow, organisation_id=organisation_id())
    return render_template("reports/batches.html", batches=found)


@blueprint.get("/manager/batches/<batch_id>/quality")
@staff(*_READERS)
def quality(batch_id: str) -> str:
    """The tab of a batch's page with its reports: what each answers, where it stands."""
    with services().store.read(actor()) as uow:
        batch = assessor.batch(uow, batch_id, organisation_id=organisation_id())
        standings = assessor.reports_of_batch(uow, batch_id, organisation_id=organisation_id())
        closed = assessor.batch_standing(uow, batch_id)
        head = batch_head(batch, credential_of(uow, batch.assessment_id))
    return render_template(
        "reports/quality.html",
        tab="quality",
        batch=head,
        cards=kind_cards(standings),
        standing=closed,
        is_manager=Role.MANAGER in actor().roles,
    )


@blueprint.post("/manager/batches/<batch_id>/quality")
@staff(*_READERS)
def order_all(batch_id: str) -> Response:
    """Order every kind of report that is not under way."""
    with services().store.write(actor()) as uow:
        for kind in assessor.ReportKind:
            assessor.order_report(uow, batch_id, kind=kind, organisation_id=organisation_id())
    return go("analyses.quality", message=_("The reports are ordered."), batch_id=batch_id)


@blueprint.post("/manager/batches/<batch_id>/quality/<kind>")
@staff(*_READERS)
def order(batch_id: str, kind: str) -> Response:
    """Order a report; one that is under way already stays as it is."""
    with services().store.write(actor()) as uow:
        assessor.order_report(uow, batch_id, kind=_kind(kind), organisation_id=organisation_id())
    return go("analyses.quality", message=_("The report is ordered."), batch_id=batch_id, _anchor=kind)


@blueprint.post("/manager/reports/<report_id>/cancel")
@staff(*_READERS)
def cancel(report_id: str) -> Response:
    """Take an ordered report back, or stop one that is being made."""
    with services().store.write(actor()) as uow:
        found = assessor.cancel_report(uow, report_id, organisation_id=organisation_id())
    return go("analyses.quality", batch_id=found.batch_id, _anchor=found.kind.value)


@blueprint.get("/manager/batches/<batch_id>/quality/state")
@staff(*_READERS)
def states(batch_id: str) -> Response:
    """How far the newest report of each kind is, for the script of the page."""
    with services().store.read(actor()) as uow:
        standings = assessor.reports_of_batch(uow, batch_id, organisation_id=organisation_id())
    runs = {one.kind.value: run_part(one.newest) for one in standings if one.newest is not None}
    shown = ("id", "done", "over", "words")
    return jsonify({kind: {name: run[name] for name in shown} for kind, run in runs.items()})


@blueprint.get("/manager/reports/<report_id>")
@staff(*_READERS)
def report(report_id: str) -> str:
    """A report with its figures, plots and tables."""
    found, document = _own(report_id)
    link = _link if Role.MANAGER in actor().roles else _no_link
    back = url_for("analyses.quality", batch_id=found.batch_id)
    return render_template(
        "reports/report.html", report=report_page(found, document, link=link), back=back, files="analyses"
    )


@blueprint.get("/manager/reports/<report_id>/tables/<section>.csv")
@staff(*_READERS)
def table_file(report_id: str, section: str) -> Response:
    """The table of a section, or of one of its plots (``?plot=``), as csv."""
    return _table_answer(*_own(report_id), section)


@blueprint.get("/manager/reports/<report_id>/report.xlsx")
@staff(*_READERS)
def workbook(report_id: str) -> Response:
    """All tables of a report as a workbook."""
    return _workbook_answer(*_own(report_id))


@blueprint.get("/awarding/reports")
@staff(Role.AWARDING_BODY)
def body_reports() -> str:
    """The done reports on this body's credentials, newest first."""
    with services().store.read(actor()) as uow:
        rows = body_rows(assessor.reports_of_body(uow, organisation_id()))
    return render_template("reports/body.html", reports=rows)


@blueprint.get("/awarding/reports/<report_id>")
@staff(Role.AWARDING_BODY)
def body_report(report_id: str) -> str:
    """A report on a credential of this body; never one about the conduct of persons."""
    found, document = _of_body(report_id)
    back = url_for("analyses.body_reports")
    return render_template(
        "reports/report.html", report=report_page(found, document), back=back, files="analyses.body"
    )


@blueprint.get("/awarding/reports/<report_id>/tables/<section>.csv")
@staff(Role.AWARDING_BODY)
def body_table_file(report_id: str, section: str) -> Response:
    """As ``table_file``, for the awarding body."""
    return _table_answer(*_of_body(report_id), section)


@blueprint.get("/awarding/reports/<report_id>/report.xlsx")
@staff(Role.AWARDING_BODY)
def body_workbook(report_id: str) -> Response:
    """As ``workbook``, for the awarding body."""
    return _workbook_answer(*_of_body(report_id))


def _own(report_id: str) -> tuple[assessor.Report, dict[str, Any]]:
    with services().store.read(actor()) as uow:
        return assessor.report_document(uow, report_id, organisation_id=organisation_id())


def _of_body(report_id: str) -> tuple[assessor.Report, dict[str, Any]]:
    with services().store.read(actor()) as uow:
        return assessor.report_of_body(uow, report_id, awarding_body_id=organisation_id())


def _kind(name: str) -> assessor.ReportKind:
    try:
        return assessor.ReportKind(name)
    except ValueError as error:
        raise NotFound("page_unknown") from error


def _table_answer(found: assessor.Report, document: dict[str, Any], section: str) -> Response:
    plot = request.args.get("plot", "")
    table = file_table(document, section, plot)
    if table is None:
        raise NotFound("page_unknown")
    return csv_of(
        table, f"{found.kind.value}-{section}.csv" if not plot else f"{found.kind.value}-{section}-plot.csv"
    )


def _workbook_answer(found: assessor.Report, document: dict[str, Any]) -> Response:
    return xlsx_of(workbook_facts(found, document), file_tables(document), f"report-{found.kind.value}.xlsx")


def _link(section: str, about: Mapping[str, str]) -> str | None:
    """A person leads to the entry, a doubtful key to where it can be corrected."""
    if "entry" in about:
        return url_for("entries.one", entry_id=about["entry"])
    return url_for("corrections.new", item=about["item"]) if section == "suspicious_keys" else None


def _no_link(_section: str, _about: Mapping[str, str]) -> None:
    return None
