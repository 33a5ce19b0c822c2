# SPDX-License-Identifier: Apache-2.0
"""Making and running an item for a test: a standard template, a rule that sets, the outcomes, the codes of its warnings."""

from __future__ import annotations

from scoring.api import Element, ItemProgram, run_item, to_json
from tests.unit.scoring.qti.build import e

STANDARD = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def outcomes(program: ItemProgram, responses: dict[str, object], *, seed: int = 1) -> dict[str, object]:
    return {name: to_json(value) for name, value in run_item(program, responses, seed=seed).outcomes.items()}


def codes(program: ItemProgram, responses: dict[str, object]) -> list[str]:
    return [warned.code for warned in run_item(program, responses, seed=1).warnings]


def standard(name: str) -> Element:
    return e("responseProcessing", template=STANDARD + name)


def put(identifier: str, expression: Element) -> Element:
    return e("setTemplateValue", expression, identifier=identifier)
