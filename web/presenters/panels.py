# SPDX-License-Identifier: Apache-2.0
"""What the chair sees of a panel: where it stands, each round's cuts and objects, what it recommends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.identity.model import Person
from item_bank import api as bank
from scoring.api import Level
from web.forms.panels import scope_name
from web.presenters.common import bilingual, component_label, percent
from web.presenters.panel_plots import compromise_plot, cut_plot
from web.presenters.panel_words import (
    method_word,
    number_of,
    object_label,
    pc_printed,
    pc_title,
    reason_word,
    scope_label,
    share_word,
)
from web.words import _

FEW_JUDGES = 5
"""Fewer judges give a cut, but with a warning (as in `scoring.cut_scores`)."""


def panel_rows(
    panels: Sequence[bank.Panel], credentials: Mapping[str, bank.CredentialVersion]
) -> list[dict[str, Any]]:
    """The panels of a list."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "method": method_word(one.method.value),
            "state": one.state.value,
            "round": len(one.rounds),
            "judges": len(one.sitting),
            "created_at": one.created_at,
            "credential": credentials[one.credential_version_id].document.code
            if one.credential_version_id in credentials
            else "–",
        }
        for one in panels
    ]


def panel_page(
    found: bank.Panel,
    credential: bank.CredentialVersion,
    *,
    outcomes: Sequence[bank.PanelOutcome],
    names: Mapping[str, str],
    handed_in: Collection[str],
    said: Mapping[str, int],
    actor_id: str,
) -> dict[str, Any]:
    """Everything that the chair sees of a panel."""
    sign = bank.judge_letters(found)
    needed = 1 if found.method is bank.PanelMethod.BOOKMARK else len(found.objects)
    return {
        "id": found.id,
        "name": found.name,
        "method": found.method.value,
        "method_word": method_word(found.method.value),
        "of_people": found.method.of_people,
        "of_items": found.method.of_items,
        "of_numbers": bool(found.method.numbers),
        "portrait": found.portrait,
        "state": found.state.value,
        "over": found.state.over,
        "chair": names.get(found.chair_id, "–"),
        "leads": found.chair_id == actor_id,
        "show_facts": found.show_facts,
        "created_at": found.created_at,
        "ended_at": found.ended_at,
        "sha256": found.sha256,
        "title": bilingual(credential.document.title),
        "code": credential.document.code,
        "version": credential.document.version,
        "components": [(one.id, component_label(one.id)) for one in credential.document.components],
        "objects": _objects(found, credential.document),
        "known": sum(bool(one.facts.facility) for one in found.objects),
        "modelled": sum(bool(one.facts.difficulties) for one in found.objects),
        "count": len(found.objects),
        "judges": [
            {
                "id": one.id,
                "person_id": one.person_id,
                "name": names.get(one.person_id, "–"),
                "state": one.state.value,
                "letter": sign[one.id],
                "expertise": one.expertise,
                "interest": one.interest,
                "handed_in": one.id in handed_in,
                "said": min(said.get(one.id, 0), needed),
                "needed": needed,
            }
            for one in found.judges
        ],
        "seated": len(found.sitting),
        "few": len(found.sitting) < FEW_JUDGES,
        "ready": len(handed_in & {one.id for one in found.sitting})
        if isinstance(handed_in, frozenset)
        else 0,
        "impact": found.impact and {"source": found.impact.source, "people": len(found.impact.shares)},
        "number": len(found.rounds),
        "steps": _steps(found),
        "rounds": [
            round_view(found, held, made, credential.document, sign=sign)
            for held, made in zip(found.rounds, outcomes, strict=False)
        ][::-1],
        "cut_plot": cut_plot(outcomes),
        "recommended": [_recommended(one, credential.document) for one in found.recommended],
    }


def round_view(
    found: bank.Panel,
    held: bank.Round,
    made: bank.PanelOutcome,
    document: bank.CredentialDocument,
    *,
    sign: Mapping[str, str],
) -> dict[str, Any]:
    """A closed round: cuts, judges under their letters, objects, agreement."""
    order = sorted(range(len(made.judges)), key=lambda place: sign[made.judges[place]])
    labels = {one.number: one for one in found.objects}
    agreement = made.agreement
    return {
        "number": held.number,
        "opened_at": held.opened_at,
        "closed_at": held.closed_at,
        "notes": held.notes,
        "letters": [sign[made.judges[place]] for place in order],
        "outliers": sorted(sign[one] for one in made.outliers),
        "changed": made.changed,
        "cuts": [_cut(one, order, document) for one in made.cuts],
        "objects": [
            {
                "label": object_label(labels[one.number]),
                "pc": pc_printed(document, labels[one.number].pc) if labels[one.number].pc else "–",
                "values": [share_word(one.values[place]) for place in order if one.values],
                "mean": share_word(one.mean),
                "sd": share_word(one.sd),
                "range": f"{share_word(one.lowest)} – {share_word(one.highest)}",
                "discuss": one.discuss,
                "facility": share_word(number_of(labels[one.number].facts.facility)),
                "gap": one.gap,
            }
            for one in made.objects
        ],
        "talk": sum(one.discuss for one in made.objects),
        "dependability": None if agreement is None or agreement.dependability is None
        else f"{agreement.dependability:.2f}",
        "single": None if agreement is None or agreement.icc_2_1 is None else f"{agreement.icc_2_1:.2f}",
        "reason": reason_word(made.reason),
        "groups": _groups(made),
        "borderline": _borderline(made),
        "plot": compromise_plot(found, document, made),
        "people": (made.masters, made.others, made.border),
        "pages": [
            {
                "number": one.number,
                "label": labels[int(one.item)].label,
                "pc": pc_printed(document, labels[int(one.item)].pc),
                "score": one.score,
            }
            for one in made.pages
        ],
        "marks": [made.marks[place] for place in order if made.marks],
    }  # fmt: skip


