# SPDX-License-Identifier: Apache-2.0
"""The public face of `scoring.cut_scores`. Nothing is defined here."""

from scoring.cut_scores.agreement import Agreement, agreement
from scoring.cut_scores.angoff import AngoffItem, AngoffJudge, AngoffRound, angoff, rounds
from scoring.cut_scores.bookmark import RP67, BookmarkCut, Page, Placement, booklet, bookmark
from scoring.cut_scores.compromise import BeukJudge, CompromiseCut, HofsteeJudge, beuk, fail_curve, hofstee
from scoring.cut_scores.groups import (
    BorderlineGroup,
    BorderlineRegression,
    ContrastingGroups,
    Crossing,
    LeastErrors,
    Logistic,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    density_crossing,
    least_errors,
    logistic_cut,
)

__all__ = [
    "RP67",
    "Agreement",
    "AngoffItem",
    "AngoffJudge",
    "AngoffRound",
    "BeukJudge",
    "BookmarkCut",
    "BorderlineGroup",
    "BorderlineRegression",
    "CompromiseCut",
    "ContrastingGroups",
    "Crossing",
    "HofsteeJudge",
    "LeastErrors",
    "Logistic",
    "Page",
    "Placement",
    "agreement",
    "angoff",
    "beuk",
    "booklet",
    "bookmark",
    "borderline_group",
    "borderline_regression",
    "contrasting_groups",
    "density_crossing",
    "fail_curve",
    "hofstee",
    "least_errors",
    "logistic_cut",
    "rounds",
]
