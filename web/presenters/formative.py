# SPDX-License-Identifier: Apache-2.0
"""What practice shows a learner, and what an agency sees of it: criteria by their names, and counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork
from item_bank import api as bank
from web.presenters.common import bilingual
from web.presenters.room import LANGUAGE_NAMES, question_page


def overview_page(uow: UnitOfWork, who: assessor.Practiser) -> dict[str, Any]:
    """The criteria with items, standard by standard, each with how far one is."""
    credential = bank.credential_version(uow, who.credential_version_id).document
    steps = {one.pc: one for one in assessor.practice_progress(uow, who)}
    chosen = assessor.chosen_pcs(uow, who)
    return {
        "title": bilingual(credential.title),
        "by_link": who.visitor is not None,
        "sitting": assessor.sits_test(uow, who),
        "begun": any(one.answered for one in steps.values()),
        "standards": [
            {"title": bilingual(nos.title), "code": nos.code, "pcs": found}
            for nos in credential.nos
            if (found := [_pc(pc, steps[pc.id], chosen) for pc in nos.pcs if pc.id in steps])
        ],
    }


def question_view(
    uow: UnitOfWork, who: assessor.Practiser, asked: assessor.PracticeQuestion
) -> dict[str, Any]:
    """A question with the name of its criterion."""
    credential = bank.credential_version(uow, who.credential_version_id).document
    pc = credential.pc(asked.pc)
    item = question_page(asked.item, asked.number)
    languages = {code: LANGUAGE_NAMES[code] for code in item["bodies"] if code in LANGUAGE_NAMES}
    return {
        "number": asked.number,
        "item": item,
        "languages": languages,
        "pc": bilingual(pc.title) if pc else {"en": asked.pc},
        "title": bilingual(credential.title),
    }


def reply_page(reply: assessor.PracticeReply) -> dict[str, Any]:
    """How good the answer was, part by part, why, and the criterion's progress."""
    rationale = reply.feedback.rationale
    return {
        "judged": reply.feedback.judged.value,
        "parts": [part.judged.value if part.judged else None for part in reply.feedback.parts],
        "rationale": dict(rationale.by_language) if rationale else {},
        "value": reply.value,
        "progress": reply.progress,
    }


def use_page(uow: UnitOfWork, *, organisation_id: str) -> dict[str, Any]:
    """An agency's practice pools by credential: counts for each criterion, and the open links."""
    links = assessor.practice_links(uow, organisation_id=organisation_id)
    return {
        "credentials": [
            {
                "id": credential.id,
                "title": bilingual(credential.document.title),
                "code": credential.document.code,
                "use": [_use(credential.document, one) for one in used],
                "links": [link for link in links if link.credential_version_id == credential.id],
            }
            for credential in bank.credential_versions(uow)
            if (
                used := assessor.practice_use(
                    uow, organisation_id=organisation_id, credential_version_id=credential.id
                )
            )
        ]
    }


def _pc(
    pc: bank.PerformanceCriterion, step: assessor.PcProgress, chosen: tuple[str, ...]
) -> Mapping[str, Any]:
    return {"id": pc.id, "title": bilingual(pc.title), "step": step, "chosen": pc.id in chosen}


def _use(credential: bank.CredentialDocument, use: assessor.PcUse) -> Mapping[str, Any]:
    pc = credential.pc(use.pc)
    share = round(100 * use.right / use.answers) if use.answers else None
    return {"pc": use.pc, "title": bilingual(pc.title) if pc else {}, "use": use, "share": share}
