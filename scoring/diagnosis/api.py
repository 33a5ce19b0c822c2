# SPDX-License-Identifier: Apache-2.0
"""The face of `scoring.diagnosis`: what other packages may import from it. Nothing is defined here."""

from scoring.diagnosis.design import Design, QMatrix, Rule, all_profiles, design_of, profile_name
from scoring.diagnosis.documents import diagnosis_document, too_few_document
from scoring.diagnosis.estimators import DINA, DINO, GDINA
from scoring.diagnosis.identifiability import AttributeIdentity, Determined, Identification, Why, identify
from scoring.diagnosis.model import (
    ENOUGH_PERSONS,
    FEWEST_PERSONS,
    AttributeEstimate,
    DiagnosisFit,
    Estimate,
    ItemEstimates,
    NoItemNumber,
    NoNumber,
    Shrink,
    fit_diagnosis,
)
from scoring.diagnosis.pairs_fit import PairFit, pair_fit
from scoring.diagnosis.persons import Certainty, PersonDiagnoses, certainty, diagnose
from scoring.diagnosis.suggestions import (
    Change,
    NoSuggestions,
    RowSuggestion,
    Suggestions,
    suggest_rows,
    suggestions_from,
)

__all__ = [
    "DINA",
    "DINO",
    "ENOUGH_PERSONS",
    "FEWEST_PERSONS",
    "GDINA",
    "AttributeEstimate",
    "AttributeIdentity",
    "Certainty",
    "Change",
    "Design",
    "Determined",
    "DiagnosisFit",
    "Estimate",
    "Identification",
    "ItemEstimates",
    "NoItemNumber",
    "NoNumber",
    "NoSuggestions",
    "PairFit",
    "PersonDiagnoses",
    "QMatrix",
    "RowSuggestion",
    "Rule",
    "Shrink",
    "Suggestions",
    "Why",
    "all_profiles",
    "certainty",
    "design_of",
    "diagnose",
    "diagnosis_document",
    "fit_diagnosis",
    "identify",
    "pair_fit",
    "profile_name",
    "suggest_rows",
    "suggestions_from",
    "too_few_document",
]
