# SPDX-License-Identifier: Apache-2.0
"""Decisions against an oracle that knows rows, plain loops and fractions, and nothing of the package."""

import json
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.api import (
    BarResult,
    Cell,
    CredentialMarks,
    Decision,
    GroupResult,
    NodeResult,
    Place,
    Rule,
    Verdict,
    credential_marks,
    decide,
    dump_rule,
    parse_rule,
    parse_rule_json,
)

# Wall-clock limits would fail these on a busy machine, whatever the code does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# ------------------------------------------------------------------------------------------- the oracle


@dataclass(frozen=True)
class Row:
    """One cell: marks in halves, `mark` None while it is not marked."""

    nos: str
    element: str | None
    pc: str | None
    component: str
    maximum: Fraction
    mark: Fraction | None


@dataclass(frozen=True)
class Candidate:
    rows: tuple[Row, ...]
    weights: dict[str, Fraction]


def scope_rows(rows: tuple[Row, ...], scope: dict[str, object], components: object) -> list[Row]:
    found = []
    for row in rows:
        if components != "all" and row.component not in (
            components if isinstance(components, list) else [components]
        ):
            continue
        if "pc" in scope and row.pc != scope["pc"]:
            continue
        if "element" in scope and row.element != scope["element"]:
            continue
        if "nos" in scope and row.nos != scope["nos"]:
            continue
        found.append(row)
    return found


def oracle_share(candidate: Candidate, body: dict[str, object], fill: str) -> tuple[Fraction, Fraction]:
    """Earned and maximum when missing marks are all 0 (`worst`) or all full (`best`)."""
    scope = body.get("scope", {"pc": body.get("pc"), "nos": body.get("nos")})
    component = body.get("component", "all")
    assert isinstance(scope, dict)
    earned = maximum = Fraction(0)
    for row in scope_rows(candidate.rows, scope, component):
        factor = Fraction(1)
        if body.get("basis") == "weighted":
            whole_nos = scope_rows(candidate.rows, {"nos": row.nos}, component)
            nos_maximum = sum(other.maximum for other in whole_nos)
            factor = candidate.weights[row.nos] / nos_maximum if nos_maximum else Fraction(0)
        missing = row.maximum if fill == "best" else Fraction(0)
        earned += factor * (missing if row.mark is None else row.mark)
        maximum += factor * row.maximum
    return earned, maximum


def oracle_passes(candidate: Candidate, node: dict[str, object], fill: str) -> bool:
    [(key, body)] = node.items()
    if key in ("share", "critical"):
        assert isinstance(body, dict)
        earned, maximum = oracle_share(candidate, body, fill)
        return earned >= Fraction(str(body["at_least"])) * maximum
    of = body["of"] if isinstance(body, dict) else body
    assert isinstance(of, list)
    passed = [oracle_passes(candidate, child, fill) for child in of]
    if key == "all_of":
        return all(passed)
    if key == "any_of":
        return any(passed)
    assert isinstance(body, dict)
    return passed.count(True) >= int(str(body["k"]))


def oracle_verdict(candidate: Candidate, node: dict[str, object]) -> str:
    # More marks never hurt, so the two extremes decide what is certain.
    if oracle_passes(candidate, node, "worst"):
        return "pass"
    return "incomplete" if oracle_passes(candidate, node, "best") else "fail"


# ------------------------------------------------------------------------------------------- strategies

COMPONENTS = ["practical", "theory", "viva"]
SHARES = ["7/10", "1/2", "1", "1/3", "4/5", "2/3", "13/20", "1/40"]


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    """One to three NOS, marks on PCs or on elements, names repeated from NOS to NOS, some cells not marked."""
    rows: list[Row] = []
    codes = [f"N{number}" for number in range(1, draw(st.integers(1, 3)) + 1)]
    for nos in codes:
        on_elements = draw(st.booleans())
        for number in range(1, draw(st.integers(1, 3)) + 1):
            element = f"E{number}" if on_elements or draw(st.booleans()) else None
            pc = None if on_elements else f"PC{number}"
            for component in draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, unique=True)):
                halves = draw(st.integers(0, 24))
                mark = draw(st.none() | st.integers(0, halves))
                rows.append(
                    Row(
                        nos,
                        element,
                        pc,
                        component,
                        Fraction(halves, 2),
                        None if mark is None else Fraction(mark, 2),
                    )
                )
    assume(any(row.maximum for row in rows))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(codes) - 1, max_size=len(codes) - 1)))
    weights = [Fraction(high - low) for low, high in pairwise([0, *cuts, 100])]
    return Candidate(tuple(rows), dict(zip(codes, weights, strict=True)))


