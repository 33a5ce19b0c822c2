# SPDX-License-Identifier: Apache-2.0
"""News of a panel to its judges, queued in the unit of work of what they tell of. No word of what is judged, no judgement."""

from __future__ import annotations

from collections.abc import Iterable

from core.identity import queries as identity
from core.notices.model import Address, NoticeKind, PanelNews
from core.notices.operations import queue_notice
from core.uow import UnitOfWork
from item_bank import api as bank
from web.wiring import Services


def tell_judges(
    uow: UnitOfWork, parts: Services, panel: bank.Panel, news: PanelNews, *, judges: Iterable[bank.Judge]
) -> int:
    """Queue a notice to each of these judges in their language; how many."""
    told = 0
    for judge in judges:
        person = identity.person(uow, judge.person_id)
        if person is None:
            continue
        queue_notice(
            uow,
            organisation_id=panel.owner_id,
            subject_id=person.id,
            kind=NoticeKind.PANEL_NEWS,
            language=person.language,
            address=Address.email(person.email),
            words={
                "name": person.name,
                "panel": panel.name,
                "news": news.value,
                "link": f"{parts.config.base_url}/panels/{panel.id}/seat",
            },
            key=parts.config.key("notices"),
        )
        told += 1
    return told
