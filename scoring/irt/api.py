# SPDX-License-Identifier: Apache-2.0
"""What other packages may use of the models of ability."""

from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.binary import BinaryModel, OnePL, Rasch, ThreePL, TwoPL
from scoring.irt.category_models import Calibration, Family, Item, logistic_calibration
from scoring.irt.curves import (
    BinaryCurves,
    CalibratedCurves,
    Curves,
    expected_scores,
    item_information,
    probabilities,
    test_information,
)
from scoring.irt.document import MODELS, Model, curve_members, document, refusal_document, score_rows
from scoring.irt.graded import GradedResponse
from scoring.irt.guessing import BetaPrior, NormalPrior, Prior
from scoring.irt.nominal import NominalResponse
from scoring.irt.partial_credit import GeneralizedPartialCredit, PartialCredit
from scoring.irt.polytomous_estimator import PolytomousModel
from scoring.irt.quadrature import Quadrature, gauss_hermite, normal_grid

__all__ = [
    "MODELS",
    "Abilities",
    "BetaPrior",
    "BinaryCurves",
    "BinaryModel",
    "CalibratedCurves",
    "Calibration",
    "Curves",
    "Family",
    "GeneralizedPartialCredit",
    "GradedResponse",
    "Item",
    "Method",
    "Model",
    "NominalResponse",
    "NormalPrior",
    "OnePL",
    "PartialCredit",
    "PolytomousModel",
    "Prior",
    "Quadrature",
    "Rasch",
    "ThreePL",
    "TwoPL",
    "abilities",
    "curve_members",
    "document",
    "expected_scores",
    "gauss_hermite",
    "item_information",
    "logistic_calibration",
    "normal_grid",
    "probabilities",
    "refusal_document",
    "score_rows",
    "test_information",
]
