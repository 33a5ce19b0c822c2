# SPDX-License-Identifier: Apache-2.0
"""What is known of an assessor, as the form of a person's page sends it, and the rows of that form."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from assessor import api as assessor
from core.errors import Invalid
from web.forms.reading import day
from web.presenters.scheduling import language_name
from web.words import _

_EMPTY_ROWS = 2


def read_assessor_record(form: MultiDict[str, str]) -> assessor.AssessorRecord:
    """Read the form; a language without a level, or the other way round, says nothing.

    Raises Invalid `request_malformed`.
    """
    until = form.get("toa_valid_until", "").strip()
    valid_until = day(until) if until else None
    if until and valid_until is None:
        raise Invalid("request_malformed")
    given = zip(form.getlist("language"), form.getlist("proficiency"), strict=False)
    try:
        languages = {code: assessor.Proficiency(level) for code, level in given if code and level}
    except ValueError as error:
        raise Invalid("request_malformed") from error
    return assessor.AssessorRecord(
        toa_certificate=form.get("toa_certificate", "").strip(),
        toa_sector=form.get("toa_sector", "").strip(),
        toa_valid_until=valid_until,
        languages=languages,
    )


def language_rows(record: assessor.AssessorRecord) -> list[tuple[str, str]]:
    """The languages with their levels as the form shows them, and empty rows for more."""
    known = [(code, level.value) for code, level in sorted(record.languages.items())]
    room = len(assessor.LANGUAGES) - len(known)
    return known + [("", "")] * min(_EMPTY_ROWS, room)


def language_options() -> list[tuple[str, str]]:
    """Every language, for a select."""
    return [(code, language_name(code)) for code in assessor.LANGUAGES]


def proficiency_options() -> list[tuple[str, str]]:
    """Every level, for a select."""
    return [
        (assessor.Proficiency.BASIC.value, _("Basic")),
        (assessor.Proficiency.WORKING.value, _("Good enough to assess")),
        (assessor.Proficiency.FLUENT.value, _("Fluent")),
    ]
