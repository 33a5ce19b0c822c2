# SPDX-License-Identifier: Apache-2.0
"""The public face of `scoring.forensics`. Nothing is defined here."""

from scoring.forensics.calibration import Calibration, calibrate, honest_answers
from scoring.forensics.documents import pairs_document
from scoring.forensics.drift import ItemDrift, item_drift
from scoring.forensics.effort import LEAST_EFFORT, Effort, effort_moderated, effort_of
from scoring.forensics.fitting import FittedOptions, ModelChoice, fit_options, nominal_parameters
from scoring.forensics.guttman import Guttman, guttman
from scoring.forensics.k_index import KBlock, KVariant, WrongAnswers
from scoring.forensics.options import (
    Answers,
    OptionChances,
    OptionModelKind,
    coded,
    nominal_chances,
    smoothed_chances,
)
from scoring.forensics.pace import Pace, pace_of
from scoring.forensics.pairs import AlarmRule, Pair, PairMethod, PairsReport, clusters_of, similar_pairs
from scoring.forensics.patterns import OddPatterns, odd_patterns
from scoring.forensics.person_documents import (
    changes_document,
    drift_document,
    effort_document,
    patterns_document,
    surprise_document,
)
from scoring.forensics.surprise import (
    MODELS,
    LateChanges,
    RightChances,
    Surprise,
    late_changes,
    right_chances,
    surprising_rights,
)
from scoring.forensics.tails import binomial_upper, distribution, upper_tails
from scoring.forensics.time_limits import TimeLimits, mixture_limits, normative_limits

__all__ = [
    "LEAST_EFFORT",
    "MODELS",
    "AlarmRule",
    "Answers",
    "Calibration",
    "Effort",
    "FittedOptions",
    "Guttman",
    "ItemDrift",
    "KBlock",
    "KVariant",
    "LateChanges",
    "ModelChoice",
    "OddPatterns",
    "OptionChances",
    "OptionModelKind",
    "Pace",
    "Pair",
    "PairMethod",
    "PairsReport",
    "RightChances",
    "Surprise",
    "TimeLimits",
    "WrongAnswers",
    "binomial_upper",
    "calibrate",
    "changes_document",
    "clusters_of",
    "coded",
    "distribution",
    "drift_document",
    "effort_document",
    "effort_moderated",
    "effort_of",
    "fit_options",
    "guttman",
    "honest_answers",
    "item_drift",
    "late_changes",
    "mixture_limits",
    "nominal_chances",
    "nominal_parameters",
    "normative_limits",
    "odd_patterns",
    "pace_of",
    "pairs_document",
    "patterns_document",
    "right_chances",
    "similar_pairs",
    "smoothed_chances",
    "surprise_document",
    "surprising_rights",
    "upper_tails",
]
