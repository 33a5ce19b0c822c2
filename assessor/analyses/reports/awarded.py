# SPDX-License-Identifier: Apache-2.0
"""The sections on what persons with a result were awarded: by NOS, for the whole credential, and by component.

What theory items say lives in `paper`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from assessor.analyses.reports.document import (
    Section,
    coded,
    column,
    table,
    unavailable,
)
from assessor.analyses.reports.study import Study, bars_of
from scoring.api import CREDENTIAL, Cell, Scope, nos_scope


def standards(study: Study) -> Section:
    """The NOS by the newest results, all components together."""
    marks = study.data.credential.marks
    scopes: dict[str, Scope] = {nos.code: nos_scope(nos.code) for nos in study.data.credential.nos}
    cells = {name: marks.index[scope] for name, scope in scopes.items() if scope in marks.index}
    bars = {name: bar.share for name, bar in bars_of(study.data).nos.items()}
    total = bars_of(study.data).total
    cells["credential"] = marks.index[CREDENTIAL]
    if total is not None:
        bars["credential"] = total.share
    return _awarded(study, "standards", "nos", cells, bars)


def components(study: Study) -> Section:
    """The components by the newest results."""
    marks = study.data.credential.marks
    cells = {
        component: tuple(cell for cell in marks.maxima if cell.component == component)
        for component in marks.components
    }
    return _awarded(study, "components", "component", cells, {})


def _awarded(
    study: Study,
    section_id: str,
    kind: str,
    parts: Mapping[str, Sequence[Cell]],
    bars: Mapping[str, Fraction],
) -> Section:
    """The share that persons with a result earned of the marks in each part."""
    maxima = study.data.credential.marks.maxima
    with_result = [study.data.awarded(person) for person in study.data.persons if person.cells]
    if not with_result:
        return unavailable(section_id, "no_results")
    section, rows = Section(section_id), []
    for name, cells in parts.items():
        whole = sum((maxima[cell] for cell in cells), Fraction(0))
        if not whole:
            continue
        shares = [
            sum((held[cell] for cell in cells), Fraction(0)) / whole
            for held in with_result
            if all(cell in held for cell in cells)
        ]
        bar = bars.get(name)
        values = np.array([float(share) for share in shares])
        rows.append(
            [
                name,
                len(shares),
                float(values.mean()) if shares else None,
                float(values.std(ddof=1)) if len(shares) > 1 else None,
                None if bar is None else float(bar),
                None if bar is None or not shares else sum(share >= bar for share in shares) / len(shares),
            ]
        )
    section.table = table(
        (
            column(kind, "nos" if kind == "nos" else "code"),
            column("persons", "count"),
            column("mean", "share"),
            column("sd", "share"),
            column("threshold", "share"),
            column("at_threshold", "share"),
        ),
        rows,
    )
    section.notes = [coded("by_results")]
    return section
