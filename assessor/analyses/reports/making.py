# SPDX-License-Identifier: Apache-2.0
"""Make a report of a batch: one pure function from the data to a JSON document.

What each report says lives in the module of its kind; storing and ordering reports lives in the slice around.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from assessor.analyses.data import BatchData
from assessor.analyses.model import Progress, ReportKind
from assessor.analyses.reports import (
    ability,
    certainty,
    diagnosis,
    fairness,
    forensics,
    forms,
    items,
    paper,
)
from assessor.analyses.reports.document import Document, Section, coded, unavailable
from assessor.analyses.reports.study import Study, study_of

REPORT_VERSION: Final = 1


class _Report(Protocol):
    """A module of one kind: the ids of its sections, and how they are made."""

    @property
    def SECTIONS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The ids of the sections, in their order."""

    def sections(self, study: Study, progress: Progress) -> list[Section]:
        """The sections of a study that is not empty, in their order."""


REPORTS: Final[Mapping[ReportKind, _Report]] = MappingProxyType(
    {
        ReportKind.ITEMS: items,
        ReportKind.PAPER: paper,
        ReportKind.CERTAINTY: certainty,
        ReportKind.MODEL: ability,
        ReportKind.DIAGNOSIS: diagnosis,
        ReportKind.FAIRNESS: fairness,
        ReportKind.FORMS: forms,
        ReportKind.FORENSICS: forensics,
    }
)


def make_report(kind: ReportKind, data: BatchData, *, progress: Progress) -> Document:
    """The report of a kind as a JSON document, without names; sections that these data cannot bear say why.

    `progress` is told each step and may raise `Cancelled`. The same data make the same document.
    """
    progress(0.0, "reading")
    study = study_of(data)
    report = REPORTS[kind]
    if study.empty:
        code = "no_persons" if not study.persons else "no_items"
        made = [unavailable(name, code) for name in report.SECTIONS]
    else:
        made = report.sections(study, progress)
    progress(1.0, "done")
    return {
        "version": REPORT_VERSION,
        "kind": kind.value,
        "batch": {
            "id": data.batch_id,
            "name": data.name,
            "closed": data.closed,
            "credential": data.credential.code,
            "persons": study.persons,
            "items": len(study.data.items),
            "forms": len(study.data.forms),
        },
        "made_from": data.sha256,
        "cautions": [*_cautions(study)],
        "sections": [section.document() for section in made],
    }


def _cautions(study: Study) -> list[Document]:
    """What a reader must know of the data before any number."""
    found = []
    if not study.data.closed:
        found.append(coded("open_batch"))
    if study.left_out:
        found.append(coded("persons_without_marks", count=study.left_out))
    if study.items_left_out:
        found.append(coded("items_without_marks", count=study.items_left_out))
    without = sum(person.passed is None for person in study.data.persons)
    if without:
        found.append(coded("persons_without_result", count=without))
    return found
