# SPDX-License-Identifier: Apache-2.0
"""What other packages may use of classical analysis."""

from scoring.classical.analysis import Analysis, Caution, Totals, analyse, cautions, document
from scoring.classical.groups import group_shares, quantile, upper_lower, upper_lower_index
from scoring.classical.items import (
    ItemFigures,
    biserial,
    ebel_class,
    fisher_interval,
    greatest_covariance,
    item_figures,
    rest_scores,
)
from scoring.classical.moments import Missing, Moments, correlation, moments, prepared
from scoring.classical.one_factor import OneFactor, maximum_likelihood, minres, one_factor
from scoring.classical.options import (
    ChoiceFigures,
    KeySuspicion,
    OptionFigures,
    Suspicion,
    choice_figures,
    option_figures,
)
from scoring.classical.reliability import (
    Interval,
    Reliability,
    alpha,
    alpha_if_deleted,
    duhachek_interval,
    feldt_interval,
    guttman_bounds,
    kr21,
    length_for,
    reliability,
    spearman_brown,
)
from scoring.classical.splits import Half, Splits, half, splits

__all__ = [
    "Analysis",
    "Caution",
    "ChoiceFigures",
    "Half",
    "Interval",
    "ItemFigures",
    "KeySuspicion",
    "Missing",
    "Moments",
    "OneFactor",
    "OptionFigures",
    "Reliability",
    "Splits",
    "Suspicion",
    "Totals",
    "alpha",
    "alpha_if_deleted",
    "analyse",
    "biserial",
    "cautions",
    "choice_figures",
    "correlation",
    "document",
    "duhachek_interval",
    "ebel_class",
    "feldt_interval",
    "fisher_interval",
    "greatest_covariance",
    "group_shares",
    "guttman_bounds",
    "half",
    "item_figures",
    "kr21",
    "length_for",
    "maximum_likelihood",
    "minres",
    "moments",
    "one_factor",
    "option_figures",
    "prepared",
    "quantile",
    "reliability",
    "rest_scores",
    "spearman_brown",
    "splits",
    "upper_lower",
    "upper_lower_index",
]
