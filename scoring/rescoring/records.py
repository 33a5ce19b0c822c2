# SPDX-License-Identifier: Apache-2.0
"""Score records: a person's responses, under one key, one rule and one version of the code, with what they come to.

A record is a pure function of these four, is hashed together with the record before it, and can be derived again by
anybody (docs/replay.md, scripts/rederive). Storing records, and who may approve one, does not live here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.decide import decide_node
from scoring.errors import StatisticsError
from scoring.exact import MarkInput, format_mark, parse_mark
from scoring.marks import CREDENTIAL, Cell, CredentialMarks, MarkTable, credential_marks
from scoring.rescoring.canonical import digest
from scoring.rescoring.keys import Key, Treatment
from scoring.rules import Rule, Share, check_rule, dump_rule
from scoring.verdicts import Verdict, bars_of

FORMAT: Final = "kasauti-replay"
VERSION: Final = 1
_UNHASHED: Final = frozenset({"responses", "salt", "sha256"})


@dataclass(frozen=True, slots=True)
class Paper:
    """What marks count for: the cells of a credential with their maxima and weights, and its pass rule."""

    marks: CredentialMarks
    rule: Rule

    def to_document(self) -> dict[str, object]:
        """The paper as JSON: `cells` in the order that keys speak of, `weights` in per cent, the rule's own document."""
        return {
            "cells": [
                {**cell.facts(), "maximum": format_mark(maximum)}
                for cell, maximum in self.marks.maxima.items()
            ],
            "weights": {nos: format_mark(weight) for nos, weight in self.marks.weights.items()},
            "rule": dump_rule(self.rule),
        }

    @property
    def sha256(self) -> str:
        """The version of the rule: the hash of the document."""
        return digest(self.to_document())


def simple_paper(maximum: MarkInput, *, cut: MarkInput) -> Paper:
    """A test with one total of `maximum` marks, passed from the share `cut` on, above 0 and at most 1.

    Raises StatisticsError(`cut_range`), and MarkError as `parse_mark`.
    """
    share = parse_mark(cut)
    if not 0 < share <= 1:
        raise StatisticsError("cut_range", cut=format_mark(share))
    cell = Cell(nos="test", component="theory", pc="test")
    return Paper(credential_marks([(cell, maximum)]), Rule(Share(scope=CREDENTIAL, at_least=share)))


@dataclass(frozen=True, slots=True)
class Scored:
    """What one person's responses come to.

    `marks` has the marks of each item, None for a dropped item or where none was given yet; `cells` those of each cell of
    the paper, None where they are not all there; `earned` and `maximum` sum over the items that count. `bands` has the band
    that each ladder of the rule is certain to give, by its JSON path.
    """

    marks: Mapping[str, Fraction | None]
    cells: tuple[Fraction | None, ...]
    earned: Fraction
    maximum: Fraction
    verdict: Verdict
    bands: Mapping[str, str | None]

    @property
    def share(self) -> Fraction:
        """The part of what could be earned that was."""
        return self.earned / self.maximum


@dataclass(frozen=True, slots=True)
class Scorer:
    """A key and a paper that fit each other; build it with `scorer`.

    `members` has the items that count in each cell of the paper, `possible` the sums of their maxima, and `maximum` is the
    sum of the maxima of all items that count.
    """

    key: Key
    paper: Paper
    members: tuple[tuple[str, ...], ...]
    possible: tuple[Fraction, ...]
    maximum: Fraction

    def score(self, responses: Mapping[str, str]) -> Scored:
        """Score one person: what is earned of a cell's items over what could be, times the maximum of the cell, exactly.

        Raises StatisticsError(`replay_response`) for a response to an item that the key does not have, and
        (`replay_mark`) where a given mark is none.
        """
        unknown = responses.keys() - self.key.items.keys()
        if unknown:
            raise StatisticsError("replay_response", items=sorted(unknown))
        marks = {item: one.mark(responses.get(item)) for item, one in self.key.items.items()}
        cells = tuple(
            self._cell(place, marks, maximum)
            for place, maximum in enumerate(self.paper.marks.maxima.values())
        )
        awarded = {
            cell: mark for cell, mark in zip(self.paper.marks.maxima, cells, strict=True) if mark is not None
        }
        root = decide_node(self.paper.rule.root, MarkTable(self.paper.marks, awarded))
        standings = {bar.path: bar.standing for bar in bars_of(root) if bar.ladder}
        return Scored(
            marks=marks,
            cells=cells,
            earned=exact_sum(mark for mark in marks.values() if mark is not None),
            maximum=self.maximum,
            verdict=root.verdict,
            bands={
                path: standing.so_far.name
                if standing.so_far is not None and standing.so_far == standing.possible
                else None
                for path, standing in standings.items()
            },
        )

    def _cell(self, place: int, marks: Mapping[str, Fraction | None], maximum: Fraction) -> Fraction | None:
        own = [mark for item in self.members[place] if (mark := marks[item]) is not None]
        if len(own) < len(self.members[place]):
            return None
        possible = self.possible[place]
        return maximum * exact_sum(own) / possible if possible else Fraction(0)


