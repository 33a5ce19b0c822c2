# SPDX-License-Identifier: Apache-2.0
"""The forms of a manager: a new batch with its first sitting, and lines of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor import api as assessor
from core.errors import Invalid
from web.forms.particulars import read_particulars, read_region
from web.forms.reading import instant, reasons, whole
from web.i18n import DEFAULT_ZONE
from web.words import _

MAXIMUM_CANDIDATES = 500


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate to enrol."""

    plan: assessor.CandidatePlan
    extra_minutes: int


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch as asked for; ``errors`` by field, and then nothing else is to be trusted."""

    credential_version_id: str
    forms: int
    batch: assessor.BatchPlan
    plan: assessor.SittingPlan | None
    confirmed: bool
    candidates: tuple[CandidateLine, ...]
    errors: Mapping[str, str]


def read_new_batch(form: Mapping[str, str]) -> NewBatch:
    """Read the form; every wrong field is named."""
    errors: dict[str, str] = {}
    texts = {name: form.get(name, "").strip() for name in ("name", "credential_version_id", "place")}
    for name, text in texts.items():
        if not 1 <= len(text) <= 200:
            errors[name] = _("This is needed, in at most 200 characters.")
    opens_at, closes_at = (instant(form.get(name, ""), name, errors) for name in ("opens_at", "closes_at"))
    if opens_at and closes_at and closes_at <= opens_at:
        errors["closes_at"] = _("The window must close after it opens.")
    candidates = _lines(form.get("candidates", ""), errors)
    forms = whole(form.get("forms", ""), low=1, high=20)
    if forms is None:
        errors["forms"] = _("Enter a whole number from 1 to 20.")
    allocation_id = form.get("allocation_id", "").strip()[:40]
    region = "" if allocation_id else read_region(form, errors)
    particulars = read_particulars(form, errors)
    confirmed = form.get("confirmed") == "yes"
    if candidates and not confirmed:
        errors["confirmed"] = _("Say that every candidate meets the entry requirement.")
    plan = None
    if not errors and opens_at and closes_at:
        plan = assessor.SittingPlan(
            opens_at=opens_at,
            closes_at=closes_at,
            time_zone=DEFAULT_ZONE,
            place=texts["place"],
            proctored=form.get("proctored") == "yes",
            training_partner=particulars.training_partner,
        )
    batch = assessor.BatchPlan(
        name=texts["name"],
        region=region,
        particulars=particulars,
        allocation_id=allocation_id or None,
        reasons=reasons(form),
    )
    return NewBatch(texts["credential_version_id"], forms or 0, batch, plan, confirmed, candidates, errors)


def read_candidates(text: str, *, confirmed: bool) -> tuple[CandidateLine, ...]:
    """Read lines of candidates who meet the entry requirement.

    Invalid(``candidates_malformed``, problem=…) names the first wrong line.
    """
    errors: dict[str, str] = {}
    if not confirmed:
        errors["candidates"] = _("Say that every candidate meets the entry requirement.")
    lines = _lines(text, errors)
    if errors or not lines:
        raise Invalid("candidates_malformed", problem=errors.get("candidates", _("There is no candidate.")))
    return lines


def _lines(text: str, errors: dict[str, str]) -> tuple[CandidateLine, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(",")]
        name, language, extra = (*parts, "", "")[:3]
        minutes = whole(extra or "0", low=0, high=1440)
        if len(parts) > 3 or not 1 <= len(name) <= 200:
            errors["candidates"] = _("Line %(number)s: write name, language, extra minutes.", number=number)
        elif language not in ("", "en", "hi"):
            errors["candidates"] = _("Line %(number)s: the language is en or hi.", number=number)
        elif minutes is None:
            errors["candidates"] = _("Line %(number)s: extra minutes are 0 to 1440.", number=number)
        else:
            plan = assessor.CandidatePlan(name=name, language=assessor.Language(language or "en"))
            found.append(CandidateLine(plan, minutes))
    if len(found) > MAXIMUM_CANDIDATES:
        errors["candidates"] = _("At most %(most)s candidates at a time.", most=MAXIMUM_CANDIDATES)
    return tuple(found)
