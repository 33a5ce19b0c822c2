# SPDX-License-Identifier: Apache-2.0
"""The argument and options that the kinds of ``kasauti stats`` have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_PERCENT: Final = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%\s*", re.ASCII)
EXISTING_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def table_options(function: Command) -> Command:
    """FILE, ``--id`` as `ids`, ``--weights`` and ``--json`` as `as_json`."""
    for option in (
        click.argument("file", type=EXISTING_FILE),
        click.option("--id", "ids", metavar="COLUMN", help="The column that says who a row is about."),
        click.option("--weights", metavar="COLUMN", help="The column that says how often a row occurred."),
        json_option,
    ):
        function = option(function)
    return function


def json_option(function: Command) -> Command:
    """``--json`` as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(
        function
    )


def key_option(function: Command) -> Command:
    """``--key`` as `key`, a path or None."""
    return click.option(
        "--key", type=EXISTING_FILE, metavar="KEY.csv", help="The right options: item,key (several as A|C)."
    )(function)


def as_ratio(text: str) -> str:
    """A share in per cent as the ratio that it is, "70%" as "7/10"; any other text as it stands."""
    percent = _PERCENT.fullmatch(text)
    if percent is None:
        return text
    share = Fraction(percent[1]) / 100
    return f"{share.numerator}/{share.denominator}"


def group_option(function: Command) -> Command:
    """``--group`` as `others`, the columns that are no items: for kinds that do not compare groups."""
    return click.option(
        "--group",
        "others",
        metavar="COLUMN",
        multiple=True,
        help="A column that is no item, such as a group; may be repeated.",
    )(function)