def object_groups(
    possible: Sequence[bank.PanelObject], found: bank.Panel, document: bank.CredentialDocument
) -> list[dict[str, Any]]:
    """What could be judged, by PC, with what is chosen."""
    chosen = {(one.kind, one.reference, one.component) for one in found.objects}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in possible:
        groups[one.pc].append(
            {
                "value": f"{one.kind.value}:{one.reference}",
                "kind": one.kind.value,
                "label": one.label,
                "maximum": one.maximum,
                "chosen": (one.kind, one.reference, one.component) in chosen,
            }
        )
    order = {pc.id: place for place, pc in enumerate(document.pcs)}
    return [
        {
            "pc": pc_printed(document, pc),
            "title": pc_title(document, pc),
            "objects": own,
            "chosen": sum(one["chosen"] for one in own),
        }
        for pc, own in sorted(groups.items(), key=lambda group: order[group[0]])
    ]


def invitable(people: Sequence[Person], found: bank.Panel) -> list[tuple[str, str]]:
    """The colleagues who can be asked to judge."""
    there = {one.person_id for one in found.judges if one.state is not bank.JudgeState.RELEASED}
    return [
        (one.id, one.name)
        for one in people
        if bank.JUDGES & one.roles and one.id not in there and one.id != found.chair_id
    ]


def _steps(found: bank.Panel) -> list[dict[str, str]]:
    """Set up, judge, recommend: which of them is done."""
    at = {"setup": 0, "judging": 1, "discussing": 1, "concluded": 3, "cancelled": 1}[found.state.value]
    words = [_("Set up"), _("Rounds of judgements"), _("Recommendation")]
    return [
        {"label": word, "state": "done" if place < at else "current" if place == at else "todo"}
        for place, word in enumerate(words)
    ]


def _objects(found: bank.Panel, document: bank.CredentialDocument) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "label": object_label(one),
            "kind": one.kind.value,
            "pc": pc_printed(document, one.pc) if one.pc else "–",
            "component": component_label(one.component) if one.component else "",
            "maximum": one.maximum,
            "facility": share_word(number_of(one.facts.facility)),
            "people": one.facts.people,
            "difficulties": " ".join(one.facts.difficulties),
        }
        for one in found.objects
    ]


def _cut(one: bank.ScopeCut, order: Sequence[int], document: bank.CredentialDocument) -> dict[str, Any]:
    share = one.share
    return {
        "name": scope_name(one.scope),
        "label": scope_label(one.scope, document),
        "whole": one.scope.level is Level.CREDENTIAL,
        "share": None if share is None else f"{share * 100:.1f} %",
        "percent": 0 if share is None else round(share * 100, 1),
        "rounded": "" if share is None else f"{share * 100:.0f}",
        "error": None if one.standard_error is None else f"{one.standard_error * 100:.1f}",
        "median": share_word(one.median),
        "by_judge": [share_word(one.by_judge[place]) for place in order if one.by_judge],
        "objects": one.objects,
        "covered": percent(one.covered),
        "part": one.covered < 1,
        "below": share_word(one.below),
        "reason": reason_word(one.reason),
    }


def _groups(made: bank.PanelOutcome) -> list[tuple[str, str]] | None:
    groups = made.groups
    if groups is None:
        return None
    ways = (
        (_("Logistic regression"), groups.logistic.cut),
        (_("Where the two curves cross"), groups.crossing.cut),
        (_("The same, weighted by the sizes of the groups"), groups.crossing_weighted.cut),
        (_("Fewest wrong decisions"), groups.least_errors.lowest),
        (_("Between the means"), groups.between_means),
        (_("Between the medians"), groups.between_medians),
    )
    return [(word, share_word(cut)) for word, cut in ways]


def _borderline(made: bank.PanelOutcome) -> dict[str, Any] | None:
    group = made.borderline
    if group is None:
        return None
    return {
        "people": group.people,
        "mean": share_word(group.mean),
        "range": None
        if group.lower is None or group.upper is None
        else f"{share_word(group.lower)} – {share_word(group.upper)}",
        "confidence": share_word(group.confidence),
    }


def _recommended(one: bank.Recommended, document: bank.CredentialDocument) -> dict[str, Any]:
    return {
        "name": scope_name(one.scope),
        "label": scope_label(one.scope, document),
        "share": percent(one.share),
        "computed": f"{float(one.computed) * 100:.1f} %",
        "reason": one.reason,
    }


def adoption_rows(
    adoptions: Sequence[bank.PanelAdoption], document: bank.CredentialDocument, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The thresholds of a credential that rest on panels, one by one, with the minutes behind each."""
    return [
        {
            "label": scope_label(bank.scope_of(change["scope"]), document),
            "before": ", ".join(percent(Fraction(share)) for share in dict.fromkeys(change["before"])),
            "after": percent(Fraction(change["after"])),
            "panel_id": one.panel_id,
            "panel": one.panel_name,
            "sha256": one.minutes_sha256,
            "short": one.minutes_sha256.removeprefix("sha256:")[:12],
            "by": names.get(one.adopted_by, "–"),
            "at": one.at,
        }
        for one in adoptions
        for change in one.changes
    ]


def recommended_rows(found: bank.Panel, document: bank.CredentialDocument) -> list[dict[str, Any]]:
    """What a concluded panel recommends."""
    return [_recommended(one, document) for one in found.recommended]
