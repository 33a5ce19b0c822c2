# SPDX-License-Identifier: Apache-2.0
"""What the returns to the regulator ask of a batch beside its name and place. Pure; nothing is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from assessor.scheduling.names import optional_text
from core.errors import Invalid


class Funding(StrEnum):
    """Who pays for the training."""

    GOVERNMENT = "government"
    CSR = "csr"
    FEE = "fee"
    OTHER = "other"


class Training(StrEnum):
    """What kind of training went before."""

    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"
    UPSKILLING = "upskilling"
    RPL = "rpl"
    OTHER = "other"


class QualificationKind(StrEnum):
    """What the batch is assessed for."""

    MICRO_CREDENTIAL = "micro_credential"
    NOS = "nos"
    QUALIFICATION = "qualification"


class AssessmentMode(StrEnum):
    """Where the assessment happens."""

    ONLINE = "online"
    OFFLINE = "offline"
    BLENDED = "blended"


class ProctoringMode(StrEnum):
    """How the learners are watched."""

    AT_THE_CENTRE = "at_the_centre"
    REMOTE_LIVE = "remote_live"
    AUTOMATED = "automated"
    NONE = "none"


LANGUAGES: Final = tuple(
    "en hi as bn brx doi gu kn kok ks mai ml mni mr ne or pa sa sat sd ta te ur".split()  # noqa: SIM905 - shorter
)
"""English and the languages of the Eighth Schedule, as BCP 47 writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Every part may be missing; the return then shows a gap that the batch's page names.

    ``empanelled``: whether the training partner is on the awarding body's list (NCVET 4.1.4); ``sidh``: a batch of the
    Skill India Digital Hub; ``own_number``: the awarding body's batch id where the batch has another name; ``analysed``:
    whether the agency's quality or audit team has analysed the results, which is asked for once there are any.
    """

    district: str = ""
    centre_address: str = ""
    training_partner: str = ""
    empanelled: bool | None = None
    sidh: bool | None = None
    scheme: str = ""
    funding: Funding | None = None
    training: Training | None = None
    qualification: QualificationKind | None = None
    mode: AssessmentMode | None = None
    proctoring: ProctoringMode | None = None
    primary_language: str = ""
    own_number: str = ""
    remarks: str = ""
    analysed: bool | None = None

    def to_document(self) -> dict[str, Any]:
        """As it is stored: only what is said."""
        return {
            one.name: value for one in fields(self) if (value := getattr(self, one.name)) not in ("", None)
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts of the monthly return that are not said yet, by the name of their field."""
        optional = {"remarks", "own_number", "training_partner", "empanelled", "scheme", "analysed"}
        return tuple(
            one.name
            for one in fields(self)
            if one.name not in optional and getattr(self, one.name) in ("", None)
        )


_KINDS: Final[Mapping[str, type[StrEnum]]] = {
    "funding": Funding,
    "training": Training,
    "qualification": QualificationKind,
    "mode": AssessmentMode,
    "proctoring": ProctoringMode,
}
_LONG: Final = {"centre_address": 500, "remarks": 2_000}


def particulars_of(document: Mapping[str, Any]) -> Particulars:
    """The stored document as a value; what a later version wrote beside it is passed over."""
    known = {one.name for one in fields(Particulars)}
    values: dict[str, Any] = {name: value for name, value in document.items() if name in known}
    return Particulars(
        **values | {name: _KINDS[name](value) for name, value in values.items() if name in _KINDS}
    )


def check_particulars(given: Particulars) -> None:
    """Raises Invalid: `name_malformed` (facts field), `batch_language_unknown`, `partner_unnamed`."""
    for one in fields(given):
        value = getattr(given, one.name)
        if isinstance(value, str) and one.name not in _KINDS:
            _check_text(one.name, value)
    if given.primary_language and given.primary_language not in LANGUAGES:
        raise Invalid("batch_language_unknown")
    if given.empanelled and not given.training_partner.strip():
        raise Invalid("partner_unnamed")


def _check_text(name: str, value: str) -> None:
    lines = value.splitlines() if name in _LONG else [value]
    longest = _LONG.get(name, 200)
    if len(value) > longest:
        raise Invalid("name_malformed", longest=longest, field=name)
    try:
        for line in lines:
            optional_text(line, longest=longest)
    except Invalid as error:
        raise Invalid("name_malformed", longest=longest, field=name) from error
