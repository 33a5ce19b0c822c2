# SPDX-License-Identifier: Apache-2.0
"""From a rule document to a `Rule`, refusing by name with the JSON path.

Whether it fits a credential is `rules.check_rule`.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from scoring.errors import MarkError, RuleError
from scoring.exact import parse_mark
from scoring.marks import (
    ALL_COMPONENTS,
    CREDENTIAL,
    Basis,
    CredentialMarks,
    Scope,
    element_scope,
    nos_scope,
    pc_scope,
)
from scoring.rules import (
    ROOT_PATH,
    RULE_VERSION,
    AllOf,
    AnyOf,
    AtLeast,
    Critical,
    Node,
    Rule,
    RuleKind,
    Share,
    check_rule,
)

#: Limits that no real rule comes near; they keep hostile documents cheap.
MAXIMUM_DEPTH = 32
MAXIMUM_NODES = 5_000


class _JsonObject(dict[str, object]):
    """An object from JSON text that remembers a key given twice, so that the parser can name its place."""

    repeated: str | None = None


def _json_object(pairs: list[tuple[str, object]]) -> _JsonObject:
    made = _JsonObject(pairs)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen and made.repeated is None:
            made.repeated = key
        seen.add(key)
    return made


def parse_rule_json(text: str, *, credential: CredentialMarks | None = None) -> Rule:
    """Read a rule from JSON text; as `parse_rule`, and refuses `rule_not_json` and `duplicate_key`."""
    try:
        document: object = json.loads(text, object_pairs_hook=_json_object)
    except RecursionError as error:
        raise RuleError("rule_too_deep", where=ROOT_PATH, maximum=MAXIMUM_DEPTH) from error
    except ValueError as error:
        raise RuleError("rule_not_json", where="$", reason=str(error)) from error
    return parse_rule(document, credential=credential)


def parse_rule(document: object, *, credential: CredentialMarks | None = None) -> Rule:
    """Read a rule document; with a credential also check that every name in it is known there.

    Raises RuleError, whose facts have `where`: `wrong_type`, `missing_key`, `unknown_key`, `unknown_version`,
    `unknown_rule`, `one_rule_expected`, `empty_list`, `empty_name`, `all_not_alone`, `duplicate_rule`,
    `duplicate_component`, `k_out_of_range`, `unknown_basis`, `unknown_scope`, `float_mark`, `bad_mark`,
    `share_out_of_range`, `critical_not_required`, `rule_too_deep`, `rule_too_large`, and as `check_rule`.
    """
    top = _object(document, where="$", required=("version", "rule"))
    version = top["version"]
    # True and 1.0 are equal to 1 in Python, but are not the version.
    if type(version) is not int or version != RULE_VERSION:
        raise RuleError("unknown_version", where="$.version", known=[RULE_VERSION])
    rule = Rule(_Parser().node(top["rule"], where=ROOT_PATH, depth=1, required=True))
    if credential is not None:
        check_rule(rule, credential)
    return rule


class _Parser:
    """Walks one document and counts its nodes."""

    def __init__(self) -> None:
        self._nodes = 0

    def node(self, value: object, *, where: str, depth: int, required: bool) -> Node:
        """Read one node; `required` says that the rule cannot be met without it."""
        self._nodes += 1
        if depth > MAXIMUM_DEPTH:
            raise RuleError("rule_too_deep", where=where, maximum=MAXIMUM_DEPTH)
        if self._nodes > MAXIMUM_NODES:
            raise RuleError("rule_too_large", where=where, maximum=MAXIMUM_NODES)
        known = [kind.value for kind in RuleKind]
        found = _mapping(value, where=where)
        if len(found) != 1:
            raise RuleError("one_rule_expected", where=where, keys=list(found), known=known)
        [(key, body)] = found.items()
        if key not in known:
            raise RuleError("unknown_rule", where=where, key=key, known=known)
        inner = f"{where}.{key}"
        kind = RuleKind(key)
        match kind:
            case RuleKind.ALL_OF:
                return AllOf(self._nodes_of(body, where=inner, depth=depth, required=required))
            case RuleKind.ANY_OF:
                return AnyOf(self._nodes_of(body, where=inner, depth=depth, required=False))
            case RuleKind.AT_LEAST:
                return self._at_least(body, where=inner, depth=depth)
            case RuleKind.SHARE:
                return _share(body, where=inner)
            case RuleKind.CRITICAL:
                if not required:
                    raise RuleError("critical_not_required", where=where)
                return _critical(body, where=inner)
            case _:
                assert_never(kind)

    def _nodes_of(self, value: object, *, where: str, depth: int, required: bool) -> tuple[Node, ...]:
        read: dict[Node, None] = {}
        for position, item in enumerate(_list(value, where=where)):
            place = f"{where}[{position}]"
            node = self.node(item, where=place, depth=depth + 1, required=required)
            # The same condition twice would count twice towards k, and says nothing new elsewhere.
            if node in read:
                raise RuleError("duplicate_rule", where=place)
            read[node] = None
        return tuple(read)

    def _at_least(self, value: object, *, where: str, depth: int) -> AtLeast:
        body = _object(value, where=where, required=("k", "of"))
        of = self._nodes_of(body["of"], where=f"{where}.of", depth=depth, required=False)
        k = body["k"]
        if type(k) is not int:  # True is an int too, but no number of conditions
            raise RuleError("wrong_type", where=f"{where}.k", expected="whole number")
        if not 1 <= k <= len(of):
            raise RuleError("k_out_of_range", where=f"{where}.k", k=k, of=len(of))
        return AtLeast(k, of)


def _share(value: object, *, where: str) -> Share:
    body = _object(value, where=where, required=("scope", "component", "basis", "at_least"))
    basis = _name(body["basis"], where=f"{where}.basis")
    known = [one.value for one in Basis]
    if basis not in known:
        raise RuleError("unknown_basis", where=f"{where}.basis", basis=basis, known=known)
    return Share(
        scope=_scope(body["scope"], where=f"{where}.scope"),
        components=_components(body["component"], where=f"{where}.component"),
        basis=Basis(basis),
        at_least=_threshold(body["at_least"], where=f"{where}.at_least"),
    )


def _critical(value: object, *, where: str) -> Critical:
    body = _object(value, where=where, required=("pc", "at_least"), optional=("nos", "component"))
    return Critical(
        scope=pc_scope(_name(body["pc"], where=f"{where}.pc"), nos=_nos(body, where=where)),
        components=_components(body.get("component", ALL_COMPONENTS), where=f"{where}.component"),
        at_least=_threshold(body["at_least"], where=f"{where}.at_least"),
    )


def _scope(value: object, *, where: str) -> Scope:
    body = _mapping(value, where=where)
    match sorted(body):
        case ["pc"] | ["nos", "pc"]:
            return pc_scope(_name(body["pc"], where=f"{where}.pc"), nos=_nos(body, where=where))
        case ["element"] | ["element", "nos"]:
            return element_scope(
                _name(body["element"], where=f"{where}.element"), nos=_nos(body, where=where)
            )
        case ["nos"]:
            return nos_scope(_name(body["nos"], where=f"{where}.nos"))
        case ["credential"]:
            if body["credential"] is not True:
                raise RuleError("wrong_type", where=f"{where}.credential", expected="true")
            return CREDENTIAL
        case keys:
            raise RuleError("unknown_scope", where=where, keys=keys)


def _nos(body: Mapping[str, object], *, where: str) -> str | None:
    return _name(body["nos"], where=f"{where}.nos") if "nos" in body else None


def _components(value: object, *, where: str) -> tuple[str, ...] | None:
    if value == ALL_COMPONENTS:
        return None
    if isinstance(value, str):
        return (_name(value, where=where),)
    names = [
        _name(item, where=f"{where}[{position}]") for position, item in enumerate(_list(value, where=where))
    ]
    for position, name in enumerate(names):
        if name == ALL_COMPONENTS:
            raise RuleError("all_not_alone", where=f"{where}[{position}]")
        if name in names[:position]:
            raise RuleError("duplicate_component", where=f"{where}[{position}]", component=name)
    return tuple(sorted(names))


def _threshold(value: object, *, where: str) -> Fraction:
    if not isinstance(value, str | float):
        raise RuleError("wrong_type", where=where, expected="string")
    try:
        share = parse_mark(value)
    except MarkError as error:
        raise RuleError(error.code, where=where, **error.facts) from error
    if not 0 < share <= 1:
        raise RuleError("share_out_of_range", where=where, value=str(value))
    return share


def _object(
    value: object, *, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, object]:
    body = _mapping(value, where=where)
    for key in body:
        if key not in required + optional:
            raise RuleError("unknown_key", where=where, key=key, known=[*required, *optional])
    for key in required:
        if key not in body:
            raise RuleError("missing_key", where=where, key=key)
    return body


def _mapping(value: object, *, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise RuleError("wrong_type", where=where, expected="object")
    if isinstance(value, _JsonObject) and value.repeated is not None:
        raise RuleError("duplicate_key", where=where, key=value.repeated)
    return value


def _list(value: object, *, where: str) -> list[object]:
    if not isinstance(value, list):
        raise RuleError("wrong_type", where=where, expected="list")
    if not value:
        raise RuleError("empty_list", where=where)
    return value


def _name(value: object, *, where: str) -> str:
    if not isinstance(value, str):
        raise RuleError("wrong_type", where=where, expected="string")
    if not value.strip():
        raise RuleError("empty_name", where=where)
    return value
