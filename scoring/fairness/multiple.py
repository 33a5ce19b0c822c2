# SPDX-License-Identifier: Apache-2.0
"""Many tests at once: adjusted p-values and the share of false alarms. No statistic of any one test lives here."""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import StatisticsError


class Control(StrEnum):
    """How many false alarms a family of tests may raise.

    `bh` and `by` bound the expected share of false alarms among the alarms (the false discovery rate), `by` under any
    dependence; `holm`, `hochberg` and `bonferroni` bound the chance of even one; `none` leaves each test at its own
    level.
    """

    BH = "bh"
    BY = "by"
    HOLM = "holm"
    HOCHBERG = "hochberg"
    BONFERRONI = "bonferroni"
    NONE = "none"


def adjusted(
    p_values: ArrayLike, control: Control = Control.BH, *, tests: int | None = None
) -> NDArray[np.float64]:
    """p-values adjusted for their number, so that `adjusted <= level` is the decision; same shape and order.

    NaN means that a test could not be done: it stays NaN and does not count. `tests` (at least the number of p-values
    that are not NaN) is the size of the family where only its smallest p-values were kept. The decision at a level is then
    exact if every p-value up to that level was kept, and the adjusted values are bounds from above; `hochberg` needs all.

    Sources: Benjamini & Hochberg (1995), J. R. Statist. Soc. B 57, p. 293, eq. 1; Benjamini & Yekutieli (2001), Ann.
    Statist. 29, theorem 1.3; Holm (1979), Scand. J. Statist. 6, p. 67; Hochberg (1988), Biometrika 75, p. 801. The
    adjusted values are those of Wright (1992), Biometrics 48, pp. 1006-1007.

    Raises `StatisticsError`: `p_value_out_of_range`, `family_too_small`.
    """
    given = np.asarray(p_values, dtype=np.float64)
    kept = np.isfinite(given)
    values = given[kept]
    if np.any(np.isinf(given)) or np.any((values < 0) | (values > 1)):
        raise StatisticsError("p_value_out_of_range")
    family = _family(values.size, control, tests)
    order = np.argsort(values, kind="stable")
    answer = np.full(given.shape, np.nan)
    result = np.empty_like(values)
    result[order] = _adjust_sorted(values[order], control, family)
    answer[kept] = result
    return answer


def _family(count: int, control: Control, tests: int | None) -> int:
    if tests is None:
        return count
    if tests < count or (control is Control.HOCHBERG and tests != count):
        raise StatisticsError("family_too_small", tests=tests, p_values=count, control=control.value)
    return tests


def _adjust_sorted(ordered: NDArray[np.float64], control: Control, family: int) -> NDArray[np.float64]:
    rank = np.arange(1, ordered.size + 1)
    if control is Control.NONE:
        return ordered
    if control is Control.BONFERRONI:
        return np.minimum(ordered * family, 1.0)
    if control is Control.HOLM:
        return np.minimum(np.maximum.accumulate(ordered * (family + 1 - rank)), 1.0)
    factor = {
        Control.HOCHBERG: (family + 1 - rank) * 1.0,
        Control.BH: family / rank,
        Control.BY: harmonic(family) * family / rank,
    }[control]
    return np.minimum(np.minimum.accumulate((ordered * factor)[::-1])[::-1], 1.0)


def rejected(
    p_values: ArrayLike, level: float, control: Control = Control.BH, *, tests: int | None = None
) -> NDArray[np.bool_]:
    """Which tests are alarms at `level` (between 0 and 1); NaN is never one. Errors as `adjusted`, and `alarm_level`."""
    if not 0 < level < 1:
        raise StatisticsError("alarm_level", level=level)
    # A p-value exactly on its bound is an alarm; the product in `adjusted` may lie an ulp above.
    return np.nan_to_num(adjusted(p_values, control, tests=tests), nan=2.0) <= level * (1 + 1e-12)


def harmonic(count: int) -> float:
    """1 + 1/2 + … + 1/count, for counts of any size."""
    return float(np.sum(1.0 / np.arange(1, count + 1)))
