# SPDX-License-Identifier: Apache-2.0
"""From the sheet of the pass rule to the rule of the document: a tree of lines. What the rule means is read in ``scoring``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from item_bank.document import Path
from item_bank.formats.sheets import Row
from item_bank.standards.workbook_cells import CellReader, whole
from item_bank.standards.workbook_rules import VERSION_FIELD, version_of_rows

_MOST_LINES: Final = 5000
_GROUPS: Final = ("all_of", "any_of")


def read_rule(reader: CellReader) -> dict[str, Any]:
    """The rule that the rows make; it may still be malformed."""
    rows = reader.rows("rule")
    said = reader.field(VERSION_FIELD)
    reader.at(("rule", "version"), "credential", reader.row_of(VERSION_FIELD), "value")
    version = whole(said) if said else version_of_rows([row.cells for row in rows])
    return {"version": version, "rule": _tree(reader)}


def _tree(reader: CellReader) -> Any:
    """The tree of the lines 1, 1.1, 1.2, 1.2.1 …; each line stands below the group that it belongs to."""
    nodes: dict[str, tuple[Path, dict[str, Any]]] = {}
    root: Any = None
    for row in reader.rows("rule"):
        line = row.cells.get("line", "").strip().removesuffix(".")
        above, _, _number = line.rpartition(".")
        where = f"sheet rule, row {row.number}, column line"
        if (
            line in nodes
            or (above and above not in nodes)
            or (not above and root is not None)
            or len(nodes) > _MOST_LINES
        ):
            reader.refuse(
                where, "rule_line", f"the line {line[:40]!r} is there twice, or belongs to no group"
            )
            continue
        if above:
            path, group = nodes[above]
            inside, path = _children(group, path)
            if inside is None:
                reader.refuse(where, "rule_line", f"the line {above[:40]!r} is no group")
                continue
            path = (*path, len(inside))
            node = _node(reader, row, path)
            inside.append(node)
        else:
            path = ("rule", "rule")
            node = root = _node(reader, row, path)
        nodes[line] = (path, node)
    return root


def _node(reader: CellReader, row: Row, path: Path) -> dict[str, Any]:
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    kind = cells.get("kind", "")
    reader.at(path, "rule", row.number)
    for name in ("k", "component", "basis", "at_least", "limit", "unit", "pass"):
        reader.at((*path, kind, name), "rule", row.number, name)
    reader.at((*path, kind, "scope"), "rule", row.number, "scope")
    match kind:
        case "all_of" | "any_of":
            return {kind: []}
        case "at_least":
            reader.at((*path, kind, "share"), "rule", row.number, "at_least")
            return {kind: {**_count(cells), "of": []}}
        case "compensate":
            said = {name: cells[name] for name in ("limit", "unit") if name in cells}
            return {kind: {"k": whole(cells.get("k", "")), **said, "of": []}}
        case "band":
            reader.at((*path, "at_least"), "rule", row.number, "at_least")
            return {name: cells[name] for name in ("name", "at_least") if name in cells}
        case _:
            return {kind: _bar(cells, kind)}


def _count(cells: Mapping[str, str]) -> dict[str, Any]:
    """How many conditions are needed: a number, or a share of them."""
    if "at_least" not in cells:
        return {"k": whole(cells.get("k", ""))}
    return {"share": cells["at_least"], **({"k": whole(cells["k"])} if "k" in cells else {})}


def _bar(cells: Mapping[str, str], kind: str) -> dict[str, Any]:
    level, name = cells.get("scope", ""), cells.get("name", "")
    scope: dict[str, Any] = {level: True if level == "credential" else name}
    if "nos" in cells and level in ("item", "pc", "element"):
        scope["nos"] = cells["nos"]
    body: dict[str, Any] = scope if kind == "critical" else {"scope": scope}
    if "component" in cells:
        body["component"] = _component_names(cells["component"])
    body |= {name: cells[name] for name in ("basis", "at_least", "pass") if name in cells}
    return {**body, "of": []} if kind == "bands" else body


def _children(node: dict[str, Any], path: Path) -> tuple[list[Any] | None, Path]:
    """The list of a group's nodes and its path; None for what is no group."""
    kind, body = next(iter(node.items()), ("", None))
    if kind in _GROUPS:
        return body, (*path, kind)
    return (body["of"] if isinstance(body, dict) and "of" in body else None), (*path, kind, "of")


def _component_names(cell: str) -> str | list[str]:
    if "," not in cell:
        return cell
    return [part.strip() for part in cell.split(",") if part.strip()]
