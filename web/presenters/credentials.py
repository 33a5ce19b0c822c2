# SPDX-License-Identifier: Apache-2.0
"""What the pages of credentials show: findings beside their section, versions, differences, both shares of an adoption."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.identity.model import Organisation
from item_bank import api as bank
from scoring.api import Rule, RuleLine, describe
from web.forms.credential_sections import section_titles
from web.i18n import language
from web.presenters.common import bilingual, exact, percent
from web.words import _

_SHOWN = 200


def finding_row(finding: bank.Finding) -> dict[str, str]:
    """A finding in the reader's language."""
    text, advice = finding.in_language(language())
    return {
        "rule": finding.rule,
        "clause": finding.clause,
        "severity": finding.severity.value,
        "text": text,
        "what_to_do": advice,
        "section": finding.section.value,
        "moment": finding.moment.value,
    }


def section_links(
    document: bank.CredentialDocument, findings: Iterable[bank.Finding], *, current: str
) -> list[dict[str, Any]]:
    """The sections of the editor with how many findings each has."""
    counts: dict[str, list[str]] = {}
    for finding in findings:
        counts.setdefault(finding.section.value, []).append(finding.severity.value)
    return [
        {
            "name": name,
            "title": title,
            "active": name == current,
            "blocking": counts.get(name, []).count("H"),
            "warning": counts.get(name, []).count("W"),
        }
        for name, title in section_titles().items()
        if name != "adoption" or document.adoption is not None
    ]


def rule_lines_with_depth(rule: Rule) -> tuple[RuleLine, ...]:
    """A pass rule in plain words, with how deep each line stands."""
    return describe(rule, language())


def overlay_page(report: bank.OverlayReport | None) -> dict[str, Any] | None:
    """Both shares of an adoption, and what makes them up."""
    if report is None:
        return None
    return {
        "modified": percent(report.modified),
        "added": percent(report.added),
        "modified_percent": float(report.modified * 100),
        "added_percent": float(report.added * 100),
        "changed": report.changed_pcs,
        "removed": report.removed_pcs,
        "additions": report.added_pcs,
        "lost": report.lost,
        "without_hours": report.without_hours,
        "frozen": [
            {"field": one.field.replace("_", " "), "parent": one.parent, "child": one.child}
            for one in report.frozen
        ],
    }


def version_rows(
    versions: Sequence[bank.CredentialVersion], *, of: bank.CredentialVersion
) -> list[dict[str, Any]]:
    """The versions of one code, newest first."""
    return [
        {
            "id": one.id,
            "version": one.document.version,
            "state": one.state.value,
            "created_at": one.created_at,
            "published_at": one.published_at,
            "current": one.id == of.id,
        }
        for one in sorted(versions, key=lambda one: one.created_at, reverse=True)
        if one.document.code == of.document.code
    ]


def adoptable_rows(versions: Iterable[bank.CredentialVersion]) -> list[dict[str, Any]]:
    """Credentials that may be adopted, as a list."""
    return [
        {
            "id": one.id,
            "code": one.document.code,
            "version": one.document.version,
            "title": bilingual(one.document.title),
            "awarding_body": one.document.awarding_body,
            "level": str(one.document.level),
            "hours": str(one.document.hours.total),
        }
        for one in versions
    ]


def differences(before: bank.Sheets, after: bank.Sheets) -> list[dict[str, str]]:
    """What differs between two documents, row by row of their workbooks: place, before, after."""
    found: list[dict[str, str]] = []
    for sheet, rows in before.items():
        old, new = _named(sheet, rows), _named(sheet, after[sheet])
        for name in dict.fromkeys((*old, *new)):
            one, two = old.get(name, {}), new.get(name, {})
            found += [
                {
                    "place": f"{name}, {column}" if one and two else name,
                    "column": column,
                    "before": one.get(column, ""),
                    "after": two.get(column, ""),
                }
                for column in dict.fromkeys((*one, *two))
                if one.get(column, "") != two.get(column, "")
            ]
    return found[:_SHOWN]


_KEYS = {
    "credential": ("field",), "components": ("id",), "nos": ("code",), "elements": ("nos", "id"), "pcs": ("id",),
    "rule": ("line",), "criteria": ("id",), "questions": ("id",), "levels": ("of", "marks"),
    "validations": ("organisation",), "progression": ("direction", "code"), "duplicates": ("pc",),
}  # fmt: skip


def _named(sheet: str, rows: Sequence[bank.Cells]) -> dict[str, bank.Cells]:
    named: dict[str, bank.Cells] = {}
    counts: dict[str, int] = {}
    for cells in rows:
        keys = _KEYS.get(sheet)
        name = (
            " ".join(cells.get(key, "") for key in keys)
            if keys
            else cells.get("list") or cells.get("pc") or cells.get("about", "")
        )
        counts[name] = counts.get(name, 0) + 1
        number = f" {counts[name]}" if counts[name] > 1 or not keys else ""
        named[f"{sheet}: {name}{number}"] = cells
    return named


def coverage_rows(document: bank.CredentialDocument, facts: bank.Facts) -> list[dict[str, Any]]:
    """Live items per PC, for PCs that theory is asked of."""
    counts = facts.items_per_pc or {}
    return [
        {"pc": pc.printed, "id": pc.id, "items": counts.get(pc.id, 0), "mandatory": pc.mandatory}
        for pc in document.pcs
    ]


def permission_rows(
    permissions: Iterable[bank.AdoptionPermission], bodies: Iterable[Organisation]
) -> list[dict[str, Any]]:
    """Who may adopt a private credential, by name."""
    names = {body.id: body.name for body in bodies}
    return [
        {"body": names.get(one.body_id, "?"), "reference": one.reference, "at": one.created_at}
        for one in permissions
    ]


def element_rows(nos: bank.Nos) -> list[dict[str, Any]]:
    """The elements of a NOS with their marks."""
    return [
        {
            "id": element.id,
            "title": bilingual(element.title),
            "threshold": percent(element.threshold) if element.threshold is not None else _("none"),
            "marks": {component: exact(marks) for component, marks in element.marks},
            "pcs": list(element.pcs),
        }
        for element in nos.elements
    ]


def credential_view(
    version: bank.CredentialVersion, found: Sequence[bank.Finding], facts: bank.Facts
) -> dict[str, Any]:
    """What the page of a credential shows beside the document itself."""
    publishing = [one for one in found if one.moment is bank.Moment.PUBLISHING]
    later = [one for one in found if one.moment is not bank.Moment.PUBLISHING]
    return {
        "findings": [finding_row(one) for one in publishing],
        "later": [finding_row(one) for one in later],
        "recorded": [finding_row(one) for one in bank.recorded_data(version.document, facts)],
        "pages": facts.pages,
        "overlay": overlay_page(facts.overlay),
        "may_publish": version.state is bank.CredentialState.DRAFT
        and not any(one.severity is bank.Severity.BLOCK for one in publishing),
        "warnings": [
            finding_row(one)
            for place, one in enumerate(publishing)
            if one.severity is bank.Severity.WARN
            and one.rule not in [other.rule for other in publishing[:place]]
        ],
    }


def next_version(version: str) -> str:
    """A proposal for the version after this one: 1.0 is followed by 1.1."""
    head, _dot, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}"
