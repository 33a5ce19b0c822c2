# SPDX-License-Identifier: Apache-2.0
"""What the linter says of criteria that can end early: exact figures, and which of them keep a paper from being drawn."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from item_bank.blueprints.adaptive_lint import adaptive_lines
from item_bank.blueprints.linting import lint_blueprint
from item_bank.blueprints.model import Blueprint
from item_bank.blueprints.plan import Plan
from item_bank.blueprints.plan_parsing import natural_plan, parse_plan
from item_bank.samples import load_sample
from item_bank.standards.parsing import parse_credential
from scoring.adaptive.operating import operate
from scoring.adaptive.stops import fixed_table
from scoring.blueprint_lint import BORDERLINE, MASTER

CREDENTIAL = parse_credential(load_sample().credential)
RATIO = {
    "method": "ratio",
    "marks": "share",
    "least": 2,
    "lacking": "1/2",
    "master": "9/10",
    "false_pass": "2/5",
    "false_fail": "2/5",
}
CURTAILED = {"method": "curtailed", "marks": "share", "least": 1}
POSTERIOR = {"method": "posterior", "marks": "share", "least": 1, "sure_met": "3/4", "sure_not_met": "3/4"}
WAY = {"allow_skipping": False, "allow_review": False, "max_attempts": 0, "validate_responses": False}


def plan(adaptive: dict[str, Any], **changes: Any) -> Plan:
    """The natural plan in two sections, of which the first is adaptive."""
    natural = natural_plan(CREDENTIAL, component="theory").to_document()
    sections = [
        {
            "id": name,
            "title": {"en": name, "hi": name},
            "pcs": pcs,
            "seconds": None,
            "navigation": "linear",
            "item_session_control": WAY,
            **more,
        }
        for name, pcs, more in (
            ("early", ["PC3", "PC4"], {"adaptive": {**adaptive, **changes}}),
            ("whole", ["PC1", "PC2", "PC5", "PC6"], {}),
        )
    ]
    return parse_plan({**natural, "sections": sections}, credential=CREDENTIAL)


def test_a_curtailed_criterion_has_the_errors_of_asking_everything_and_asks_less() -> None:
    lines = adaptive_lines(plan(CURTAILED))
    assert [line.pc for line in lines] == ["PC3", "PC4"]
    for line, share in zip(lines, (Fraction(4, 5), Fraction(7, 10)), strict=True):
        whole = fixed_table(line.items, share=share)
        assert line.passes_wrongly == operate(whole, chance=BORDERLINE).met
        assert line.fails_wrongly == 1 - operate(whole, chance=MASTER).met
        assert line.lacking.length < line.items == 4
        assert (line.breaks, line.smallest) == ((), None)
    assert [line.least for line in lines] == [1, 2]


def test_a_ratio_test_is_held_against_its_own_wanted_errors_and_the_number_that_would_keep_them_is_named() -> (
    None
):
    kept = adaptive_lines(plan(RATIO))
    assert [line.breaks for line in kept] == [(), ()]
    for false_pass, false_fail, broken in (
        ("1/20", "2/5", ("false_pass",)),
        ("2/5", "1/100", ("false_fail",)),
        ("1/100", "1/100", ("false_pass", "false_fail")),
    ):
        line = adaptive_lines(plan(RATIO, false_pass=false_pass, false_fail=false_fail))[1]
        assert line.breaks == broken
        assert line.smallest is None or line.smallest > line.items
    found = adaptive_lines(plan(RATIO, false_pass="1/10", false_fail="1/10"))[1]
    assert found.smallest is not None
    rules = plan(RATIO, false_pass="1/10", false_fail="1/10").sections[0].adaptive
    assert rules is not None
    for items in range(found.items, found.smallest + 1):
        table = rules.table(items, Fraction(7, 10))
        keeps = operate(table, chance=Fraction(1, 2)).met <= Fraction(1, 10) and 1 - operate(
            table, chance=Fraction(9, 10)
        ).met <= Fraction(1, 10)
        assert keeps is (items == found.smallest)


def test_errors_that_no_number_of_questions_keeps_have_no_number() -> None:
    line = adaptive_lines(plan(RATIO, false_pass="1/10000", false_fail="1/10000"))[0]
    assert (line.breaks, line.smallest) == (("false_pass", "false_fail"), None)


def test_a_criterion_whose_test_does_not_keep_its_errors_blocks_the_paper() -> None:
    assert lint_blueprint(plan(CURTAILED), CREDENTIAL).blocking == ()
    assert lint_blueprint(plan(RATIO), CREDENTIAL).blocking == ()
    lint = lint_blueprint(plan(RATIO, false_pass="1/20"), CREDENTIAL)
    assert lint.blocking == ("PC3", "PC4")
    assert {line.pc for line in lint.adaptive if line.breaks} == set(lint.blocking)


@pytest.mark.parametrize("adaptive", [RATIO, POSTERIOR])
def test_the_paper_alone_is_read_with_the_chances_of_the_early_test(adaptive: dict[str, Any]) -> None:
    whole = {line.pc: line for line in lint_blueprint(plan(CURTAILED), CREDENTIAL).lines}
    early = {line.pc: line for line in lint_blueprint(plan(adaptive), CREDENTIAL).lines}
    rules = plan(adaptive).sections[0].adaptive
    assert rules is not None
    for pc, share in rules.shares:
        reading = early[pc].paper
        assert reading is not None
        table = rules.table(4, share)
        assert reading.master == operate(table, chance=MASTER).met
        assert reading.borderline == operate(table, chance=BORDERLINE).met
        assert reading.guesser == operate(table, chance=early[pc].guess).met
    assert early["PC1"] == whole["PC1"]


def test_a_blueprint_without_such_a_section_has_no_line() -> None:
    assert adaptive_lines(natural_plan(CREDENTIAL, component="theory")) == ()
    first = Blueprint(component="theory", seconds=900, items_per_pc=(("PC1", 4),))
    assert adaptive_lines(first) == ()
    assert lint_blueprint(first, CREDENTIAL).adaptive == ()
