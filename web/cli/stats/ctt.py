# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti stats ctt``: classical item analysis of a file of responses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from scoring.classical.api import Missing, analyse, document
from web.cli.stats.files import emit, read_choices, read_key, read_scores
from web.cli.stats.options import group_option, key_option, table_options

_SHOWN: Final = (
    "n",
    "missing",
    "mean",
    "sd",
    "alpha",
    "alpha_feldt",
    "kr20",
    "kr21",
    "lambda2",
    "lambda6",
    "omega",
    "sem",
    "reasons",
    "cautions",
    "suspicious_keys",
)
_SHOWN_OF_ITEM: Final = (
    "item",
    "n",
    "difficulty",
    "sd",
    "item_total",
    "item_rest",
    "discrimination_27",
    "ebel",
    "alpha_if_deleted",
    "distractors",
    "suspicions",
)
_SHOWN_OF_OPTION: Final = {
    "distractors": ("option", "right", "count", "share", "mean_rest", "point_biserial", "upper", "lower"),
    "suspicions": ("kind", "option", "likely"),
}


@click.command()
@table_options
@group_option
@key_option
@click.option(
    "--missing",
    type=click.Choice([one.value for one in Missing]),
    default=Missing.AVAILABLE.value,
    show_default=True,
    help="What a missing answer counts as: each figure from who has it; no marks; leave the person out.",
)
def ctt(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    missing: str,
    as_json: bool,
) -> None:
    """Difficulty, discrimination, options, reliability and standard error of measurement of the test in FILE."""
    treated = Missing(missing)
    if key is None:
        table, _ = read_scores(file, ids=ids, weights=weights, others=others)
        found = analyse(table, missing=treated)
    else:
        right = read_key(key)
        choices, _ = read_choices(file, ids=ids, weights=weights, others=others, key=right)
        found = analyse(choices.score(right), missing=treated, choices=choices, key=right)
    made = document(found)
    emit(made if as_json else _brief(made), as_json=as_json, title=f"Classical analysis of {file.name}")


def _brief(made: Mapping[str, Any]) -> dict[str, Any]:
    """What fits a screen; --json has everything."""
    found: dict[str, Any] = {name: made[name] for name in _SHOWN}
    found["items"] = [{name: item[name] for name in _SHOWN_OF_ITEM if name in item} for item in made["items"]]
    for item in found["items"]:
        for name, members in _SHOWN_OF_OPTION.items():
            if name in item:
                item[name] = [{member: one[member] for member in members} for one in item[name]]
    return found
