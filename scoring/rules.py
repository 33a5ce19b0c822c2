# SPDX-License-Identifier: Apache-2.0
"""Pass rules: the rule document, parsed and dumped. Deciding is in `decide`, wording in `describe`.

    {"version": 1 | 2, "rule": NODE}
    NODE: {"all_of": [NODE, ...]}            every one is met
          {"any_of": [NODE, ...]}            one or more are met
          {"at_least": {"k": 2, "of": [NODE, ...]}}
          {"share": {"scope": SCOPE, "component": "all" | NAME | [NAME, ...], "basis": "raw" | "weighted",
                     "at_least": "7/10"}}
          {"critical": {"pc": NAME, "nos"?: NAME, "component"?: as above, "at_least": "1"}}
    SCOPE: {"pc": NAME, "nos"?: NAME} | {"element": NAME, "nos"?: NAME} | {"nos": NAME} | {"credential": true}

and in version 2 also

    NODE: {"at_least": {"share": "7/10", "of": [NODE, ...]}}    that share of them, rounded up
          {"compensate": {"k": 1, "limit": "5", "unit": "marks" | "share", "of": [share NODE, ...]}}
          {"bands": {"scope": SCOPE, "component": as above, "basis": as above,
                     "of": [{"name": "A", "at_least": "17/20"}, ...], "pass"?: "C"}}
          {"critical": {"item": NAME, ...}}
    SCOPE: {"item": NAME, "nos"?: NAME}

Shares are exact strings ("7/10", "0.7"), above 0 and at most 1. Item, PC and element names that occur in
several NOS need their "nos". A critical PC cannot be made up for, so it stands at the root or under `all_of`
only. `docs/pass-rules.md` says with examples what each node means; `rule_schema.json` is the shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import assert_never

from scoring.errors import MarkError, RuleError
from scoring.exact import format_mark, format_share
from scoring.marks import ALL_COMPONENTS, Basis, Cell, CredentialMarks, Level, Scope, mark_table

#: The versions of the rule document that are read. A rule is written in the lowest one that can say it.
RULE_VERSIONS = (1, 2)
ROOT_PATH = "$.rule"


class RuleKind(StrEnum):
    """The kinds of node, as the keys of the rule document."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    SHARE = "share"
    CRITICAL = "critical"
    COMPENSATE = "compensate"
    BANDS = "bands"

    @property
    def since(self) -> int:
        """The version of the rule document that brought it."""
        return 2 if self in (RuleKind.COMPENSATE, RuleKind.BANDS) else 1


class Unit(StrEnum):
    """What the limit of a compensation counts: marks of a bar, or shares of its maximum."""

    MARKS = "marks"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Met when the marks of `scope` over `components` reach `at_least` of their maximum.

    `components` is None for all, else sorted names.
    """

    scope: Scope
    components: tuple[str, ...] | None = None
    basis: Basis = Basis.RAW
    at_least: Fraction

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Critical:
    """A PC or an item that decides on its own: below `at_least` of its marks nothing else makes up for it."""

    scope: Scope
    components: tuple[str, ...] | None = None
    at_least: Fraction

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.CRITICAL

    @property
    def basis(self) -> Basis:
        """Within one PC a weight changes nothing."""
        return Basis.RAW


@dataclass(frozen=True, slots=True)
class Band:
    """A named step of a ladder, reached at a share of the marks (0 to 1; 0 for the lowest one only)."""

    name: str
    at_least: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """A ladder of bands over the marks of `scope`, the highest first; met from the band `passes` on.

    `components` is None for all, else sorted names.
    """

    scope: Scope
    components: tuple[str, ...] | None = None
    basis: Basis = Basis.RAW
    of: tuple[Band, ...]
    passes: str

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.BANDS

    @property
    def at_least(self) -> Fraction:
        """The share at which the node is met: that of the band `passes`."""
        return next(band.at_least for band in self.of if band.name == self.passes)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Met when every node is met."""

    of: tuple["Node", ...]

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.ALL_OF

    @property
    def needed(self) -> int:
        """How many of the nodes must be met."""
        return len(self.of)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Met when one node or more is met."""

    of: tuple["Node", ...]

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.ANY_OF

    @property
    def needed(self) -> int:
        """How many of the nodes must be met."""
        return 1


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Met when `k` nodes or more are met; 1 <= k <= len(of). A rule may state `k` as a `share` of the nodes."""

    k: int
    of: tuple["Node", ...]
    share: Fraction | None = None

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.AT_LEAST

    @property
    def needed(self) -> int:
        """How many of the nodes must be met."""
        return self.k


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensate:
    """Met when every bar is met, but for at most `k` that are missed narrowly and made up for by the others.

    Each of the missed bars falls short by at most `limit` (above 0; marks of that bar, or a share of its
    maximum), and the surpluses of the bars together are no less than the shortfalls together, in the same
    unit. 1 <= k < len(of); the bars are on one basis and share no marks.
    """

    k: int
    limit: Fraction
    unit: Unit
    of: tuple[Share, ...]

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.COMPENSATE

    @property
    def basis(self) -> Basis:
        """How the marks of its bars count."""
        return self.of[0].basis


Leaf = Share | Critical | Bands
Group = AllOf | AnyOf | AtLeast
Node = Leaf | Group | Compensate


