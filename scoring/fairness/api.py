# SPDX-License-Identifier: Apache-2.0
"""The public face of `scoring.fairness`. Nothing is defined here."""

from scoring.fairness.dif import (
    DifMethod,
    DifReport,
    DifSettings,
    Favours,
    ItemDif,
    PairDif,
    control_together,
    dif,
)
from scoring.fairness.groups import Grouping, grouping
from scoring.fairness.logistic import DifKind, Logistic, LogisticTest, logistic
from scoring.fairness.mantel import MantelTest, MeanDifference, mantel, mean_difference
from scoring.fairness.mantel_haenszel import DELTA, Ets, MantelHaenszel, mantel_haenszel
from scoring.fairness.matching import Matched, Matcher, Purification, anchors_of, purify
from scoring.fairness.multiple import Control, adjusted, rejected
from scoring.fairness.standardisation import Standard, Standardised, standardised

__all__ = [
    "DELTA",
    "Control",
    "DifKind",
    "DifMethod",
    "DifReport",
    "DifSettings",
    "Ets",
    "Favours",
    "Grouping",
    "ItemDif",
    "Logistic",
    "LogisticTest",
    "MantelHaenszel",
    "MantelTest",
    "Matched",
    "Matcher",
    "MeanDifference",
    "PairDif",
    "Purification",
    "Standard",
    "Standardised",
    "adjusted",
    "anchors_of",
    "control_together",
    "dif",
    "grouping",
    "logistic",
    "mantel",
    "mantel_haenszel",
    "mean_difference",
    "purify",
    "rejected",
    "standardised",
]
