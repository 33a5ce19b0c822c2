# SPDX-License-Identifier: Apache-2.0
"""Batches drawn from a known model, for tests of reports: abilities, papers, choices, times, changes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from assessor.analyses.data import BatchData, Change, ItemFacts, Person, cell_name
from item_bank.api import CredentialDocument, load_sample, parse_credential
from scoring.api import format_mark

START = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
OPTIONS = ("a", "b", "c", "d")


def credential(**changes: Any) -> CredentialDocument:
    return parse_credential({**deepcopy(load_sample().credential), **changes})


def batch(
    *,
    persons: int,
    forms: int = 1,
    seed: int = 1,
    per_pc: int = 5,
    common: int | None = None,
    parts: int = 0,
    unanswered: float = 0.02,
    document: CredentialDocument | None = None,
    biased: tuple[int, float] | None = None,
    copiers: int = 0,
    late: int = 0,
    closed: bool = True,
) -> BatchData:
    """A batch of `persons` on `forms` papers of `per_pc` items for each PC.

    `common` items of each PC are on all papers (all of them where there is one paper). `parts` of the items are worth two
    marks and earn parts. `biased` (item, shift): one item is harder by so many logits for people whose language is "hi".
    `copiers` pairs of one form, sitting and centre share nearly all answers (rows 24 n and 24 n + 12). `late` persons changed
    eight answers after the end.
    """
    draw = np.random.default_rng(seed)
    document = credential() if document is None else document
    pcs = [pc.id for pc in document.pcs]
    common = per_pc if forms == 1 else per_pc // 2 if common is None else common
    own = per_pc - common
    items: list[ItemFacts] = []
    on: list[int] = []  # -1: on every form
    for pc in pcs:
        for number in range(common + own * forms):
            partial = len(items) < parts
            items.append(
                ItemFacts(
                    version_id=f"v-{pc}-{number}",
                    label=f"{pc}.{number + 1:02d}",
                    pc=pc,
                    kind="text_entry" if partial else "choice_single",
                    maximum=Fraction(2 if partial else 1),
                    key=() if partial else (OPTIONS[len(items) % 4],),
                    options=() if partial else OPTIONS,
                )
            )
            on.append(-1 if number < common else (number - common) // max(own, 1))
    count = len(items)
    ability = draw.normal(0.8, 1.0, persons)
    difficulty = draw.normal(0.0, 0.8, count)
    slope = draw.uniform(0.7, 1.7, count)
    language = np.where(draw.random(persons) < 0.4, "hi", "en")
    form = np.arange(persons) % forms
    logit = slope * (ability[:, None] - difficulty)
    if biased is not None:
        logit[language == "hi", biased[0]] -= biased[1]
    right = draw.random((persons, count)) < 1 / (1 + np.exp(-logit))
    half = draw.random((persons, count)) < 0.5
    given = np.array([[place in {-1, int(mine)} for place in on] for mine in form], dtype=bool).reshape(
        persons, count
    )
    blank = draw.random((persons, count)) < unanswered
    wrong = draw.integers(1, 4, (persons, count))
    key = np.array([OPTIONS.index(item.key[0]) if item.key else 0 for item in items], dtype=np.int64)
    taken = np.where(right, key, (key + wrong) % 4)
    seconds = np.exp(draw.normal(3.4, 0.5, (persons, count)) + draw.normal(0, 0.3, (persons, 1)))
    for pair in range(copiers):
        source, copier = 24 * pair, 24 * pair + 12  # of one form, sitting and centre
        same = draw.random(count) < 0.97
        taken[copier, same], right[copier, same] = taken[source, same], right[source, same]
        blank[copier, same] = blank[source, same]
    maxima = np.array([float(item.maximum) for item in items])
    earned = np.where(right, maxima, 0.0)
    partial = maxima == 2
    earned[:, partial] = np.where(right, 2.0, np.where(half, 1.0, 0.0))[:, partial]
    earned[blank] = 0.0
    earned[~given] = np.nan
    answered = given & ~blank
    choices = np.array(OPTIONS)[taken]
    choices[~answered] = ""
    choices[:, partial] = ""
    changes = [
        Change(
            person=int(person),
            item=int(place),
            at=START + timedelta(minutes=61),
            right_before=False,
            right_after=bool(earned[person, place] == maxima[place]),
            late=True,
        )
        for person in range(min(late, persons))
        for place in np.flatnonzero(answered[person])[:8]
    ]
    return BatchData(
        batch_id="batch-1",
        name="November",
        closed=closed,
        credential=document,
        persons=tuple(
            _person(
                place,
                document,
                form=int(form[place]),
                language=str(language[place]),
                share=earned[place],
                items=items,
            )
            for place in range(persons)
        ),
        items=tuple(items),
        marks=earned,
        answered=answered,
        choices=choices.astype(np.str_) if persons else np.zeros((0, count), dtype=np.str_),
        seconds=np.where(answered, seconds, np.nan),
        changes=tuple(changes),
        sha256="sha256:" + "0" * 64,
    )


def _person(
    place: int, document: CredentialDocument, *, form: int, language: str, share: Any, items: list[ItemFacts]
) -> Person:
    cells, passed = {}, True
    for cell, maximum in document.marks.maxima.items():
        mine = [n for n, item in enumerate(items) if item.pc == cell.pc and not np.isnan(share[n])]
        whole = sum((items[n].maximum for n in mine), Fraction(0))
        part = sum((Fraction(float(share[n])) for n in mine), Fraction(0)) / whole if whole else Fraction(1)
        cells[cell_name(cell)] = format_mark(maximum * part)
        passed = passed and part >= Fraction(3, 5)
    return Person(
        entry_id=f"entry-{place}",
        candidate_id=f"candidate-{place}",
        label=f"Candidate {place + 1:03d}",
        form_id=f"form-{form}",
        sitting_id=f"sitting-{place % 2}",
        passed=passed,
        groups={
            "language": language,
            "gender": ("f", "m", "")[place % 3],
            "centre": f"Centre {place % 3 + 1}",
            "device": "phone" if place % 4 else "computer",
        },
        cells=cells,
        started_at=START + timedelta(days=place * 10 // 100, minutes=place % 2),
    )


def alike(data: BatchData) -> BatchData:
    """The same batch with everybody right everywhere."""
    key = np.array([item.key[0] if item.key else "" for item in data.items])
    marks = np.where(np.isnan(data.marks), np.nan, data.maxima)
    return replace(
        data,
        marks=marks,
        answered=~np.isnan(marks),
        choices=np.where(np.isnan(marks), "", key).astype(np.str_),
        changes=(),
    )
