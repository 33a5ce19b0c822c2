# SPDX-License-Identifier: Apache-2.0
"""What many results say together, for the agency that assessed and the awarding body that got them. Nothing is changed here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from assessor import api as assessor
from core.errors import NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from web.access import actor, organisation_id, services, staff
from web.presenters.cohorts import (
    choice_rows,
    cohort_view,
    figure_tables,
    file_facts,
    no_results,
    people_table,
)
from web.report_files import csv_of, xlsx_of

blueprint = Blueprint("cohorts", __name__)


@blueprint.get("/manager/figures")
@staff(Role.MANAGER)
def agency() -> str:
    """The figures of the agency's own results."""
    return _page(_agency(), "cohorts.agency")


@blueprint.get("/manager/figures/file")
@staff(Role.MANAGER)
def agency_file() -> Response:
    """The same as a file: figures or results, csv or xlsx."""
    return _file(_agency())


@blueprint.get("/awarding/figures")
@staff(Role.AWARDING_BODY)
def body() -> str:
    """The figures of the results that were declared to this awarding body."""
    return _page(_body(), "cohorts.body")


@blueprint.get("/awarding/figures/file")
@staff(Role.AWARDING_BODY)
def body_file() -> Response:
    """The same as a file: figures or results, csv or xlsx."""
    return _file(_body())


def _agency() -> assessor.Whose:
    return assessor.Whose(organisation_id(), is_body=False)


def _body() -> assessor.Whose:
    return assessor.Whose(organisation_id(), is_body=True)


def _page(whose: assessor.Whose, endpoint: str) -> str:
    with services().store.read(actor()) as uow:
        choices = assessor.cohort_choices(uow, whose)
        if not choices:
            return render_template(
                "reports/cohort.html", view=None, choices=[], whose=whose, endpoint=endpoint
            )
        chosen = _chosen(choices)
        page = assessor.cohort_page(uow, whose, chosen, batch_ids=_batches())
        agencies = _agencies(uow, page)
    view = cohort_view(
        page, agencies=agencies, batch_url=lambda batch: url_for(endpoint, credential=chosen, batch=batch)
    )
    return render_template(
        "reports/cohort.html",
        view=view,
        choices=choice_rows(choices, chosen),
        whose=whose,
        endpoint=endpoint,
        asked={"credential": chosen, "batch": _batches()},
    )


def _file(whose: assessor.Whose) -> Response:
    kind, form = request.args.get("kind", "figures"), request.args.get("form", "csv")
    if kind not in ("figures", "results") or form not in ("csv", "xlsx"):
        raise NotFound("page_unknown")
    with services().store.read(actor()) as uow:
        chosen = _chosen(assessor.cohort_choices(uow, whose))
        page = assessor.cohort_page(uow, whose, chosen, batch_ids=_batches()) if chosen else None
        tables = [no_results()] if page is None else _tables(uow, whose, chosen, page, kind)
    filename = f"{kind}.{form}"
    return csv_of(tables[0], filename) if form == "csv" else xlsx_of(file_facts(page), tables, filename)


def _chosen(choices: list[assessor.CohortChoice]) -> str:
    """The credential that was asked for, else the one with the most results; one that is not among them is unknown."""
    return request.args.get("credential") or (choices[0].credential_version_id if choices else "")


def _batches() -> list[str]:
    """The batches that were asked for; none stands for all."""
    return [one for one in request.args.getlist("batch") if one]


def _tables(
    uow: UnitOfWork, whose: assessor.Whose, chosen: str, page: assessor.CohortPage, kind: str
) -> list[dict[str, Any]]:
    if kind == "figures":
        return figure_tables(page, agencies=_agencies(uow, page))
    lines = assessor.cohort_lines(uow, whose, chosen, [batch.id for batch in page.batches])
    return [people_table(lines, page.credential)]


def _agencies(uow: UnitOfWork, page: assessor.CohortPage) -> dict[str, str]:
    wanted = {batch.agency_id for batch in page.batches}
    return {one: identity.organisation_name(uow, one) for one in sorted(wanted)}
