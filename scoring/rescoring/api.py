# SPDX-License-Identifier: Apache-2.0
"""What other packages may use of rescoring and replay."""

from scoring.rescoring.canonical import canonical_bytes, digest
from scoring.rescoring.differences import Difference, ItemChange, PersonChange, difference
from scoring.rescoring.keys import ItemKey, Key, Policy, Treatment, changed_items, choice_key, corrected
from scoring.rescoring.records import (
    FORMAT,
    VERSION,
    Entry,
    Paper,
    Scored,
    Scorer,
    ScoreRecord,
    answers_hash,
    chain_start,
    record_hash,
    replay_document,
    score_all,
    scorer,
    simple_paper,
    without_responses,
)

__all__ = [
    "FORMAT",
    "VERSION",
    "Difference",
    "Entry",
    "ItemChange",
    "ItemKey",
    "Key",
    "Paper",
    "PersonChange",
    "Policy",
    "ScoreRecord",
    "Scored",
    "Scorer",
    "Treatment",
    "answers_hash",
    "canonical_bytes",
    "chain_start",
    "changed_items",
    "choice_key",
    "corrected",
    "difference",
    "digest",
    "record_hash",
    "replay_document",
    "score_all",
    "scorer",
    "simple_paper",
    "without_responses",
]
