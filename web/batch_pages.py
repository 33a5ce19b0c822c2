# SPDX-License-Identifier: Apache-2.0
"""The pages of one batch: one read, four tabs. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template

from assessor import api as assessor
from core.identity import queries as identity
from core.identity.model import Role
from web.access import actor, organisation_id, services
from web.enrolling import Codes, credential_of
from web.presenters.assessing import assessing_facts, missing_for_return
from web.presenters.manager import batch_head, entry_rows, form_rows, people_options, sitting_rows
from web.presenters.scheduling import particular_facts

TEMPLATES = {
    "candidates": "manager/batch.html",
    "sittings": "manager/batch_sittings.html",
    "papers": "manager/batch_papers.html",
    "about": "manager/batch_about.html",
}


def batch_answer(
    batch_id: str, tab: str, *, codes: Codes | None = None, wrong: Mapping[str, object] | None = None
) -> str:
    """A tab of a batch's page; `codes` were just made and are shown this once, `wrong` are lines that were refused."""
    with services().store.read(actor()) as uow:
        page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        members = {
            sitting.id: assessor.staff_of_sitting(uow, sitting.id, organisation_id=organisation_id())
            for sitting in page.sittings
        }
        forms = assessor.forms_of_batch(uow, batch_id, organisation_id=organisation_id())
        assessors = identity.people(uow, organisation_id(), role=Role.ASSESSOR)
        proctors = identity.people(uow, organisation_id(), role=Role.PROCTOR)
        batch = page.batch
        assessing = assessor.assessors_of_batch(uow, batch_id, organisation_id=organisation_id())
        return render_template(
            TEMPLATES[tab],
            tab=tab,
            batch=batch_head(batch, credential_of(uow, batch.assessment_id)),
            facts=particular_facts(batch.particulars, region=batch.region),
            missing=missing_for_return(batch, assessing, analysed=any(line.result for line in page.lines)),
            assessing=assessing_facts(assessing, batch.particulars),
            sittings=sitting_rows(page, members, now=uow.now),
            forms=form_rows(forms),
            entries=entry_rows(page.lines, now=uow.now),
            assessors=people_options(assessors),
            proctors=people_options(proctors),
            shown_codes=codes or [],
            wrong=wrong,
        )
