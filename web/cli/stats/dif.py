# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats dif``: which items treat equally able people of different groups differently.

The tests live in `scoring.fairness`; this module names what they found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from scoring.fairness.api import (
    DELTA,
    Control,
    DifKind,
    DifMethod,
    DifReport,
    DifSettings,
    ItemDif,
    Logistic,
    LogisticTest,
    MantelHaenszel,
    MeanDifference,
    PairDif,
    control_together,
    grouping,
)
from scoring.fairness.api import (
    dif as compare,
)
from web.cli.stats.files import MISSING, plain_option, read_scores
from web.cli.stats.options import key_option, table_options
from web.cli.stats.printing import emit

_TITLES: Final = {
    DifMethod.MH: "Differential item functioning, Mantel-Haenszel",
    DifMethod.LOGISTIC: "Differential item functioning, logistic regression",
}

# by Mantel and Haenszel, under every method where there is one focal group
_SIZE: Final = ("alpha_mh", "log_alpha_se", "delta_mh", "delta_se", "ets", "ets_significance")


def _choices(values: Sequence[str]) -> click.Choice[str]:
    return click.Choice([str(value) for value in values])


@click.command("dif")
@table_options
@key_option
@click.option(
    "--method",
    type=_choices(list(DifMethod)),
    default=DifMethod.MH.value,
    show_default=True,
    help="Mantel-Haenszel (Mantel for more than two scores), or logistic regression.",
)
@click.option(
    "--group",
    "groups",
    metavar="COLUMN",
    multiple=True,
    required=True,
    help="Who belongs where; may be repeated.",
)
@click.option("--focal", metavar="VALUE", multiple=True, help="The group to protect; may be repeated.")
@click.option("--reference", metavar="VALUE", help="The group to compare with; else everybody else.")
@click.option("--match", "match", metavar="COLUMN", help="Match on this column of numbers, not on the score.")
@click.option("--anchor", metavar="NAMES", help="Match on these items (a,b,c) and test the others.")
@click.option("--purify", is_flag=True, help="Take items with DIF out of the matching score, step by step.")
@click.option(
    "--type",
    "kind",
    type=_choices(list(DifKind)),
    default=DifKind.BOTH.value,
    show_default=True,
    help="Logistic regression: which difference decides.",
)
@click.option("--no-correction", is_flag=True, help="Mantel-Haenszel without the continuity correction.")
@click.option("--exact", is_flag=True, help="Add the exact p of Mantel-Haenszel.")
@click.option(
    "--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05, show_default=True
)
@click.option(
    "--control",
    type=_choices(list(Control)),
    default=Control.BH.value,
    show_default=True,
    help="How false alarms among many items are held down.",
)
def dif(  # noqa: PLR0917 - click hands over every option
    file: Path,
    ids: str | None,
    weights: str | None,
    as_json: bool,  # noqa: FBT001
    key: Path | None,
    method: str,
    groups: tuple[str, ...],
    focal: tuple[str, ...],
    reference: str | None,
    match: str | None,
    anchor: str | None,
    purify: bool,  # noqa: FBT001
    kind: str,
    no_correction: bool,  # noqa: FBT001
    exact: bool,  # noqa: FBT001
    level: float,
    control: str,
) -> None:
    """Find items on which equally able people of different groups do differently."""
    if len(groups) > 1 and (focal or reference):
        raise click.UsageError("--focal and --reference go with one --group.")
    others = (*groups, *((match,) if match else ()))
    table, named = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    settings = DifSettings(
        method=DifMethod(method),
        kind=DifKind(kind),
        level=level,
        control=Control(control),
        anchors=names_of(anchor) if anchor else None,
        purify=purify,
        external=_numbers(file.name, match, named[match]) if match else None,
        correct=not no_correction,
        exact=exact,
    )
    reports = {}
    for group in groups:
        people = grouping(
            named[group],
            table.weights,
            focal=[_label(value, named[group]) for value in focal],
            reference=None if reference is None else _label(reference, named[group]),
        )
        reports[group] = compare(table, people, settings)
    reports = control_together(reports)
    documents = [{"group": group} | document(report, matched_on=match) for group, report in reports.items()]
    whole = documents[0] if len(documents) == 1 else {"comparisons": documents}
    emit(whole, as_json=as_json, title=_TITLES[settings.method])


def _label(value: str, labels: Sequence[str]) -> str:
    """A group as the file writes it: the case of letters counts only where two groups differ in nothing else."""
    label = plain_option(value)
    alike = {one for one in labels if one.lower() == label.lower()}
    return alike.pop() if label not in alike and len(alike) == 1 else label