def scorer(key: Key, paper: Paper) -> Scorer:
    """Fit a key to a paper.

    Raises RuleError as `check_rule`, and StatisticsError: `replay_cell` for an item in a cell that the paper does not have,
    `replay_cell_empty` where nothing can be earned in a cell any more, such as when all its items were dropped.
    """
    check_rule(paper.rule, paper.marks)
    maxima = list(paper.marks.maxima.items())
    members: list[list[str]] = [[] for _ in maxima]
    for item, one in key.items.items():
        for place in one.cells:
            if not 0 <= place < len(maxima):
                raise StatisticsError("replay_cell", item=item, cell=place)
            if one.treatment is not Treatment.DROPPED:
                members[place].append(item)
    possible = tuple(exact_sum(key.items[item].maximum for item in own) for own in members)
    for (cell, maximum), reachable in zip(maxima, possible, strict=True):
        if maximum and not reachable:
            raise StatisticsError("replay_cell_empty", nos=cell.nos, pc=cell.pc, component=cell.component)
    counting = (one.maximum for one in key.items.values() if one.treatment is not Treatment.DROPPED)
    return Scorer(key, paper, tuple(tuple(own) for own in members), possible, exact_sum(counting))


def exact_sum(marks: Iterable[Fraction]) -> Fraction:
    """The sum of many marks of few denominators, such as halves and thirds: whole numbers are added, which is quicker."""
    numerators: dict[int, int] = {}
    for mark in marks:
        denominator = mark.denominator
        numerators[denominator] = numerators.get(denominator, 0) + mark.numerator
    return sum((Fraction(top, bottom) for bottom, top in numerators.items()), Fraction(0))


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One link of a chain: who (an opaque reference), what was answered, under which key and paper, and what it comes to.

    `supersedes` is the sequence number of the record that this one takes the place of. `salt` is a secret of this record:
    the chain holds but a hash of salt and responses, so that both can be deleted and the chain stays whole.
    """

    sequence: int
    person: str
    responses: Mapping[str, str]
    key_sha256: str
    paper_sha256: str
    code: str
    scored: Scored
    supersedes: int | None
    previous: str
    salt: str = ""

    def to_document(self) -> dict[str, object]:
        """The record as JSON with its own hash; marks are exact strings."""
        scored = self.scored
        document: dict[str, object] = {
            "sequence": self.sequence,
            "person": self.person,
            "responses": dict(self.responses),
            "salt": self.salt,
            "answers": answers_hash(self.responses, salt=self.salt),
            "key": self.key_sha256,
            "paper": self.paper_sha256,
            "code": self.code,
            "marks": {item: _written(mark) for item, mark in scored.marks.items()},
            "cells": [_written(mark) for mark in scored.cells],
            "verdict": scored.verdict.value,
            "bands": dict(scored.bands),
            "supersedes": self.supersedes,
            "previous": self.previous,
        }
        return {**document, "sha256": record_hash(document)}


def answers_hash(responses: Mapping[str, str], *, salt: str) -> str:
    """What a chain holds of the responses: the hash of both, which gives away neither."""
    return digest({"responses": dict(responses), "salt": salt})


def record_hash(document: Mapping[str, object]) -> str:
    """The hash of a record's document: of everything but itself, and of the responses through `answers` alone."""
    return digest({name: value for name, value in document.items() if name not in _UNHASHED})


def without_responses(document: Mapping[str, object]) -> dict[str, object]:
    """The record of a person whose answers are deleted: what they came to stays, and so does its hash."""
    return {**document, "responses": None, "salt": None}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a record is to be made of; `scored` is what `scorer` made of the responses, if that is known already."""

    person: str
    responses: Mapping[str, str]
    scorer: Scorer
    supersedes: int | None = None
    scored: Scored | None = None
    salt: str = ""


def chain_start(header: Mapping[str, object]) -> str:
    """What the first record of a chain follows: the hash of what says which chain it is."""
    return digest(header)


def replay_document(entries: Sequence[Entry], *, code: str) -> dict[str, object]:
    """The export of a chain: every key and paper that is used, the records in order, and the hash of the last one.

    `code` names the version of this program. The first record follows the hash of format, version and code. Raises as
    `Scorer.score`.
    """
    scorers = {id(entry.scorer): entry.scorer for entry in entries}
    hashes = {place: (one.key.sha256, one.paper.sha256) for place, one in scorers.items()}
    named: dict[str, object] = {"format": FORMAT, "version": VERSION, "code": code}
    header: dict[str, object] = {
        **named,
        "keys": {hashes[place][0]: one.key.to_document() for place, one in scorers.items()},
        "papers": {hashes[place][1]: one.paper.to_document() for place, one in scorers.items()},
    }
    previous = chain_start(named)
    records: list[dict[str, object]] = []
    for sequence, entry in enumerate(entries):
        key_sha256, paper_sha256 = hashes[id(entry.scorer)]
        record = ScoreRecord(
            sequence=sequence,
            person=entry.person,
            responses=entry.responses,
            key_sha256=key_sha256,
            paper_sha256=paper_sha256,
            code=code,
            scored=entry.scored or entry.scorer.score(entry.responses),
            supersedes=entry.supersedes,
            previous=previous,
            salt=entry.salt,
        ).to_document()
        previous = str(record["sha256"])
        records.append(record)
    return {**header, "records": records, "head": previous}


def score_all(made: Scorer, persons: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, Scored]:
    """Score everybody: person -> what the responses come to."""
    return {person: made.score(responses) for person, responses in persons}


def _written(mark: Fraction | None) -> str | None:
    return None if mark is None else format_mark(mark)
