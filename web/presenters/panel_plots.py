# SPDX-License-Identifier: Apache-2.0
"""Plots of a panel for the element that draws them (static/js/plots.js): cuts over the rounds, and where a compromise meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from item_bank import api as bank
from scoring.api import CREDENTIAL
from web.presenters.analysis_plots import plot_words
from web.words import _

_SPAN = 1.96
"""A cut and so many standard errors on each side hold the cut of many such panels with 95 % certainty."""


def cut_plot(outcomes: Sequence[bank.PanelOutcome]) -> dict[str, Any] | None:
    """The cut of the whole credential in each closed round with its error, and the judges' own cuts; None without any."""
    found = [one.cut(CREDENTIAL) for one in outcomes]
    rows = [(place, cut) for place, cut in enumerate(found) if cut is not None and cut.share is not None]
    if not rows:
        return None
    panel = [[cut.share, place, *_span(cut)] for place, cut in rows]
    own = [[share, place, None, None] for place, cut in rows for share in cut.by_judge]
    series = [{"label": _("The panel"), "points": panel}]
    if own:
        series.append({"label": _("Single judges"), "points": own})
    plot = {
        "id": "cuts",
        "type": "interval",
        "title": _("The cut in each round"),
        "x": {"label": _("Share of the marks"), "unit": "share", "min": 0, "max": 1},
        "y": {
            "label": _("Round"),
            "unit": "",
            "categories": [_("Round %(number)s", number=place + 1) for place in range(len(found))],
        },
        "series": series,
        "marks": [],
    }
    return _source(plot)


def compromise_plot(
    found: bank.Panel, document: bank.CredentialDocument, made: bank.PanelOutcome
) -> dict[str, Any] | None:
    """Who would fail at each cut among real learners, the line of the judges, and where they meet; None for other methods."""
    cut = made.cut(CREDENTIAL)
    if not found.method.numbers or found.impact is None or cut is None or cut.share is None:
        return None
    plot = {
        "id": "compromise",
        "type": "lines",
        "title": _("Where the judges and the real results meet"),
        "x": {"label": _("Cut: share of the marks"), "unit": "share", "min": 0, "max": 1},
        "y": {"label": _("Learners who fail"), "unit": "share", "min": 0, "max": 1},
        "series": [
            {"label": _("Real learners"), "points": [list(point) for point in bank.curve_of_fails(found, document)]},
            {"label": _("The judges' line"), "points": _line(found.method, made)},
        ],
        "marks": [{"axis": "x", "at": cut.share, "label": _("Cut")}],
    }  # fmt: skip
    return _source(plot)


def _source(plot: dict[str, Any]) -> dict[str, Any]:
    return {"title": plot["title"], "source": {"plot": plot, "words": plot_words()}}


def _span(cut: bank.ScopeCut) -> tuple[float | None, float | None]:
    if cut.share is None or cut.standard_error is None:
        return None, None
    reach = _SPAN * cut.standard_error
    return max(cut.share - reach, 0.0), min(cut.share + reach, 1.0)


def _line(method: bank.PanelMethod, made: bank.PanelOutcome) -> list[list[float]]:
    """Two points of the judges' line: cut against the share that fails."""
    means = [one.mean or 0.0 for one in made.objects]
    if method is bank.PanelMethod.HOFSTEE:
        low, high, fewest, most = means
        return [[low, most], [high, fewest]]
    cut, passes = means
    spread, sd = ((one.sd or 0.0) for one in made.objects)
    if spread < 1e-12:
        return [[cut, 0.0], [cut, 1.0]]
    reach = min(cut, 1 - cut)
    return [[cut + step, 1 - passes - step * sd / spread] for step in (-reach, reach)]