def names_of(text: str) -> tuple[str, ...]:
    """The names in a list such as ``a,b,c`` or ``a;b;c``, without blanks around them and each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.replace(";", ",").split(",") if name.strip()))


def _numbers(file: str, column: str, cells: Sequence[str]) -> NDArray[np.float64]:
    values = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        try:
            values[place] = np.nan if cell in MISSING else float(cell)
        except ValueError as error:
            raise Invalid("stats_not_a_number", file=file, line=place + 2, column=column) from error
    if np.isinf(values).any():
        line = int(np.argmax(np.isinf(values))) + 2
        raise Invalid("stats_not_a_number", file=file, line=line, column=column)
    return values


def document(report: DifReport, *, matched_on: str | None) -> dict[str, object]:
    """A report as it is printed: docs/statistics.md says what each name means."""
    settings = report.settings
    cleaned = report.purification
    sizes = dict(zip(report.groups, report.sizes, strict=True))
    return {
        "method": settings.method.value,
        "reference": report.groups[0],
        "focal": list(report.groups[1:]),
        "n": sizes,
        "left_out": report.left_out,
        "matching": matched_on or "score",
        "anchors": list(report.anchors),
        "purification": None
        if cleaned is None
        else {"rounds": cleaned.rounds, "converged": cleaned.converged},
        "level": settings.level,
        "control": settings.control.value,
        "cautions": list(report.cautions),
        "flagged": list(report.flagged),
        "items": [_item(item, len(report.groups), settings.kind) for item in report.items],
    }


def _item(item: ItemDif, groups: int, kind: DifKind) -> dict[str, object]:
    decided: dict[str, object] = {
        "item": item.item,
        "n": item.persons,
        "chi2": item.chi2,
        "df": item.df,
        "p": item.p,
        "p_adjusted": item.p_adjusted,
        "flagged": item.flagged,
        "favours": None if item.favours is None else item.favours.value,
    }
    if groups == 2 and not item.pairs:
        decided |= dict.fromkeys(_SIZE)
    if item.logistic is not None:
        sizes = _pair(item.pairs[0]) if item.pairs else {}
        decided |= {name: sizes[name] for name in _SIZE if name in sizes} | _logistic(item.logistic, kind)
    elif len(item.pairs) == 1 and groups == 2:
        decided |= _pair(item.pairs[0])
    elif item.pairs:
        decided["pairs"] = [{"focal": pair.focal} | _pair(pair) for pair in item.pairs]
    if item.reason is not None:
        decided["reason"] = item.reason
    return decided


def _pair(pair: PairDif) -> dict[str, object]:
    found = _mantel_haenszel(pair.mantel_haenszel) if pair.mantel_haenszel is not None else {}
    if pair.standardised is not None:
        found |= {"p_dif": pair.standardised.p_dif, "delta_std": pair.standardised.delta_std}
    return found | _mean_difference(pair.mean_difference, binary=pair.mantel_haenszel is not None)


def _mantel_haenszel(found: MantelHaenszel) -> dict[str, object]:
    return {
        "chi2_corrected": found.chi2,
        "p_corrected": found.p,
        "chi2_uncorrected": found.chi2_uncorrected,
        "p_uncorrected": found.p_uncorrected,
        "alpha_mh": found.alpha_mh,
        "log_alpha_se": found.se_log_alpha,
        "delta_mh": found.delta_mh,
        "delta_se": found.se_delta,
        "ets": found.ets,
        "ets_significance": found.ets_significance,
        "p_exact": found.p_exact,
        "strata": found.strata,
        "expected_enough": found.expected_enough,
    }


def _mean_difference(found: MeanDifference, *, binary: bool) -> dict[str, object]:
    figures: dict[str, object] = {"smd": found.smd, "smd_se": found.se, "smd_size": found.size}
    return figures if binary else figures | {"ets": found.ets}


def _logistic(fit: Logistic, kind: DifKind) -> dict[str, object]:
    tests = {"both": fit.both, "uniform": fit.uniform, "nonuniform": fit.nonuniform}
    deciding = fit.test(kind)
    found: dict[str, object] = {}
    if deciding is not None:
        found |= {
            "r2_change": deciding.r2_change,
            "jodoin_gierl": deciding.jodoin_gierl,
            "zumbo_thomas": deciding.zumbo_thomas,
        }
    if len(fit.group_effects) == 1:
        effect = fit.group_effects[0]
        found |= {"log_odds_focal": effect, "delta_logistic": DELTA * effect}
    for name, test in tests.items():
        found |= _test(name, test)
    names = _coefficient_names(len(fit.coefficients))
    found["coefficients"] = dict(zip(names, fit.coefficients, strict=True))
    found["standard_errors"] = dict(zip(names, fit.errors, strict=True)) if fit.errors else None
    found["separated"] = fit.separated
    return found


def _test(name: str, test: LogisticTest | None) -> Mapping[str, object]:
    if test is None:
        return {f"chi2_{name}": None, f"p_{name}": None}
    return {
        f"chi2_{name}": test.chi2,
        f"p_{name}": test.p,
        f"wald_{name}": test.wald,
        f"r2_change_{name}": test.r2_change,
        f"jodoin_gierl_{name}": test.jodoin_gierl,
        f"zumbo_thomas_{name}": test.zumbo_thomas,
    }


def _coefficient_names(count: int) -> tuple[str, ...]:
    groups = max(0, (count - 2) // 2)
    if not count:
        return ()
    suffixes = [""] if groups == 1 else [f"_{place}" for place in range(1, groups + 1)]
    return (
        "intercept",
        "ability",
        *(f"group{suffix}" for suffix in suffixes),
        *(f"ability_x_group{suffix}" for suffix in suffixes),
    )
