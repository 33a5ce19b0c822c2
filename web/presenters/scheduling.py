# SPDX-License-Identifier: Apache-2.0
"""Words and values for the pages of allocations, candidates and particulars: labels of choices, findings, regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assessor import api as assessor
from core.errors import KasautiError
from item_bank import api as bank
from web.error_texts import text_of
from web.i18n import language
from web.presenters.common import bilingual
from web.words import _

Options = list[tuple[str, str]]


def region_options() -> Options:
    """Every state and union territory for a select, in the reader's language."""
    return sorted(((one.code, one.name(language())) for one in bank.regions()), key=lambda pair: pair[1])


def region_name(code: str) -> str:
    """The name of a region in the reader's language; the code itself where no list knows it."""
    found = bank.find_region(code) if code else None
    return found.name(language()) if found else code


def territory_words(text: str) -> str:
    """A territory as people read it: the names of its regions, the whole country, or the words as they were written."""
    found = bank.read_territory(text)
    if len(found.codes) == len(bank.regions()):
        return _("All of India")
    names = sorted(region_name(code) for code in found.codes)
    return ", ".join([*names, *found.unknown])


def choice_options() -> dict[str, Options]:
    """The choices of the particulars by field."""
    return {
        "funding": [
            ("government", _("Government")),
            ("csr", _("Company (CSR)")),
            ("fee", _("Fee of the learner")),
            ("other", _("Other")),
        ],
        "training": [
            ("short_term", _("Short-term training")),
            ("long_term", _("Long-term training")),
            ("upskilling", _("Upskilling")),
            ("rpl", _("Recognition of prior learning")),
            ("other", _("Other")),
        ],
        "qualification": [
            ("micro_credential", _("Micro-credential")),
            ("nos", _("Single NOS")),
            ("qualification", _("Qualification")),
        ],
        "mode": [("online", _("Online")), ("offline", _("Offline")), ("blended", _("Both"))],
        "proctoring": [
            ("at_the_centre", _("By a person at the centre")),
            ("remote_live", _("By a person over the camera")),
            ("automated", _("By software")),
            ("none", _("Not watched")),
        ],
        "primary_language": [(code, language_name(code)) for code in assessor.LANGUAGES],
        "sidh": [("yes", _("Yes")), ("no", _("No"))],
        "empanelled": [("yes", _("Yes")), ("no", _("No"))],
        "analysed": [("yes", _("Yes")), ("no", _("No"))],
    }


def language_name(code: str) -> str:
    """The name of a language in the reader's language."""
    from babel import Locale

    return str(Locale(language()).languages.get(code, code))


def particular_labels() -> dict[str, str]:
    """The labels of the particulars by field, in the order of the form."""
    return {
        "region": _("State or union territory"),
        "district": _("District"),
        "centre_address": _("Address of the centre"),
        "training_partner": _("Training partner"),
        "empanelled": _("Is the partner empanelled?"),
        "sidh": _("SIDH batch?"),
        "scheme": _("Scheme"),
        "funding": _("Funding"),
        "training": _("Type of training"),
        "qualification": _("Type of qualification"),
        "mode": _("Mode of assessment"),
        "proctoring": _("Mode of proctoring"),
        "primary_language": _("Primary language"),
        "own_number": _("Batch id of the awarding body"),
        "remarks": _("Remarks"),
        "analysed": _("Results analysed by the quality or audit team?"),
    }


def particular_facts(found: assessor.Particulars, *, region: str) -> list[dict[str, str]]:
    """What is said of a batch, as terms and values; what is not said is left out."""
    choices = {name: dict(options) for name, options in choice_options().items()}
    document = {"region": region_name(region), **found.to_document()}
    answers = {True: "yes", False: "no"}
    return [
        {
            "term": label,
            "value": choices.get(name, {}).get(
                answers[document[name]] if isinstance(document[name], bool) else document[name],
                str(document[name]),
            ),
        }
        for name, label in particular_labels().items()
        if document.get(name) not in (None, "")
    ]


def missing_particulars(found: assessor.Particulars, *, region: str) -> list[str]:
    """The labels of what the monthly return still asks for."""
    labels = particular_labels()
    return [labels[name] for name in (*(["region"] if not region else []), *found.missing)]


def finding_rows(found: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Findings (facts of a refusal) for a page: those that block and those that ask for a reason."""
    suffix = "_hi" if language() == "hi" else ""
    return [
        {
            "rule": one["rule"],
            "clause": one["clause"],
            "blocks": one["severity"] == bank.Severity.BLOCK.value,
            "text": one[f"text{suffix}"],
            "what_to_do": one[f"what_to_do{suffix}"],
        }
        for one in found
    ]


def allocation_rows(
    found: Sequence[assessor.Allocation],
    credentials: Mapping[str, bank.CredentialDocument],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Allocations as a list; `credentials` by version id, `names` of organisations by id."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "credential_title": bilingual(credentials[one.credential_version_id].title),
            "credential_code": credentials[one.credential_version_id].code,
            "credential_version_id": one.credential_version_id,
            "awarding_body": names.get(one.awarding_body_id, ""),
            "agency": names.get(one.agency_id, ""),
            "candidates": one.candidates,
            "place": one.place,
            "region": region_name(one.region),
            "wanted_from": one.wanted_from,
            "wanted_until": one.wanted_until,
            "state": one.state.value,
            "reason": one.reason,
            "allocated_at": one.allocated_at,
            "answered_at": one.answered_at,
            "batch_id": one.batch_id,
            "facts": particular_facts(one.particulars, region=one.region),
        }
        for one in found
    ]


def gender_options() -> Options:
    """The genders for a select."""
    return [("female", _("Female")), ("male", _("Male")), ("other", _("Other")), ("not_said", _("Not said"))]


def disability_options() -> Options:
    """The kinds of disability for a list of choices."""
    return [
        ("acid_attack", _("Acid attack victim")),
        ("autism", _("Autism")),
        ("blindness", _("Blindness")),
        ("blood_disorder", _("Blood disorder")),
        ("cerebral_palsy", _("Cerebral palsy")),
        ("chronic_neurological", _("Chronic neurological condition")),
        ("deaf", _("Deaf")),
        ("dwarfism", _("Dwarfism")),
        ("hard_of_hearing", _("Hard of hearing")),
        ("intellectual", _("Intellectual disability")),
        ("learning", _("Learning disability")),
        ("leprosy_cured", _("Leprosy cured")),
        ("locomotor", _("Locomotor disability")),
        ("low_vision", _("Low vision")),
        ("mental_illness", _("Mental illness")),
        ("multiple", _("Several disabilities")),
        ("muscular_dystrophy", _("Muscular dystrophy")),
        ("speech_and_language", _("Speech and language disability")),
        ("other", _("Another")),
    ]


def aid_options() -> Options:
    """What may be granted beside extra time."""
    return [
        ("screen_reader", _("Screen reader")),
        ("scribe", _("Scribe")),
        ("large_print", _("Large print")),
        ("separate_room", _("Separate room")),
        ("breaks", _("Breaks")),
    ]


def refused_words(refusal: KasautiError) -> str:
    """The sentence of a refusal, with what the rules found."""
    found = refusal.facts.get("findings", [])
    texts = [one["text"] for one in finding_rows(found)] if isinstance(found, list) else []
    text = text_of(refusal.code, refusal.facts)
    return " ".join([text.title, text.advice, *texts])
