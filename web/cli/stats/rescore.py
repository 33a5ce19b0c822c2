# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti stats rescore``: what a corrected key changes, and the records that prove it. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import click

from core.errors import Invalid
from scoring.api import Verdict, format_share, parse_mark
from scoring.errors import MarkError
from scoring.rescoring.api import (
    Difference,
    Entry,
    ItemKey,
    Key,
    Policy,
    Scored,
    Scorer,
    Treatment,
    changed_items,
    corrected,
    difference,
    replay_document,
    score_all,
    scorer,
    simple_paper,
)
from scoring.tables import ChoiceTable, split_key
from web.cli.stats.files import emit, read_choices, read_key
from web.cli.stats.options import EXISTING_FILE, as_ratio, group_option, table_options

_SPECIAL: Final = {"*": Treatment.EVERYBODY, "-": Treatment.DROPPED}


@click.command()
@table_options
@group_option
@click.option("--key", "old", type=EXISTING_FILE, required=True, metavar="OLD.csv", help="The key so far.")
@click.option(
    "--new-key",
    "new",
    type=EXISTING_FILE,
    required=True,
    metavar="NEW.csv",
    help="The corrected key; * as its option gives everybody the mark, - drops the item.",
)
@click.option(
    "--cut", metavar="K/N", help="The share of the marks from which a person passes, such as 12/20."
)
@click.option(
    "--policy",
    type=click.Choice([one.value for one in Policy]),
    default=Policy.FULL.value,
    show_default=True,
    help="The new key counts; the better of both marks counts; items whose key changes are dropped.",
)
@click.option(
    "--records",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.json",
    help="Write the score records before and after; they hold the answers and the keys (docs/replay.md).",
)
def rescore(
    file: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: tuple[str, ...],
    old: Path,
    new: Path,
    cut: str | None,
    policy: str,
    records: Path | None,
    as_json: bool,
) -> None:
    """Score the choices in FILE under the key so far and under a corrected one, and say who changes and why."""
    if records is not None and cut is None:
        raise click.UsageError("--records needs --cut: a record has a verdict")
    share = _cut(cut)
    first = read_key(old)
    choices, _ = read_choices(file, ids=ids, weights=weights, others=others, key=first)
    before, target = _key(first), _key(read_key(new))
    after = corrected(before, target, Policy(policy))
    unknown = [item for item in before.items if item not in choices.items]
    if unknown:
        raise Invalid("stats_key_items", file=file.name, items=unknown)
    scorers = [scorer(key, simple_paper(_maximum(key), cut=share or 1)) for key in (before, after)]
    persons = _responses(choices)
    scored = [score_all(one, persons.items()) for one in scorers]
    often = _weights(choices)
    found = difference(scored[0], scored[1], weights=often)
    if records is not None:
        _write(records, persons, scorers, found=found, before=scored[0])
    passes = [_passes(side, often) for side in scored]
    emit(
        {
            "n": _count(found.n),
            "policy": policy,
            "cut": None if share is None else format_share(share),
            "items_changed": list(changed_items(before, target)),
            **_document(found, with_verdicts=share is not None),
            "passed_before": None if share is None else _count(passes[0]),
            "passed_after": None if share is None else _count(passes[1]),
            **({"reason": "no_cut"} if share is None else {}),
            "persons": [_person(one.to_document(), with_verdicts=share is not None) for one in found.changes],
        },
        as_json=as_json,
        title=f"Rescoring of {file.name}",
    )


def _document(found: Difference, *, with_verdicts: bool) -> dict[str, object]:
    counts: dict[str, object] = {
        "totals_changed": _count(found.totals_changed),
        "up": _count(found.up),
        "down": _count(found.down),
    }
    moves = {
        "fail_to_pass": found.moved(Verdict.FAIL, Verdict.PASS),
        "pass_to_fail": found.moved(Verdict.PASS, Verdict.FAIL),
    }
    return counts | {name: _count(count) if with_verdicts else None for name, count in moves.items()}


def _person(document: dict[str, object], *, with_verdicts: bool) -> dict[str, object]:
    without = {"bands_before", "bands_after", *(() if with_verdicts else ("verdict_before", "verdict_after"))}
    return {name: value for name, value in document.items() if name not in without}


def _cut(cut: str | None) -> Fraction | None:
    try:
        share = None if cut is None else parse_mark(as_ratio(cut))
    except MarkError as error:
        raise Invalid("cut_range", cut=cut) from error
    return share


def _key(options: Mapping[str, str]) -> Key:
    """A key of choice items worth one mark each; ``*`` and ``-`` treat an item in another way."""
    items = {}
    for item, text in options.items():
        special = _SPECIAL.get(text)
        if special is not None:
            items[item] = ItemKey(Fraction(1), (0,), {}, special)
        else:
            items[item] = ItemKey(Fraction(1), (0,), dict.fromkeys(split_key(item, text), Fraction(1)))
    return Key(items)


def _maximum(key: Key) -> Fraction:
    counting = [one for one in key.items.values() if one.treatment is not Treatment.DROPPED]
    if not counting:
        raise Invalid("replay_no_items")
    return sum((one.maximum for one in counting), Fraction(0))


def _responses(choices: ChoiceTable) -> dict[str, dict[str, str]]:
    return {
        person: {item: choice for item, choice in zip(choices.items, row, strict=True) if choice}
        for person, row in zip(choices.persons, choices.choices.tolist(), strict=True)
    }


def _weights(choices: ChoiceTable) -> dict[str, Fraction]:
    return dict(zip(choices.persons, (Fraction(weight) for weight in choices.weights.tolist()), strict=True))


def _passes(scored: Mapping[str, Scored], often: Mapping[str, Fraction]) -> Fraction:
    return sum((often[person] for person, one in scored.items() if one.verdict is Verdict.PASS), Fraction(0))


def _write(
    records: Path,
    persons: Mapping[str, Mapping[str, str]],
    scorers: list[Scorer],
    *,
    found: Difference,
    before: Mapping[str, Scored],
) -> None:
    """Everybody under the key so far, then those who change under the one that counts now, in place of their first."""
    places = {person: place for place, person in enumerate(persons)}
    entries = [Entry(person, own, scorers[0], scored=before[person]) for person, own in persons.items()]
    entries += [
        Entry(one.person, persons[one.person], scorers[1], places[one.person], one.after)
        for one in found.changes
    ]
    document = replay_document(entries, code=_code())
    records.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _code() -> str:
    try:
        return f"kasauti {version('kasauti')}"
    except PackageNotFoundError:
        return "kasauti (not installed)"


def _count(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)
