# SPDX-License-Identifier: Apache-2.0
"""Samples, misses and agreement in words and numbers with their meaning; a drawn attempt without any mark of a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from assessor import api as assessor
from proctor import api as proctor
from web.presenters.proctor import learner_label
from web.presenters.rules import rule_label
from web.words import _

HOURS_WITHOUT_AN_ALERT = 15.0
"""So many hours without any alert support the budget of 0.2 an hour."""


def reviews_page(
    *,
    sittings: Mapping[str, assessor.Sitting],
    percent: int,
    estimate: proctor.Estimate,
    samples: Sequence[proctor.ReviewSample],
    to_draw: Sequence[proctor.SittingToDraw],
    tasks: Sequence[proctor.ReviewTask],
    marks: Sequence[proctor.Mark],
    honest: proctor.HonestHours,
) -> dict[str, Any]:
    """The whole page; sittings that are not there any more have a dash."""
    return {
        "percent": percent,
        "honest": honest_part(honest),
        "expected": None if estimate.expected is None else round(estimate.expected),
        "clean": estimate.clean,
        "rates": [
            _rate(_("Missed: clean attempts in which a person saw something"), estimate.missed),
            _rate(
                _("Missed and confirmed: clean attempts in which two people upheld what was marked"),
                estimate.confirmed,
            ),
            _rate(_("Found again: upheld incidents that were seen blind too"), estimate.found),
            _rate(_("Agreed: attempts that two people called the same"), estimate.agreed),
        ],
        "samples": [
            {
                "sitting": _sitting(sittings, one.sitting_id),
                "drawn_at": one.drawn_at,
                "seed": str(one.seed),
                "percent": one.percent,
                "clean": one.clean,
                "flagged": one.flagged,
                "looks": one.looks,
                "done": one.done,
            }
            for one in samples
        ],
        "to_draw": [
            {
                "id": one.sitting_id,
                "sitting": _sitting(sittings, one.sitting_id),
                "watched": one.watched,
                "running": one.running,
                "without_pictures": one.without_pictures,
            }
            for one in to_draw
        ],
        "tasks": [{"id": one.id} for one in tasks],
        "marks": [
            {
                "task_id": one.task_id,
                "reviewer_id": one.reviewer_id,
                "attempt_id": one.attempt_id,
                "label": learner_label(one.attempt_id),
                "at": one.moment_at,
                "reason": one.reason,
                "incident_id": one.incident_id,
            }
            for one in marks
        ],
    }


def blind_page(
    task: proctor.ReviewTask, pictures: Sequence[proctor.EvidenceSummary], *, zone: str
) -> dict[str, Any]:
    """One a minute, by time; pictures of alerts stay out, since they would tell what the machine thinks.

    The learner has another name here than on the list of incidents, which would tell it too.
    """
    return {
        "task_id": task.id,
        "label": learner_label(task.id),
        "zone": zone,
        "pictures": [
            {
                "id": one.id,
                "at": one.captured_at,
                "url": url_for("integrity.picture", evidence_id=one.id),
            }
            for one in pictures
            if one.kind is proctor.EvidenceKind.SAMPLE
        ],
    }


def honest_part(found: proctor.HonestHours) -> dict[str, Any]:
    """Hours of honest learners, and how often rules spoke in them with the bound that so many hours support."""
    return {
        "tests": found.tests,
        "hours": f"{found.hours:.1f}",
        "left_out": found.left_out,
        "unrecorded": found.unrecorded,
        "budget": f"{proctor.BUDGET:g}",
        "needed": f"{HOURS_WITHOUT_AN_ALERT:g}",
        "lines": [
            _spoken(_("All rules that hold a result"), found.incidents),
            _spoken(_("All rules that only note"), found.notes),
            *(_spoken(rule_label(one.rule), one) for one in found.rules),
        ],
    }


def _spoken(label: str, one: proctor.HonestRate) -> dict[str, Any]:
    rate, highest = one.per_hour, one.highest
    return {
        "label": label,
        "whole": one.rule is None,
        "validated": one.validated or one.rule is None,
        "hours": f"{one.hours:.1f}",
        "alerts": one.alerts,
        "undecided": one.undecided,
        "rate": None if rate is None else f"{rate:.2f}",
        "highest": None if highest is None else f"{highest:.2f}",
        "within": one.within_budget,
    }


def _rate(label: str, rate: proctor.Rate) -> dict[str, Any]:
    ends = rate.interval()
    return {
        "label": label,
        "hits": rate.hits,
        "of": rate.of,
        "share": None if rate.rate is None else f"{rate.rate * 100:.1f}",
        "low": None if ends is None else f"{ends[0] * 100:.1f}",
        "high": None if ends is None else f"{ends[1] * 100:.1f}",
    }


def _sitting(sittings: Mapping[str, assessor.Sitting], sitting_id: str) -> str:
    found = sittings.get(sitting_id)
    return "–" if found is None else f"{found.batch_name}, {found.place}"
