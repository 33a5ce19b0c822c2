# SPDX-License-Identifier: Apache-2.0
"""Random mark tables and rules with every node, and an oracle that knows rows, loops and fractions, and nothing of the package.

Tables come from a seeded generator and not from hypothesis, so that a million of them take minutes and not days.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Document = dict[str, Any]
COMPONENTS = ("practical", "theory", "viva")
SHARES = ("7/10", "1/2", "1", "1/3", "4/5", "2/3", "13/20", "1/40")
LADDERS = (("17/20", "7/10", "1/2"), ("9/10", "0"), ("1", "3/4", "1/2", "1/3"), ("2/3",))


@dataclass(frozen=True)
class Row:
    """One place for marks, in halves; `mark` None while it is missing."""

    nos: str
    element: str | None
    pc: str | None
    item: str | None
    component: str
    maximum: Fraction
    mark: Fraction | None


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    weights: dict[str, Fraction]
    known: dict[tuple[int, str], tuple[Fraction, Fraction]] = field(default_factory=dict)
    """Sums that were made before, by the node (an object of the rule that is being decided) and how gaps were filled."""


# ------------------------------------------------------------------------------------------- the oracle


def rows_of(table: Table, scope: Document, component: Any) -> list[Row]:
    wanted = None if component == "all" else component if isinstance(component, list) else [component]
    return [
        row
        for row in table.rows
        if (wanted is None or row.component in wanted)
        and all(
            getattr(row, level) == name
            for level, name in scope.items()
            if level != "credential" and name is not None
        )
    ]


def sums(table: Table, body: Document, fill: str) -> tuple[Fraction, Fraction]:
    """Earned and maximum when missing marks are all 0 (`worst`) or all full (`best`)."""
    if (id(body), fill) not in table.known:
        table.known[id(body), fill] = _sums(table, body, fill)
    return table.known[id(body), fill]


def _sums(table: Table, body: Document, fill: str) -> tuple[Fraction, Fraction]:
    scope = body.get("scope") or {level: body[level] for level in ("pc", "item", "nos") if level in body}
    component = body.get("component", "all")
    earned = maximum = Fraction(0)
    for row in rows_of(table, scope, component):
        worth = Fraction(1)
        if body.get("basis") == "weighted":
            nos_maximum = sum(other.maximum for other in rows_of(table, {"nos": row.nos}, component))
            worth = table.weights[row.nos] / nos_maximum if nos_maximum else Fraction(0)
        missing = row.maximum if fill == "best" else Fraction(0)
        earned += worth * (missing if row.mark is None else row.mark)
        maximum += worth * row.maximum
    return earned, maximum


def needed_share(body: Document) -> Fraction:
    if "of" not in body:
        return Fraction(body["at_least"])
    passes = body.get("pass", body["of"][-1]["name"])
    return next(Fraction(step["at_least"]) for step in body["of"] if step["name"] == passes)


def reached(table: Table, body: Document, fill: str) -> str | None:
    """The name of the first band whose marks are there."""
    earned, maximum = sums(table, body, fill)
    for step in body["of"]:
        if earned >= Fraction(step["at_least"]) * maximum:
            return str(step["name"])
    return None


def passes(table: Table, node: Document, fill: str) -> bool:
    [(kind, body)] = node.items()
    if kind in ("share", "critical", "bands"):
        earned, maximum = sums(table, body, fill)
        return earned >= needed_share(body) * maximum
    if kind == "compensate":
        short, balance = [], Fraction(0)
        for child in body["of"]:
            earned, maximum = sums(table, child["share"], fill)
            margin = earned - Fraction(child["share"]["at_least"]) * maximum
            if body["unit"] == "share":
                margin = margin / maximum
            balance += margin
            if margin < 0:
                short.append(-margin)
        enough = balance >= 0 and len(short) <= body["k"]
        return enough and all(lack <= Fraction(body["limit"]) for lack in short)
    of = body["of"] if isinstance(body, dict) else body
    met = sum(passes(table, child, fill) for child in of)
    if kind == "all_of":
        return met == len(of)
    if kind == "any_of":
        return met >= 1
    if "share" in body:
        return met >= Fraction(body["share"]) * len(of)
    return bool(met >= body["k"])


def verdict(table: Table, node: Document) -> str:
    # More marks never hurt, so the two extremes say what is certain.
    if passes(table, node, "worst"):
        return "pass"
    return "incomplete" if passes(table, node, "best") else "fail"


# ------------------------------------------------------------------------------------- random tables


def random_table(draw: random.Random) -> Table:
    """One to three NOS; marks on PCs, on elements or on items; names repeated from NOS to NOS; some marks missing."""
    rows: list[Row] = []
    codes = [f"N{number}" for number in range(1, draw.randint(1, 3) + 1)]
    gaps = draw.choice((0, 0, 1, 3))
    for nos in codes:
        on_elements = draw.random() < 0.4
        for number in range(1, draw.randint(1, 3) + 1):
            element = f"E{(number + 1) // 2}" if on_elements or draw.random() < 0.3 else None
            if element is not None and not on_elements:
                element = f"F{number}"
            if on_elements and any(row.nos == nos and row.element == element for row in rows):
                continue
            pc = None if on_elements else f"PC{number}"
            for component in draw.sample(COMPONENTS, draw.randint(1, 3)):
                items = (None,) if on_elements or draw.random() < 0.75 else (f"Q{number}a", f"Q{number}b")
                for item in items:
                    halves = draw.choice((0, 1, 3, 4, 10, 20, 24))
                    missing = draw.randrange(10) < gaps
                    mark = None if missing else Fraction(_mark(draw, halves), 2)
                    rows.append(Row(nos, element, pc, item, component, Fraction(halves, 2), mark))
    if not any(row.maximum for row in rows):
        return random_table(draw)
    cuts = sorted(draw.randint(0, 100) for _ in codes[1:])
    weights = [Fraction(high - low) for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Table(tuple(rows), dict(zip(codes, weights, strict=True)))


def _mark(draw: random.Random, halves: int) -> int:
    """Often exactly 70 % or 50 % where that is a half mark: the edges are what goes wrong."""
    exact = halves * 7 // 10 if halves % 10 == 0 else halves // 2
    return draw.choice((exact, exact, halves, draw.randint(0, halves)))


def possible_shares(table: Table) -> list[Document]:
    """Every share that can be asked: something can be earned in it."""
    scopes: list[Document] = [{"credential": True}]
    for row in table.rows:
        named = [{"nos": row.nos}]
        for level in ("pc", "element", "item"):
            name = getattr(row, level)
            if name is not None:
                named.append({"nos": row.nos, level: name})
        scopes += [scope for scope in named if scope not in scopes]
    known = {row.component for row in table.rows}
    shares: list[Document] = []
    for scope in scopes:
        for component in ("all", *COMPONENTS, ["practical", "theory"]):
            names = [component] if isinstance(component, str) else component
            if component != "all" and not known.issuperset(names):
                continue
            if "pc" in scope and not _own_marks(table, scope, component):
                continue
            found = [row for row in rows_of(table, scope, component) if row.maximum]
            shares.extend(
                {"scope": scope, "component": component, "basis": basis}
                for basis in ("raw", "weighted")
                if any(basis == "raw" or table.weights[row.nos] for row in found)
            )
    return shares


def _own_marks(table: Table, scope: Document, component: Any) -> bool:
    elements = {row.element for row in rows_of(table, scope, component)} - {None}
    return not any(
        row.pc is None and row.element in elements and row.nos == scope["nos"] for row in table.rows
    )


# -------------------------------------------------------------------------------------- random rules


def random_rule(draw: random.Random, table: Table, *, depth: int = 3) -> Document:
    return _node(draw, table, possible_shares(table), depth=depth, required=True)


def _node(
    draw: random.Random, table: Table, shares: list[Document], *, depth: int, required: bool
) -> Document:
    kinds = ["share", "share", "critical", "bands"]
    if depth:
        kinds += ["all_of", "all_of", "any_of", "at_least", "at_least", "compensate", "compensate"]
    kind = draw.choice(kinds)
    body = dict(draw.choice(shares))
    if kind == "compensate":
        made = _compensate(draw, table, shares)
        kind = "share" if made is None else kind
        if made is not None:
            return {"compensate": made}
    if kind == "critical":
        scope = body["scope"]
        if required and ("pc" in scope or "item" in scope):
            return {"critical": {**scope, "component": body["component"], "at_least": draw.choice(SHARES)}}
        kind = "share"
    if kind == "bands":
        ladder = draw.choice(LADDERS)
        steps = [{"name": "ABCD"[place], "at_least": share} for place, share in enumerate(ladder)]
        can = [step["name"] for step in steps if required or step["at_least"] != "0"]
        return {"bands": {**body, "of": steps, "pass": draw.choice(can)}}
    if kind == "share":
        return {"share": {**body, "at_least": draw.choice(SHARES)}}
    of: list[Document] = []
    for _ in range(draw.randint(1, 4)):
        child = _node(draw, table, shares, depth=depth - 1, required=required and kind == "all_of")
        if child not in of:
            of.append(child)
    if kind != "at_least":
        return {kind: of}
    if draw.random() < 0.5:
        return {kind: {"share": draw.choice(SHARES), "of": of}}
    return {kind: {"k": draw.randint(1, len(of)), "of": of}}


def _compensate(draw: random.Random, table: Table, shares: list[Document]) -> Document | None:
    """Bars on one basis that share no marks, if two can be found."""
    basis = draw.choice(("raw", "weighted"))
    bars: list[Document] = []
    taken: set[int] = set()
    for body in draw.sample(shares, min(len(shares), 8)):
        rows = {id(row) for row in rows_of(table, body["scope"], body["component"])}
        if body["basis"] == basis and not rows & taken:
            taken |= rows
            bars.append({"share": {**body, "at_least": draw.choice(SHARES)}})
    if len(bars) < 2:
        return None
    unit = draw.choice(("marks", "share"))
    limit = draw.choice(("1", "2.5", "10") if unit == "marks" else ("1/10", "1/4", "1"))
    return {"k": draw.randint(1, len(bars) - 1), "limit": limit, "unit": unit, "of": bars}