def possible_scopes(candidate: Candidate) -> list[dict[str, object]]:
    scopes: list[dict[str, object]] = [{"credential": True}]
    for row in candidate.rows:
        scopes.append({"nos": row.nos})
        if row.pc is not None:
            scopes.append({"nos": row.nos, "pc": row.pc})
        if row.element is not None:
            scopes.append({"nos": row.nos, "element": row.element})
    return [scope for position, scope in enumerate(scopes) if scope not in scopes[:position]]


def possible_shares(candidate: Candidate) -> list[dict[str, object]]:
    """Every share that can be asked: something can be earned in it."""
    worth = {row.component for row in candidate.rows if row.maximum}
    shares: list[dict[str, object]] = []
    for scope in possible_scopes(candidate):
        for component in ("all", *COMPONENTS, ["practical", "theory"], ["theory", "viva"]):
            if isinstance(component, list) and not worth.issuperset(component):
                continue
            rows = [row for row in scope_rows(candidate.rows, scope, component) if row.maximum]
            shares.extend(
                {"scope": scope, "component": component, "basis": basis}
                for basis in ("raw", "weighted")
                if any(basis == "raw" or candidate.weights[row.nos] for row in rows)
            )
    return shares


FORMS = st.sampled_from(["share", "share", "critical", "all_of", "any_of", "at_least"])
LEAF_FORMS = st.sampled_from(["share", "critical"])
WIDTH = st.integers(1, 4)


def drawn_node(
    draw: st.DrawFn, shares: list[dict[str, object]], *, depth: int, required: bool
) -> dict[str, object]:
    """A random tree, at most `depth` groups deep; critical nodes stand where the rule needs them only."""
    form = draw(FORMS if depth else LEAF_FORMS)
    if form in ("share", "critical"):
        body = shares[draw(st.integers(0, len(shares) - 1))]
        scope, at_least = body["scope"], draw(st.sampled_from(SHARES))
        assert isinstance(scope, dict)
        if form == "critical" and required and "pc" in scope:
            return {"critical": scope | {"component": body["component"], "at_least": at_least}}
        return {"share": body | {"at_least": at_least}}
    of: list[dict[str, object]] = []
    for _ in range(draw(WIDTH)):
        child = drawn_node(draw, shares, depth=depth - 1, required=required and form == "all_of")
        if child not in of:
            of.append(child)
    return {form: {"k": draw(st.integers(1, len(of))), "of": of} if form == "at_least" else of}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Candidate, dict[str, object]]:
    candidate = draw(candidates())
    return candidate, drawn_node(draw, possible_shares(candidate), depth=3, required=True)


# ------------------------------------------------------------------------------- the package under test


def key(row: Row) -> Cell:
    return Cell(nos=row.nos, element=row.element, pc=row.pc, component=row.component)


def loaded(candidate: Candidate) -> CredentialMarks:
    return credential_marks(
        [(key(row), row.maximum) for row in candidate.rows],
        weights=candidate.weights,
        pcs=[Place(nos=row.nos, element=row.element, pc="PC99") for row in candidate.rows[:1]],
    )


def decided(candidate: Candidate, node: dict[str, object]) -> Decision:
    credential = loaded(candidate)
    rule = parse_rule({"version": 1, "rule": node}, credential=credential)
    return decide(credential, {key(row): row.mark for row in candidate.rows if row.mark is not None}, rule)


