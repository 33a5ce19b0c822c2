# SPDX-License-Identifier: Apache-2.0
"""The published schema of rules says what the parser says: what is taken fits, and what is refused by shape does not."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from scoring.api import RuleError, parse_rule
from tests.property.rule_oracle import random_rule, random_table
from tests.unit.scoring.rules.tables import bands, compensate, document, share

SCHEMA = json.loads(files("scoring").joinpath("rule_schema.json").read_text("utf-8"))
CREDENTIAL = json.loads(files("item_bank.standards").joinpath("credential.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

#: What a schema cannot say, as its comment lists it.
BY_VALUE = {
    "share_out_of_range", "limit_out_of_range", "k_out_of_range", "duplicate_rule", "duplicate_band",
    "bands_not_falling", "unknown_band", "mixed_basis", "bands_not_required", "rule_too_deep", "rule_too_large",
}  # fmt: skip


def outcome(value: object) -> tuple[str | None, bool]:
    """The refusal of the parser, and whether the schema takes the document."""
    try:
        parse_rule(value)
    except RuleError as error:
        return error.code, VALIDATOR.is_valid(value)
    return None, VALIDATOR.is_valid(value)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in members:
        yield from places(inner, (*path, step))


def broken(draw: random.Random, value: Any) -> Any:
    """The document with one thing in it changed, removed or added."""
    changed = copy.deepcopy({"": value})
    path = draw.choice([("", *place) for place in places(value)])
    above = changed
    for step in path[:-1]:
        above = above[step]
    what = draw.randrange(3)
    if what == 0 and isinstance(above, dict) and path != ("",):
        del above[path[-1]]
    elif what == 1 and isinstance(above[path[-1]], dict):
        name = draw.choice(["k", "share", "pass", "nos", "item", "component", "note", "at_least", "critical"])
        above[path[-1]][name] = draw.choice(["1/2", 1, None, [], {}])
    else:
        above[path[-1]] = draw.choice(
            [None, True, False, 0, 1, 2, 3, "", " ", "all", "x", "7/10", "0", "0.0", "2", "70 %", "1/0", "7/10\n", "raw",
             "marks", [], ["theory"], ["all"], ["a", "a"], {}, {"pc": "PC1"}, {"item": "Q"},
             {"credential": True}, {"credential": False}]
        )  # fmt: skip
    return changed[""]


@pytest.mark.parametrize("seed", range(4))
def test_the_schema_takes_what_the_parser_takes_and_refuses_what_it_refuses_by_shape(seed: int) -> None:
    draw = random.Random(seed)
    seen: dict[str | None, int] = {}
    for _ in range(150):
        table = random_table(draw)
        sound = document(random_rule(draw, table, depth=2), draw.choice((1, 2, 2)))
        for value in (sound, broken(draw, sound), broken(draw, broken(draw, sound))):
            code, fits = outcome(value)
            seen[code] = seen.get(code, 0) + 1
            if code is None:
                assert fits, value
            elif code not in BY_VALUE:
                assert not fits, (code, value)
    assert seen[None] > 100, seen
    assert len(seen) > 12, seen


@pytest.mark.parametrize(
    "rule",
    [
        share(),
        share({"item": "Q1", "nos": "N1"}, component=["theory", "viva"], basis="weighted"),
        compensate(share({"nos": "N1"}), share({"nos": "N2"})),
        bands(),
        bands(ladder="A 1, B 0", **{"pass": "B"}),
        {"at_least": {"share": "2/3", "of": [share(), bands()]}},
        {
            "all_of": [
                {"critical": {"item": "Q1", "at_least": "0.5"}},
                {"critical": {"pc": "PC1", "at_least": "1"}},
            ]
        },
    ],
)
def test_every_new_node_fits_version_2_and_none_fits_version_1(rule: Any) -> None:
    assert outcome(document(rule)) == (None, True)
    code, fits = outcome(document(rule, 1))
    assert fits is (code is None)
    assert (code is None) is (rule == share())


def test_the_schema_of_credentials_has_the_same_rules() -> None:
    own = json.loads(json.dumps(SCHEMA["$defs"]).replace("#/$defs/", "#/$defs/rule_"))
    assert {name: CREDENTIAL["$defs"][f"rule_{name}"] for name in own} == own
    assert CREDENTIAL["properties"]["rule"]["oneOf"] == json.loads(
        json.dumps(SCHEMA["oneOf"]).replace("#/$defs/", "#/$defs/rule_")
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
