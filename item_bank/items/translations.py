# SPDX-License-Identifier: Apache-2.0
"""When a translation is stale: its source says something else than when the translation was last confirmed. No storage here.

The first language of an item is its source. Each segment of another language carries a mark: the SHA-256 of the source segment
that it was confirmed against. A segment without a mark was written together with its source and is fresh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from item_bank.items.model import ItemContent

Segment = tuple[str, str]
"""(language, name of the segment)."""

Marks = Mapping[Segment, str]
"""What each translated segment was confirmed against: a SHA-256 in hex."""


def source_mark(text: str) -> str:
    """The mark of a source text: its SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def stale_segments(content: ItemContent, marks: Marks) -> frozenset[Segment]:
    """The translated segments whose source has changed since they were confirmed."""
    source = dict(content.bodies[0].segments)
    return frozenset(
        (body.language, name)
        for body in content.bodies[1:]
        for name, _text in body.segments
        if name in source
        and marks.get((body.language, name), source_mark(source[name])) != source_mark(source[name])
    )


def carry_marks(
    before: ItemContent, marks: Marks, after: ItemContent, *, confirmed: Collection[str] = ()
) -> dict[Segment, str]:
    """The marks of ``after``, which was made out of ``before``.

    A translation that was written anew is held to be of the source as it is now, and so is every one in a language of
    ``confirmed``; any other keeps its mark.
    """
    source = dict(after.bodies[0].segments)
    old_source = dict(before.bodies[0].segments)
    same_source = before.bodies[0].language == after.bodies[0].language
    carried: dict[Segment, str] = {}
    for body in after.bodies[1:]:
        old = dict(before.body(body.language).segments) if body.language in before.languages else {}
        for name, text in body.segments:
            segment = (body.language, name)
            if name not in source:
                continue
            kept = (
                same_source
                and body.language not in confirmed
                and old.get(name) == text
                and name in old_source
            )
            carried[segment] = (
                marks.get(segment, source_mark(old_source[name])) if kept else source_mark(source[name])
            )
    return carried
