# SPDX-License-Identifier: Apache-2.0
"""A practice test as the short text that its browser keeps, and back. Signing it is for ``web``."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor.attempts.model import EndedBy
from assessor.attempts.sections import Move, MoveKind
from assessor.formative.sample import sample_items
from assessor.formative.trial import Held, Trial

MAXIMUM_BYTES = 8_000
"""Of the text once it is unpacked: more than any practice test needs."""
_KINDS = list(MoveKind)
_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def dump_trial(trial: Trial) -> bytes:
    """The trial as bytes; instants are whole milliseconds after its start."""

    def ms(at: datetime) -> int:
        return (at - trial.started_at) // _MS

    names = list(sample_items())
    document = {
        "i": trial.id,
        "s": (trial.started_at - _EPOCH) // _MS,
        "d": trial.device,
        "e": trial.epoch,
        "n": trial.last_seq,
        "a": [
            [names.index(name), held.value, held.revision, held.seq, held.epoch, ms(held.received_at)]
            for name, held in trial.answers.items()
        ],
        "m": [
            [_KINDS.index(move.kind), move.target, move.device, move.epoch, move.seq, ms(move.received_at)]
            for move in trial.moves
        ],
        "z": None if trial.ended_at is None else ms(trial.ended_at),
        "b": trial.ended_by,
    }
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def load_trial(data: bytes) -> Trial:
    """The trial that `dump_trial` wrote; ValueError for anything else."""
    try:
        return _trial(json.loads(_unpacked(data)))
    except (ArithmeticError, KeyError, IndexError, TypeError, OSError, zlib.error) as error:
        raise ValueError("not a practice test") from error


def _unpacked(data: bytes) -> bytes:
    reader = zlib.decompressobj()
    text = reader.decompress(data, MAXIMUM_BYTES)
    if reader.unconsumed_tail:
        raise ValueError("not a practice test")
    return text


def _trial(document: dict[str, Any]) -> Trial:
    started_at = _EPOCH + document["s"] * _MS
    names = list(sample_items())
    return Trial(
        id=document["i"],
        started_at=started_at,
        device=document["d"],
        epoch=document["e"],
        last_seq=document["n"],
        answers={
            names[place]: Held(
                value=value, revision=revision, seq=seq, epoch=epoch, received_at=started_at + ms * _MS
            )
            for place, value, revision, seq, epoch, ms in document["a"]
        },
        moves=tuple(
            Move(
                device=device,
                epoch=epoch,
                seq=seq,
                kind=_KINDS[kind],
                target=target,
                received_at=started_at + ms * _MS,
            )
            for kind, target, device, epoch, seq, ms in document["m"]
        ),
        ended_at=None if document["z"] is None else started_at + document["z"] * _MS,
        ended_by=None if document["b"] is None else EndedBy(document["b"]),
    )
