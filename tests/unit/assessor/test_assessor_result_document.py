# SPDX-License-Identifier: Apache-2.0
"""The result document as a pure function, and the rubrics it judges by."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from assessor.forms.model import FormContent, FormItem
from assessor.marking.model import TaskComponent
from assessor.marking.rubrics import rubric_of, rubrics_of
from assessor.results.computing import same_outcome
from assessor.results.document import Admitted, Evidence, Judged, Subject, compute, share
from core.canonical import digest
from core.errors import Conflict
from item_bank.api import CredentialDocument, load_sample, parse_credential
from scoring.api import Interaction, ItemScoring

SAMPLE = load_sample().credential
PCS = [f"PC{number}" for number in range(1, 7)]


def credential(**changes: Any) -> CredentialDocument:
    return parse_credential({**deepcopy(SAMPLE), **changes})


def evidence(document: CredentialDocument | None = None, **changes: Any) -> Evidence:
    """Everything right in theory, full marks in practical and viva."""
    document = document or credential()
    items = tuple(
        FormItem(
            version_id=f"{pc}-{number}",
            sha256="sha256:x",
            pc=pc,
            interaction=Interaction.CHOICE_SINGLE,
            options=("A", "B"),
        )
        for pc in PCS
        for number in range(4)
    )
    held: dict[str, Any] = {
        "subject": Subject(
            entry_id="e", candidate_id="c", attempt_id="a", form_id="f", form_sha256="sha256:f"
        ),
        "credential": document,
        "credential_sha256": "sha256:c",
        "theory_component": "theory",
        "form": FormContent(assessment_id="as", seed=1, limit_seconds=900, items=items),
        "scoring": {
            item.version_id: ItemScoring(Interaction.CHOICE_SINGLE, ("A",), options=("A", "B"))
            for item in items
        },
        "values": {item.version_id: ("A",) for item in items},
        "judged": {
            component.value: Judged(
                rubric=rubric.criteria,
                marks={criterion.id: criterion.levels[-1] for criterion in rubric.criteria},
            )
            for component, rubric in rubrics_of(document).items()
        },
        "code_version": "kasauti test",
    }
    return Evidence(**{**held, **changes})


def test_the_same_evidence_makes_the_same_document_and_hash() -> None:
    one, other = compute(evidence()), compute(evidence())
    assert one == other
    assert one.sha256 == digest(one.document)
    assert one.passed


def test_marks_scale_exactly_when_the_paper_has_another_number_of_items() -> None:
    # Three items for the four marks of PC1, one right: exactly 4/3 marks.
    whole = evidence()
    items = tuple(item for item in whole.form.items if item.version_id != "PC1-3")
    values = {**whole.values, "PC1-0": None, "PC1-1": ("B",)}
    found = compute(replace(whole, form=replace(whole.form, items=items), values=values))
    cell = next(one for one in found.document["marks"] if (one["pc"], one["component"]) == ("PC1", "theory"))
    assert (cell["awarded"], cell["maximum"]) == ("4/3", "4")
    assert found.document["items"] == {"count": 23, "answered": 22, "matched": 21}


def test_evidence_that_leaves_marks_open_is_incomplete() -> None:
    whole = evidence()
    judged = {"practical": whole.judged["practical"]}
    with pytest.raises(Conflict) as refusal:
        compute(replace(whole, judged=judged))
    assert refusal.value.code == "result_incomplete"


def test_a_value_that_its_item_cannot_have_is_named() -> None:
    with pytest.raises(Conflict) as refusal:
        compute(evidence(values={"PC1-0": ("Z",)}))
    assert (refusal.value.code, refusal.value.facts) == ("result_not_computable", {"cause": "unknown_option"})


def test_a_rule_on_single_criteria_gives_each_its_own_marks() -> None:
    observed = SAMPLE["practical"]["criteria"][0]
    critical = {"critical": {"item": observed["id"], "component": "practical", "at_least": "1"}}
    document = credential(
        rule={"version": 2, "rule": {"all_of": [critical, *SAMPLE["rule"]["rule"]["all_of"]]}}
    )
    whole = evidence(document)
    found = compute(whole)
    own = [one for one in found.document["marks"] if one.get("item") == observed["id"]]
    best = observed["levels"][-1]["marks"]
    assert [(one["pc"], one["awarded"], one["maximum"]) for one in own] == [(observed["pc"], best, best)]
    assert found.passed
    judged = whole.judged["practical"]
    none = Judged(
        rubric=judged.rubric, marks={**judged.marks, observed["id"]: observed["levels"][0]["marks"]}
    )
    missed = compute(replace(whole, judged={**whole.judged, "practical": none}))
    assert not missed.passed
    assert missed.document["rule"]["version"] == 2
    with pytest.raises(Conflict, match="result_incomplete"):
        compute(replace(whole, judged={"viva": whole.judged["viva"]}))


def test_a_component_without_marks_for_a_pc_needs_none() -> None:
    document = deepcopy(SAMPLE)
    document["nos"][0]["pcs"][0]["marks"]["viva"] = "0"
    document["viva"]["questions"] = document["viva"]["questions"][1:]
    found = compute(evidence(parse_credential(document)))
    cell = next(one for one in found.document["marks"] if (one["pc"], one["component"]) == ("PC1", "viva"))
    assert (cell["awarded"], cell["maximum"]) == ("0", "0")
    assert found.passed


def test_marks_on_an_element_are_earned_by_the_work_on_all_of_its_pcs() -> None:
    document = deepcopy(SAMPLE)
    pcs = [
        {key: value for key, value in pc.items() if key not in ("marks", "threshold")}
        for pc in document["nos"][0].pop("pcs")
    ]
    marks = {"theory": "4.5", "practical": "16", "viva": "2"}
    document["nos"][0]["elements"] = [
        {"id": "E1", "title": pcs[0]["title"], "marks": marks, "threshold": "7/10", "pcs": pcs[:3]},
        {"id": "E2", "title": pcs[3]["title"], "marks": marks, "pcs": pcs[3:]},
    ]
    bar = {"component": "all", "basis": "raw", "at_least": "7/10"}
    scopes = [{"element": "E1"}, {"nos": "SDP/N0701"}]
    document["rule"]["rule"] = {"all_of": [{"share": {"scope": scope, **bar}} for scope in scopes]}
    whole = evidence(parse_credential(document))
    right = {f"{pc}-{number}": ("A",) for pc in PCS for number in range(4)}
    wrong = {**right, "PC1-0": ("B",), "PC1-1": ("B",), "PC2-0": None}
    found = compute(replace(whole, values=wrong))
    cell = next(
        one for one in found.document["marks"] if (one["element"], one["component"]) == ("E1", "theory")
    )
    assert (cell["pc"], cell["awarded"], cell["maximum"]) == (None, "3.375", "4.5")  # 9 of 12 items
    assert [one["maximum"] for one in found.document["decision"]["elements"]] != []
    assert found.passed


def test_the_version_of_the_program_does_not_make_another_outcome() -> None:
    one = compute(evidence()).document
    assert same_outcome(one, compute(evidence(code_version="kasauti next")).document)
    assert not same_outcome(one, compute(evidence(values={})).document)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share([]) == 0
    assert share([(Fraction(1, 2), Fraction(1)), (Fraction(2), Fraction(2))]) == Fraction(5, 6)


# ------------------------------------------------------------------------------------------ rubrics


def test_the_rubrics_are_those_of_the_document_in_its_order() -> None:
    found = rubrics_of(credential())
    assert list(found) == [TaskComponent.PRACTICAL, TaskComponent.VIVA]
    practical, viva = found.values()
    assert (practical.maximum, viva.maximum) == (24, 12)
    assert practical.task is not None
    assert viva.task is None
    assert practical.lines[0].expected is None
    assert viva.lines[0].expected is not None
    assert [level.marks for level in viva.lines[0].levels] == ["0", "1", "2"]


def test_a_credential_without_a_component_has_no_rubric_for_it() -> None:
    document = deepcopy(SAMPLE)
    del document["practical"], document["viva"]
    parsed = parse_credential(document)
    assert rubric_of(parsed, TaskComponent.PRACTICAL) is None
    assert rubric_of(parsed, TaskComponent.VIVA) is None
    assert rubrics_of(parsed) == {}


def test_a_rubric_of_a_component_that_is_not_assessed_is_left_out() -> None:
    document = deepcopy(SAMPLE)
    document["components"] = [part for part in document["components"] if part["id"] != "viva"]
    for pc in document["nos"][0]["pcs"]:
        del pc["marks"]["viva"]
    assert list(rubrics_of(parse_credential(document))) == [TaskComponent.PRACTICAL]


def test_only_a_result_with_admitted_late_answers_names_them() -> None:
    plain = compute(evidence())
    assert "late" not in plain.document, "the hash of an older result stays what it was"
    noon = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    one = Admitted(
        item="PC1-0", device="phone", seq=4, received_at=noon, by="manager", at=noon, reason="No line"
    )
    named = compute(evidence(late=(one,)))
    assert named.document["late"] == [
        {
            "item": "PC1-0",
            "device": "phone",
            "seq": 4,
            "received_at": "2026-11-20T06:30:00+00:00",
            "by": "manager",
            "at": "2026-11-20T06:30:00+00:00",
            "reason": "No line",
        }
    ]
    assert {**named.document, "late": None} == {**plain.document, "late": None}
    assert named.sha256 != plain.sha256
