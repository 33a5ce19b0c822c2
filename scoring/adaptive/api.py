# SPDX-License-Identifier: Apache-2.0
"""The public face of `scoring.adaptive`. Nothing is defined here."""

from scoring.adaptive.mixed import MixedOperation, PoolKind, operate_mixed, operate_pool, settle_mixed
from scoring.adaptive.model import LONGEST, Ruling, Settled, StopTable, read_stops
from scoring.adaptive.operating import (
    FixedTest,
    Operation,
    PaperOperation,
    Quality,
    fixed_test,
    operate,
    operate_paper,
    quality,
    shortest_fixed,
    shortest_ratio,
)
from scoring.adaptive.optimal import Losses, Optimal, optimal_table
from scoring.adaptive.order import ExposureLimit, OrderItem, exposure, order_items, pool_needed
from scoring.adaptive.ratios import Rates, RatioRule, ratio_table, two_kinds, wald
from scoring.adaptive.simulation import Simulated, simulate
from scoring.adaptive.stops import curtailed, fixed_table, mastered, posterior_table, settled_verdict

__all__ = [
    "LONGEST",
    "ExposureLimit",
    "FixedTest",
    "Losses",
    "MixedOperation",
    "Operation",
    "Optimal",
    "OrderItem",
    "PaperOperation",
    "PoolKind",
    "Quality",
    "Rates",
    "RatioRule",
    "Ruling",
    "Settled",
    "Simulated",
    "StopTable",
    "curtailed",
    "exposure",
    "fixed_table",
    "fixed_test",
    "mastered",
    "operate",
    "operate_mixed",
    "operate_paper",
    "operate_pool",
    "optimal_table",
    "order_items",
    "pool_needed",
    "posterior_table",
    "quality",
    "ratio_table",
    "read_stops",
    "settle_mixed",
    "settled_verdict",
    "shortest_fixed",
    "shortest_ratio",
    "simulate",
    "two_kinds",
    "wald",
]
