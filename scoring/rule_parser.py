# SPDX-License-Identifier: Apache-2.0
"""From a rule document to a `Rule`, refusing by name with the JSON path.

Whether it fits a credential is `rules.check_rule`; the parts that are no nodes are read in `rule_reading`.
"""

import json
from typing import assert_never

from scoring.errors import RuleError
from scoring.marks import ALL_COMPONENTS, Basis, CredentialMarks, item_scope, pc_scope
from scoring.rule_reading import (
    json_object,
    read_components,
    read_list,
    read_mapping,
    read_name,
    read_nos,
    read_number,
    read_object,
    read_scope,
    read_share,
    read_whole,
)
from scoring.rules import (
    ROOT_PATH,
    RULE_VERSIONS,
    AllOf,
    AnyOf,
    AtLeast,
    Band,
    Bands,
    Compensate,
    Critical,
    Node,
    Rule,
    RuleKind,
    Share,
    Unit,
    check_rule,
    share_of,
)

#: Limits that no real rule comes near; they keep hostile documents cheap.
MAXIMUM_DEPTH = 32
MAXIMUM_NODES = 5_000
MAXIMUM_BANDS = 50


def parse_rule_json(text: str, *, credential: CredentialMarks | None = None) -> Rule:
    """Read a rule from JSON text; as `parse_rule`, and refuses `rule_not_json` and `duplicate_key`."""
    try:
        document: object = json.loads(text, object_pairs_hook=json_object)
    except RecursionError as error:
        raise RuleError("rule_too_deep", where=ROOT_PATH, maximum=MAXIMUM_DEPTH) from error
    except ValueError as error:
        raise RuleError("rule_not_json", where="$", reason=str(error)) from error
    return parse_rule(document, credential=credential)


def parse_rule(document: object, *, credential: CredentialMarks | None = None) -> Rule:
    """Read a rule document; with a credential also check that every name in it is known there.

    Raises RuleError, whose facts have `where`: `wrong_type`, `missing_key`, `unknown_key`, `unknown_version`,
    `unknown_rule`, `needs_version` (a node of version 2 in a document of version 1), `one_rule_expected`,
    `empty_list`, `empty_name`, `all_not_alone`, `duplicate_rule`, `duplicate_component`, `duplicate_band`,
    `k_out_of_range`, `k_or_share`, `unknown_basis`, `unknown_unit`, `unknown_scope`, `unknown_band`,
    `float_mark`, `bad_mark`, `share_out_of_range`, `limit_out_of_range`, `bands_not_falling`, `too_many_bands`,
    `critical_not_required`, `bands_not_required`, `shares_only`, `mixed_basis`, `rule_too_deep`,
    `rule_too_large`, and as `check_rule`.
    """
    top = read_object(document, where="$", required=("version", "rule"))
    version = top["version"]
    # True and 1.0 are equal to 1 in Python, but are not the version.
    if type(version) is not int or version not in RULE_VERSIONS:
        raise RuleError("unknown_version", where="$.version", known=list(RULE_VERSIONS))
    rule = Rule(_Parser(version).node(top["rule"], where=ROOT_PATH, depth=1, required=True))
    if credential is not None:
        check_rule(rule, credential)
    return rule


