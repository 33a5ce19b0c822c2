# SPDX-License-Identifier: Apache-2.0
"""What the return to the regulator asks of an assessor: the training certificate and the languages. Pure; no marks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from assessor.scheduling.names import optional_text
from assessor.scheduling.particulars import LANGUAGES
from core.errors import Invalid

LONGEST: Final = 100


class Proficiency(StrEnum):
    """How well an assessor can assess in a language."""

    BASIC = "basic"
    WORKING = "working"
    FLUENT = "fluent"


class ToaStanding(StrEnum):
    """How a Training of Assessors (ToA) certificate stands on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorRecord:
    """The ToA certificate (its number, its sector, the last day of its validity; None: it has none) and the languages."""

    toa_certificate: str = ""
    toa_sector: str = ""
    toa_valid_until: date | None = None
    languages: Mapping[str, Proficiency] = field(default_factory=dict)

    def standing(self, day: date) -> ToaStanding:
        """How the certificate stands on ``day``; its last day counts."""
        if not self.toa_certificate:
            return ToaStanding.NOT_RECORDED
        is_over = self.toa_valid_until is not None and day > self.toa_valid_until
        return ToaStanding.EXPIRED if is_over else ToaStanding.VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAssessor:
    """One assessor of a batch: the certificate on the last day they assess there, and how well they know its language."""

    person_id: str
    name: str
    standing: ToaStanding
    proficiency: Proficiency | None


def weakest(found: Iterable[BatchAssessor]) -> ToaStanding | None:
    """What holds for all of them: VALID only when it holds for each; None of nobody."""
    standings = {one.standing for one in found}
    order = (ToaStanding.NOT_RECORDED, ToaStanding.EXPIRED, ToaStanding.VALID)
    return next((one for one in order if one in standings), None)


def check_record(given: AssessorRecord) -> None:
    """Raises Invalid: `name_malformed` (facts longest, field), `toa_unnumbered`, `batch_language_unknown`."""
    for name in ("toa_certificate", "toa_sector"):
        try:
            optional_text(getattr(given, name), longest=LONGEST)
        except Invalid as error:
            raise Invalid("name_malformed", longest=LONGEST, field=name) from error
    if not given.toa_certificate and (given.toa_sector or given.toa_valid_until):
        raise Invalid("toa_unnumbered")
    if not set(given.languages) <= set(LANGUAGES):
        raise Invalid("batch_language_unknown")
