# SPDX-License-Identifier: Apache-2.0
"""The commands ``kasauti stats dina`` and ``gdina``: which criteria do learners master, and can the answers tell?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scoring.diagnosis.api import (
    FEWEST_PERSONS,
    QMatrix,
    Rule,
    Shrink,
    design_of,
    diagnosis_document,
    fit_diagnosis,
    identify,
    suggest_rows,
    too_few_document,
)
from web.cli.stats.files import emit, read_q, read_scores
from web.cli.stats.options import EXISTING_FILE, group_option, key_option, table_options


def diagnosis_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that all diagnosis models have in common."""
    options: tuple[Callable[[Any], Any], ...] = (
        table_options,
        group_option,
        key_option,
        click.option(
            "--q", "q_file", required=True, type=EXISTING_FILE, help="The Q-matrix: item, then 0/1 columns."
        ),
        click.option("--scores", "with_persons", is_flag=True, help="Say for each person what is mastered."),
        click.option(
            "--suggest", is_flag=True, help="Look for rows of the Q-matrix that the answers speak against."
        ),
        click.option(
            "--shrink",
            type=click.Choice([one.value for one in Shrink]),
            default=Shrink.AUTO.value,
            show_default=True,
            help="Draw estimates towards the stated prior: for fewer than 200 persons, always, never.",
        ),
        click.option(
            "--starts",
            type=click.IntRange(1, 100),
            default=1,
            show_default=True,
            help="Places to start from.",
        ),
        click.option(
            "--seed", type=int, default=1, show_default=True, help="Draws the starts after the first."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@diagnosis_options
@click.option(
    "--model",
    type=click.Choice([Rule.DINA.value, Rule.DINO.value]),
    default=Rule.DINA.value,
    show_default=True,
    help="Whether an item needs all of its attributes (dina) or one of them (dino).",
)
def dina(model: str, **settings: Any) -> None:
    """DINA or DINO model: guess and slip of each item, who masters which attribute, and whether that can be told."""
    _run(Rule(model), **settings)


@click.command()
@diagnosis_options
def gdina(**settings: Any) -> None:
    """G-DINA model: the effect of each attribute of an item, and how many learners master each attribute."""
    _run(Rule.GDINA, **settings)


def _run(
    rule: Rule,
    *,
    file: Path,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    q_file: Path,
    with_persons: bool,
    suggest: bool,
    shrink: str,
    starts: int,
    seed: int,
    as_json: bool,
) -> None:
    table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    required, attributes = read_q(q_file, table.items)
    q = QMatrix(table.items, attributes, required)
    title = f"{rule.value.upper()} model of {file.name}"
    if table.n < FEWEST_PERSONS:
        table.require_binary()
        emit(too_few_document(table, q, rule, identify(design_of(q, rule))), as_json=as_json, title=title)
        return
    fit = fit_diagnosis(table, q, rule, shrink=Shrink(shrink), starts=starts, seed=seed)
    found = suggest_rows(table, q, seed=seed) if suggest else None
    emit(
        diagnosis_document(fit, table, suggestions=found, with_persons=with_persons),
        as_json=as_json,
        title=title,
    )
