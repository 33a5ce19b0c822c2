# SPDX-License-Identifier: Apache-2.0
"""The published JSON schema says the same as the parser, as far as a schema can."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from item_bank.samples import load_sample
from item_bank.standards.dossier_parsing import DOSSIER_MEMBERS
from item_bank.standards.parsing import credential_problems
from tests.unit.item_bank.builders import changed, credential, without
from tests.unit.item_bank.standards.documents import rich, with_elements

SCHEMA = json.loads(files("item_bank.standards").joinpath("credential.schema.json").read_text("utf-8"))
BEFORE = (
    Path(__file__).resolve().parents[3]
    / "golden"
    / "credentials"
    / "secure_digital_payments_before_the_dossier.json"
)


def fits(document: object) -> bool:
    return not list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))


@pytest.mark.parametrize("name", ["secure_digital_payments", "con_q0602", "con_q0103", "amh_q0301"])
def test_every_sample_fits(name: str) -> None:
    assert fits(load_sample(name).credential)


def test_what_the_parser_takes_fits_too() -> None:
    for document in (credential(), with_elements(), rich(), json.loads(BEFORE.read_text(encoding="utf-8"))):
        assert credential_problems(document) == ()
        assert fits(document)


BROKEN: list[tuple[tuple[str | int, ...], Any]] = [
    (("code",), "x"),
    (("level",), 6),
    (("kind",), "course"),
    (("unknown",), 1),
    (("hours", "total"), "7,5"),
    (("nos", 0, "pcs"), []),
    (("nos", 0, "pcs", 0, "marks", "theory"), 4),
    (("nos", 0, "pcs", 0, "id"), "PC 1"),
    (("usage",), []),
    (("evidence", "need"), [{"name": "x", "sha256": "x"}]),
    (("rule", "rule"), {"some_of": []}),
    (("adoption",), {}),
]


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=lambda value: str(value)[:30])
def test_what_the_schema_refuses_the_parser_refuses_too(path: tuple[str | int, ...], value: Any) -> None:
    document = changed(credential(), *path, to=value)
    assert not fits(document)
    assert credential_problems(document)


def test_both_know_the_same_members() -> None:
    known = set(SCHEMA["properties"])
    assert known == {*credential(), *DOSSIER_MEMBERS, "kind", "adoption"}
    assert set(SCHEMA["required"]) == set(without(credential(), "practical")) - {"viva"} - set(
        DOSSIER_MEMBERS
    )