@dataclass(frozen=True, slots=True)
class Rule:
    """A credential's pass rule."""

    root: Node


def share_of(share: Fraction, number: int) -> int:
    """How many of `number` nodes are `share` of them: rounded up, so that 70 % of 9 are 7."""
    return ceil(share * number)


def children(node: Group | Compensate, *, path: str) -> Iterator[tuple[str, Node]]:
    """The nodes of a group, each with its JSON path."""
    stem = f"{path}.{node.kind}.of" if isinstance(node, AtLeast | Compensate) else f"{path}.{node.kind}"
    for position, child in enumerate(node.of):
        yield f"{stem}[{position}]", child


def leaves(node: Node, *, path: str = ROOT_PATH) -> Iterator[tuple[str, Leaf]]:
    """Every share, critical and bands node of a tree with its JSON path, in the order of the document."""
    for found_path, found in nodes(node, path=path):
        if isinstance(found, Share | Critical | Bands):
            yield found_path, found


def nodes(node: Node, *, path: str = ROOT_PATH) -> Iterator[tuple[str, Node]]:
    """Every node of a tree with its JSON path, in the order of the document."""
    yield path, node
    match node:
        case Share() | Critical() | Bands():
            return
        case AllOf() | AnyOf() | AtLeast() | Compensate():
            for child_path, child in children(node, path=path):
                yield from nodes(child, path=child_path)
        case _:
            assert_never(node)


def required(node: Node) -> Iterator[Node]:
    """What a rule cannot be met without: the root, or what stands below it under `all_of` only."""
    if isinstance(node, AllOf):
        for child in node.of:
            yield from required(child)
    else:
        yield node


def version_of(rule: Rule) -> int:
    """The lowest version of the rule document that can say this rule."""
    return 2 if any(_is_new(node) for _, node in nodes(rule.root)) else 1


def _is_new(node: Node) -> bool:
    if isinstance(node, AtLeast):
        return node.share is not None
    scope = getattr(node, "scope", None)
    return node.kind.since > 1 or (isinstance(scope, Scope) and scope.level is Level.ITEM)


def check_rule(rule: Rule, credential: CredentialMarks) -> None:
    """Refuse a rule that does not fit its credential.

    Raises RuleError with the code of the mark table (`unknown_pc`, `ambiguous_pc`, `unknown_element`,
    `unknown_nos`, `unknown_item`, `unknown_component`, `marks_on_element`, `no_marks_in_scope`, `no_weights`)
    and `where`; `compensate_overlap` where two bars of a compensation count the same marks, so that a mark
    would make up for itself.
    """
    blank = mark_table(credential, {})
    for path, node in nodes(rule.root):
        if isinstance(node, Share | Critical | Bands):
            try:
                blank.total(node.scope, components=node.components, basis=node.basis)
            except MarkError as error:
                raise RuleError(error.code, where=f"{path}.{node.kind}", **error.facts) from error
    for path, node in nodes(rule.root):
        if isinstance(node, Compensate):
            _check_apart(node, credential, path=path)


def _check_apart(node: Compensate, credential: CredentialMarks, *, path: str) -> None:
    seen: dict[Cell, str] = {}
    for (where, _), bar in zip(children(node, path=path), node.of, strict=True):
        for cell in credential.cells_of(bar.scope, components=bar.components):
            if cell in seen:
                raise RuleError("compensate_overlap", where=where, other=seen[cell], **cell.facts())
            seen[cell] = where


def dump_rule(rule: Rule) -> dict[str, object]:
    """The canonical document of a rule: two rules are equal exactly if their documents are."""
    return {"version": version_of(rule), "rule": _dump(rule.root)}


def _dump(node: Node) -> dict[str, object]:
    match node:
        case AllOf() | AnyOf():
            return {node.kind.value: [_dump(child) for child in node.of]}
        case AtLeast():
            count: dict[str, object] = (
                {"k": node.k} if node.share is None else {"share": format_share(node.share)}
            )
            return {"at_least": {**count, "of": [_dump(child) for child in node.of]}}
        case Compensate():
            limit = format_mark if node.unit is Unit.MARKS else format_share
            return {
                "compensate": {
                    "k": node.k,
                    "limit": limit(node.limit),
                    "unit": node.unit.value,
                    "of": [_dump(child) for child in node.of],
                }
            }
        case Bands():
            return {
                "bands": {
                    "scope": node.scope.to_document(),
                    "component": dump_components(node.components),
                    "basis": node.basis.value,
                    "of": [{"name": band.name, "at_least": format_share(band.at_least)} for band in node.of],
                    "pass": node.passes,
                }
            }
        case Share():
            return {
                "share": {
                    "scope": node.scope.to_document(),
                    "component": dump_components(node.components),
                    "basis": node.basis.value,
                    "at_least": format_share(node.at_least),
                }
            }
        case Critical():
            return {
                "critical": {
                    **node.scope.to_document(),
                    "component": dump_components(node.components),
                    "at_least": format_share(node.at_least),
                }
            }
        case _:
            assert_never(node)


def dump_components(components: tuple[str, ...] | None) -> str | list[str]:
    """Components as they stand in a rule document."""
    if components is None:
        return ALL_COMPONENTS
    return components[0] if len(components) == 1 else list(components)
