# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti stats accuracy``: how far pass and fail can be relied on. The methods live in `scoring.certainty`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import click
import numpy as np

from core.errors import Invalid
from scoring.certainty import api as certainty
from scoring.classical.api import alpha, moments
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable
from web.cli.stats.accuracy_parts import parts_document
from web.cli.stats.files import Grid, numbers, read_grid, read_q, read_scores
from web.cli.stats.item_curves import MODELS, FittedForm, fit_form, is_parameter_file, read_curves
from web.cli.stats.options import EXISTING_FILE, as_ratio, group_option, key_option, table_options
from web.cli.stats.printing import emit

_CLASSICAL: Final = ("livingston-lewis", "hanson-brennan")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?(/[0-9]{1,12})?")
METHODS: Final = (*_CLASSICAL, "lee", "rudner", "binomial")


@dataclass(frozen=True, slots=True, eq=False)
class _Totals:
    """Totals with their weights; the items behind them where there are any; how many persons were left out."""

    scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    items: ResponseTable | None
    left_out: float


@click.command()
@table_options
@group_option
@key_option
@click.option(
    "--method",
    type=click.Choice(METHODS),
    required=True,
    help="livingston-lewis: any total; hanson-brennan: number right; lee: totals by item parameters; rudner: abilities; "
    "binomial: each criterion of --q.",
)
@click.option(
    "--cut",
    "cuts",
    multiple=True,
    required=True,
    metavar="K|K/N|P%",
    help="A cut in marks (rudner: an ability), or as a share such as 7/10 or 70%; several for bands.",
)
@click.option(
    "--true-cut",
    "true_cuts",
    multiple=True,
    metavar="K|K/N|P%",
    help="The cut on true scores, where another.",
)
@click.option("--minimum", type=float, default=0.0, show_default=True, help="The lowest possible total.")
@click.option("--maximum", type=float, help="The highest possible total; else items of 0 and 1 are counted.")
@click.option("--total", metavar="COLUMN", help="The column of total scores; else items are summed.")
@click.option("--reliability", type=float, help="The reliability of the total; else alpha of the items.")
@click.option("--true-model", type=click.Choice(["4p", "2p"]), default="4p", show_default=True)
@click.option(
    "--lower", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="With 2p: its lower end."
)
@click.option(
    "--upper", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="With 2p: its upper end."
)
@click.option("--missing", type=click.Choice(["drop", "zero"]), default="drop", show_default=True)
@click.option(
    "--parameters", type=EXISTING_FILE, metavar="ITEMS.csv", help="lee, rudner: item,a,b,c (or a,b1,b2,…)."
)
@click.option(
    "--model", type=click.Choice(MODELS), default="2pl", show_default=True, help="Else fit this to FILE."
)
@click.option("--scaling", type=float, default=1.0, show_default=True, help="D of the parameters: 1 or 1.7.")
@click.option("--points", type=click.IntRange(2, 100_001), help="Sum over so many equal points; else exact.")
@click.option(
    "--reach", type=float, default=4.0, show_default=True, help="With --points: how far they reach."
)
@click.option(
    "--cut-scale", type=click.Choice(["score", "theta"]), help="What --cut counts; else as the method does."
)
@click.option(
    "--q", type=EXISTING_FILE, metavar="Q.csv", help="binomial: item, and a 0/1 column per criterion."
)
@click.option(
    "--prior", default="1,1", show_default=True, metavar="A,B", help="binomial: the Beta prior of mastery."
)
@click.option(
    "--sure", default="4/5", show_default=True, metavar="SHARE", help="binomial: settled from this chance on."
)
def accuracy(*, as_json: bool, **chosen: Any) -> None:
    """Accuracy, consistency and kappa of the decisions that a cut makes on FILE, false passes and false fails.

    For lee and rudner FILE may hold item parameters instead of responses (columns item, a, b, c).
    """
    method = chosen["method"]
    for name in ("cuts", "true_cuts"):
        chosen[name] = tuple(as_ratio(text) for text in chosen[name])
    if method == "binomial":
        document = _criteria(chosen)
    elif method in _CLASSICAL:
        document = _classical(method, chosen)
    else:
        document = _by_items(method, chosen)
    document = {"method": method} | document
    emit(document, as_json=as_json, title=f"Accuracy of decisions ({method}) on {chosen['file'].name}")


