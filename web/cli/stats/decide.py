# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats decide``: a cohort's marks under a credential's pass rule, and the readings that would say otherwise.

The rule is decided in `scoring`; this module reads the files and names what was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from item_bank import api as bank
from scoring.api import (
    BarResult,
    Flip,
    MarkTable,
    NodeResult,
    RuleReading,
    Verdict,
    decide_with_readings,
    describe,
    dump_rule,
    format_mark,
    format_share,
    reading_names,
    readings,
    without_gaps,
)
from web.cli.stats.files import emit
from web.cli.stats.marks_file import read_marks
from web.cli.stats.options import EXISTING_FILE, json_option

LANGUAGES: Final = ("en", "hi")


@click.command("decide")
@click.argument("credential", type=EXISTING_FILE)
@click.argument("marks", type=EXISTING_FILE)
@click.option(
    "--missing",
    type=click.Choice(["incomplete", "zero"]),
    default="incomplete",
    show_default=True,
    help="What a mark counts as that is not in the file: open, or 0.",
)
@json_option
def decide(credential: Path, marks: Path, *, missing: str, as_json: bool) -> None:
    """Decide everybody in MARKS.csv by the pass rule of CREDENTIAL, and name other readings that would say otherwise.

    MARKS.csv has the columns person, nos, element, pc, component, mark (and item, where marks sit on items).
    """
    text = bank.read_credential_file(credential.read_bytes(), filename=credential.name)
    document = bank.parse_credential(text)
    file = read_marks(marks, document)
    others = readings(document.rule, file.marks, bank.reading_context(document))
    tables = [MarkTable(credential=file.marks, awarded=awarded) for awarded in file.awarded.values()]
    if missing == "zero":
        tables = [without_gaps(table) for table in tables]
    decided, write = decide_with_readings(document.rule, tables, others), Nodes()
    persons = [
        person_document(person, table, root, own, write)
        for person, table, (root, own) in zip(file.awarded, tables, decided, strict=True)
    ]
    found = {**_head(document, others, persons), "missing": missing, "persons": persons}
    emit(found if as_json else _for_people(found), as_json=as_json, title=f"Decided by {document.code}")


class Nodes:
    """The documents of decided nodes. Bars that many people share are written once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[NodeResult, dict[str, Any]]] = {}

    def document(self, node: NodeResult) -> dict[str, Any]:
        """The node on its own, without its children."""
        if not isinstance(node, BarResult):
            return node.own_document()
        if id(node) not in self._known:
            written = {name: part for name, part in node.to_document().items() if name != "children"}
            self._known[id(node)] = (node, written)  # the node is kept, so that its number stays its own
        return self._known[id(node)][1]


def person_document(
    person: str, table: MarkTable, root: NodeResult, others: tuple[Flip, ...], write: Nodes
) -> dict[str, Any]:
    """One person's verdict with every node of the rule, what is missing, and the readings that would change it."""
    nodes = list(_nodes(root))
    bands = [node for node in nodes if isinstance(node, BarResult) and node.ladder]
    return {
        "person": person,
        "verdict": root.verdict.value,
        "margin": format_share(root.margin_share),
        "margin_marks": format_mark(root.margin) if isinstance(root, BarResult) else None,
        "missing": [cell.facts() for cell in table.credential.maxima if cell not in table.awarded],
        **(
            {"bands": [{"path": one.path, "label": one.label, **one.standing.to_document()} for one in bands]}
            if bands
            else {}
        ),
        "nodes": [write.document(node) for node in nodes],
        "other_readings": [flip.to_document() for flip in others],
    }


def _nodes(node: NodeResult) -> Iterator[NodeResult]:
    yield node
    if not isinstance(node, BarResult):
        for child in node.children:
            yield from _nodes(child)


def _head(
    document: bank.CredentialDocument, others: tuple[RuleReading, ...], persons: list[dict[str, Any]]
) -> dict[str, Any]:
    verdicts = Counter(person["verdict"] for person in persons)
    flipped = Counter(flip["reading"] for person in persons for flip in person["other_readings"])
    return {
        "credential": {
            "code": document.code,
            "version": document.version,
            "level": str(document.level),
            "maximum": format_mark(document.maximum),
        },
        "rule": dump_rule(document.rule),
        "rule_text": {
            language: [f"{'  ' * line.depth}{line.text}" for line in describe(document.rule, language)]
            for language in LANGUAGES
        },
        "n": len(persons),
        "verdicts": {verdict.value: verdicts[verdict.value] for verdict in Verdict},
        "readings": [
            {
                "reading": reading.kind.value,
                "name": dict(reading_names(reading.kind)),
                "rule": None if reading.rule is None else dump_rule(reading.rule),
                "flips": flipped[reading.kind.value],
            }
            for reading in others
        ],
    }


def _for_people(found: Mapping[str, Any]) -> dict[str, Any]:
    """The document without the trace, which a screen cannot hold."""
    return {
        "rule": [{"who passes": line} for line in found["rule_text"]["en"]],
        "persons decided": found["n"],
        "verdicts": found["verdicts"],
        "persons": [
            {
                "person": one["person"],
                "verdict": one["verdict"],
                "margin": one["margin"],
                "missing marks": len(one["missing"]),
                "otherwise by": ", ".join(flip["reading"] for flip in one["other_readings"]) or None,
            }
            for one in found["persons"]
        ],
        "readings that change a verdict": [
            {"reading": one["reading"], "verdicts changed": one["flips"], "what it means": one["name"]["en"]}
            for one in found["readings"]
            if one["flips"]
        ],
    }
