# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti stats pairs``: persons whose answers agree more than by chance, at a stated rate of false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import click
import numpy as np

from core.errors import Invalid
from scoring.fairness.multiple import Control
from scoring.forensics.api import (
    AlarmRule,
    Answers,
    Calibration,
    FittedOptions,
    ModelChoice,
    PairMethod,
    calibrate,
    coded,
    fit_options,
    pairs_document,
    similar_pairs,
)
from web.cli.stats.files import emit, read_choices, read_key
from web.cli.stats.options import key_option, table_options
from web.presenters.forensics import control_words, pair_words

MOST_LISTED = 100_000
_CONTROLS = [one.value for one in Control if one is not Control.HOCHBERG]
_METHODS = {
    PairMethod.GBT: "generalised binomial test",
    PairMethod.OMEGA: "omega",
    PairMethod.K: "K-index",
    PairMethod.K1: "K1",
    PairMethod.K2: "K2",
    PairMethod.S1: "S1",
    PairMethod.S2: "S2",
}


@click.command()
@table_options
@key_option
@click.option(
    "--method",
    type=click.Choice([one.value for one in PairMethod]),
    default=PairMethod.GBT.value,
    show_default=True,
    help="How agreement is judged; all but gbt ask who may have copied from whom.",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="COLUMN",
    help="Compare only persons with the same value here (centre, window); may be given several times.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="The rate of false alarms over the whole list.",
)
@click.option(
    "--control",
    type=click.Choice(_CONTROLS),
    default=Control.BH.value,
    show_default=True,
    help="What the rate bounds.",
)
@click.option(
    "--model",
    type=click.Choice([one.value for one in ModelChoice]),
    default=ModelChoice.AUTO.value,
    show_default=True,
    help="Where gbt and omega take the chances of options from.",
)
@click.option("--pair", "asked", nargs=2, multiple=True, metavar="A B", help="Tell this pair in any case.")
@click.option("--all", "everybody", is_flag=True, help="Tell every pair that is compared, alarm or not.")
@click.option("--simulate", type=click.IntRange(0, 10_000), default=0, help="Draw so many honest sittings.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Settles what is drawn.")
def pairs(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    key: Path | None,
    method: str,
    groups: tuple[str, ...],
    rate: float,
    control: str,
    model: str,
    asked: tuple[tuple[str, str], ...],
    everybody: bool,
    simulate: int,
    seed: int,
    as_json: bool,
) -> None:
    """Pairs of persons in FILE (the options they chose) whose answers agree too well. Evidence to look into, no verdict."""
    right = None if key is None else read_key(key)
    table, others = read_choices(file, ids=ids, weights=weights, others=groups, key=right)
    answers = coded(table, right)
    how, rule = PairMethod(method), AlarmRule(rate, Control(control))
    together = _together([others[name] for name in groups], len(table.persons)) if groups else None
    wanted = _rows(answers, asked)
    if everybody:
        wanted += _everybody(together or [0] * len(table.persons), how)
    fitted = fit_options(answers, ModelChoice(model)) if how.needs_model or simulate else None
    report = similar_pairs(
        answers,
        how,
        model=None if fitted is None else fitted.chances,
        groups=together,
        rule=rule,
        ask=dict.fromkeys(wanted),
    )
    honest = _honest(answers, how, fitted, together, rule, sittings=simulate, seed=seed)
    document = pairs_document(report, answers, fitted=fitted, groups=together, calibration=honest)
    named = {name: document.pop(name) for name in ("pairs", "clusters", "asked", "honest_sittings")}
    if together is not None:
        document["persons_without_group"] = sum(isinstance(group, int) for group in together)
    document["false_alarms"] = control_words(document)
    named = _with_words(document, named)
    emit(document | (named if as_json else _in_words(named)), as_json=as_json, title=_title(how, file))


def _title(method: PairMethod, file: Path) -> str:
    return f"Answers that agree in {file.name}: {_METHODS[method]}"


def _with_words(document: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    for name in ("pairs", "asked"):
        named[name] = [pair | {"words": pair_words(document, pair)} for pair in named[name]]
    if not named["asked"]:
        del named["asked"]
    if named["honest_sittings"] is None:
        del named["honest_sittings"]
    return named


def _in_words(named: dict[str, Any]) -> dict[str, Any]:
    """For people: the numbers in a table that fits a screen, the sentences below it."""
    words = [pair["words"] for pair in named["pairs"]]
    for name in named.keys() & {"pairs", "asked"}:
        left_out = {"copier", "source", "words", "same_wrong_items"}
        named[name] = [{k: v for k, v in pair.items() if k not in left_out} for pair in named[name]]
    named["clusters"] = ["; ".join(cluster) for cluster in named["clusters"]]
    return named | {"in_words": words}


def _together(columns: Sequence[Sequence[str]], persons: int) -> list[object]:
    """The group of each person: the values of all columns; his own row, so that he is alone, where one is missing."""
    rows = [tuple(column[row] for column in columns) for row in range(persons)]
    return [group if all(group) else row for row, group in enumerate(rows)]


def _rows(answers: Answers, asked: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    rows = {person: row for row, person in enumerate(answers.persons)}
    unknown = [person for pair in asked for person in pair if person not in rows]
    if unknown:
        raise Invalid("stats_person_unknown", persons=unknown)
    return [(rows[one], rows[other]) for one, other in asked]


def _everybody(groups: Sequence[object], method: PairMethod) -> list[tuple[int, int]]:
    members: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    count = sum(len(rows) * (len(rows) - 1) for rows in members.values()) // (1 if method.directed else 2)
    if count > MOST_LISTED:
        raise Invalid("stats_pairs_many", pairs=count, most=MOST_LISTED)
    orders = permutations if method.directed else combinations
    return [pair for rows in members.values() for pair in orders(rows, 2)]


def _honest(
    answers: Answers,
    method: PairMethod,
    fitted: FittedOptions | None,
    groups: Sequence[object] | None,
    rule: AlarmRule,
    *,
    sittings: int,
    seed: int,
) -> Calibration | None:
    if fitted is None or not sittings:
        return None
    return calibrate(
        answers,
        method,
        model=fitted.chances,
        fit=fitted.again,
        draw=np.random.default_rng(seed),
        sittings=sittings,
        groups=groups,
        rule=rule,
    )
