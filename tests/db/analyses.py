# SPDX-License-Identifier: Apache-2.0
"""Short words for the tests of reports: reading a batch, ordering a report, the steps of its job."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assessor import api
from core.identity.model import Role
from core.uow import Actor
from tests.unit.assessor.world import World

ITEMS = api.ReportKind.ITEMS


def gather(world: World, batch_id: str, **more: Any) -> api.BatchData:
    with world.store.read(Actor.system()) as uow:
        return api.gather_batch(uow, batch_id, organisation_id=world.ids.agency, **more)


def manager(world: World) -> Actor:
    return replace(world.manager, roles=frozenset({Role.MANAGER}))


def order(world: World, batch_id: str, kind: api.ReportKind = ITEMS) -> api.Report:
    with world.store.write(manager(world)) as uow:
        return api.order_report(uow, batch_id, kind=kind, organisation_id=world.ids.agency)


def take(world: World) -> api.Taken | None:
    with world.store.write(Actor.system()) as uow:
        return api.take_report(uow)


def finish(world: World, report_id: str, data: api.BatchData) -> None:
    with world.store.write(Actor.system()) as uow:
        api.finish_report(
            uow, report_id, data=data, document={"kind": "items", "number": 0.25, "pair": (1, 2)}
        )


def standing(world: World, batch_id: str, kind: api.ReportKind = ITEMS) -> api.KindStanding:
    with world.store.read(world.manager) as uow:
        found = api.reports_of_batch(uow, batch_id, organisation_id=world.ids.agency)
    return next(one for one in found if one.kind is kind)
