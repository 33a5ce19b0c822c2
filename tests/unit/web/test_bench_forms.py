# SPDX-License-Identifier: Apache-2.0
"""The figures of assembling, on a small scale: nothing missing, nothing twice, nothing wrong."""

from __future__ import annotations

from web.cli.bench_forms import form_figures


def test_the_figures_of_assembling_come_from_papers_that_were_checked() -> None:
    figures = {figure.name: figure for figure in form_figures(papers=60, bank=600)}
    assert figures["forms_10000_missing"].value == 0
    assert figures["forms_10000_faults"].value == 0
    assert figures["form_60_of_1000"].goal == 0.5
    assert "60 different papers" in figures["forms_10000_of_5000"].note
