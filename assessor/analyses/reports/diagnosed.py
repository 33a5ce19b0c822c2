# SPDX-License-Identifier: Apache-2.0
"""Which PCs are diagnosed together, and the DINA model of each such part.

Estimation lives in `scoring.diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from assessor.analyses.reports.document import (
    Document,
    refusal,
)
from assessor.analyses.reports.study import Study
from scoring.diagnosis.api import (
    Design,
    DiagnosisFit,
    Identification,
    QMatrix,
    Rule,
    design_of,
    fit_diagnosis,
    identify,
)
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

MOST_TOGETHER: Final = 8
"""PCs of one model: 2 to that power profiles. More are told apart part by part, by NOS."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """PCs that are diagnosed together: the answers to their items, the Q-matrix, and the model or why there is none."""

    name: str
    table: ResponseTable
    q: QMatrix
    design: Design
    known: Identification
    fit: DiagnosisFit | None
    refused: Document | None


def groups_of(study: Study) -> Iterator[tuple[str, tuple[str, ...]]]:
    """All PCs together where they are few; else NOS by NOS, each in portions."""
    loads, pcs = study.data.q_matrix()
    used = [pc for place, pc in enumerate(pcs) if (loads[:, place] & study.right_or_wrong).any()]
    if len(used) <= MOST_TOGETHER:
        yield "", tuple(used)
        return
    standards = {pc.id: nos.code for nos in study.data.credential.nos for pc in nos.pcs}
    for code in dict.fromkeys(standards.get(pc, "") for pc in used):
        rest = iter([pc for pc in used if standards.get(pc, "") == code])
        while portion := tuple(islice(rest, MOST_TOGETHER)):
            yield code, portion


def part_of(study: Study, name: str, pcs: Sequence[str]) -> Part:
    """The right-or-wrong items of these PCs with their model, or the reason why there is none."""
    pc_of = {item.label: item.pc for item in study.data.items}
    mine = [label for label in study.right.items if pc_of[label] in pcs]
    answers = study.right.columns(mine)
    printed = {pc.id: pc.printed for pc in study.data.credential.pcs}
    required = np.array([[pc_of[label] == pc for pc in pcs] for label in mine], dtype=np.bool_)
    q = QMatrix(tuple(mine), tuple(_unique([printed.get(pc, pc) for pc in pcs], pcs)), required)
    design = design_of(q, Rule.DINA)
    known = identify(design)
    try:
        return Part(name, answers, q, design, known, fit_diagnosis(answers, q, Rule.DINA), None)
    except StatisticsError as error:
        return Part(name, answers, q, design, known, None, refusal(error))


def _unique(names: Sequence[str], ids: Sequence[str]) -> Iterator[str]:
    """The printed names where they differ, else the ids."""
    yield from names if len(set(names)) == len(names) else ids
