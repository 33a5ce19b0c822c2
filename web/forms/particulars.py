# SPDX-License-Identifier: Apache-2.0
"""The fields that the returns to the regulator ask of a batch, as a form sends them."""

from __future__ import annotations

from collections.abc import Mapping

from assessor import api as assessor
from core.errors import Invalid
from item_bank import api as bank
from web.forms.reading import choice, sentence, yes_or_no
from web.words import _

_TEXTS = (
    "district",
    "centre_address",
    "training_partner",
    "scheme",
    "primary_language",
    "own_number",
    "remarks",
)
_LONGEST = {"centre_address": 500, "remarks": 2_000}


def read_particulars(form: Mapping[str, str], errors: dict[str, str]) -> assessor.Particulars:
    """Read the fields; every wrong one is named in `errors`."""
    texts = {name: form.get(name, "").strip() for name in _TEXTS}
    for name, text in texts.items():
        if len(text) > _LONGEST.get(name, 200):
            errors[name] = _("At most %(most)s characters.", most=_LONGEST.get(name, 200))
            texts[name] = ""
    empanelled = yes_or_no(form, "empanelled", errors)
    if empanelled and not texts["training_partner"]:
        errors["training_partner"] = _("An empanelled training partner needs a name.")
        empanelled = None
    if texts["primary_language"] and texts["primary_language"] not in assessor.LANGUAGES:
        errors["primary_language"] = _("Choose one from the list.")
        texts["primary_language"] = ""
    found = assessor.Particulars(
        **texts,
        empanelled=empanelled,
        sidh=yes_or_no(form, "sidh", errors),
        analysed=yes_or_no(form, "analysed", errors),
        funding=choice(assessor.Funding, form, "funding", errors),
        training=choice(assessor.Training, form, "training", errors),
        qualification=choice(assessor.QualificationKind, form, "qualification", errors),
        mode=choice(assessor.AssessmentMode, form, "mode", errors),
        proctoring=choice(assessor.ProctoringMode, form, "proctoring", errors),
    )
    try:
        assessor.check_particulars(found)
    except Invalid as error:
        errors[str(error.facts.get("field", "remarks"))] = sentence(error)
    return found


def read_region(form: Mapping[str, str], errors: dict[str, str]) -> str:
    """The code of the chosen state or union territory."""
    known = bank.find_region(form.get("region", ""))
    if known is None:
        errors["region"] = _("Choose the state or union territory.")
        return ""
    return known.code


def particulars_values(found: assessor.Particulars, *, region: str) -> dict[str, str]:
    """The values of the fields for what is stored."""
    answers = {True: "yes", False: "no"}
    document = found.to_document()
    shown = {
        name: answers[value] if isinstance(value, bool) else str(value) for name, value in document.items()
    }
    return {**shown, "region": region}
