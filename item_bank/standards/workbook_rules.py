# SPDX-License-Identifier: Apache-2.0
"""The sheet of the pass rule: writing its rows, and the version that they need. Reading is in ``workbook_rule_reading``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Cells = dict[str, str]

#: The field that says the version of the rule; needed only where its rows do not tell it.
VERSION_FIELD: Final = "rule_version"


def rule_rows(node: Mapping[str, Any], *, line: str = "1") -> Iterator[Cells]:
    """The rows of a node and of all below it, in the order of the document."""
    [(kind, body)] = node.items()
    cells: Cells = {"line": line, "kind": kind}
    children: Sequence[Mapping[str, Any]] = ()
    match kind:
        case "all_of" | "any_of":
            children = body
        case "at_least":
            cells |= {"k": str(body["k"])} if "k" in body else {"at_least": body["share"]}
            children = body["of"]
        case "compensate":
            cells |= {"k": str(body["k"]), "limit": body["limit"], "unit": body["unit"]}
            children = body["of"]
        case "critical":
            level = "item" if "item" in body else "pc"
            nos = {"nos": body["nos"]} if "nos" in body else {}
            cells |= {**_scope({level: body[level], **nos}), **_marks(body), "at_least": body["at_least"]}
        case "share":
            cells |= {**_scope(body["scope"]), **_marks(body), "at_least": body["at_least"]}
        case _:
            cells |= {**_scope(body["scope"]), **_marks(body), **_passing(body)}
    yield cells
    for number, child in enumerate(children, start=1):
        yield from rule_rows(child, line=f"{line}.{number}")
    if kind == "bands":
        for number, band in enumerate(body["of"], start=1):
            yield {
                "line": f"{line}.{number}",
                "kind": "band",
                "name": band["name"],
                "at_least": band["at_least"],
            }


def version_of_rows(rows: Sequence[Mapping[str, str]]) -> int:
    """The lowest version of the rule document that can hold these rows."""
    return 2 if any(_is_new(row) for row in rows) else 1


def version_rows(rule: Mapping[str, Any]) -> Iterator[Cells]:
    """The field that says the version of the rule, where its rows alone do not."""
    if rule["version"] != version_of_rows(list(rule_rows(rule["rule"]))):
        yield {"field": VERSION_FIELD, "value": str(rule["version"])}


def _is_new(row: Mapping[str, str]) -> bool:
    kind = row.get("kind", "").strip()
    return (
        kind in ("compensate", "bands")
        or row.get("scope", "").strip() == "item"
        or (kind == "at_least" and bool(row.get("at_least", "").strip()))
    )


def _scope(scope: Mapping[str, Any]) -> Cells:
    level = next(name for name in ("credential", "item", "element", "pc", "nos") if name in scope)
    cells: Cells = {"scope": level}
    if level != "credential":
        cells["name"] = scope[level]
    if level != "nos" and "nos" in scope:
        cells["nos"] = scope["nos"]
    return cells


def _marks(body: Mapping[str, Any]) -> Cells:
    """Which marks count, and how."""
    cells: Cells = {}
    if "component" in body:
        named = body["component"]
        cells["component"] = named if isinstance(named, str) else _list(named)
    if "basis" in body:
        cells["basis"] = body["basis"]
    return cells


def _passing(body: Mapping[str, Any]) -> Cells:
    return {"pass": body["pass"]} if "pass" in body else {}


def _list(names: Sequence[str]) -> str:
    """Names with commas; a list of one keeps its comma, because it is another document than the name alone."""
    return ", ".join(names) if len(names) > 1 else f"{names[0]},"
