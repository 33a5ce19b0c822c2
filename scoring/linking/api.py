# SPDX-License-Identifier: Apache-2.0
"""The public face of `scoring.linking`. Nothing is defined here."""

from scoring.linking.equipercentile import equate, equipercentile, percentile_ranks, scores_at
from scoring.linking.form_luck import FormFigures, FormLuck, Turn, TurnedVerdict, form_luck
from scoring.linking.frequency import (
    Synthetic,
    braun_holland,
    chained_equipercentile,
    frequency_estimation,
    synthetic,
)
from scoring.linking.item_link import ItemLink, ItemModel, link_by_items
from scoring.linking.linear import (
    Line,
    Moments,
    chained,
    levine,
    levine_gammas,
    levine_true,
    nominal,
    random_groups,
    tucker,
)
from scoring.linking.link import Errors, Form, Link, LinkMethod, LinkSettings, anchor_gap, link
from scoring.linking.loglinear import Choice, Smoothed, chosen, compare, compare_joint, smooth, smooth_joint
from scoring.linking.precision import (
    bootstrap_errors,
    delta_errors,
    equipercentile_errors,
    linear_errors,
    mean_errors,
)
from scoring.linking.scores import Distribution, Joint, Scale, scale_of

__all__ = [
    "Choice",
    "Distribution",
    "Errors",
    "Form",
    "FormFigures",
    "FormLuck",
    "ItemLink",
    "ItemModel",
    "Joint",
    "Line",
    "Link",
    "LinkMethod",
    "LinkSettings",
    "Moments",
    "Scale",
    "Smoothed",
    "Synthetic",
    "Turn",
    "TurnedVerdict",
    "anchor_gap",
    "bootstrap_errors",
    "braun_holland",
    "chained",
    "chained_equipercentile",
    "chosen",
    "compare",
    "compare_joint",
    "delta_errors",
    "equate",
    "equipercentile",
    "equipercentile_errors",
    "form_luck",
    "frequency_estimation",
    "levine",
    "levine_gammas",
    "levine_true",
    "linear_errors",
    "link",
    "link_by_items",
    "mean_errors",
    "nominal",
    "percentile_ranks",
    "random_groups",
    "scale_of",
    "scores_at",
    "smooth",
    "smooth_joint",
    "synthetic",
    "tucker",
]
