# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats effort``, ``patterns``, ``drift``, ``exposed`` and ``changes``: signs about single persons and items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control
from scoring.forensics import api as forensics
from scoring.tables import ResponseTable
from web.cli.stats.files import emit, read_scores
from web.cli.stats.options import EXISTING_FILE, group_option, json_option, key_option, table_options

Command = TypeVar("Command", bound=Callable[..., Any])
_MODELS = click.Choice(list(forensics.MODELS))
_LIMITS = {"nt10": forensics.normative_limits, "mixture": forensics.mixture_limits}


def _rate_options(function: Command) -> Command:
    for option in (
        click.option(
            "--rate",
            type=click.FloatRange(0, 1, min_open=True, max_open=True),
            default=0.05,
            show_default=True,
            help="The rate of false alarms over the whole list.",
        ),
        click.option(
            "--control",
            type=click.Choice([one.value for one in Control]),
            default=Control.BH.value,
            show_default=True,
            help="What the rate bounds.",
        ),
    ):
        function = option(function)
    return function


@click.command()
@table_options
@group_option
@key_option
@_rate_options
@click.option("--times", type=EXISTING_FILE, required=True, help="Seconds, in the same form as FILE.")
@click.option(
    "--limits",
    type=click.Choice(list(_LIMITS)),
    default="nt10",
    show_default=True,
    help="From when on an answer is not rapid: a tenth of the mean time, or where two groups of times meet.",
)
@click.option(
    "--guessing", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.25, show_default=True
)
def effort(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    times: Path,
    limits: str,
    guessing: float,
    rate: float,
    control: str,
    as_json: bool,
) -> None:
    """Rapid answers: who did not take the time, and who was quick AND right. Evidence to look into, no verdict."""
    table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    seconds = _aligned(table, times, ids)
    found = _LIMITS[limits](seconds)
    law = Control(control)
    one = forensics.effort_of(table, seconds, found, guessing=guessing, rate=rate, control=law)
    try:
        pace = forensics.pace_of(seconds, rate=rate, control=law)
        reason = None
    except StatisticsError as error:
        pace, reason = None, error.code
    document = {"limits": limits, "rate": rate, "control": control, "pace_reason": reason}
    emit(
        document | forensics.effort_document(table, found, one, pace),
        as_json=as_json,
        title=f"Effort in {file.name}",
    )


@click.command()
@table_options
@group_option
@key_option
@_rate_options
@click.option("--model", type=_MODELS, default="2pl", show_default=True)
@click.option("--draws", type=click.IntRange(99, 100_000), default=999, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Settles what is drawn.")
def patterns(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    model: str,
    draws: int,
    seed: int,
    rate: float,
    control: str,
    as_json: bool,
) -> None:
    """Persons whose right and wrong answers do not fit their score: lz*, Guttman errors, U3. No verdict."""
    table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    found = forensics.odd_patterns(
        table,
        draw=np.random.default_rng(seed),
        model=model,
        draws=draws,
        rate=rate,
        control=Control(control),
    )
    document = {"model": model, "draws": draws, "rate": rate, "control": control}
    emit(
        document | forensics.patterns_document(table, found),
        as_json=as_json,
        title=f"Odd patterns in {file.name}",
    )


@click.command()
@table_options
@group_option
@key_option
@_rate_options
@click.option("--when", metavar="COLUMN", required=True, help="The instant of each row: a number or a date.")
@click.option(
    "--since", metavar="INSTANT", help="Also test the answers after this instant, known beforehand."
)
def drift(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    when: str,
    since: str | None,
    rate: float,
    control: str,
    as_json: bool,
) -> None:
    """Items that became easier in the course of time for people of the same ability, as leaked items do. No verdict."""
    table, named = read_scores(file, ids=ids, weights=weights, others=[*others, when], key=key)
    told = named[when]
    instants = [_instant(text, file.name, when) for text in told]
    known = None if since is None else _instant(since, "--since", "INSTANT")
    found = forensics.item_drift(table, instants, known_leak=known, rate=rate, control=Control(control))
    names = [text for _, text in sorted(dict(zip(instants, told, strict=True)).items())]
    document = {"rate": rate, "control": control, "instants": len(names)}
    emit(
        document | forensics.drift_document(found, names),
        as_json=as_json,
        title=f"Drift of items in {file.name}",
    )


@click.command()
@table_options
@group_option
@key_option
@_rate_options
@click.option("--items", "names", metavar="A,B,C", required=True, help="Items that may be known beforehand.")
@click.option("--model", type=_MODELS, default="2pl", show_default=True)
def exposed(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    key: Path | None,
    names: str,
    model: str,
    rate: float,
    control: str,
    as_json: bool,
) -> None:
    """Who did better on items that may have leaked than all his other answers lead to expect. No verdict."""
    table, _ = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    wanted = [name.strip() for name in names.split(",")]
    unknown = [name for name in wanted if name not in table.items]
    if unknown:
        raise Invalid("stats_items_unknown", items=unknown)
    tested = np.broadcast_to(np.isin(np.array(table.items), wanted), table.scores.shape)
    known = forensics.right_chances(table, model)
    found = forensics.surprising_rights(table, tested, known, rate=rate, control=Control(control))
    document = {"model": model, "items_tested": wanted, "rate": rate, "control": control}
    emit(
        document | forensics.surprise_document(table, found),
        as_json=as_json,
        title=f"Exposed items in {file.name}",
    )


@click.command()
@click.argument("before", type=EXISTING_FILE)
@click.argument("after", type=EXISTING_FILE)
@click.option("--id", "ids", metavar="COLUMN", help="The column that says who a row is about.")
@key_option
@_rate_options
@click.option("--model", type=_MODELS, default="2pl", show_default=True)
@json_option
def changes(
    before: Path,
    after: Path,
    *,
    ids: str | None,
    key: Path | None,
    model: str,
    rate: float,
    control: str,
    as_json: bool,
) -> None:
    """Answers changed between BEFORE (at the bell) and AFTER (in the end), and whether they are surprisingly right."""
    early, _ = read_scores(before, ids=ids, weights=None, key=key)
    late, _ = read_scores(after, ids=ids, weights=None, key=key)
    known = forensics.right_chances(late, model)
    found = forensics.late_changes(early, late, known, rate=rate, control=Control(control))
    document = {"model": model, "rate": rate, "control": control}
    emit(
        document | forensics.changes_document(late, found),
        as_json=as_json,
        title=f"Answers changed from {before.name} to {after.name}",
    )


def _aligned(table: ResponseTable, times: Path, ids: str | None) -> NDArray[np.float64]:
    """Seconds in the order of the table's rows and columns; times of other persons and items are left out."""
    found, _ = read_scores(times, ids=ids, weights=None)
    rows = {person: row for row, person in enumerate(found.persons)}
    columns = {item: column for column, item in enumerate(found.items)}
    missing = [person for person in table.persons if person not in rows]
    missing += [item for item in table.items if item not in columns]
    if missing:
        raise Invalid("stats_times_missing", file=times.name, missing=missing[:12])
    order = [rows[person] for person in table.persons]
    return found.scores[np.ix_(order, [columns[item] for item in table.items])]


def _instant(text: str, file: str, column: str) -> float:
    """A number as it is, a date (UTC where it does not say) as seconds. Raises Invalid(``stats_instant``)."""
    for read in (float, _seconds):
        try:
            return read(text)
        except ValueError:
            continue
    raise Invalid("stats_instant", file=file, column=column, text=text)


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
