# SPDX-License-Identifier: Apache-2.0
"""The sample credentials and their banks that come with the package, as documents; whoever loads them imports them as usual."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from core.errors import NotFound
from item_bank.formats.files import read_json

SECURE_DIGITAL_PAYMENTS: Final = "secure_digital_payments"
ASSISTANT_ELECTRICIAN: Final = "con_q0602"
MASON_GENERAL: Final = "con_q0103"
SEWING_MACHINE_OPERATOR: Final = "amh_q0301"
"""Qualification packs: their published tables of marks without their texts, and without items."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A credential document and the item documents of its bank, both in their JSON form."""

    credential: dict[str, Any]
    items: tuple[dict[str, Any], ...]


def load_sample(name: str = SECURE_DIGITAL_PAYMENTS) -> Sample:
    """Read a sample from the package: ``credential.json`` and, where there is a bank, ``items/*.json``.

    NotFound(``sample_unknown``).
    """
    folder = files("item_bank").joinpath("samples")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    if name not in names:
        raise NotFound("sample_unknown", known=names)
    credential = _read(folder.joinpath(name, "credential.json"))
    bank = folder.joinpath(name, "items")
    parts = sorted(bank.iterdir(), key=lambda entry: entry.name) if bank.is_dir() else []
    items = [item for part in parts if part.name.endswith(".json") for item in _read(part)]
    return Sample(credential, tuple(items))


def _read(entry: Traversable) -> Any:
    return read_json(entry.read_bytes())
