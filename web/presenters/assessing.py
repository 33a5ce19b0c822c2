# SPDX-License-Identifier: Apache-2.0
"""What the monthly return says of the assessors of a batch, in words, and what it still asks for. No database here."""

from __future__ import annotations

from collections.abc import Sequence

from assessor import api as assessor
from web.forms.assessors import proficiency_options
from web.presenters.scheduling import missing_particulars, particular_labels
from web.words import _

_STANDING = assessor.ToaStanding


def standing_words(standing: assessor.ToaStanding) -> str:
    """How a certificate stands."""
    return {
        _STANDING.VALID: _("valid"),
        _STANDING.EXPIRED: _("not valid any more"),
        _STANDING.NOT_RECORDED: _("none is known"),
    }[standing]


def assessing_facts(
    found: Sequence[assessor.BatchAssessor], particulars: assessor.Particulars
) -> list[dict[str, str]]:
    """The assessors with their certificates, and how well they know the language of the batch; nothing of nobody."""
    if not found:
        return []
    levels = dict(proficiency_options())
    facts = [
        {
            "term": _("Assessors, and their ToA certificates"),
            "value": ", ".join(f"{one.name} ({standing_words(one.standing)})" for one in found),
        }
    ]
    if particulars.primary_language:
        known = [
            f"{one.name} ({levels[one.proficiency] if one.proficiency else _('not said')})" for one in found
        ]
        facts.append({"term": _("How well they know the primary language"), "value": ", ".join(known)})
    return facts


def missing_for_return(
    batch: assessor.Batch, found: Sequence[assessor.BatchAssessor], *, analysed: bool
) -> list[str]:
    """The labels of what the return still asks for; ``analysed``: there are results that somebody should have looked at."""
    missing = missing_particulars(batch.particulars, region=batch.region)
    if analysed and batch.particulars.analysed is None:
        missing.append(particular_labels()["analysed"])
    if found and assessor.weakest(found) is not assessor.ToaStanding.VALID:
        missing.append(_("ToA certificate of each assessor"))
    if found and batch.particulars.primary_language and any(one.proficiency is None for one in found):
        missing.append(_("How well each assessor knows the primary language"))
    return missing
