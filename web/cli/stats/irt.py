# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats irt``: items and abilities under a model of ability, from a file of responses.

The models live in `scoring.irt`; this module chooses one and names what it found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from scoring.classical.api import Missing, analyse
from scoring.errors import StatisticsError
from scoring.irt.api import (
    MODELS,
    Abilities,
    BetaPrior,
    BinaryModel,
    Method,
    Model,
    NominalResponse,
    NormalPrior,
    Prior,
    ThreePL,
    abilities,
    curve_members,
    document,
    refusal_document,
    score_rows,
)
from scoring.irt.categories import keyed_categories
from scoring.irt.coding import Matrix
from scoring.irt.fit_document import calibration_of, codes_of, fit_members, person_rows
from scoring.tables import ResponseTable
from web.cli.stats.files import emit, read_choices, read_key, read_scores
from web.cli.stats.options import group_option, key_option, table_options

_PRIOR: Final = re.compile(r"(beta|normal):(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)", re.ASCII)
_TOO_LITTLE: Final = frozenset({"too_few_persons", "too_few_items"})


@click.command("irt")
@table_options
@group_option
@key_option
@click.option("--model", "name", type=click.Choice(list(MODELS)), required=True, help="The model to fit.")
@click.option("--scores", is_flag=True, help="Add every person's ability (EAP) and its standard error.")
@click.option(
    "--ability",
    "methods",
    type=click.Choice([one.value for one in Method if one is not Method.EAP]),
    multiple=True,
    help="With --scores: another estimate beside it; may be repeated.",
)
@click.option("--curves", is_flag=True, help="Add characteristic and information curves.")
@click.option(
    "--fit",
    "fits",
    is_flag=True,
    help="Add tests of fit (M2, S-X2, pairs), a Wright map; with --scores of persons.",
)
@click.option(
    "--guessing-prior",
    metavar="PRIOR",
    help="3pl: beta:A,B on c (beta:5,17 is usual), or normal:M,SD on its logit.",
)
@click.option(
    "--points", type=click.IntRange(5, 1001), default=61, show_default=True, help="Abilities to sum over."
)
@click.option(
    "--fewest", type=click.IntRange(2), help="Fit from this many persons on, not from the model's own number."
)
def irt(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    as_json: bool,
    others: tuple[str, ...],
    key: Path | None,
    name: str,
    scores: bool,
    methods: tuple[str, ...],
    curves: bool,
    fits: bool,
    guessing_prior: str | None,
    points: int,
    fewest: int | None,
) -> None:
    """Fit a model of ability to FILE by marginal maximum likelihood: slopes, difficulties, standard errors, abilities."""
    model = _model(name, guessing_prior, points, fewest)
    wanted = [Method.EAP, *(Method(one) for one in dict.fromkeys(methods))] if scores else []
    title = f"{name.upper()} model of {file.name}"
    table, fitted = _read(model, file, ids=ids, weights=weights, others=others, key=key)
    try:
        codes = fitted()
    except StatisticsError as error:
        if error.code not in _TOO_LITTLE:
            raise
        emit(_refused(name, error, table), as_json=as_json, title=title)
        return
    found = [_abilities(model, codes, method) for method in wanted]
    told = document(name, model, table.items)
    if found:
        told["reliability"] = found[0].reliability(table.weights)
        told["scores"] = score_rows(table.persons, found)
    if curves:
        told["curves"] = curve_members(model, table.items)
    if fits:
        calibration = calibration_of(model, table.items)
        told["fit"] = fit_members(calibration, codes, table.weights)
        rows = zip(table.persons, person_rows(calibration, codes), strict=True) if found else ()
        told["person_fit"] = [{"person": person, **row} for person, row in rows]
    emit(told, as_json=as_json, title=title)


def _model(name: str, prior: str | None, points: int, fewest: int | None) -> Model:
    settings: dict[str, Any] = {"points": points}
    if fewest is not None:
        settings["fewest_persons"] = fewest
    if prior is not None:
        if MODELS[name] is not ThreePL:
            raise click.UsageError("--guessing-prior goes with --model 3pl.")
        settings["prior"] = _prior(prior)
    return MODELS[name](**settings)


def _prior(text: str) -> Prior:
    told = _PRIOR.fullmatch(text.replace(" ", ""))
    if told is None:
        raise click.UsageError(f"--guessing-prior {text}: write beta:A,B or normal:M,SD.")
    first, second = float(told[2]), float(told[3])
    return BetaPrior(first, second) if told[1] == "beta" else NormalPrior(first, second)


def _read(
    model: Model,
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
) -> tuple[ResponseTable, Callable[[], Matrix]]:
    """The scored table, and what fits the model to it and gives the category numbers of the items that were estimated."""
    if not isinstance(model, NominalResponse) or key is None:
        table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
        if isinstance(model, BinaryModel):
            table.require_binary()
        return table, lambda: codes_of(model.fit(table), table.scores)
    right = read_key(key)
    choices, _ = read_choices(file, ids=ids, weights=weights, others=others, key=right)
    counting = choices.weights > 0
    if not counting.all():
        click.echo(f"{file.name}: rows of weight 0 are left out: {int((~counting).sum())}", err=True)
        choices = choices.rows(counting)

    def fitted() -> Matrix:
        """The options themselves as categories, the right one last."""
        coded = keyed_categories(choices, right, fewest=model.fewest_persons)
        model.fit_categories(coded)
        return coded.codes

    return choices.score(right), fitted


def _abilities(model: Model, codes: Matrix, method: Method) -> Abilities:
    """On the scale of the difficulties: the curves of right-or-wrong models stand on it, the others on the standard one."""
    sd = float(np.sqrt(model.variance_))
    if isinstance(model, BinaryModel):
        return abilities(model.curves_, codes, method=method, sd=sd, quadrature=model.quadrature_)
    found = abilities(model.curves_, codes, method=method, quadrature=model.quadrature_)
    return Abilities(found.method, found.theta * sd, found.se * sd, found.reasons)


def _refused(name: str, error: StatisticsError, table: ResponseTable) -> dict[str, object]:
    from web.error_texts import plain_text_of

    items = analyse(table, missing=Missing.AVAILABLE).items
    told = refusal_document(
        name,
        error,
        float(np.sum(table.weights)),
        [(one.item, one.difficulty, one.item_rest) for one in items],
    )
    text = plain_text_of(error.code, error.facts)
    return {**told, "explanation": f"{text.title} {text.advice}".strip()}
