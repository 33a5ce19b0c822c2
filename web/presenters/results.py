# SPDX-License-Identifier: Apache-2.0
"""A result in words and bars, for the learner, the agency and the awarding body: all three see the same numbers.

Everything is read off the result document; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from scoring.api import format_mark, parse_mark
from web.presenters.common import bilingual, component_label, percent
from web.presenters.rule_trace import rule_trace
from web.presenters.settled import settled_words

Node = Mapping[str, Any]


def result_page(
    result: assessor.Result,
    credential: bank.CredentialDocument,
    *,
    candidate_name: str,
    agency: str,
    awarding_body: str,
) -> dict[str, Any]:
    """The whole result: per PC, NOS and credential, with thresholds and margins."""
    document = result.document
    root = document["decision"]["root"]
    bars = _bars(root)
    summary = result.summary
    return {
        "id": summary.id,
        "state": summary.state.value,
        "verdict": document["decision"]["verdict"],
        "candidate_name": candidate_name,
        "credential_title": bilingual(credential.title),
        "credential_code": credential.code,
        "declared_at": summary.declared_at,
        "digest": summary.sha256,
        "form_digest": document["form"]["sha256"],
        "agency": agency,
        "awarding_body": awarding_body,
        "rule_trace": rule_trace(root, credential),
        "pcs": [
            _part(part, nos, document["marks"], bars) for nos in credential.nos for part in _marked_parts(nos)
        ],
        "nos": [_nos(nos, document["marks"], bars, passed=summary.passed) for nos in credential.nos],
        "credential": _total(document["marks"], bars.get("credential")),
        "bands": [_band(node) for node in _leaves(root) if "bands" in node],
        "settled": settled_words(document),
        "corrected": bool(document.get("corrections")),
    }


def _bars(root: Node) -> dict[str, Node]:
    """The bar that is shown for each scope: on all components rather than on some, and the hardest of those.

    A bar that is missed and made up for says so; a ladder that only names the result is no bar.
    """
    made_up = {path for node in _nodes(root) for path in node.get("made_up", ())}
    found: dict[str, Node] = {}
    for node in sorted(
        _leaves(root), key=lambda one: (one["component"] != "all", Fraction(one["margin_share"]))
    ):
        if parse_mark(node["threshold"]):
            shown = {**node, "verdict": "made_up"} if node["path"] in made_up else node
            found.setdefault(_scope_key(node), shown)
    return found


def _band(node: Node) -> dict[str, Any]:
    """The band of a ladder, and what lacks to the next; `place` is empty for the whole credential."""
    standing = node["bands"]
    return {
        "place": "" if "credential" in node["scope"] else node["label"],
        "band": standing["band"],
        "next": standing["next"],
        "to_next": standing["to_next"],
        "weighted": node["basis"] == "weighted",
    }


def _marked_parts(nos: bank.Nos) -> list[bank.Element | bank.PerformanceCriterion]:
    """What carries marks: an element with marks of its own stands for its PCs."""
    marked = [element for element in nos.elements if element.marks]
    inside = {element.id for element in marked}
    return [*marked, *(pc for pc in nos.pcs if pc.element not in inside)]


def _part(
    part: bank.Element | bank.PerformanceCriterion,
    nos: bank.Nos,
    marks: list[Node],
    bars: Mapping[str, Node],
) -> dict[str, Any]:
    if isinstance(part, bank.Element):
        name, key = f"{nos.code} {part.id}", f"element:{nos.code} {part.id}"
        own = [mark for mark in marks if (mark["nos"], mark["element"]) == (nos.code, part.id)]
    else:
        name, key = part.id, f"pc:{part.id}"
        own = [mark for mark in marks if mark["pc"] == part.id]
    return {
        "id": name,
        "title": bilingual(part.title),
        "components": _by_component(own),
        **_total(own, bars.get(key)),
    }


def _by_component(marks: list[Node]) -> list[dict[str, Any]]:
    """The marks of each component; those of single items together."""
    sums: dict[str, list[Fraction]] = {}
    for mark in marks:
        earned, maximum = sums.setdefault(mark["component"], [Fraction(0), Fraction(0)])
        sums[mark["component"]] = [
            earned + parse_mark(mark["awarded"]),
            maximum + parse_mark(mark["maximum"]),
        ]
    return [
        {"label": component_label(name), "earned": format_mark(earned), "maximum": format_mark(maximum)}
        for name, (earned, maximum) in sums.items()
    ]


def _nos(nos: bank.Nos, marks: list[Node], bars: Mapping[str, Node], *, passed: bool) -> dict[str, Any]:
    own = [mark for mark in marks if mark["nos"] == nos.code]
    keys = [f"pc:{pc.id}" for pc in nos.pcs] + [
        f"element:{nos.code} {element.id}" for element in nos.elements
    ]
    verdicts = [bars[key]["verdict"] for key in keys if key in bars]
    total = _total(own, bars.get(f"nos:{nos.code}"))
    if f"nos:{nos.code}" not in bars:  # no bar of its own: it stands as its PCs stand
        met = all(verdict in ("pass", "made_up") for verdict in verdicts)
        # A rule that is met without some of them asks nothing of the NOS.
        total["verdict"] = None if not verdicts or (passed and not met) else "pass" if met else "fail"
    return {"code": nos.code, "title": bilingual(nos.title), **total}


def _total(marks: list[Node], bar: Node | None) -> dict[str, Any]:
    earned = sum((parse_mark(mark["awarded"]) for mark in marks), Fraction(0))
    maximum = sum((parse_mark(mark["maximum"]) for mark in marks), Fraction(0))
    threshold = parse_mark(bar["threshold"]) if bar is not None else None
    return {
        "earned": format_mark(earned),
        "maximum": format_mark(maximum),
        "percent": float(earned / maximum * 100) if maximum else 0.0,
        "threshold": percent(threshold) if threshold is not None else None,
        "threshold_percent": float(threshold * 100) if threshold is not None else None,
        "verdict": bar["verdict"] if bar is not None else None,
        "margin": bar["margin"] if bar is not None else None,
    }


def _leaves(node: Node) -> Iterator[Node]:
    return (one for one in _nodes(node) if not one["children"])


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node["children"]:
        yield from _nodes(child)


def _scope_key(node: Node) -> str:
    """The name of what a bar is about; the narrowest scope counts. Elements are named within their NOS."""
    scope = node["scope"]
    if "element" in scope:
        return f"element:{scope.get('nos', '')} {scope['element']}"
    kind = next(kind for kind in ("item", "pc", "element", "nos", "credential") if kind in scope)
    return "credential" if kind == "credential" else f"{kind}:{scope[kind]}"
