# SPDX-License-Identifier: Apache-2.0
"""How sure a result is, in words: for learners in plain sentences, for staff with the numbers and what may be done.

Everything is computed in `assessor`; no word here says that a verdict is another one than the rule's.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

from assessor import api as assessor
from scoring.api import Basis, Level, Scope, reading_names
from scoring.certainty.api import Advice
from web.i18n import language
from web.presenters.analyses import reason_sentence
from web.presenters.analysis_words import reason_word
from web.presenters.common import exact
from web.words import _, ngettext

_CLEAR, _SURE = 0.95, 0.8
_REACH = 2


def learner_certainty(
    certainty: assessor.ResultCertainty | assessor.Untold, page: Mapping[str, Any]
) -> dict[str, Any]:
    """How sure a result is, in sentences: `parts` by the criterion's id, and one on all marks together, or "".

    Empty where it cannot be told. No chance and no advice is named to a learner.
    """
    if isinstance(certainty, assessor.Untold):
        return {}
    parts = {
        pc["id"]: _learner_words(pc["verdict"], part.found.mastery.chance)
        for pc in page["pcs"]
        if (part := _part_of(certainty, pc["id"])) is not None and part.found is not None and pc["verdict"]
    }
    return {"parts": parts, "total": _learner_total(certainty)}


def staff_certainty(
    beside: assessor.BesideResult, page: Mapping[str, Any], batch: assessor.BatchReliability | None = None
) -> dict[str, Any]:
    """What stands beside a result for the staff of the agency and of the awarding body; `batch` of its whole batch."""
    certainty = beside.certainty
    told = None if isinstance(certainty, assessor.Untold) else certainty
    return {
        "known": told is not None,
        "untold": _untold_words(certainty) if isinstance(certainty, assessor.Untold) else "",
        "verdict_in_doubt": told is not None and told.verdict_in_doubt,
        "about": [] if told is None else [scope_name(part.scope) for part in told.in_doubt],
        "parts": [] if told is None else [_part_row(part, page) for part in told.parts],
        "thresholds": [] if told is None else _threshold_rows(told),
        "totals": [] if told is None else [_total_row(total) for total in told.totals],
        "batch": None if batch is None else _batch_row(batch),
        "readings": [
            {
                "name": reading_names(flip.kind).get(language(), reading_names(flip.kind)["en"]),
                "verdict": flip.verdict.value,
            }
            for flip in beside.flips
        ],
    }


def scope_name(scope: Scope) -> str:
    """A part of a credential as result pages name it."""
    if scope.level is Level.CREDENTIAL:
        return str(_("The whole credential"))
    return f"{scope.nos} {scope.name}" if scope.level is Level.ELEMENT else scope.name


def chance_words(chance: float) -> str:
    """A chance in whole per cent; never 0 or 100, since nothing is certain."""
    if chance > 0.995:
        return _("over %(percent)s", percent="99 %")
    return _("under %(percent)s", percent="1 %") if chance < 0.005 else f"{chance * 100:.0f} %"


def _part_of(certainty: assessor.ResultCertainty, name: str) -> assessor.PartCertainty | None:
    """The least sure look at a criterion: a rule may have several bars on it."""
    own = [part for part in certainty.parts if scope_name(part.scope) == name and part.found is not None]
    return min(own, key=_doubt, default=None)


def _doubt(part: assessor.PartCertainty) -> float:
    return 1.0 if part.found is None else abs(part.found.mastery.chance - 0.5)


def _learner_words(verdict: str, chance: float) -> str:
    if verdict == "made_up":
        return _("You were a little short here. Your other marks make up for it.")
    if verdict == "pass":
        if chance >= _CLEAR:
            return _("We are very sure that you can do this.")
        if chance >= _SURE:
            return _("We are fairly sure that you can do this.")
        return _("You reached it, and it was close. A little more practice makes you sure of it.")
    if verdict == "incomplete":
        return _("We do not have all your marks here yet.")
    if chance <= 1 - _SURE:
        return _("We are fairly sure that this needs more practice.")
    return _("It was close. A little more practice, and you reach it.")


def _learner_total(certainty: assessor.ResultCertainty) -> str:
    """Between which marks another test of the same kind would probably end: twice the standard error to either side."""
    whole = next((one for one in certainty.totals if one.scope.level is Level.CREDENTIAL), None)
    total = whole or (certainty.totals[0] if len(certainty.totals) == 1 else None)
    if total is None or total.error is None or total.basis is Basis.WEIGHTED:
        return ""
    score, most = float(total.score), float(total.maximum)
    low, high = max(score - _REACH * total.error, 0), min(score + _REACH * total.error, most)
    return _(
        "With other questions of the same kind you would probably have between %(low)s and %(high)s of %(maximum)s marks.",
        low=floor(low),
        high=ceil(high),
        maximum=exact(total.maximum),
    )


def _untold_words(why: assessor.Untold) -> str:
    return {
        assessor.Untold.ANSWERS_DELETED: _(
            "The answers behind this result are deleted: the person asked for it. The result stands."
        ),
        assessor.Untold.KEY_CORRECTED: _(
            "Other keys count now than when this result was computed. Look at the newer result."
        ),
        assessor.Untold.OUTDATED: _("The work or its marks have changed since. Look at the newer result."),
        assessor.Untold.CONTENT_ALTERED: _(
            "The paper or a question is not what it was when it was sealed. The operator must find out why."
        ),
    }[why]


def _part_row(part: assessor.PartCertainty, page: Mapping[str, Any]) -> dict[str, Any]:
    name = scope_name(part.scope)
    found = part.found
    shown: Mapping[str, Any] = next((pc for pc in page["pcs"] if pc["id"] == name), {})
    verdict = None if part.verdict is None else part.verdict.value
    return {
        "name": name,
        "title": shown.get("title", {}),
        "verdict": "made_up" if verdict == "fail" and shown.get("verdict") == "made_up" else verdict,
        "seen": _("%(right)s of %(all)s", right=part.right, all=part.judgements),
        "seen_value": part.right / part.judgements if part.judgements else 0,
        "chance": None if found is None else chance_words(found.mastery.chance),
        "chance_value": "" if found is None else found.mastery.chance,
        "range": None
        if found is None
        else _("%(low)s to %(high)s", low=_percent(found.mastery.lower), high=_percent(found.mastery.upper)),
        "threshold": None if found is None else _percent(float(found.mastery.share)),
        "in_doubt": part.in_doubt,
        "against_rule": part.against_rule,
        "advice": _advice(part),
    }


def _advice(part: assessor.PartCertainty) -> str:
    if part.found is None:
        reasons = {
            "no_threshold": _("No threshold is set here."),
            "no_judgements": _("Nothing was judged here."),
        }
        return reasons[part.reason or "no_judgements"]
    if part.found.advice is Advice.NONE:
        return _("Settled.")
    if part.found.advice is Advice.MORE_ITEMS:
        return ngettext(
            "%(num)s more question would probably settle it.",
            "%(num)s more questions would probably settle it.",
            part.found.likely or 1,
        )
    return _("A short viva on this would settle it better than more questions.")


def _threshold_rows(certainty: assessor.ResultCertainty) -> list[dict[str, Any]]:
    """How far each threshold can be relied on over so many steps, whoever is judged by it."""
    return [
        {
            "name": scope_name(part.scope),
            "steps": part.judgements,
            "threshold": _percent(float(part.found.mastery.share)),
            "accuracy": _percent(quality.accuracy),
            "consistency": _percent(quality.consistency),
            "false_pass": _percent(quality.false_pass),
            "false_fail": _percent(quality.false_fail),
        }
        for part in certainty.parts
        if part.found is not None and (quality := part.quality) is not None
    ]


def _batch_row(batch: assessor.BatchReliability) -> dict[str, Any]:
    """How far the verdicts of the whole batch can be relied on, by each method, or why that is not known."""
    methods = {"livingston_lewis": _("Livingston and Lewis"), "lee": _("Lee")}
    return {
        "report_id": batch.report_id,
        "made_at": batch.made_at,
        "reason": _batch_reason(batch.reason) if batch.reason else "",
        "rows": [
            {
                "name": methods[one.method],
                "accuracy": None if one.accuracy is None else _percent(one.accuracy),
                "consistency": None if one.consistency is None else _percent(one.consistency),
                "reason": "; ".join(reason_word(code) for code in one.reasons),
            }
            for one in batch.methods
        ],
    }


def _batch_reason(reason: Mapping[str, Any]) -> str:
    if reason["code"] == "no_report":
        return _("Nobody has ordered the certainty report of this batch yet.")
    return reason_sentence(reason)


def _total_row(total: assessor.TotalCertainty) -> dict[str, Any]:
    found = total.found
    return {
        "name": scope_name(total.scope),
        "verdict": None if total.verdict is None else total.verdict.value,
        "weighted": total.basis is Basis.WEIGHTED,
        "score": exact(total.score),
        "cut": None if total.cut is None else exact(total.cut),
        "maximum": exact(total.maximum),
        "error": None if total.error is None else f"{total.error:.2f}",
        "chance": None if found is None or found.chance is None else chance_words(found.chance),
        "in_doubt": total.in_doubt,
        "advice": _total_advice(total),
    }


def _total_advice(total: assessor.TotalCertainty) -> str:
    if total.error is None:
        return {
            "all_alike": _(
                "Everything was right, or everything wrong: how far off this may be cannot be told."
            ),
            "one_judgement": _("Too little was judged to tell."),
        }[total.reason or "one_judgement"]
    if total.found is None:
        return _("No threshold is set here.")
    return _("Close to the threshold: a viva would help.") if total.in_doubt else _("Settled.")


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
