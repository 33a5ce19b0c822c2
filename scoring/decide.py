# SPDX-License-Identifier: Apache-2.0
"""From marks and a pass rule to a verdict with its margins and trace. Reading rules is in `rule_parser`.

Verdicts are three-valued. While marks are missing, a bar is passed only if it is reached already, failed only
if full marks in all that is open would not reach it, and else incomplete; groups follow (Kleene's logic), and a
compensation is asked about both extremes. A rule has no "not", so this is exact: a pass or a fail stands whatever
the missing marks turn out to be, and incomplete means that they can still decide it either way.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from scoring.exact import MarkInput
from scoring.marks import CREDENTIAL, Cell, CredentialMarks, Level, MarkTable, Scope, mark_table
from scoring.rules import (
    ROOT_PATH,
    AllOf,
    AnyOf,
    AtLeast,
    Bands,
    Compensate,
    Critical,
    Group,
    Leaf,
    Node,
    Rule,
    Share,
    Unit,
    check_rule,
    children,
)
from scoring.verdicts import (
    BarResult,
    CompensateResult,
    Decision,
    GroupResult,
    NodeResult,
    ScopeSummary,
    Verdict,
    bars_of,
    combine,
    compensation_margins,
)


def decide(credential: CredentialMarks, awarded: Mapping[Cell, MarkInput], rule: Rule) -> Decision:
    """Decide a rule for one candidate.

    `awarded` has the cells that are marked; a cell that is absent is not marked yet. Raises MarkError as
    `mark_table` and RuleError as `check_rule`.
    """
    check_rule(rule, credential)
    table = mark_table(credential, awarded)
    root = decide_node(rule.root, table)
    bars = tuple(bars_of(root))
    return Decision(
        root=root,
        credential=_summary(CREDENTIAL, table, bars),
        nos=_summaries(Level.NOS, table, bars),
        elements=_summaries(Level.ELEMENT, table, bars),
        pcs=_summaries(Level.PC, table, bars),
        items=_summaries(Level.ITEM, table, bars),
    )


def decide_node(node: Node, table: MarkTable, *, path: str = ROOT_PATH) -> NodeResult:
    """Decide one node, and all below it, of a rule that fits the table's credential (`check_rule`)."""
    match node:
        case Share() | Critical() | Bands():
            return _decide_bar(node, table, path=path)
        case AllOf() | AnyOf() | AtLeast():
            return _decide_group(node, table, path=path)
        case Compensate():
            return _decide_compensate(node, table, path=path)
        case _:
            assert_never(node)


def _decide_bar(leaf: Leaf, table: MarkTable, *, path: str) -> BarResult:
    total = table.total(leaf.scope, components=leaf.components, basis=leaf.basis)
    bar = leaf.at_least * total.maximum
    if total.earned >= bar:
        verdict = Verdict.PASS
    elif total.earned + total.open < bar:
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.INCOMPLETE
    return BarResult(
        path=path,
        kind=leaf.kind,
        label=leaf.scope.label,
        verdict=verdict,
        scope=table.credential.resolve(leaf.scope),
        components=leaf.components,
        basis=leaf.basis,
        earned=total.earned,
        maximum=total.maximum,
        open=total.open,
        threshold=leaf.at_least,
        ladder=leaf.of if isinstance(leaf, Bands) else (),
    )


def _decide_group(group: Group, table: MarkTable, *, path: str) -> GroupResult:
    results = tuple(
        decide_node(child, table, path=child_path) for child_path, child in children(group, path=path)
    )
    return GroupResult(
        path=path,
        kind=group.kind,
        label=group.kind.value,
        verdict=combine((result.verdict for result in results), needed=group.needed),
        needed=group.needed,
        children=results,
    )


def _decide_compensate(node: Compensate, table: MarkTable, *, path: str) -> CompensateResult:
    bars = tuple(
        _decide_bar(bar, table, path=child_path)
        for (child_path, _), bar in zip(children(node, path=path), node.of, strict=True)
    )
    # The bars share no marks, so more marks raise one margin and lower none: the two extremes decide.
    worst = [_margin(bar, node.unit, bar.earned) for bar in bars]
    best = [_margin(bar, node.unit, bar.earned + bar.open) for bar in bars]
    if min(compensation_margins(worst, most=node.k, limit=node.limit)) >= 0:
        verdict = Verdict.PASS
    elif min(compensation_margins(best, most=node.k, limit=node.limit)) < 0:
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.INCOMPLETE
    return CompensateResult(
        path=path,
        label=node.kind.value,
        verdict=verdict,
        most=node.k,
        limit=node.limit,
        unit=node.unit,
        children=bars,
    )


def _margin(bar: BarResult, unit: Unit, earned: Fraction) -> Fraction:
    margin = earned - bar.bar
    return margin if unit is Unit.MARKS else margin / bar.maximum


def _summaries(level: Level, table: MarkTable, bars: tuple[BarResult, ...]) -> tuple[ScopeSummary, ...]:
    known = table.credential
    return tuple(_summary(scope, table, bars) for scope in known.scopes(level) if known.components_of(scope))


def _summary(scope: Scope, table: MarkTable, bars: tuple[BarResult, ...]) -> ScopeSummary:
    names = table.credential.components_of(scope)
    return ScopeSummary(
        scope=scope,
        total=table.total(scope),
        components={name: table.total(scope, components=(name,)) for name in names},
        bars=tuple(bar for bar in bars if bar.scope == scope),
    )