class _Parser:
    """Walks one document and counts its nodes."""

    def __init__(self, version: int) -> None:
        self._version = version
        self._nodes = 0

    def node(self, value: object, *, where: str, depth: int, required: bool) -> Node:
        """Read one node; `required` says that the rule cannot be met without it."""
        self._nodes += 1
        if depth > MAXIMUM_DEPTH:
            raise RuleError("rule_too_deep", where=where, maximum=MAXIMUM_DEPTH)
        if self._nodes > MAXIMUM_NODES:
            raise RuleError("rule_too_large", where=where, maximum=MAXIMUM_NODES)
        kind, body = self._kind(value, where=where)
        inner = f"{where}.{kind}"
        match kind:
            case RuleKind.ALL_OF:
                return AllOf(self._nodes_of(body, where=inner, depth=depth, required=required))
            case RuleKind.ANY_OF:
                return AnyOf(self._nodes_of(body, where=inner, depth=depth, required=False))
            case RuleKind.AT_LEAST:
                return self._at_least(body, where=inner, depth=depth)
            case RuleKind.SHARE:
                return self._share(body, where=inner)
            case RuleKind.CRITICAL:
                if not required:
                    raise RuleError("critical_not_required", where=where)
                return self._critical(body, where=inner)
            case RuleKind.COMPENSATE:
                return self._compensate(body, where=inner, depth=depth)
            case RuleKind.BANDS:
                return self._bands(body, where=inner, required=required)
            case _:
                assert_never(kind)

    def _kind(self, value: object, *, where: str) -> tuple[RuleKind, object]:
        known = [kind.value for kind in RuleKind if kind.since <= self._version]
        found = read_mapping(value, where=where)
        if len(found) != 1:
            raise RuleError("one_rule_expected", where=where, keys=list(found), known=known)
        [(key, body)] = found.items()
        if key not in known:
            if key in list(RuleKind):
                raise RuleError("needs_version", where=where, key=key, version=RuleKind(key).since)
            raise RuleError("unknown_rule", where=where, key=key, known=known)
        return RuleKind(key), body

    def _nodes_of(self, value: object, *, where: str, depth: int, required: bool) -> tuple[Node, ...]:
        read: dict[Node, None] = {}
        for position, item in enumerate(read_list(value, where=where)):
            place = f"{where}[{position}]"
            node = self.node(item, where=place, depth=depth + 1, required=required)
            # The same condition twice would count twice towards k, and says nothing new elsewhere.
            if node in read:
                raise RuleError("duplicate_rule", where=place)
            read[node] = None
        return tuple(read)

    def _at_least(self, value: object, *, where: str, depth: int) -> AtLeast:
        body = read_object(value, where=where, required=("of",), optional=("k", "share"))
        if "share" in body and self._version < 2:
            raise RuleError("needs_version", where=where, key="share", version=2)
        if "share" in body and "k" in body:
            raise RuleError("k_or_share", where=where)
        if "share" not in body and "k" not in body:
            raise RuleError("missing_key", where=where, key="k")
        of = self._nodes_of(body["of"], where=f"{where}.of", depth=depth, required=False)
        if "share" in body:
            share = read_share(body["share"], where=f"{where}.share")
            return AtLeast(share_of(share, len(of)), of, share)
        k = read_whole(body["k"], where=f"{where}.k")
        if not 1 <= k <= len(of):
            raise RuleError("k_out_of_range", where=f"{where}.k", k=k, of=len(of))
        return AtLeast(k, of)

    def _share(self, value: object, *, where: str) -> Share:
        body = read_object(value, where=where, required=("scope", "component", "basis", "at_least"))
        return Share(
            scope=read_scope(body["scope"], where=f"{where}.scope", version=self._version),
            components=read_components(body["component"], where=f"{where}.component"),
            basis=_basis(body["basis"], where=f"{where}.basis"),
            at_least=read_share(body["at_least"], where=f"{where}.at_least"),
        )

    def _critical(self, value: object, *, where: str) -> Critical:
        of_item = isinstance(value, dict) and "item" in value
        level = "item" if of_item else "pc"
        body = read_object(value, where=where, required=(level, "at_least"), optional=("nos", "component"))
        if of_item and self._version < 2:
            raise RuleError("needs_version", where=where, key="item", version=2)
        scope = item_scope if of_item else pc_scope
        return Critical(
            scope=scope(read_name(body[level], where=f"{where}.{level}"), nos=read_nos(body, where=where)),
            components=read_components(body.get("component", ALL_COMPONENTS), where=f"{where}.component"),
            at_least=read_share(body["at_least"], where=f"{where}.at_least"),
        )

    def _compensate(self, value: object, *, where: str, depth: int) -> Compensate:
        body = read_object(value, where=where, required=("k", "limit", "unit", "of"))
        bars: list[Share] = []
        for position, node in enumerate(
            self._nodes_of(body["of"], where=f"{where}.of", depth=depth, required=False)
        ):
            place = f"{where}.of[{position}]"
            if not isinstance(node, Share):
                raise RuleError("shares_only", where=place, key=node.kind.value)
            if bars and node.basis is not bars[0].basis:
                raise RuleError("mixed_basis", where=place, basis=node.basis.value)
            bars.append(node)
        k = read_whole(body["k"], where=f"{where}.k")
        if not 1 <= k < len(bars):
            raise RuleError("k_out_of_range", where=f"{where}.k", k=k, of=len(bars))
        named, known = read_name(body["unit"], where=f"{where}.unit"), [unit.value for unit in Unit]
        if named not in known:
            raise RuleError("unknown_unit", where=f"{where}.unit", unit=named, known=known)
        unit, limit = Unit(named), read_number(body["limit"], where=f"{where}.limit")
        if limit <= 0 or (unit is Unit.SHARE and limit > 1):
            raise RuleError("limit_out_of_range", where=f"{where}.limit", value=str(body["limit"]))
        return Compensate(k=k, limit=limit, unit=unit, of=tuple(bars))

    def _bands(self, value: object, *, where: str, required: bool) -> Bands:
        body = read_object(
            value, where=where, required=("scope", "component", "basis", "of"), optional=("pass",)
        )
        ladder = _ladder(body["of"], where=f"{where}.of")
        passes = read_name(body["pass"], where=f"{where}.pass") if "pass" in body else ladder[-1].name
        names = [band.name for band in ladder]
        if passes not in names:
            raise RuleError("unknown_band", where=f"{where}.pass", band=passes, known=names)
        bands = Bands(
            scope=read_scope(body["scope"], where=f"{where}.scope", version=self._version),
            components=read_components(body["component"], where=f"{where}.component"),
            basis=_basis(body["basis"], where=f"{where}.basis"),
            of=ladder,
            passes=passes,
        )
        # A ladder that only names bands is always met: as one of several ways it would open all of them.
        if not bands.at_least and not required:
            raise RuleError("bands_not_required", where=where)
        return bands


def _ladder(value: object, *, where: str) -> tuple[Band, ...]:
    ladder: list[Band] = []
    steps = read_list(value, where=where)
    if len(steps) > MAXIMUM_BANDS:
        raise RuleError("too_many_bands", where=where, maximum=MAXIMUM_BANDS)
    for position, step in enumerate(steps):
        place = f"{where}[{position}]"
        body = read_object(step, where=place, required=("name", "at_least"))
        band = Band(
            read_name(body["name"], where=f"{place}.name"),
            read_share(body["at_least"], where=f"{place}.at_least", zero=True),
        )
        if band.name in (above.name for above in ladder):
            raise RuleError("duplicate_band", where=place, band=band.name)
        if ladder and band.at_least >= ladder[-1].at_least:
            raise RuleError("bands_not_falling", where=place, band=band.name)
        ladder.append(band)
    return tuple(ladder)


def _basis(value: object, *, where: str) -> Basis:
    basis, known = read_name(value, where=where), [one.value for one in Basis]
    if basis not in known:
        raise RuleError("unknown_basis", where=where, basis=basis, known=known)
    return Basis(basis)
