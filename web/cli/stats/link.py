# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats link``: scores of form X in marks of form Y. The methods live in `scoring.linking`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import numpy as np

from scoring.linking.api import (
    Choice,
    Distribution,
    Errors,
    Form,
    Joint,
    Link,
    LinkMethod,
    LinkSettings,
    anchor_gap,
)
from scoring.linking.api import link as connect
from scoring.linking.irt_linking import ScaleMethod
from scoring.linking.item_link import ItemModel
from web.cli.stats.dif import names_of
from web.cli.stats.forms import FormFile, FormScores, read_form, tabulate
from web.cli.stats.link_items import METHODS, ItemOptions, link_items
from web.cli.stats.options import EXISTING_FILE, group_option, json_option
from web.cli.stats.printing import emit

_SEED: Final = 1


@click.command("link")
@click.argument("form_x", type=EXISTING_FILE)
@click.argument("form_y", type=EXISTING_FILE)
@click.option(
    "--method",
    type=click.Choice([*(method.value for method in LinkMethod), *METHODS]),
    required=True,
    help="mean, linear, equipercentile: equivalent groups; the others need --anchor.",
)
@click.option(
    "--anchor", metavar="NAMES", help="The items (a,b,c), or the one column of scores, in both forms."
)
@click.option("--external", is_flag=True, help="The anchor's marks are not part of the total.")
@group_option
@click.option("--total", metavar="COLUMN", help="The column of total scores; else items are summed.")
@click.option("--total-y", metavar="COLUMN", help="The same for form Y, where it has another name.")
@click.option("--id", "ids", metavar="COLUMN", help="The column that says who a row is about.")
@click.option("--weights", metavar="COLUMN", help="The column that says how often a row occurred.")
@click.option("--weights-y", metavar="COLUMN", help="The same for form Y, where it has another name.")
@click.option(
    "--key", "key_x", type=EXISTING_FILE, metavar="KEY.csv", help="The right options of form X: item,key."
)
@click.option("--key-y", type=EXISTING_FILE, metavar="KEY.csv", help="The right options of form Y.")
@click.option("--missing", type=click.Choice(["drop", "zero"]), default="drop", show_default=True)
@click.option("--scale-x", metavar="LOW:HIGH", help="The ends of form X's scale.")
@click.option("--scale-y", metavar="LOW:HIGH", help="The ends of form Y's scale.")
@click.option("--scale-anchor", metavar="LOW:HIGH", help="The ends of the anchor's scale.")
@click.option(
    "--synthetic-weight",
    "weight",
    type=click.FloatRange(0, 1),
    help="The share of form X's people in the synthetic population; else by number.",
)
@click.option("--mean-only", is_flag=True, help="Keep the slope of a line at 1.")
@click.option(
    "--model",
    type=click.Choice([model.value for model in ItemModel]),
    default=ItemModel.TWO_PL.value,
    show_default=True,
    help="irt-true, irt-observed: what each form is calibrated with.",
)
@click.option(
    "--scale-method",
    type=click.Choice([method.value for method in ScaleMethod]),
    help="irt-…: how the scales are brought together; else stocking-lord, of rasch mean-mean.",
)
@click.option(
    "--smooth", metavar="DEGREE", help="Loglinear smoothing first: a degree, or aic, bic, lr to choose it."
)
@click.option(
    "--errors",
    type=click.Choice([errors.value for errors in Errors]),
    default=Errors.DELTA.value,
    show_default=True,
    help="Standard errors.",
)
@click.option("--replications", type=click.IntRange(2, 100_000), default=500, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=_SEED, show_default=True)
@json_option
def link(  # noqa: PLR0917 - click hands over every option
    form_x: Path,
    form_y: Path,
    method: str,
    anchor: str | None,
    external: bool,  # noqa: FBT001
    others: tuple[str, ...],
    total: str | None,
    total_y: str | None,
    ids: str | None,
    weights: str | None,
    weights_y: str | None,
    key_x: Path | None,
    key_y: Path | None,
    missing: str,
    scale_x: str | None,
    scale_y: str | None,
    scale_anchor: str | None,
    weight: float | None,
    mean_only: bool,  # noqa: FBT001
    model: str,
    scale_method: str | None,
    smooth: str | None,
    errors: str,
    replications: int,
    seed: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say what a score on form X is worth on form Y."""
    names = names_of(anchor) if anchor else ()
    zero = missing == "zero"
    file_x = FormFile(form_x, ids, weights, key_x, total, names, not external, zero, others)
    file_y = FormFile(
        form_y, ids, weights_y or weights, key_y, total_y or total, names, not external, zero, others
    )
    title = f"Form {form_x.stem} in marks of form {form_y.stem}, {method}"
    if method in METHODS:
        scale = None if scale_method is None else ScaleMethod(scale_method)
        options = ItemOptions(method, ItemModel(model), scale, weight)
        emit(link_items(file_x, file_y, options), as_json=as_json, title=title)
        return
    first, second = read_form(file_x), read_form(file_y)
    x, y = tabulate(first, second, scales=(scale_x, scale_y, scale_anchor))
    settings = LinkSettings(
        method=LinkMethod(method),
        weight=weight,
        internal=not external,
        mean_only=mean_only,
        degree=_degree(smooth),
        errors=Errors(errors),
        replications=replications,
    )
    found = connect(x, y, settings, rng=np.random.default_rng(seed))
    emit(
        document(found, (x, y), (first, second), names),
        as_json=as_json,
        title=title,
    )


def _degree(smooth: str | None) -> int | Choice | None:
    if smooth is None or smooth == "none":
        return None
    if smooth in {choice.value for choice in Choice}:
        return Choice(smooth)
    if smooth.isascii() and smooth.isdigit() and 1 <= int(smooth) <= 99:
        return int(smooth)
    raise click.UsageError(f"--smooth takes a degree, aic, bic or lr, not {smooth}.")


def document(
    found: Link, forms: tuple[Form, Form], read: tuple[FormScores, FormScores], anchor: tuple[str, ...]
) -> dict[str, object]:
    """A link as it is printed: docs/statistics.md says what each name means."""
    settings = found.settings
    x, y = forms
    whole: dict[str, object] = {
        "method": settings.method.value,
        "design": "anchor" if settings.method.needs_anchor else "equivalent groups",
        "anchor": list(anchor),
        "anchor_kind": ("internal" if settings.internal else "external") if anchor else None,
        "totals": {
            name: form.total_column or "sum of the items" for name, form in zip("xy", read, strict=True)
        },
        "left_out": {"x": read[0].left_out, "y": read[1].left_out},
        "cautions": list(found.cautions),
        "slope": found.line.slope if found.line else None,
        "intercept": found.line.intercept if found.line else None,
        "weight": found.weight,
    }
    if found.moments is not None:
        whole["at_weight_1"] = _at_one(forms, found)
        whole["synthetic"] = {
            "mean_x": found.moments.mean_x,
            "sd_x": found.moments.sd_x,
            "mean_y": found.moments.mean_y,
            "sd_y": found.moments.sd_y,
            "gamma_x": found.moments.gamma_x,
            "gamma_y": found.moments.gamma_y,
        }
    whole["statistics"] = _statistics(x, y)
    if found.smoothed is not None:
        whole["smoothing"] = [
            {
                "form": name,
                "degree": fit.degree,
                "chi2": fit.deviance,
                "df": fit.df,
                "aic": fit.aic,
                "bic": fit.bic,
                "step_p": fit.step_p,
            }
            for name, fit in zip("xy", found.smoothed, strict=True)
        ]
    whole["errors"] = settings.errors.value
    whole["equated"] = _equated(found, x)
    whole["table"] = _table(found)
    return whole


def _at_one(forms: tuple[Form, Form], found: Link) -> dict[str, object]:
    """The line where the synthetic population is that of form X, as Kolen and Brennan's examples have it."""
    settings = LinkSettings(
        method=found.settings.method,
        weight=1.0,
        internal=found.settings.internal,
        mean_only=found.settings.mean_only,
        errors=Errors.NONE,
    )
    line = connect(*forms, settings).line
    return {} if line is None else {"slope": line.slope, "intercept": line.intercept}


def _statistics(x: Form, y: Form) -> list[dict[str, object]]:
    rows = [_moments("x", _total(x)), _moments("y", _total(y))]
    if isinstance(x, Joint) and isinstance(y, Joint):
        rows += [_moments("anchor x", x.anchor), _moments("anchor y", y.anchor)]
        for row, form in zip(rows, (x, y), strict=False):
            row |= {
                "covariance": form.covariance,
                "correlation": form.correlation if form.anchor.central(2) and form.total.central(2) else None,
            }
        rows[2]["gap"] = anchor_gap(x, y)
    return rows


def _total(form: Form) -> Distribution:
    return form.total if isinstance(form, Joint) else form


def _moments(name: str, scores: Distribution) -> dict[str, object]:
    spread = scores.central(2)
    return {
        "score": name,
        "n": scores.n,
        "mean": scores.mean,
        "sd": scores.sd,
        "sd_population": spread**0.5,
        "skewness": scores.skewness if spread else None,
        "kurtosis": scores.kurtosis if spread else None,
        "low": scores.scale.low,
        "high": scores.scale.high,
    }


def _equated(found: Link, x: Form) -> dict[str, object]:
    """The moments of form X's people after linking, over n (Kolen & Brennan 2014, table 2.8)."""
    shares = _total(x).shares
    mean = float(shares @ found.equivalents)
    second, third, fourth = (float(shares @ (found.equivalents - mean) ** order) for order in (2, 3, 4))
    return {
        "mean": mean,
        "sd_population": second**0.5,
        "skewness": third / second**1.5 if second else None,
        "kurtosis": fourth / second**2 if second else None,
    }


def _table(found: Link) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, score in enumerate(found.scores.tolist()):
        row: dict[str, object] = {"score": score, "equivalent": float(found.equivalents[place])}
        if found.unsmoothed is not None:
            row["unsmoothed"] = float(found.unsmoothed[place])
        if found.errors is not None:
            row["se"] = float(found.errors[place])
        rows.append(row)
    return rows
