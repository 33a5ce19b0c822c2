# SPDX-License-Identifier: Apache-2.0
"""What a decided rule says: verdicts, margins and trace, and their documents. Nothing is decided here.

All numbers are exact. A result that only version 1 of a rule can make has the same document as ever: what came
with version 2 (bands, compensation, items) adds members where it is used, and nowhere else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.bands import BandStanding
from scoring.exact import format_mark, format_share
from scoring.marks import Basis, Scope, Total
from scoring.rules import Band, RuleKind, Unit, dump_components


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
    """A share, critical or bands node decided.

    `earned`, `maximum`, `open`, `bar` and `margin` are marks (percentage points of the credential on the
    weighted basis); `share`, `threshold` and `margin_share` are parts of 1. Marks that are missing count as
    not earned, so an incomplete margin is the margin so far. `ladder` are the bands of a bands node, the highest
    first; its threshold is that of the band from which it is met.
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
    ladder: tuple[Band, ...] = ()

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
            **({"bands": self.standing.to_document()} if self.ladder else {}),
        }

    @property
    def standing(self) -> BandStanding:
        """Where the marks stand on the ladder of bands; for a bands node only."""
        return BandStanding(
            ladder=self.ladder, earned=self.earned, best=self.earned + self.open, maximum=self.maximum
        )


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

    def own_document(self) -> dict[str, object]:
        """The node without what is below it as JSON, numbers as exact strings and counts as integers."""
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
        }

    def to_document(self) -> dict[str, object]:
        """The node and all below it as JSON."""
        return {**self.own_document(), "children": [child.to_document() for child in self.children]}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensateResult:
    """A compensate node decided; `children` are its bars, each with its own verdict, made up for or not.

    `most` bars may be missed, each by at most `limit`: marks of the bar, or a share of its maximum (`unit`).
    `balance`, `surplus`, `shortfall` and `margin` are in that unit.
    """

    path: str
    label: str
    verdict: Verdict
    most: int
    limit: Fraction
    unit: Unit
    children: tuple[BarResult, ...]

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.COMPENSATE

    @property
    def needed(self) -> int:
        """How many bars must be met outright."""
        return len(self.children) - self.most

    @property
    def passed(self) -> int:
        """How many bars are certain passes."""
        return sum(child.verdict is Verdict.PASS for child in self.children)

    @property
    def failed(self) -> int:
        """How many bars are certain fails."""
        return sum(child.verdict is Verdict.FAIL for child in self.children)

    @property
    def margins(self) -> tuple[Fraction, ...]:
        """The margin of each bar so far, in the unit of the limit."""
        return tuple(
            child.margin if self.unit is Unit.MARKS else child.margin_share for child in self.children
        )

    @property
    def surplus(self) -> Fraction:
        """What the met bars have above their bars."""
        return sum((margin for margin in self.margins if margin > 0), Fraction(0))

    @property
    def shortfall(self) -> Fraction:
        """What the missed bars lack."""
        return -sum((margin for margin in self.margins if margin < 0), Fraction(0))

    @property
    def margin(self) -> Fraction:
        """The least margin of the three conditions (`compensation_margins`), in the unit of the limit.

        It is >= 0 exactly if the node is passed so far.
        """
        return min(compensation_margins(self.margins, most=self.most, limit=self.limit))

    @property
    def margin_share(self) -> Fraction:
        """The least margin of the three conditions as a share; >= 0 exactly if the node is passed so far.

        The balance is a share of what all the bars are worth together, the rest of the limit and the deciding
        bar shares of their own maximum. With a limit in shares the balance is the mean of the bars' margins.
        """
        shares = [child.margin_share for child in self.children]
        if self.unit is Unit.SHARE:
            balance, limits = sum(shares, Fraction(0)) / len(shares), [self.limit] * len(shares)
        else:
            worth = sum((child.maximum for child in self.children), Fraction(0))
            balance = sum(self.margins, Fraction(0)) / worth
            limits = [self.limit / child.maximum for child in self.children]
        within = min(share + limit for share, limit in zip(shares, limits, strict=True))
        return min(balance, within, sorted(shares, reverse=True)[self.needed - 1])

    @property
    def made_up(self) -> tuple[str, ...]:
        """The paths of the bars that are missed and made up for; none unless the node is passed."""
        if self.verdict is not Verdict.PASS:
            return ()
        return tuple(child.path for child in self.children if child.margin < 0)

    def own_document(self) -> dict[str, object]:
        """The node without its bars as JSON, numbers as exact strings and counts as integers."""
        write = format_mark if self.unit is Unit.MARKS else format_share
        return {
            "path": self.path,
            "kind": self.kind.value,
            "label": self.label,
            "verdict": self.verdict.value,
            "needed": self.needed,
            "of": len(self.children),
            "passed": self.passed,
            "failed": self.failed,
            "most": self.most,
            "limit": write(self.limit),
            "unit": self.unit.value,
            "surplus": write(self.surplus),
            "shortfall": write(self.shortfall),
            "margin": write(self.margin),
            "margin_share": format_share(self.margin_share),
            "made_up": list(self.made_up),
        }

    def to_document(self) -> dict[str, object]:
        """The node and its bars as JSON."""
        return {**self.own_document(), "children": [child.to_document() for child in self.children]}


def compensation_margins(
    margins: Iterable[Fraction], *, most: int, limit: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """The three conditions of a compensation as margins, each >= 0 exactly if it holds.

    `margins` are those of the bars, in the unit of the limit. All together are not negative (what is short is
    made up for); none is below minus the limit; all but `most` of them are not negative.
    """
    known = sorted(margins)
    return sum(known, Fraction(0)), known[0] + limit, known[most]


NodeResult = BarResult | GroupResult | CompensateResult


def bars_of(node: NodeResult) -> Iterator[BarResult]:
    """Every bar of a decided tree, in the order of the document."""
    if isinstance(node, BarResult):
        yield node
    else:
        for child in node.children:
            yield from bars_of(child)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSummary:
    """The raw marks of one item, PC, element, NOS or the credential, per component and together.

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

    A PC is not among `pcs` if marks of it sit on its element; the element is among `elements`. `items` are those
    whose marks are known one by one.
    """

    root: NodeResult
    credential: ScopeSummary
    nos: tuple[ScopeSummary, ...]
    elements: tuple[ScopeSummary, ...]
    pcs: tuple[ScopeSummary, ...]
    items: tuple[ScopeSummary, ...] = ()

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
            **({"items": [summary.to_document() for summary in self.items]} if self.items else {}),
        }


def combine(verdicts: Iterable[Verdict], *, needed: int) -> Verdict:
    """The verdict of a group of which `needed` must pass; certain once the open ones cannot change it."""
    known = list(verdicts)
    passed = known.count(Verdict.PASS)
    if passed >= needed:
        return Verdict.PASS
    if passed + known.count(Verdict.INCOMPLETE) < needed:
        return Verdict.FAIL
    return Verdict.INCOMPLETE


def _total_document(total: Total) -> dict[str, object]:
    return {
        "earned": format_mark(total.earned),
        "maximum": format_mark(total.maximum),
        "open": format_mark(total.open),
    }
