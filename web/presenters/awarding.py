# SPDX-License-Identifier: Apache-2.0
"""What awarding bodies see of their credentials, and the list of their results."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from scoring.api import describe
from web.i18n import language
from web.presenters.common import bilingual, component_label, exact, percent
from web.presenters.credentials import element_rows
from web.words import _


def credential_rows(versions: list[bank.CredentialVersion]) -> list[dict[str, Any]]:
    """Credentials as a list."""
    return [
        {
            "id": version.id,
            "code": version.document.code,
            "version": version.document.version,
            "title": bilingual(version.document.title),
            "state": version.state.value,
            "level": str(version.document.level),
            "hours": str(version.document.hours.total),
            "pcs": len(version.document.pcs),
            "digest": version.sha256,
        }
        for version in versions
    ]


def credential_page(version: bank.CredentialVersion) -> dict[str, Any]:
    """One credential document with its rule in words."""
    document = version.document
    return {
        "id": version.id,
        "code": document.code,
        "version": document.version,
        "title": bilingual(document.title),
        "state": version.state.value,
        "level": str(document.level),
        "hours": {
            part: str(getattr(document.hours, part)) for part in ("total", "theory", "practical", "ojt")
        },
        "assessment_minutes": document.assessment_minutes,
        "digest": version.sha256,
        "components": [
            {"id": part.id, "label": component_label(part.id), "minutes": part.minutes}
            for part in document.components
        ],
        "nos": [_nos(nos) for nos in document.nos],
        "rule_lines": rule_lines(document),
    }


def rule_lines(document: bank.CredentialDocument) -> list[str]:
    """The pass rule in plain words, in the reader's language."""
    return [line.text for line in describe(document.rule, language())]


def _nos(nos: bank.Nos) -> dict[str, Any]:
    return {
        "code": nos.code,
        "title": bilingual(nos.title),
        "weight": exact(nos.weight),
        "elements": element_rows(nos),
        "pcs": [
            {
                "id": pc.id,
                "label": pc.printed,
                "element": pc.element,
                "title": bilingual(pc.title),
                "knowledge": [bilingual(text) for text in pc.knowledge],
                "threshold": percent(pc.threshold) if pc.threshold is not None else _("none"),
                "marks": {component: exact(marks) for component, marks in pc.marks},
            }
            for pc in nos.pcs
        ],
    }


def result_rows(results: list[assessor.FeedResult]) -> list[dict[str, Any]]:
    """Declared results as a list."""
    return [
        {
            "id": one.result.summary.id,
            "sequence": one.number,
            "candidate_name": one.entry.candidate_name,
            "credential_code": one.result.document["credential"]["code"],
            "batch_name": one.entry.sitting.batch_name,
            "verdict": "pass" if one.result.summary.passed else "fail",
            "declared_at": one.result.summary.declared_at,
            "delivery": one.delivery.state.value if one.delivery else "not_pulled",
            "reason": one.delivery.reason if one.delivery else None,
        }
        for one in results
    ]
