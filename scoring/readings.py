# SPDX-License-Identifier: Apache-2.0
"""Other common readings of a pass rule, as rules of their own. The rule itself decides; these only say what hangs on it.

What a reading does to a person's verdict is in `flips`, its names are in `reading_words`. `docs/pass-rules.md` lists
when each is offered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, assert_never

from scoring.errors import RuleError
from scoring.marks import CREDENTIAL, Basis, CredentialMarks, Level, Scope
from scoring.reading_words import ReadingKind
from scoring.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Bands,
    Compensate,
    Critical,
    Node,
    Rule,
    Share,
    check_rule,
    leaves,
    nodes,
    required,
    share_of,
)

#: RPL asks for 70 % of the learning outcomes; the usual aggregate is 50 % at levels 1 to 3 and 70 % from 4 on.
OUTCOMES_SHARE: Final = Fraction(7, 10)
_LOW_LEVEL, _LOW_SHARE = Fraction(3), Fraction(1, 2)
_HIGH_LEVEL, _HIGH_SHARE = Fraction(4), Fraction(7, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """What a credential says beside its marks: its NSQF level, and the declared thresholds of its PCs and elements."""

    level: Fraction | None = None
    thresholds: Mapping[Scope, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """One other reading: another rule, or (`rule` None) the same rule with the marks counted in another way."""

    kind: ReadingKind
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """The share that people quote of a rule ("70 %"), and the required nodes that ask for it."""

    share: Fraction
    basis: Basis
    asked_by: tuple[Node, ...]


def readings(
    rule: Rule, credential: CredentialMarks, context: ReadingContext | None = None
) -> tuple[RuleReading, ...]:
    """The other readings that make sense for a rule and its credential, each once, in a fixed order.

    Raises RuleError as `check_rule` where the rule itself does not fit.
    """
    check_rule(rule, credential)
    known = context or ReadingContext()
    found: list[RuleReading] = []
    seen = [_essence(rule, credential)]
    for kind, root in _candidates(rule, credential, known):
        other = Rule(root)
        try:
            check_rule(other, credential)
        except RuleError:
            continue  # what it would ask for cannot be earned in this credential
        essence = _essence(other, credential)
        if essence not in seen:
            seen.append(essence)
            found.append(RuleReading(kind=kind, rule=other))
    return (
        *found,
        *(RuleReading(kind=kind) for kind in ReadingKind if kind.needs_complete or kind.needs_missing),
    )


def headline(rule: Rule) -> Headline | None:
    """The share that a rule is known by; None where its bars have none in common.

    It is that of the required bar on the whole credential; else the one that all required bars on NOS have in
    common; else the one that all bars of the rule have in common.
    """
    must = [node for node in required(rule.root) if isinstance(node, Share | Bands)]
    whole = [node for node in must if node.scope.level is Level.CREDENTIAL and node.at_least > 0]
    if whole:
        first = next((node for node in whole if node.components is None), whole[0])
        return Headline(first.at_least, first.basis, (first,))
    of_nos = [node for node in must if node.scope.level is Level.NOS and node.components is None]
    if of_nos and len({node.at_least for node in of_nos}) == 1:
        return Headline(of_nos[0].at_least, Basis.RAW, tuple(of_nos))
    every = {leaf.at_least for _, leaf in leaves(rule.root)}
    if len(every) == 1 and every != {Fraction(0)}:
        return Headline(every.pop(), Basis.RAW, tuple(required(rule.root)))
    return None


def _candidates(
    rule: Rule, credential: CredentialMarks, context: ReadingContext
) -> Iterator[tuple[ReadingKind, Node]]:
    if any(isinstance(node, Compensate) for _, node in nodes(rule.root)):
        yield ReadingKind.NO_COMPENSATION, _mapped(rule.root, _strict)
    yield from _on_the_other_basis(rule, credential)
    main = headline(rule)
    if main is not None:
        yield from _of_the_headline(rule, credential, main, context)
    singles = [
        leaf for _, leaf in leaves(rule.root) if isinstance(leaf, Share) and leaf.components is not None
    ]
    if singles and len(credential.components) > 1:
        yield ReadingKind.COMPONENTS_TOGETHER, _mapped(rule.root, _all_components)
    yield from _of_the_pcs(rule, credential, main, context)


def _on_the_other_basis(rule: Rule, credential: CredentialMarks) -> Iterator[tuple[ReadingKind, Node]]:
    if not credential.weights:
        return
    for kind, basis in (
        (ReadingKind.RAW_AGGREGATE, Basis.RAW),
        (ReadingKind.WEIGHTED_AGGREGATE, Basis.WEIGHTED),
    ):

        def turned(node: Node, basis: Basis = basis) -> Node:
            if isinstance(node, Share | Bands) and node.scope.level is Level.CREDENTIAL:
                return replace(node, basis=basis)
            return node

        yield kind, _mapped(rule.root, turned)


def _of_the_headline(
    rule: Rule, credential: CredentialMarks, main: Headline, context: ReadingContext
) -> Iterator[tuple[ReadingKind, Node]]:
    rest = [node for node in required(rule.root) if node not in main.asked_by]

    def instead(*asked: Node) -> Node:
        return _together([*asked, *rest])

    yield ReadingKind.AGGREGATE_ONLY_RAW, Share(scope=CREDENTIAL, at_least=main.share)
    yield (
        ReadingKind.AGGREGATE_ONLY_WEIGHTED,
        Share(scope=CREDENTIAL, basis=Basis.WEIGHTED, at_least=main.share),
    )
    every_nos = [
        Share(scope=scope, at_least=main.share)
        for scope in credential.scopes(Level.NOS)
        if credential.components_of(scope)
    ]
    if len(every_nos) > 1:
        yield ReadingKind.EACH_NOS, instead(*every_nos)
    components = credential.components_of(CREDENTIAL)
    if len(components) > 1:
        yield (
            ReadingKind.EACH_COMPONENT,
            instead(
                *(
                    Share(scope=CREDENTIAL, components=(name,), basis=main.basis, at_least=main.share)
                    for name in components
                )
            ),
        )
    usual = _usual_share(context.level)
    if usual is not None:
        yield (
            ReadingKind.LEVEL_DEFAULT,
            instead(*(_mapped(node, lambda one: _asking(one, usual)) for node in main.asked_by)),
        )


def _of_the_pcs(
    rule: Rule, credential: CredentialMarks, main: Headline | None, context: ReadingContext
) -> Iterator[tuple[ReadingKind, Node]]:
    fallback = None if main is None else main.share
    asked = [(scope, context.thresholds.get(scope, fallback)) for scope in bearers(credential)]
    bars = tuple(Share(scope=scope, at_least=share) for scope, share in asked if share is not None)
    if len(bars) < 2 or len(bars) < len(asked):
        return
    replaced = () if main is None else main.asked_by
    rest = [
        node
        for node in required(rule.root)
        if node not in replaced
        and not (isinstance(node, Share) and node.scope.level in (Level.PC, Level.ELEMENT, Level.ITEM))
    ]
    yield ReadingKind.EACH_PC, _together([*bars, *rest])
    enough = AtLeast(share_of(OUTCOMES_SHARE, len(bars)), bars, OUTCOMES_SHARE)
    yield ReadingKind.SHARE_OF_PCS, _together([enough, *rest])


def bearers(credential: CredentialMarks) -> tuple[Scope, ...]:
    """The PCs that carry marks of their own, and the elements that carry the marks of theirs."""
    pcs = [scope for scope in credential.scopes(Level.PC) if credential.components_of(scope)]
    elements = [
        scope
        for scope in credential.scopes(Level.ELEMENT)
        if any(cell.pc is None and credential.maxima[cell] for cell in credential.index[scope])
    ]
    return (*elements, *pcs)


def _usual_share(level: Fraction | None) -> Fraction | None:
    """The usual aggregate of an NSQF level; none is stated between 3 and 4."""
    if level is None or _LOW_LEVEL < level < _HIGH_LEVEL:
        return None
    return _LOW_SHARE if level <= _LOW_LEVEL else _HIGH_SHARE


def _asking(node: Node, share: Fraction) -> Node:
    """The bar with another share; a ladder becomes the plain bar that it is for passing."""
    if isinstance(node, Share):
        return replace(node, at_least=share)
    if isinstance(node, Bands):
        return Share(scope=node.scope, components=node.components, basis=node.basis, at_least=share)
    return node


def _all_components(node: Node) -> Node:
    return replace(node, components=None) if isinstance(node, Share) else node


def _strict(node: Node) -> Node:
    return AllOf(node.of) if isinstance(node, Compensate) else node


def _together(asked: list[Node]) -> Node:
    once = tuple(dict.fromkeys(asked))
    return once[0] if len(once) == 1 else AllOf(once)


def _mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with every node changed, from the leaves up."""
    match node:
        case Share() | Critical() | Bands():
            return change(node)
        case AllOf():
            return change(AllOf(tuple(_mapped(child, change) for child in node.of)))
        case AnyOf():
            return change(AnyOf(tuple(_mapped(child, change) for child in node.of)))
        case AtLeast():
            return change(replace(node, of=tuple(_mapped(child, change) for child in node.of)))
        case Compensate():
            bars = (_mapped(bar, change) for bar in node.of)
            return change(replace(node, of=tuple(bar for bar in bars if isinstance(bar, Share))))
        case _:
            assert_never(node)


def _essence(rule: Rule, credential: CredentialMarks) -> frozenset[Node]:
    """What a rule comes to: its required nodes with full names; a basis that changes nothing is raw."""

    def plain(node: Node) -> Node:
        if isinstance(node, Critical):
            return replace(node, scope=credential.resolve(node.scope))
        if isinstance(node, Share | Bands):
            return replace(
                node, scope=credential.resolve(node.scope), basis=_basis_that_counts(node, credential)
            )
        return node

    return frozenset(required(_mapped(rule.root, plain)))


def _basis_that_counts(node: Share | Bands, credential: CredentialMarks) -> Basis:
    """Weighted only where it differs from raw: where a mark is not worth the same in every NOS of the scope."""
    cells = credential.cells_of(node.scope, components=node.components)
    worth = {
        credential.weight_of_mark(nos, components=node.components)
        for nos in {cell.nos for cell in cells if credential.maxima[cell]}
        if credential.weights
    }
    return node.basis if len(worth) > 1 else Basis.RAW
