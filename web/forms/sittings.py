# SPDX-License-Identifier: Apache-2.0
"""The form of one sitting: where, when, in which time zone, with which partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessor import api as assessor
from core.errors import Invalid
from web.forms.reading import instant, sentence
from web.i18n import DEFAULT_ZONE
from web.words import _

_FIELD_OF = {"window_empty": "closes_at", "time_zone_unknown": "time_zone", "name_malformed": "place"}


@dataclass(frozen=True, slots=True)
class AskedSitting:
    """A sitting as asked for; `plan` is there when no field is wrong."""

    plan: assessor.SittingPlan | None
    errors: Mapping[str, str]


def read_sitting(form: Mapping[str, str], *, retention_days: int | None = None) -> AskedSitting:
    """Read the form; every wrong field is named."""
    errors: dict[str, str] = {}
    zone = form.get("time_zone", "").strip()[:64] or DEFAULT_ZONE
    place, partner = form.get("place", "").strip(), form.get("training_partner", "").strip()
    if not 1 <= len(place) <= 200:
        errors["place"] = _("This is needed, in at most 200 characters.")
    if len(partner) > 200:
        errors["training_partner"] = _("At most %(most)s characters.", most=200)
    opens_at, closes_at = (
        instant(form.get(name, ""), name, errors, zone=zone if _known(zone) else DEFAULT_ZONE)
        for name in ("opens_at", "closes_at")
    )
    if errors or opens_at is None or closes_at is None:
        return AskedSitting(None, errors)
    kept = {} if retention_days is None else {"retention_days": retention_days}
    plan = assessor.SittingPlan(
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=zone,
        place=place,
        proctored=form.get("proctored") == "yes",
        training_partner=partner,
        **kept,
    )
    try:
        assessor.check_sitting(plan)
    except Invalid as error:
        return AskedSitting(None, {_FIELD_OF.get(error.code, "place"): sentence(error)})
    return AskedSitting(plan, {})


def sitting_values(sitting: assessor.Sitting) -> dict[str, str]:
    """The values of the fields for a stored sitting; the times are those of its zone."""
    zone = ZoneInfo(sitting.time_zone)
    return {
        "place": sitting.place,
        "time_zone": sitting.time_zone,
        "opens_at": sitting.opens_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": sitting.closes_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "training_partner": sitting.training_partner,
        "proctored": "yes" if sitting.proctored else "",
    }


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