def nodes_of(result: NodeResult) -> list[NodeResult]:
    below = result.children if isinstance(result, GroupResult) else ()
    return [result, *(node for child in below for node in nodes_of(child))]


def document_at(node: dict[str, object], result: NodeResult) -> list[tuple[dict[str, object], NodeResult]]:
    """Every node of the rule document beside its result, by position."""
    [(_, body)] = node.items()
    of = body.get("of", []) if isinstance(body, dict) else body
    children = result.children if isinstance(result, GroupResult) else ()
    assert isinstance(of, list)
    below = [pair for child, own in zip(of, children, strict=True) for pair in document_at(child, own)]
    return [(node, result), *below]


@settings(UNHURRIED, max_examples=500)
@given(case=cases())
def test_every_node_agrees_with_the_oracle(case: tuple[Candidate, dict[str, object]]) -> None:
    candidate, node = case
    for document, result in document_at(node, decided(candidate, node).root):
        assert result.verdict.value == oracle_verdict(candidate, document)
        assert (result.margin_share >= 0) is (result.verdict is Verdict.PASS)
        if isinstance(result, BarResult):
            [body] = document.values()
            assert isinstance(body, dict)
            earned, maximum = oracle_share(candidate, body, "worst")
            best, _ = oracle_share(candidate, body, "best")
            threshold = Fraction(str(body["at_least"]))
            assert [result.earned, result.maximum, result.open] == [earned, maximum, best - earned]
            assert result.margin == earned - threshold * maximum
            assert result.margin_share == earned / maximum - threshold


@settings(UNHURRIED, max_examples=300)
@given(case=cases(), data=st.data())
def test_more_marks_never_turn_a_certain_verdict(
    case: tuple[Candidate, dict[str, object]], data: st.DataObject
) -> None:
    candidate, node = case
    more = []
    for row in candidate.rows:
        mark = row.mark
        if mark is None and data.draw(st.booleans()):
            mark = Fraction(data.draw(st.integers(0, int(row.maximum * 2))), 2)
        more.append(Row(row.nos, row.element, row.pc, row.component, row.maximum, mark))
    later = Candidate(tuple(more), candidate.weights)
    complete = all(row.mark is not None for row in later.rows)
    for before, after in zip(
        nodes_of(decided(candidate, node).root), nodes_of(decided(later, node).root), strict=True
    ):
        assert before.verdict in (after.verdict, Verdict.INCOMPLETE)
        assert after.verdict.is_certain or not complete


@settings(UNHURRIED, max_examples=100)
@given(case=cases())
def test_summaries_add_up(case: tuple[Candidate, dict[str, object]]) -> None:
    candidate, _ = case
    decision = decided(*case)
    rows = candidate.rows
    assert decision.credential.total.maximum == sum(row.maximum for row in rows)
    assert decision.credential.total.earned == sum(row.mark or 0 for row in rows)
    for summary in (decision.credential, *decision.nos, *decision.elements, *decision.pcs):
        parts = summary.components.values()
        assert summary.total.maximum == sum(part.maximum for part in parts)
        assert summary.total.earned == sum(part.earned for part in parts)
        assert summary.total.open == sum(part.open for part in parts)
        own = scope_rows(rows, summary.scope.to_document(), "all")
        assert summary.total.maximum == sum(row.maximum for row in own)
        assert json.loads(json.dumps(summary.to_document())) == summary.to_document()
    bars = [result for result in nodes_of(decision.root) if isinstance(result, BarResult)]
    summaries = (decision.credential, *decision.nos, *decision.elements, *decision.pcs)
    assert sorted(bar.path for summary in summaries for bar in summary.bars) == sorted(
        bar.path for bar in bars
    )


@settings(UNHURRIED, max_examples=100)
@given(case=cases())
def test_a_rule_survives_its_dump(case: tuple[Candidate, dict[str, object]]) -> None:
    candidate, node = case
    rule: Rule = parse_rule({"version": 1, "rule": node})
    document = dump_rule(rule)
    assert document == {"version": 1, "rule": node}
    assert parse_rule_json(json.dumps(document), credential=loaded(candidate)) == rule
