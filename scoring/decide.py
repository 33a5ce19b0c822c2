# SPDX-License-Identifier: Apache-2.0
"""From marks and a pass rule to a verdict with its margins and trace. Reading rules is in `rule_parser`.

Verdicts are three-valued. While marks are missing, a bar is passed only if it is reached already, failed only
if full marks in all that is open would not reach it, and else incomplete; groups follow (Kleene's logic). A
rule has no "not", so this is exact: a pass or a fail stands whatever the missing marks turn out to be, and
incomplete means that they can still decide it either way.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from scoring.exact import MarkInput, format_mark, format_share
from scoring.marks import CREDENTIAL, Basis, Cell, CredentialMarks, Level, MarkTable, Scope, Total, mark_table
from scoring.rules import (
    ROOT_PATH,
    AllOf,
    AnyOf,
    AtLeast,
    Critical,
    Group,
    Leaf,
    Node,
    Rule,
    RuleKind,
    Share,
    check_rule,
    children,
    dump_components,
)


class Verdict(StrEnum):
    """What a rule, or a node of it, says of a candidate."""

    PASS = "pass"  # noqa: S105 (a verdict, no password)
    FAIL = "fail"
    INCOMPLETE = "incomplete"

    @property
    def is_certain(self) -> bool:
        """Whether marks that are still missing cannot change it."""
        return self is not Verdict.INCOMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class BarResult:
    """A share or critical node decided.

    `earned`, `maximum`, `open`, `bar` and `margin` are marks (percentage points of the credential on the
    weighted basis); `share`, `threshold` and `margin_share` are parts of 1. Marks that are missing count as
    not earned, so an incomplete margin is the margin so far.
    """

    path: str
    kind: RuleKind
    label: str
    verdict: Verdict
    scope: Scope
    components: tuple[str, ...] | None
    basis: Basis
    earned: Fraction
    maximum: Fraction
    open: Fraction
    threshold: Fraction

    @property
    def bar(self) -> Fraction:
        """The marks that are needed."""
        return self.threshold * self.maximum

    @property
    def margin(self) -> Fraction:
        """Marks above the bar; below it, negative; 0 is a pass."""
        return self.earned - self.bar

    @property
    def share(self) -> Fraction:
        """The part of the maximum that is earned."""
        return self.earned / self.maximum

    @property
    def margin_share(self) -> Fraction:
        """The share above the threshold."""
        return self.share - self.threshold

    def to_document(self) -> dict[str, object]:
        """The node as JSON, numbers as exact strings."""
        return {
            "path": self.path,
            "kind": self.kind.value,
            "label": self.label,
            "verdict": self.verdict.value,
            "scope": self.scope.to_document(),
            "component": dump_components(self.components),
            "basis": self.basis.value,
            "earned": format_mark(self.earned),
            "maximum": format_mark(self.maximum),
            "open": format_mark(self.open),
            "bar": format_mark(self.bar),
            "margin": format_mark(self.margin),
            "share": format_share(self.share),
            "threshold": format_share(self.threshold),
            "margin_share": format_share(self.margin_share),
            "children": [],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """An all_of, any_of or at_least node decided: `needed` of its children must pass."""

    path: str
    kind: RuleKind
    label: str
    verdict: Verdict
    needed: int
    children: tuple["NodeResult", ...]

    @property
    def passed(self) -> int:
        """How many children are certain passes."""
        return sum(child.verdict is Verdict.PASS for child in self.children)

    @property
    def failed(self) -> int:
        """How many children are certain fails."""
        return sum(child.verdict is Verdict.FAIL for child in self.children)

    @property
    def margin_share(self) -> Fraction:
        """The margin of the child on which the group turns: the `needed`-th best (the worst of an all_of).

        It is a share, since marks of different scopes do not compare; >= 0 exactly if the group is passed so
        far.
        """
        return sorted((child.margin_share for child in self.children), reverse=True)[self.needed - 1]

    def to_document(self) -> dict[str, object]:
        """The node and all below it as JSON, numbers as exact strings and counts as integers."""
        return {
            "path": self.path,
            "kind": self.kind.value,
            "label": self.label,
            "verdict": self.verdict.value,
            "needed": self.needed,
            "of": len(self.children),
            "passed": self.passed,
            "failed": self.failed,
            "margin_share": format_share(self.margin_share),
            "children": [child.to_document() for child in self.children],
        }


NodeResult = BarResult | GroupResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSummary:
    """The raw marks of one PC, element, NOS or the credential, per component and together.

    `bars` are the rule's own nodes on this very scope (of any component); `verdict` says whether all of them
    are met, whatever other ways the rule allows, and is None where the rule sets no bar here.
    """

    scope: Scope
    total: Total
    components: Mapping[str, Total]
    bars: tuple[BarResult, ...]

    @property
    def label(self) -> str:
        """The name of the PC, element or NOS."""
        return self.scope.label

    @property
    def share(self) -> Fraction:
        """The part of the maximum that is earned."""
        return self.total.earned / self.total.maximum

    @property
    def verdict(self) -> Verdict | None:
        """Whether every bar on this scope is met."""
        verdicts = [bar.verdict for bar in self.bars]
        return combine(verdicts, needed=len(verdicts)) if verdicts else None

    def to_document(self) -> dict[str, object]:
        """The summary as JSON, numbers as exact strings."""
        return {
            "scope": self.scope.to_document(),
            "label": self.label,
            "verdict": self.verdict,
            **_total_document(self.total),
            "share": format_share(self.share),
            "components": {name: _total_document(total) for name, total in self.components.items()},
            "bars": [bar.to_document() for bar in self.bars],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A rule decided for one candidate: the tree, and every scope's marks beside it.

    A PC is not among `pcs` if marks of it sit on its element; the element is among `elements`.
    """

    root: NodeResult
    credential: ScopeSummary
    nos: tuple[ScopeSummary, ...]
    elements: tuple[ScopeSummary, ...]
    pcs: tuple[ScopeSummary, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the whole rule."""
        return self.root.verdict

    def to_document(self) -> dict[str, object]:
        """The decision as JSON, numbers as exact strings ("7", "4.5", "7/10")."""
        return {
            "version": 1,
            "verdict": self.verdict.value,
            "margin_share": format_share(self.root.margin_share),
            "root": self.root.to_document(),
            "credential": self.credential.to_document(),
            "nos": [summary.to_document() for summary in self.nos],
            "elements": [summary.to_document() for summary in self.elements],
            "pcs": [summary.to_document() for summary in self.pcs],
        }


def decide(credential: CredentialMarks, awarded: Mapping[Cell, MarkInput], rule: Rule) -> Decision:
    """Decide a rule for one candidate.

    `awarded` has the cells that are marked; a cell that is absent is not marked yet. Raises MarkError as
    `mark_table` and RuleError as `check_rule`.
    """
    check_rule(rule, credential)
    table = mark_table(credential, awarded)
    root = _decide(rule.root, table, path=ROOT_PATH)
    bars = tuple(_bars(root))
    return Decision(
        root=root,
        credential=_summary(CREDENTIAL, table, bars),
        nos=_summaries(Level.NOS, table, bars),
        elements=_summaries(Level.ELEMENT, table, bars),
        pcs=_summaries(Level.PC, table, bars),
    )


def combine(verdicts: Iterable[Verdict], *, needed: int) -> Verdict:
    """The verdict of a group of which `needed` must pass; certain once the open ones cannot change it."""
    known = list(verdicts)
    passed = known.count(Verdict.PASS)
    if passed >= needed:
        return Verdict.PASS
    if passed + known.count(Verdict.INCOMPLETE) < needed:
        return Verdict.FAIL
    return Verdict.INCOMPLETE


def _decide(node: Node, table: MarkTable, *, path: str) -> NodeResult:
    match node:
        case Share() | Critical():
            return _decide_bar(node, table, path=path)
        case AllOf() | AnyOf() | AtLeast():
            return _decide_group(node, table, path=path)
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
    )


def _decide_group(group: Group, table: MarkTable, *, path: str) -> GroupResult:
    results = tuple(
        _decide(child, table, path=child_path) for child_path, child in children(group, path=path)
    )
    return GroupResult(
        path=path,
        kind=group.kind,
        label=group.kind.value,
        verdict=combine((result.verdict for result in results), needed=group.needed),
        needed=group.needed,
        children=results,
    )


def _bars(node: NodeResult) -> Iterator[BarResult]:
    match node:
        case BarResult():
            yield node
        case GroupResult():
            for child in node.children:
                yield from _bars(child)
        case _:
            assert_never(node)


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


def _total_document(total: Total) -> dict[str, object]:
    return {
        "earned": format_mark(total.earned),
        "maximum": format_mark(total.maximum),
        "open": format_mark(total.open),
    }
