# SPDX-License-Identifier: Apache-2.0
"""A fitted diagnosis model as the plain document that ``kasauti stats dina|gdina`` prints. Nothing is computed here."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from scoring.diagnosis.design import QMatrix, Rule, profile_name
from scoring.diagnosis.identifiability import Identification
from scoring.diagnosis.model import (
    ENOUGH_PERSONS,
    FEWEST_PERSONS,
    PRIOR_ANSWERS,
    PRIOR_PERSONS,
    DiagnosisFit,
    Estimate,
    ItemEstimates,
)
from scoring.diagnosis.pairs_fit import pair_fit
from scoring.diagnosis.persons import PersonDiagnoses, certainty, diagnose
from scoring.diagnosis.suggestions import Suggestions
from scoring.tables import ResponseTable

Document = dict[str, object]
MAXIMA_APART: Final = 0.01
LISTED: Final = 512  # classes, the most usual first


def diagnosis_document(
    fit: DiagnosisFit, table: ResponseTable, *, suggestions: Suggestions | None, with_persons: bool
) -> Document:
    """Everything that is known about a fit; `table` is what it was fitted to (for the names of persons)."""
    reasons = _reasons(fit)
    return {
        "model": fit.rule.value,
        "n": fit.n,
        "loglik": fit.loglik,
        "deviance": -2.0 * fit.loglik,
        "parameters": fit.parameters,
        "parameters_told_apart": fit.determined,
        "aic": fit.criterion(2.0),
        "bic": fit.criterion(math.log(fit.n)),
        "converged": fit.maximum.converged,
        "steps": fit.maximum.steps,
        "starts": len(fit.maxima),
        "maxima": list(fit.maxima),
        "estimation": "posterior mode" if fit.shrunk else "maximum likelihood",
        "prior": _prior() if fit.shrunk else None,
        "reasons": reasons,
        "items": [_item(fit, one) for one in fit.items],
        "attributes": _attributes(fit),
        "identified": fit.identification.identified,
        "profiles": fit.identification.profiles,
        "equivalent_classes": fit.identification.classes,
        "identification": _identification(fit.identification),
        "classes": _classes(fit),
        "pair_fit": _pairs(fit),
        "suggestions": None if suggestions is None else _suggestions(suggestions),
        **({"persons": _persons(fit, table)} if with_persons else {}),
    }


def too_few_document(
    table: ResponseTable, q: QMatrix, rule: Rule, identification: Identification
) -> Document:
    """What can be said about fewer than 30 persons: what the Q-matrix allows, and plain shares of right answers."""
    shares = []
    for place, attribute in enumerate(q.attributes):
        inside = table.scores[:, q.required[:, place]]
        asked = (~np.isnan(inside) * table.weights[:, None]).sum()
        right = (np.nan_to_num(inside) * table.weights[:, None]).sum()
        shares.append((attribute, float(right / asked) if asked > 0 else None))
    return {
        "model": rule.value,
        "n": table.n,
        "loglik": None,
        "reason": "few_persons",
        "fewest": FEWEST_PERSONS,
        "reasons": ["few_persons"],
        "items": [
            {
                "item": item,
                "attributes": list(q.needs(place)),
                "guess": None,
                "slip": None,
                "reason": "few_persons",
            }
            for place, item in enumerate(q.items)
        ],
        "attributes": [
            {
                "attribute": name,
                "marginal": None,
                "identified": known.identified,
                "items": known.items,
                "share_right": share,
                "reason": "few_persons",
            }
            for (name, share), known in zip(shares, identification.attributes, strict=True)
        ],
        "identified": identification.identified,
        "profiles": identification.profiles,
        "equivalent_classes": identification.classes,
        "identification": _identification(identification),
    }


def _reasons(fit: DiagnosisFit) -> list[str]:
    found = []
    if fit.shrunk and fit.n < ENOUGH_PERSONS:
        found.append("few_persons")
    if not fit.maximum.converged:
        found.append("not_converged")
    if max(fit.maxima) - min(fit.maxima) > MAXIMA_APART:
        found.append("several_maxima")
    if not fit.identification.identified:
        found.append("not_identified")
    if any(
        one.guess.value is not None and one.slip.value is not None and one.guess.value > 1 - one.slip.value
        for one in fit.items
    ):
        found.append("reversed_items")
    found.extend(sorted({reason.value for reason in fit.left_out.values()}))
    return found


def _prior() -> Document:
    return {
        "answers_per_group": PRIOR_ANSWERS,
        "right_of_those_who_lack_all": 0.2,
        "right_of_those_who_have_all": 0.8,
        "persons_over_all_profiles": PRIOR_PERSONS,
    }


def _item(fit: DiagnosisFit, one: ItemEstimates) -> Document:
    reason = one.reason or one.guess.reason or one.slip.reason
    document: Document = {
        "item": one.item,
        "attributes": list(one.attributes),
        "guess": one.guess.value,
        "guess_se": one.guess.error,
        "guess_se_opg": one.guess.crossed,
        "slip": one.slip.value,
        "slip_se": one.slip.error,
        "slip_se_opg": one.slip.crossed,
        "discrimination": None
        if one.guess.value is None or one.slip.value is None
        else 1.0 - one.slip.value - one.guess.value,
        "rmsea": one.rmsea,
        "reason": None if reason is None else reason.value,
    }
    if fit.rule is Rule.GDINA:
        document |= {
            "deltas": [delta.value for _, delta in one.deltas],
            "delta_names": [name for name, _ in one.deltas],
            "delta_se": [delta.error for _, delta in one.deltas],
            "delta_se_opg": [delta.crossed for _, delta in one.deltas],
            "groups": [_group(one, mastered, chance, persons) for mastered, chance, persons in one.groups],
        }
    return document


def _group(one: ItemEstimates, mastered: tuple[str, ...], chance: Estimate, persons: float) -> Document:
    return {
        "group": "".join("1" if name in mastered else "0" for name in one.attributes),
        "mastered": list(mastered),
        "right": chance.value,
        "right_se": chance.error,
        "right_se_opg": chance.crossed,
        "answers": persons,
        "reason": None if chance.reason is None else chance.reason.value,
    }


def _attributes(fit: DiagnosisFit) -> list[Document]:
    found: list[Document] = []
    for one, known, sure in zip(fit.attributes, fit.identification.attributes, certainty(fit), strict=True):
        reason = known.why or (one.marginal.reason if one.marginal.error is None else None)
        found.append(
            {
                "attribute": one.attribute,
                "marginal": one.marginal.value if known.items else None,
                "marginal_se": one.marginal.error if known.identified else None,
                "marginal_lower": one.lower,
                "marginal_upper": one.upper,
                "identified": known.identified,
                "determined": known.determined.value,
                "reason": None if reason is None else reason.value,
                "items": known.items,
                "items_alone": known.alone,
                "share_right": one.share_right,
                "accuracy": None if sure is None or not known.identified else sure.accuracy,
                "consistency": None if sure is None or not known.identified else sure.consistency,
            }
        )
    return found


def _identification(known: Identification) -> Document:
    return {
        "identified": known.identified,
        "complete": known.complete,
        "three_items_each": known.three_items,
        "distinct_columns": known.distinct_columns,
        "theorem": known.theorem,
    }


def _classes(fit: DiagnosisFit) -> list[Document]:
    persons = diagnose(fit)
    mass = fit.maximum.at.mass
    order = np.argsort(-mass, kind="stable")[:LISTED]
    return [
        {
            "class": persons.name(int(place)),
            "mass": float(mass[place]),
            "size": int((fit.design.class_of == place).sum()),
            "profiles": [
                profile_name(fit.design.profiles[p])
                for p in np.flatnonzero(fit.design.class_of == place)[:64]
            ],
        }
        for place in order
    ]


def _pairs(fit: DiagnosisFit) -> Document | None:
    found = pair_fit(fit)
    if found is None:
        return None
    return {
        "pairs": found.pairs,
        "srmsr": found.srmsr,
        "madcor": found.mean_difference,
        "max_chi2": found.largest_chi2,
        "max_chi2_items": list(found.worst),
        "p": found.p,
    }


def _suggestions(found: Suggestions) -> Document:
    return {
        "cutoff": found.cutoff,
        "reason": None if found.reason is None else found.reason.value,
        "items": [
            {
                "item": row.item,
                "attributes": list(row.attributes),
                "suggested": list(row.suggested),
                "change": row.change.value,
                "pvaf": row.share,
                "suggested_pvaf": row.suggested_share,
                "wrong_attribute": row.wrong_attribute,
                "reason": None if row.reason is None else row.reason.value,
            }
            for row in found.rows
        ],
    }


def _persons(fit: DiagnosisFit, table: ResponseTable) -> list[Document]:
    found = diagnose(fit)
    answered = np.flatnonzero(table.seen.any(axis=1) & (table.weights > 0))
    place_of = {int(person): place for place, person in enumerate(answered)}
    return [
        _person(fit, found, name, place_of[person])
        if person in place_of
        else {"person": name, "map": None, "mle": None, "attributes": [], "reason": "no_scores"}
        for person, name in enumerate(table.persons)
    ]


def _person(fit: DiagnosisFit, found: PersonDiagnoses, name: str, place: int) -> Document:
    return {
        "person": name,
        "map": found.name(int(found.map_class[place])),
        "map_posterior": float(found.map_chance[place]),
        "mle": found.name(int(found.mle_class[place])),
        "reason": None,
        "attributes": [
            {
                "attribute": attribute,
                "eap": float(found.eap[place, k]),
                "lower": float(found.lower[place, k]),
                "upper": float(found.upper[place, k]),
                "masters": found.masters(place, k),
            }
            for k, attribute in enumerate(fit.q.attributes)
        ],
    }
