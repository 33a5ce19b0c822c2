# SPDX-License-Identifier: Apache-2.0
"""What the pages of reports show: done reports made from a drawn batch, and a batch that was really sat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from assessor import api as assessor
from core.identity.model import Role
from core.identity.tables import PersonRow
from core.uow import Actor
from item_bank.blueprints.tables import BlueprintRow
from tests.analysed import Analysed, analysed_batch
from tests.analysed_sitters import Sample
from tests.unit.assessor.analyses.synthetic import batch as drawn_batch
from tests.web.site import Site
from web import demo


def add_reports(
    site: Site, batch_id: str, kinds: Collection[assessor.ReportKind], centre: str = "", **drawn: Any
) -> dict[str, str]:
    """The ids of done reports of these kinds by kind; `drawn` describes the batch that they are made from.

    `centre`: the name that one of the centres gets.
    """
    data = drawn_batch(**({"persons": 60} | drawn))
    if centre:
        called = data.persons[0].groups["centre"]
        persons = [
            replace(one, groups={**one.groups, "centre": centre}) if one.groups["centre"] == called else one
            for one in data.persons
        ]
        data = replace(data, persons=tuple(persons))
    manager = site.staff(Role.MANAGER)
    made: dict[str, str] = {}
    for kind in kinds:
        answer = manager.post(f"/manager/batches/{batch_id}/quality/{kind.value}", {})
        assert answer.status_code == 302, answer.text
        with site.parts.store.write(Actor.system()) as uow:
            taken = assessor.take_report(uow)
        assert taken is not None
        document = assessor.make_report(kind, data, progress=lambda _share, _stage: None)
        with site.parts.store.write(Actor.system()) as uow:
            assessor.finish_report(uow, taken.report_id, data=data, document=document)
        made[kind.value] = taken.report_id
    return made


def sat_batch(site: Site, *, persons: int, forms: int = 2, name: str = "Sat in full") -> Analysed:
    """A closed batch of the sample's agency with stored attempts and results, on which the server makes reports itself."""
    return analysed_batch(site.parts.store, _sample(site), persons=persons, forms=forms, name=name)


def _sample(site: Site) -> Sample:
    with site.parts.store.read(Actor.system()) as uow:
        blueprint = uow.db.scalars(select(BlueprintRow).order_by(BlueprintRow.id)).first()
        assert blueprint is not None
        people = {
            person.role: uow.db.scalars(select(PersonRow).where(PersonRow.email == person.email)).one().id
            for person in demo.STAFF
            if person.role in (Role.MANAGER, Role.ASSESSOR)
        }
        return Sample(
            agency=blueprint.owner_id,
            manager=people[Role.MANAGER],
            assessor=people[Role.ASSESSOR],
            credential=blueprint.credential_version_id,
            blueprint=blueprint.id,
        )
