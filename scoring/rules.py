# SPDX-License-Identifier: Apache-2.0
"""Pass rules: the rule document, parsed and dumped. Deciding is in `decide`, wording in `describe`.

    {"version": 1, "rule": NODE}
    NODE: {"all_of": [NODE, ...]}            every one is met
          {"any_of": [NODE, ...]}            one or more are met
          {"at_least": {"k": 2, "of": [NODE, ...]}}
          {"share": {"scope": SCOPE, "component": "all" | NAME | [NAME, ...], "basis": "raw" | "weighted",
                     "at_least": "7/10"}}
          {"critical": {"pc": NAME, "nos"?: NAME, "component"?: as above, "at_least": "1"}}
    SCOPE: {"pc": NAME, "nos"?: NAME} | {"element": NAME, "nos"?: NAME} | {"nos": NAME} | {"credential": true}

Shares are exact strings ("7/10", "0.7"), above 0 and at most 1. PC and element names that occur in several
NOS need their "nos". A critical PC cannot be made up for, so it stands at the root or under `all_of` only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from scoring.errors import MarkError, RuleError
from scoring.exact import format_share
from scoring.marks import ALL_COMPONENTS, Basis, CredentialMarks, Scope, mark_table

RULE_VERSION = 1
ROOT_PATH = "$.rule"


class RuleKind(StrEnum):
    """The kinds of node, as the keys of the rule document."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    SHARE = "share"
    CRITICAL = "critical"


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
    """A PC that decides on its own: below `at_least` of its marks nothing else makes up for it."""

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
    """Met when `k` nodes or more are met; 1 <= k <= len(of)."""

    k: int
    of: tuple["Node", ...]

    @property
    def kind(self) -> RuleKind:
        """The key of this node in the document."""
        return RuleKind.AT_LEAST

    @property
    def needed(self) -> int:
        """How many of the nodes must be met."""
        return self.k


Leaf = Share | Critical
Group = AllOf | AnyOf | AtLeast
Node = Leaf | Group


@dataclass(frozen=True, slots=True)
class Rule:
    """A credential's pass rule."""

    root: Node


def children(node: Group, *, path: str) -> Iterator[tuple[str, Node]]:
    """The nodes of a group, each with its JSON path."""
    stem = f"{path}.at_least.of" if isinstance(node, AtLeast) else f"{path}.{node.kind}"
    for position, child in enumerate(node.of):
        yield f"{stem}[{position}]", child


def leaves(node: Node, *, path: str = ROOT_PATH) -> Iterator[tuple[str, Leaf]]:
    """Every share and critical node of a tree with its JSON path, in the order of the document."""
    match node:
        case Share() | Critical():
            yield path, node
        case AllOf() | AnyOf() | AtLeast():
            for child_path, child in children(node, path=path):
                yield from leaves(child, path=child_path)
        case _:
            assert_never(node)


def check_rule(rule: Rule, credential: CredentialMarks) -> None:
    """Refuse a rule that does not fit its credential.

    Raises RuleError with the code of the mark table (`unknown_pc`, `ambiguous_pc`, `unknown_element`,
    `unknown_nos`, `unknown_component`, `marks_on_element`, `no_marks_in_scope`, `no_weights`) and `where`.
    """
    blank = mark_table(credential, {})
    for path, leaf in leaves(rule.root):
        try:
            blank.total(leaf.scope, components=leaf.components, basis=leaf.basis)
        except MarkError as error:
            raise RuleError(error.code, where=f"{path}.{leaf.kind}", **error.facts) from error


def dump_rule(rule: Rule) -> dict[str, object]:
    """The canonical document of a rule: two rules are equal exactly if their documents are."""
    return {"version": RULE_VERSION, "rule": _dump(rule.root)}


def _dump(node: Node) -> dict[str, object]:
    match node:
        case AllOf() | AnyOf():
            return {node.kind.value: [_dump(child) for child in node.of]}
        case AtLeast():
            return {"at_least": {"k": node.k, "of": [_dump(child) for child in node.of]}}
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
