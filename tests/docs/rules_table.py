# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/proctoring-rules.md that follow from the data of the rules."""

from __future__ import annotations

from pathlib import Path

from proctor.rules.alerts import RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.catalogue import CATALOGUE
from proctor.rules.exemptions import PROFILES
from proctor.rules.inputs import SeenPose
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet

DOCUMENT = Path(__file__).parents[2] / "docs" / "proctoring-rules.md"
_NOTHING = SeenPose(0.0, 0.0, 0.0)


def facts_rows() -> list[str]:
    """Of each rule: what its alert leads to, whether it was validated and on what, what it needs."""
    rows = []
    for rule, facts in CATALOGUE.items():
        validated = "yes" if facts.validated else "*not validated on people*"
        needs = ", ".join(sorted(need.value for need in facts.needs)) or "–"
        rows.append(f"| `{rule.value}` | {facts.weight.value} | {validated}: {facts.ground} | {needs} |")
    return rows


def threshold_rows() -> list[str]:
    """Of each rule the thresholds that its alerts carry."""
    baseline = Baseline(frames=20, pose=_NOTHING, pose_spread=_NOTHING)
    rules = RuleSet.under(Parameters(), model_sha256="", baseline=baseline).rules
    rows = []
    for rule in CATALOGUE:
        made = rules[rule]
        judged = getattr(made, "judged", None) or made.bursts.judged  # type: ignore[attr-defined]
        values = ", ".join(f"{name} {value:g}" for name, value in judged.thresholds.items())
        rows.append(f"| `{rule.value}` | {values or '–'} |")
    return rows


def exemption_rows() -> list[str]:
    """Of each profile the rules that are off, and those that wait longer."""
    rows = []
    for name, profile in PROFILES.items():
        off = ", ".join(f"`{rule.value}`" for rule in RuleName if rule in profile.off) or "–"
        slow = ", ".join(f"`{rule.value}` ×{factor:g}" for rule, factor in sorted(profile.relaxed.items()))
        rows.append(f"| `{name}` | {off} | {slow or '–'} |")
    return rows
