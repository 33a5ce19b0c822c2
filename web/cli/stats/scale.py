# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats scale``: two forms on one scale of ability by their common items. The methods live in `scoring.linking`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from scoring.irt.api import (
    GeneralizedPartialCredit,
    GradedResponse,
    Model,
    PartialCredit,
    PolytomousModel,
    ThreePL,
)
from scoring.irt.fit_document import calibration_of
from scoring.linking.irt_forms import FittedForm, LinkedForms, link_forms
from scoring.linking.irt_linking import ScaleMethod
from web.cli.stats.dif import names_of
from web.cli.stats.files import read_scores
from web.cli.stats.options import EXISTING_FILE, group_option, json_option
from web.cli.stats.printing import emit

# a graded item with two marks is a 2PL item, so that one engine gives the covariance of all but 3PL
_MODELS: Final[dict[str, Callable[..., Model]]] = {
    "1pl": lambda **settings: GradedResponse(common_slope=True, **settings),
    "2pl": GradedResponse,
    "3pl": ThreePL,
    "grm": GradedResponse,
    "gpcm": GeneralizedPartialCredit,
    "pcm": PartialCredit,
}
_BINARY: Final = frozenset({"1pl", "2pl", "3pl"})


@click.command("scale")
@click.argument("form_x", type=EXISTING_FILE)
@click.argument("form_y", type=EXISTING_FILE)
@click.option(
    "--model",
    type=click.Choice(list(_MODELS)),
    required=True,
    help="The model that both forms are fitted with.",
)
@click.option(
    "--method",
    type=click.Choice([method.value for method in ScaleMethod]),
    default=ScaleMethod.STOCKING_LORD.value,
    show_default=True,
    help="How the scales are brought together.",
)
@click.option(
    "--anchor", metavar="NAMES", help="The common items (a,b,c); else every item that both forms name."
)
@group_option
@click.option("--both-ways", is_flag=True, help="Compare curves on both scales, as Haebara defined it.")
@click.option("--id", "ids", metavar="COLUMN", help="The column that says who a row is about.")
@click.option("--weights", metavar="COLUMN", help="The column that says how often a row occurred.")
@click.option(
    "--key", "key_x", type=EXISTING_FILE, metavar="KEY.csv", help="The right options of form X: item,key."
)
@click.option("--key-y", type=EXISTING_FILE, metavar="KEY.csv", help="The right options of form Y.")
@click.option(
    "--fewest", type=click.IntRange(2), help="Fit from this many persons on, not from the model's own number."
)
@json_option
def scale(  # noqa: PLR0917 - click hands over every option
    form_x: Path,
    form_y: Path,
    model: str,
    method: str,
    anchor: str | None,
    both_ways: bool,  # noqa: FBT001 - click's flag
    others: tuple[str, ...],
    ids: str | None,
    weights: str | None,
    key_x: Path | None,
    key_y: Path | None,
    fewest: int | None,
    as_json: bool,  # noqa: FBT001 - click's flag
) -> None:
    """Put FORM_X on the scale of FORM_Y: theta(Y) = slope * theta(X) + intercept, and X's scores in marks of Y."""
    forms = [
        _fitted(file, model, fewest, ids=ids, weights=weights, others=others, key=key)
        for file, key in ((form_x, key_x), (form_y, key_y))
    ]
    found = link_forms(
        *forms,
        method=ScaleMethod(method),
        only=None if anchor is None else names_of(anchor),
        both_ways=both_ways,
    )
    told = document(found)
    head = {"model": model, "method": method, "n_x": forms[0].n, "n_y": forms[1].n}
    emit({**head, **told}, as_json=as_json, title=f"{form_x.name} on the scale of {form_y.name}")


def _fitted(
    file: Path,
    model: str,
    fewest: int | None,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
) -> FittedForm:
    table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    if model in _BINARY:
        table.require_binary()
    settings: dict[str, Any] = {} if fewest is None else {"fewest_persons": fewest}
    fitted = _MODELS[model](**settings)
    fitted.fit(table)
    covariance = fitted.fit_.covariance if isinstance(fitted, PolytomousModel) else None
    return FittedForm(calibration_of(fitted, table.items), covariance, fitted.n_persons_)


def document(found: LinkedForms) -> dict[str, object]:
    """The members that are printed: docs/statistics.md says what each means."""
    true = found.true
    return {
        "slope": found.link.slope,
        "intercept": found.link.intercept,
        "se_slope": None if found.errors is None else found.errors[0],
        "se_intercept": None if found.errors is None else found.errors[1],
        "reason": None if found.errors is not None else "model_without_covariance",
        "distance": found.link.distance,
        "anchors": [{**asdict(anchor), "drifted": anchor.drifted} for anchor in found.anchors],
        "table": [
            {
                "score": score,
                "theta": None if true is None else true.ability[score],
                "true_score": None if true is None else true.equated[score],
                "observed_score": observed,
            }
            for score, observed in enumerate(found.observed)
        ],
        "table_reason": _table_reason(found),
    }


def _table_reason(found: LinkedForms) -> str | None:
    if found.true is None:
        return "true_score_not_rising"
    return "scores_out_of_reach" if np.isnan(found.true.equated).any() else None