def _classical(method: str, chosen: dict[str, Any]) -> dict[str, object]:
    totals = _totals(chosen)
    low, high = chosen["minimum"], _maximum(totals, chosen)
    scale = certainty.Scale(low, high)
    cuts = [_cut(text, low, high) for text in chosen["cuts"]]
    reliability, source = _reliability(totals, chosen)
    settings: dict[str, Any] = {
        "weights": totals.weights,
        "reliability": reliability,
        "cuts": cuts,
        "true_cuts": [_cut(text, low, high) for text in chosen["true_cuts"]] or None,
        "parameters": 4 if chosen["true_model"] == "4p" else 2,
        "ends": (chosen["lower"], chosen["upper"]),
    }
    if method == "livingston-lewis":
        found = certainty.livingston_lewis(totals.scores, scale=scale, **settings)
    else:
        if low != 0 or high != round(high):
            raise Invalid("stats_accuracy_whole", minimum=low, maximum=high)
        found = certainty.hanson_brennan(totals.scores, items=round(high), **settings)
    return found.to_document() | {
        "scale": {"minimum": low, "maximum": high, "cuts": cuts},
        "reliability": {"value": reliability, "source": source},
        "left_out": totals.left_out,
        "scores": _by_score(found, low, high),
    }


def _by_score(found: certainty.TotalDecisions, low: float, high: float) -> list[dict[str, float]]:
    """For every score of the model, in marks: how likely it is that the true score reaches each cut."""
    step = (high - low) / found.rounded
    chances = np.stack([found.truly_passes(cut) for cut in range(len(found.observed_cuts))])
    return [
        {"score": low + step * score}
        | {f"above_cut_{cut + 1}": float(chances[cut, score]) for cut in range(len(chances))}
        for score in range(found.rounded + 1)
    ]


def _by_items(method: str, chosen: dict[str, Any]) -> dict[str, object]:
    form = _form(chosen)
    # A share is one of the marks, also where abilities are cut.
    plain = "theta" if method == "rudner" and not any("/" in cut for cut in chosen["cuts"]) else "score"
    on_theta = (chosen["cut_scale"] or plain) == "theta"
    cuts = _item_cuts(form, method, chosen["cuts"], on_theta=on_theta)
    points = chosen["points"]
    population = None
    if points is not None:
        population = certainty.normal_points(points, reach=chosen["reach"], sd=form.sd)
    elif form.sd != 1:
        breaks = cuts if method == "rudner" else _places(form, cuts)
        population = certainty.normal_population(sd=form.sd, breaks=breaks)
    decide = certainty.lee if method == "lee" else certainty.rudner
    document = decide(form.curves, cuts=cuts, abilities=population).to_document()
    document["items"] = len(form.curves)
    document["model"] = form.model
    document["population"] = {"mean": 0.0, "sd": form.sd, "points": points}
    if method == "lee":
        document["scale"] = {
            "minimum": form.lowest,
            "maximum": form.maximum,
            "cuts": [cut + form.lowest for cut in cuts],
        }
    if form.scores is not None:
        found = decide(
            form.curves, cuts=cuts, abilities=certainty.people(form.curves, form.scores, weights=form.weights)
        )
        document["people"] = found.quality.to_document()
    return document


def _form(chosen: dict[str, Any]) -> FittedForm:
    file, key = chosen["file"], chosen["key"]
    parameters = chosen["parameters"]
    if parameters is None and key is None and is_parameter_file(read_grid(file)):
        curves = read_curves(file, scaling=chosen["scaling"])
        return FittedForm(curves, 0, 1.0, None, None, None)
    table = _responses(chosen)
    if parameters is None:
        return fit_form(table, model=chosen["model"])
    curves = read_curves(parameters, scaling=chosen["scaling"])
    scores = table.columns([curve.name for curve in curves])
    return FittedForm(curves, 0, 1.0, scores.scores, scores.weights, None)


