# SPDX-License-Identifier: Apache-2.0
"""Reading the parts of a rule document: objects, lists, names, scopes, components, shares. Nodes are in `rule_parser`.

Each refusal is a RuleError that says where, as a JSON path.
"""

from collections.abc import Mapping
from fractions import Fraction

from scoring.errors import MarkError, RuleError
from scoring.exact import parse_mark
from scoring.marks import ALL_COMPONENTS, CREDENTIAL, Scope, element_scope, item_scope, nos_scope, pc_scope


class JsonObject(dict[str, object]):
    """An object from JSON text that remembers a key given twice, so that the parser can name its place."""

    repeated: str | None = None


def json_object(pairs: list[tuple[str, object]]) -> JsonObject:
    """Make the object of JSON text: for `object_pairs_hook`."""
    made = JsonObject(pairs)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen and made.repeated is None:
            made.repeated = key
        seen.add(key)
    return made


def read_scope(value: object, *, where: str, version: int) -> Scope:
    """A scope; items came with version 2 of the document."""
    body = read_mapping(value, where=where)
    match sorted(body):
        case ["item"] | ["item", "nos"]:
            if version < 2:
                raise RuleError("needs_version", where=where, key="item", version=2)
            return item_scope(read_name(body["item"], where=f"{where}.item"), nos=read_nos(body, where=where))
        case ["pc"] | ["nos", "pc"]:
            return pc_scope(read_name(body["pc"], where=f"{where}.pc"), nos=read_nos(body, where=where))
        case ["element"] | ["element", "nos"]:
            return element_scope(
                read_name(body["element"], where=f"{where}.element"), nos=read_nos(body, where=where)
            )
        case ["nos"]:
            return nos_scope(read_name(body["nos"], where=f"{where}.nos"))
        case ["credential"]:
            if body["credential"] is not True:
                raise RuleError("wrong_type", where=f"{where}.credential", expected="true")
            return CREDENTIAL
        case keys:
            raise RuleError("unknown_scope", where=where, keys=keys)


def read_nos(body: Mapping[str, object], *, where: str) -> str | None:
    """The NOS that a scope may name."""
    return read_name(body["nos"], where=f"{where}.nos") if "nos" in body else None


def read_components(value: object, *, where: str) -> tuple[str, ...] | None:
    """Components, sorted; None for all."""
    if value == ALL_COMPONENTS:
        return None
    if isinstance(value, str):
        return (read_name(value, where=where),)
    names = [
        read_name(item, where=f"{where}[{position}]")
        for position, item in enumerate(read_list(value, where=where))
    ]
    for position, name in enumerate(names):
        if name == ALL_COMPONENTS:
            raise RuleError("all_not_alone", where=f"{where}[{position}]")
        if name in names[:position]:
            raise RuleError("duplicate_component", where=f"{where}[{position}]", component=name)
    return tuple(sorted(names))


def read_share(value: object, *, where: str, zero: bool = False) -> Fraction:
    """A share above 0 and at most 1; 0 as well where `zero` says so."""
    share = read_number(value, where=where)
    if not (0 < share <= 1 or (zero and share == 0)):
        raise RuleError("share_out_of_range", where=where, value=str(value))
    return share


def read_number(value: object, *, where: str) -> Fraction:
    """An exact number as a string."""
    if not isinstance(value, str | float):
        raise RuleError("wrong_type", where=where, expected="string")
    try:
        return parse_mark(value)
    except MarkError as error:
        raise RuleError(error.code, where=where, **error.facts) from error


def read_whole(value: object, *, where: str) -> int:
    """A whole number."""
    if type(value) is not int:  # True is an int too, but no number of conditions
        raise RuleError("wrong_type", where=where, expected="whole number")
    return value


def read_object(
    value: object, *, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, object]:
    """An object with these members and no others."""
    body = read_mapping(value, where=where)
    for key in body:
        if key not in required + optional:
            raise RuleError("unknown_key", where=where, key=key, known=[*required, *optional])
    for key in required:
        if key not in body:
            raise RuleError("missing_key", where=where, key=key)
    return body


def read_mapping(value: object, *, where: str) -> Mapping[str, object]:
    """An object whose keys are strings, each given once."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise RuleError("wrong_type", where=where, expected="object")
    if isinstance(value, JsonObject) and value.repeated is not None:
        raise RuleError("duplicate_key", where=where, key=value.repeated)
    return value


def read_list(value: object, *, where: str) -> list[object]:
    """A list that is not empty."""
    if not isinstance(value, list):
        raise RuleError("wrong_type", where=where, expected="list")
    if not value:
        raise RuleError("empty_list", where=where)
    return value


def read_name(value: object, *, where: str) -> str:
    """A string that is not blank."""
    if not isinstance(value, str):
        raise RuleError("wrong_type", where=where, expected="string")
    if not value.strip():
        raise RuleError("empty_name", where=where)
    return value
