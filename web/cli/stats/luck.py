# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats luck``: which verdicts hang on the paper that a person drew. The report is made in `scoring.linking`."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

import click

from scoring.linking.form_luck import FormFigures, FormLuck, TurnedVerdict, form_luck
from web.cli.stats.files import read_scores
from web.cli.stats.options import group_option, key_option, table_options
from web.cli.stats.printing import emit

_SHARE: Final = re.compile(r"\d{1,4}(\.\d{1,9})?%?|\d{1,6}/[1-9]\d{0,5}", re.ASCII)


@click.command("luck")
@table_options
@group_option
@key_option
@click.option(
    "--form", "form", metavar="COLUMN", help="The paper of each row; else rows with the same items share one."
)
@click.option("--share", required=True, help="The share of the marks that passes: 0.7, 7/10 or 70%.")
@click.option(
    "--reference", metavar="FORM", help="The paper whose pass mark stands; else all items together."
)
def luck(  # noqa: PLR0917 - click hands over every option
    file: Path,
    ids: str | None,
    weights: str | None,
    as_json: bool,  # noqa: FBT001
    others: tuple[str, ...],
    key: Path | None,
    form: str | None,
    share: str,
    reference: str | None,
) -> None:
    """Say whose verdict would turn if every paper were equally hard."""
    others = (*others, *((form,) if form else ()))
    table, named = read_scores(file, ids=ids, weights=weights, others=others, key=key)
    report = form_luck(table, named[form] if form else None, share=_share(share), reference=reference)
    emit(document(report), as_json=as_json, title="Form luck")


def _share(text: str) -> Fraction:
    whole = text.strip()
    if _SHARE.fullmatch(whole) is None:
        raise click.UsageError(f"{text} is not a share; write it as 0.7, 7/10 or 70%.")
    return Fraction(whole[:-1]) / 100 if whole.endswith("%") else Fraction(whole)


def document(report: FormLuck) -> dict[str, object]:
    """A report as it is printed: docs/statistics.md says what each name means."""
    return {
        "model": "rasch",
        "reference": report.reference,
        "ability": report.ability,
        "n": report.persons,
        "left_out": report.left_out,
        "turned": len(report.turned),
        "turned_share": report.turned_share,
        "shift_sd": report.shift_sd,
        "shift_range": list(report.shift_range),
        "easiest": report.easiest,
        "hardest": report.hardest,
        "cautions": list(report.cautions),
        "forms": [_form(form) for form in report.forms],
        "persons": [_person(one) for one in report.turned],
    }


def _form(form: FormFigures) -> dict[str, object]:
    return {
        "form": form.form,
        "items": form.items,
        "shared": form.shared,
        "n": form.persons,
        "mean_score": form.mean_score,
        "pass_share": form.pass_share,
        "mean_ability": form.mean_ability,
        "mean_difficulty": form.mean_difficulty,
        "needed": form.needed,
        "fair_cut": form.fair_cut,
        "fair_cut_se": form.fair_cut_se,
        "shift": form.shift,
        "turned": form.turned,
    }


def _person(one: TurnedVerdict) -> dict[str, object]:
    return {
        "person": one.person,
        "form": one.form,
        "verdict_would": one.turn.value.removeprefix("would_"),
        "score": one.score,
        "items": one.items,
        "needed": one.needed,
        "fair_cut": one.fair_cut,
        "margin": one.margin,
        "ability": one.ability,
        "se": one.se,
        "chance_own": one.chance_own,
        "chance_easiest": one.chance_easiest,
        "chance_hardest": one.chance_hardest,
    }
