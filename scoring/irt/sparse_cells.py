# SPDX-License-Identifier: Apache-2.0
"""Joining cells of observed and expected frequencies until each is large enough for a chi-squared test.

The order of joining is that of R's mirt (itemfit, S_X2), so that the statistics can be compared; no statistic lives here.
"""

from __future__ import annotations

import numpy as np

from scoring.irt.coding import Matrix, Vector


def joined(observed: Matrix, expected: Matrix, least: float) -> tuple[Matrix, Matrix]:
    """Join cells of two tables (scores x categories) until every expected frequency is at least `least`; 0 = no cell.

    First scores that nobody has go, and a score that one person has joins the next one (the last joins the one before).
    Then, where there are more than two categories, cells of a row join their smaller neighbour, the smallest cell first,
    and the rest moves to the left. Last, a row with a small cell joins the neighbouring row that fewer persons have.
    """
    present = observed.sum(axis=1) > 0
    observed, expected = observed[present].copy(), expected[present].copy()
    observed, expected = _lone_persons(observed, expected)
    if expected.shape[1] > 2:
        for row in range(len(expected)):
            if (expected[row] < least).any():
                observed[row], expected[row] = _joined_row(observed[row], expected[row], least)
        observed, expected = _rare_columns(observed, expected, least)
    return _joined_rows(observed, expected, least)


def _lone_persons(observed: Matrix, expected: Matrix) -> tuple[Matrix, Matrix]:
    last = len(observed) - 1
    lone = []
    for row in range(last):
        if observed[row].sum() == 1:
            observed[row + 1] += observed[row]
            expected[row + 1] += expected[row]
            lone.append(row)
    kept = np.delete(np.arange(len(observed)), lone)
    observed, expected = observed[kept], expected[kept]
    if len(observed) > 1 and observed[-1].sum() == 1:
        observed[-2] += observed[-1]
        expected[-2] += expected[-1]
        return observed[:-1], expected[:-1]
    return observed, expected


def _joined_row(observed: Vector, expected: Vector, least: float) -> tuple[Vector, Vector]:
    seen, due = list(observed), list(expected)
    while len(due) > 2:
        smallest = min(due)
        place = max(at for at, value in enumerate(due) if value == smallest)
        if place == 0:
            into = 1
        elif place == len(due) - 1:
            into = place - 1
        else:
            into = place - 1 if due[place - 1] <= due[place + 1] else place + 1
        due[into] += due[place]
        seen[into] += seen[place]
        del due[place], seen[place]
        if min(due) >= least:
            break
    filling = [0.0] * (len(expected) - len(due))
    return np.array(seen + filling), np.array(due + filling)


def _rare_columns(observed: Matrix, expected: Matrix, least: float) -> tuple[Matrix, Matrix]:
    """Right-hand columns that few rows still have join the column to their left."""
    while expected.shape[1] > 2 and expected[:, -1].sum() < least * np.ceil(0.1 * len(expected)):
        observed, expected = _left(observed, expected, expected.shape[1] - 1)
    for column in range(expected.shape[1] - 1, 0, -1):
        if expected.shape[1] > 2 and (expected[:, column] > 0).mean() < 0.05:
            observed, expected = _left(observed, expected, column)
    return observed, expected


def _left(observed: Matrix, expected: Matrix, column: int) -> tuple[Matrix, Matrix]:
    for table in (observed, expected):
        table[:, column - 1] += table[:, column]
    return np.delete(observed, column, axis=1), np.delete(expected, column, axis=1)


def _joined_rows(observed: Matrix, expected: Matrix, least: float) -> tuple[Matrix, Matrix]:
    while len(expected) > 1:
        small = ((expected < least) & (expected > 0)).any(axis=1)
        if not small.any():
            break
        row = int(np.argmax(small))
        if row == 0:
            into = 1
        elif row == len(expected) - 1:
            into = row - 1
        else:
            into = row - 1 if observed[row - 1].sum() <= observed[row + 1].sum() else row + 1
        observed[into] += observed[row]
        expected[into] += expected[row]
        observed, expected = np.delete(observed, row, axis=0), np.delete(expected, row, axis=0)
    return observed, expected
