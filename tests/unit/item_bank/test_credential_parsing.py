# SPDX-License-Identifier: Apache-2.0
"""Reading credential documents: exact values, and every malformed part named by its path."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.errors import Conflict, Invalid
from item_bank.standards.model import CredentialCommand, CredentialState, Engagement, decide
from item_bank.standards.parsing import parse_credential
from scoring.api import Cell
from tests.unit.item_bank.builders import NOON, both, changed, credential, dossier, levels, pc, share, without


def problems_of(document: object) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse_credential(document)
    assert refusal.value.code == "credential_malformed"
    found = refusal.value.facts["problems"]
    assert isinstance(found, list)
    return {(problem["where"], problem["code"]) for problem in found}


def test_a_sound_document_becomes_exact_values() -> None:
    document = parse_credential(credential())
    assert document.hours.total == Decimal("7.5")
    assert document.credits == Fraction(1, 4)
    assert document.maximum == 20
    assert [part.id for part in document.pcs] == ["PC1", "PC2"]
    first = document.pc("PC1")
    assert first is not None
    assert first.threshold == Fraction(7, 10)
    assert (first.maximum, first.marks_in("theory"), first.marks_in("ojt")) == (10, 4, 0)
    assert first.title.in_language("hi") == "Do PC1 हिंदी"
    assert first.title.in_language("mr") == "Do PC1"
    assert first.title.languages == ("en", "hi")
    assert document.pc("PC9") is None
    theory = document.component("theory")
    assert theory is not None
    assert theory.minutes == 15
    assert document.component("ojt") is None
    nos = document.nos_of("PC2")
    assert nos is not None
    assert nos.code == "SDP/N0701"
    assert document.nos_of("PC9") is None
    assert document.practical is not None
    assert document.practical.criteria[0].maximum == 2
    assert document.viva[0].maximum == 2
    assert document.marks.maxima[Cell(nos="SDP/N0701", pc="PC1", component="viva")] == 2


def test_a_document_may_leave_practical_viva_mandatory_and_threshold_open() -> None:
    open_pc = {key: value for key, value in pc("PC2").items() if key not in ("mandatory", "threshold")}
    document = without(without(credential(), "practical"), "viva")
    parsed = parse_credential(changed(document, "nos", 0, "pcs", 1, to=open_pc))
    assert parsed.practical is None
    assert parsed.viva == ()
    assert parsed.pcs[1].mandatory is None
    assert parsed.pcs[1].threshold is None


@pytest.mark.parametrize("member", sorted(credential().keys() - {"practical", "viva"} - dossier().keys()))
def test_a_missing_member_is_named(member: str) -> None:
    assert (f"$.{member}", "missing") in problems_of(without(credential(), member))


BROKEN: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("colour",), "red", "$.colour", "unknown_key"),
    (("hours", "extra"), "1", "$.hours.extra", "unknown_key"),
    (("code",), "sdp", "$.code", "malformed"),
    (("code",), 7, "$.code", "wrong_type"),
    (("version",), "one", "$.version", "malformed"),
    (("language",), [], "$.language", "count"),
    (("language",), ["English"], "$.language[0]", "malformed"),
    (("language",), ["en", "hi", "en"], "$.language", "duplicate"),
    (("language",), "en", "$.language", "wrong_type"),
    (("title",), {"en": "Only English"}, "$.title.hi", "missing"),
    (("title",), {**both("x"), "mr": "x"}, "$.title.mr", "unknown_key"),
    (("title",), "plain", "$.title", "wrong_type"),
    (("title", "hi"), "", "$.title.hi", "empty"),
    (("title", "hi"), "x" * 201, "$.title.hi", "too_long"),
    (("title", "en"), "<b>Pay</b>", "$.title.en", "html_in_text"),
    (("title", "en"), "Pay\x07", "$.title.en", "control_character"),
    (("awarding_body",), None, "$.awarding_body", "wrong_type"),
    (("hours",), [], "$.hours", "wrong_type"),
    (("hours", "total"), 7.5, "$.hours.total", "wrong_type"),
    (("hours", "total"), "7,5", "$.hours.total", "not_a_number"),
    (("hours", "total"), "-7.5", "$.hours.total", "not_a_number"),
    (("hours", "total"), "0", "$.hours.total", "out_of_range"),
    (("hours", "theory"), "1/2", "$.hours.theory", "not_a_number"),
    (("level",), 6, "$.level", "wrong_type"),
    (("assessment_minutes",), "30", "$.assessment_minutes", "wrong_type"),
    (("assessment_minutes",), True, "$.assessment_minutes", "wrong_type"),
    (("assessment_minutes",), 0, "$.assessment_minutes", "out_of_range"),
    (("components", 0, "id"), "Theory!", "$.components[0].id", "malformed"),
    (("components", 0, "minutes"), -1, "$.components[0].minutes", "out_of_range"),
    (("components", 1, "id"), "theory", "$.components", "duplicate"),
    (("nos",), {}, "$.nos", "wrong_type"),
    (("nos", 0), 3, "$.nos[0]", "wrong_type"),
    (("nos", 0, "code"), "N0701", "$.nos[0].code", "malformed"),
    (("nos", 0, "weight"), "90", "$.nos", "weights_not_100"),
    (("nos", 0, "pcs"), [], "$.nos[0].pcs", "count"),
    (("nos", 0, "pcs", 1, "id"), "PC1", "$.nos", "duplicate"),
    (("nos", 0, "pcs", 1, "id"), "PC 2", "$.nos[0].pcs[1].id", "malformed"),
    (("nos", 0, "pcs", 0, "knowledge"), None, "$.nos[0].pcs[0].knowledge", "wrong_type"),
    (("nos", 0, "pcs", 0, "mandatory"), "yes", "$.nos[0].pcs[0].mandatory", "wrong_type"),
    (("nos", 0, "pcs", 0, "threshold"), "70%", "$.nos[0].pcs[0].threshold", "not_a_number"),
    (("nos", 0, "pcs", 0, "threshold"), "7/0", "$.nos[0].pcs[0].threshold", "not_a_number"),
    (("nos", 0, "pcs", 0, "threshold"), "11/10", "$.nos[0].pcs[0].threshold", "out_of_range"),
    (("nos", 0, "pcs", 0, "marks"), [], "$.nos[0].pcs[0].marks", "wrong_type"),
    (("nos", 0, "pcs", 0, "marks"), {"ojt": "1"}, "$.nos[0].pcs[0].marks.ojt", "unknown_component"),
    (("nos", 0, "pcs", 0, "marks", "theory"), 4, "$.nos[0].pcs[0].marks.theory", "wrong_type"),
    (("practical", "criteria"), [], "$.practical.criteria", "count"),
    (("practical", "criteria", 0, "pc"), "PC9", "$.practical.criteria[0].pc", "unknown_pc"),
    (("practical", "criteria", 1, "id"), "PC1-P1", "$.practical.criteria", "duplicate"),
    (("practical", "criteria", 0, "levels"), levels("0"), "$.practical.criteria[0].levels", "count"),
    (
        ("practical", "criteria", 0, "levels"),
        levels("0", "0"),
        "$.practical.criteria[0].levels",
        "levels_not_rising",
    ),
    (
        ("practical", "criteria", 0, "levels"),
        levels("2", "0"),
        "$.practical.criteria[0].levels",
        "levels_not_rising",
    ),
    (("viva", "questions", 0, "pc"), 1, "$.viva.questions[0].pc", "wrong_type"),
    (("viva", "questions", 1, "id"), "PC1-V1", "$.viva.questions", "duplicate"),
    (("viva", "questions", 0, "expected"), {}, "$.viva.questions[0].expected.en", "missing"),
    (("rule", "version"), 3, "$.rule.version", "unknown_version"),
    (("rule",), [], "$.rule", "wrong_type"),
    (("rule", "rule", "all_of", 0), share({"pc": "PC7"}), "$.rule.rule.all_of[0].share", "unknown_pc"),
]


@pytest.mark.parametrize(("path", "value", "where", "code"), BROKEN, ids=lambda value: str(value)[:40])
def test_a_malformed_part_is_named_by_its_path(
    path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    assert (where, code) in problems_of(changed(credential(), *path, to=value))


def test_every_problem_is_told_at_once() -> None:
    document = changed(changed(credential(), "level", to=6), "hours", "ojt", to=None)
    assert problems_of(document) >= {("$.level", "wrong_type"), ("$.hours.ojt", "wrong_type")}


@pytest.mark.parametrize("document", [None, [], "text", 3, {}])
def test_what_is_no_credential_at_all_is_refused(document: object) -> None:
    assert problems_of(document)


def test_marks_that_are_all_nothing_are_refused_at_the_rule_that_would_divide_by_them() -> None:
    empty = [pc(name, marks={}) for name in ("PC1", "PC2")]
    assert ("$.rule", "no_marks") in problems_of(changed(credential(), "nos", 0, "pcs", to=empty))


def test_a_credential_moves_only_along_its_table() -> None:
    assert decide(CredentialState.DRAFT, CredentialCommand.PUBLISH) is CredentialState.LIVE
    assert decide(CredentialState.LIVE, CredentialCommand.WITHDRAW) is CredentialState.WITHDRAWN
    for state in (CredentialState.LIVE, CredentialState.WITHDRAWN):
        with pytest.raises(Conflict) as refusal:
            decide(state, CredentialCommand.PUBLISH)
        assert refusal.value.code == "credential_state"


def test_an_engagement_covers_its_first_instant_and_not_its_last() -> None:
    later = NOON.replace(year=2027)
    engagement = Engagement("1", "ab", "aa", "c", "India", valid_from=NOON, valid_until=later)
    assert engagement.covers(NOON)
    assert not engagement.covers(later)
    assert not engagement.covers(NOON.replace(year=2025))
