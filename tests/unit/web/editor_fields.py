# SPDX-License-Identifier: Apache-2.0
"""An item form as a browser sends it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from web.forms.items import ItemForm


def sent(form: ItemForm) -> dict[str, str]:
    """Every field that a browser would send: check boxes only where they are ticked."""
    found: dict[str, str] = {}
    _write(found, "", form)
    return found


def _write(found: dict[str, str], name: str, value: Any) -> None:
    if isinstance(value, str):
        found[name] = value
    elif isinstance(value, bool):
        if value:
            found[name] = "yes"
    elif name == "languages":
        found[name] = " ".join(value)
    elif isinstance(value, dict):
        for key, text in value.items():
            found[f"{name}.{key}"] = text
    elif isinstance(value, list):
        for number, row in enumerate(value):
            if isinstance(row, str):
                found[f"{name}.{row}"] = "yes"
            else:
                _write(found, f"{name}.{number}", row)
    else:
        for one in fields(value):
            _write(found, f"{name}.{one.name}" if name else one.name, getattr(value, one.name))
