# SPDX-License-Identifier: Apache-2.0
"""The form of one candidate: fields, accommodations; the lists of many candidates are read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from assessor import api as assessor
from core.errors import Invalid
from web.forms.reading import choice, day, sentence, whole, yes_or_no
from web.words import _


@dataclass(frozen=True, slots=True)
class AskedCandidate:
    """A candidate as typed; `plan` is in its stored form, and there when no field is wrong."""

    plan: assessor.CandidatePlan | None
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskedAids:
    """Accommodations as typed: every aid that is ticked, with its reason."""

    extra_minutes: int
    aids: tuple[assessor.Accommodation, ...]
    errors: Mapping[str, str]


def read_candidate(form: MultiDict[str, str], *, today: date) -> AskedCandidate:
    """Read the form; every wrong field is named."""
    errors: dict[str, str] = {}
    plan = assessor.CandidatePlan(
        name=form.get("name", "")[:1_000],
        language=choice(assessor.Language, form, "language", errors) or assessor.Language.ENGLISH,
        date_of_birth=_birth(form, errors),
        gender=choice(assessor.Gender, form, "gender", errors),
        disabled=yes_or_no(form, "disabled", errors),
        disabilities=_disabilities(form, errors),
        email=form.get("email", "")[:1_000],
        phone=form.get("phone", "")[:1_000],
        apaar=form.get("apaar", "")[:100],
        agency_number=form.get("agency_number", "")[:1_000],
        qualification=_qualification(form, errors),
        pathway=choice(assessor.Pathway, form, "pathway", errors) or assessor.Pathway.TRAINED,
        training_minutes=_training(form, errors),
        guardian=_guardian(form),
    )
    for problem in assessor.candidate_problems(plan, today=today):
        errors.setdefault(problem.field, sentence(problem.error))
    if errors:
        return AskedCandidate(None, errors)
    return AskedCandidate(assessor.normal_candidate(plan, today=today), {})


def read_aids(form: Mapping[str, str]) -> AskedAids:
    """Read extra minutes and the ticked aids with their reasons; every wrong field is named."""
    errors: dict[str, str] = {}
    minutes = whole(form.get("extra_minutes", "").strip() or "0", low=0, high=1440)
    if minutes is None:
        errors["extra_minutes"] = _("Enter whole minutes from 0 to 1440.")
    aids = []
    for aid in assessor.Aid:
        granted = bool(minutes) if aid is assessor.Aid.EXTRA_TIME else form.get(aid.value) == "yes"
        reason = form.get(f"why-{aid.value}", "").strip()
        if granted and not 1 <= len(reason) <= 300:
            errors[f"why-{aid.value}"] = _("Write a short reason, at most 300 characters.")
        elif granted:
            aids.append(assessor.Accommodation(aid=aid, reason=reason))
    return AskedAids(minutes or 0, tuple(aids), errors)


def _birth(form: Mapping[str, str], errors: dict[str, str]) -> date | None:
    text = form.get("date_of_birth", "").strip()
    found = day(text) if text else None
    if text and found is None:
        errors["date_of_birth"] = _("Enter a date.")
    return found


def _disabilities(form: MultiDict[str, str], errors: dict[str, str]) -> tuple[assessor.Disability, ...]:
    chosen = form.getlist("disabilities")
    if not set(chosen) <= set(assessor.Disability):
        errors["disabilities"] = _("Choose one from the list.")
        return ()
    return tuple(assessor.Disability(one) for one in chosen)


def _qualification(form: Mapping[str, str], errors: dict[str, str]) -> assessor.Qualification:
    numbers: dict[str, int | None] = {}
    for name, high in (("school_class", 12), ("experience_years", 60)):
        text = form.get(name, "").strip()
        numbers[name] = whole(text, low=0, high=high) if text else None
        if text and numbers[name] is None:
            errors[name] = _("Enter a whole number up to %(most)s.", most=high)
    return assessor.Qualification(
        level=form.get("level", "").strip()[:10],
        school_class=numbers["school_class"],
        experience_years=numbers["experience_years"],
    )


def _training(form: Mapping[str, str], errors: dict[str, str]) -> int | None:
    text = form.get("training_hours", "").strip()
    try:
        return assessor.training_minutes(text) if text else None
    except Invalid as error:
        errors["training_hours"] = sentence(error)
        return None


def _guardian(form: Mapping[str, str]) -> assessor.Guardian | None:
    name, contact = (form.get(f"guardian_{part}", "")[:1_000].strip() for part in ("name", "contact"))
    return assessor.Guardian(name=name, contact=contact) if name or contact else None
