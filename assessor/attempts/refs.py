# SPDX-License-Identifier: Apache-2.0
"""Between the names that one attempt's browser knows and the true identifiers of its form. No storage here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessor.attempts.inputs import ResponseValue, parse_value
from assessor.attempts.shapes import Named, PartNames, parse_parts, shown_parts
from assessor.forms.model import AnswerShape, FormContent, FormItem, FormMedia
from core.errors import NotFound
from item_bank.api import Opaque, choice_ref, item_ref, media_ref, opaque_ids, part_ref, target_ref

StoredValue = None | str | list[str] | dict[str, Any]
"""A value as it stands in a JSON column."""


@dataclass(frozen=True, slots=True)
class Refs:
    """The names of one attempt over one form."""

    content: FormContent
    opaque: Opaque

    def item(self, ref: str) -> FormItem:
        """The form's item behind a reference; raises NotFound `item_unknown`."""
        for item in self.content.items:
            if item_ref(item.version_id, opaque=self.opaque) == ref:
                return item
        raise NotFound("item_unknown")

    def of_item(self, version_id: str) -> str:
        """The reference of an item."""
        return item_ref(version_id, opaque=self.opaque)

    def parse(self, item: FormItem, raw: object) -> StoredValue:
        """What the browser sent for an item, in true identifiers; raises Invalid as `parse_value` and `parse_parts`."""
        if item.parts:
            return stored(parse_parts(raw, item.parts, names=self._named(item)))
        return stored(parse_value(raw, interaction=item.interaction, options=self._options(item)))

    def shown(self, version_id: str, value: StoredValue) -> StoredValue:
        """A stored value as the browser knows it."""
        if isinstance(value, dict):
            item = self.content.item(version_id)
            return shown_parts(value, item.parts, names=self._named(item)) if item else None
        return [self.opaque(version_id, option) for option in value] if isinstance(value, list) else value

    def part(self, item: FormItem, ref: str) -> AnswerShape:
        """A part of an item by its reference; raises NotFound `item_unknown`."""
        for shape in item.parts:
            if part_ref(item.version_id, shape.id, opaque=self.opaque) == ref:
                return shape
        raise NotFound("item_unknown")

    def media(self, ref: str) -> FormMedia:
        """The form's file behind a reference; raises NotFound `media_unknown`."""
        for item in self.content.items:
            for media in item.media:
                if media_ref(item.version_id, media.name, opaque=self.opaque) == ref:
                    return media
        raise NotFound("media_unknown")

    def _named(self, item: FormItem) -> Named:
        version_id, opaque = item.version_id, self.opaque

        def names(shape: AnswerShape) -> PartNames:
            return PartNames(
                ref=part_ref(version_id, shape.id, opaque=opaque),
                choices={
                    choice_ref(version_id, shape.id, choice, opaque=opaque): choice
                    for choice, _ in shape.choices
                },
                targets={
                    target_ref(version_id, shape.id, target, opaque=opaque): target
                    for target, _ in shape.targets
                },
            )

        return names

    def _options(self, item: FormItem) -> Mapping[str, str]:
        return {self.opaque(item.version_id, option): option for option in item.options}


def refs(content: FormContent, *, secret: str) -> Refs:
    """The names of the attempt with this secret."""
    return Refs(content, opaque_ids(secret.encode()))


def stored(value: ResponseValue) -> StoredValue:
    """A value as JSON holds it."""
    return list(value) if isinstance(value, tuple) else value


def loaded(value: StoredValue) -> ResponseValue:
    """A value from JSON."""
    return tuple(value) if isinstance(value, list) else value
