# SPDX-License-Identifier: Apache-2.0
"""The form by which an awarding body allocates a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor import api as assessor
from web.forms.particulars import read_particulars, read_region
from web.forms.reading import day, whole
from web.words import _

MAXIMUM_CANDIDATES = 100_000


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """An allocation as asked for; `plan` is there when no field is wrong."""

    engagement_id: str
    plan: assessor.AllocationPlan | None
    errors: Mapping[str, str]


def read_allocation(form: Mapping[str, str]) -> NewAllocation:
    """Read the form; every wrong field is named."""
    errors: dict[str, str] = {}
    texts = {name: form.get(name, "").strip() for name in ("name", "place", "engagement_id")}
    for name, text in texts.items():
        if not 1 <= len(text) <= 200:
            errors[name] = _("This is needed, in at most 200 characters.")
    candidates = whole(form.get("candidates", ""), low=1, high=MAXIMUM_CANDIDATES)
    if candidates is None:
        errors["candidates"] = _("Enter a whole number from 1 to 100000.")
    days = {name: day(form.get(name, "")) for name in ("wanted_from", "wanted_until")}
    for name, found in days.items():
        if found is None:
            errors[name] = _("Enter a date.")
    region, particulars = read_region(form, errors), read_particulars(form, errors)
    begins, ends = days["wanted_from"], days["wanted_until"]
    if errors or candidates is None or begins is None or ends is None:
        return NewAllocation(texts["engagement_id"], None, errors)
    plan = assessor.AllocationPlan(
        name=texts["name"],
        candidates=candidates,
        place=texts["place"],
        region=region,
        wanted_from=begins,
        wanted_until=ends,
        particulars=particulars,
    )
    return NewAllocation(texts["engagement_id"], plan, errors)