def _item_cuts(form: FittedForm, method: str, texts: tuple[str, ...], *, on_theta: bool) -> list[float]:
    """The cuts as the method counts them: totals without the lowest for lee, abilities for rudner."""
    if on_theta:
        thetas = [float(_number(text)) for text in texts]
        if method == "rudner":
            return thetas
        return [float(score) for score in certainty.true_scores(form.curves, np.array(thetas))]
    scores = [_cut(text, form.lowest, form.maximum) - form.lowest for text in texts]
    return scores if method == "lee" else _places(form, scores, needed=True)


def _places(form: FittedForm, scores: list[float], *, needed: bool = False) -> list[float]:
    """The abilities at which these totals are expected; those that are nowhere expected are left out, or refused if needed."""
    found = [(score, certainty.ability_at(form.curves, score)) for score in scores]
    if needed:
        for score, place in found:
            if place is None:
                raise Invalid("stats_accuracy_nowhere", cut=score + form.lowest)
    return [place for _, place in found if place is not None]


def _criteria(chosen: dict[str, Any]) -> dict[str, object]:
    """The methods of one criterion, over the criteria of a Q-matrix."""
    if chosen["q"] is None or len(chosen["cuts"]) != 1:
        raise Invalid("stats_accuracy_criteria")
    table = _responses(chosen)
    table.require_binary()
    loads, names = read_q(chosen["q"], table.items)
    parts = chosen["prior"].split(",")
    if len(parts) != 2:
        raise Invalid("stats_accuracy_number", text=chosen["prior"])
    return parts_document(
        table,
        loads,
        names,
        share=_number(chosen["cuts"][0]),
        prior=certainty.Prior(_number(parts[0]), _number(parts[1])),
        sure=_number(chosen["sure"]),
    )


def _totals(chosen: dict[str, Any]) -> _Totals:
    if chosen["total"] is not None:
        return _column(read_grid(chosen["file"]), chosen)
    table = _responses(chosen)
    whole = table.complete_rows()
    return _Totals(whole.scores.sum(axis=1), whole.weights, whole, table.n - whole.n)


def _responses(chosen: dict[str, Any]) -> ResponseTable:
    """The scores in FILE; missing ones are 0 where that was asked for."""
    names = {name: chosen[name] for name in ("ids", "weights", "others", "key")}
    table, _ = read_scores(chosen["file"], **names)
    if chosen["missing"] == "zero":
        return ResponseTable(table.persons, table.items, np.nan_to_num(table.scores), table.weights)
    return table


def _column(grid: Grid, chosen: dict[str, Any]) -> _Totals:
    scores = numbers(grid, [grid.place(chosen["total"])])[:, 0]
    weights = np.ones(len(scores))
    if chosen["weights"] is not None:
        weights = numbers(grid, [grid.place(chosen["weights"])])[:, 0]
        if not (weights >= 0).all():
            line = grid.lines[int(np.argmin(weights >= 0))]
            raise Invalid("stats_weight", file=grid.file, line=line, column=chosen["weights"])
    known = ~np.isnan(scores)
    return _Totals(scores[known], weights[known], None, float(weights[~known].sum()))


def _maximum(totals: _Totals, chosen: dict[str, Any]) -> float:
    if chosen["maximum"] is not None:
        return float(chosen["maximum"])
    if totals.items is None or not totals.items.binary:
        raise Invalid("stats_accuracy_maximum")
    return float(len(totals.items.items))


def _reliability(totals: _Totals, chosen: dict[str, Any]) -> tuple[float, str]:
    if chosen["reliability"] is not None:
        return float(chosen["reliability"]), "given"
    if totals.items is None:
        raise Invalid("stats_accuracy_reliability")
    found = alpha(moments(totals.items).covariances)
    if found is None:
        raise StatisticsError("scores_equal")
    return found, "alpha"


def _cut(text: str, low: float, high: float) -> float:
    """A cut in marks; a share is taken of the way from the lowest to the highest total, exactly."""
    value = _number(text)
    if "/" not in text:
        return float(value)
    return float(Fraction(low) + value * (Fraction(high) - Fraction(low)))


def _number(text: str) -> Fraction:
    """An exact number: whole, decimal, or a ratio of whole numbers."""
    top, _, bottom = text.strip().partition("/")
    if not _NUMBER.fullmatch(text.strip()) or (bottom and ("." in top or not bottom.strip("0"))):
        raise Invalid("stats_accuracy_number", text=text[:40])
    return Fraction(text.strip())
