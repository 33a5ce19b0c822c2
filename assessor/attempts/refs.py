# SPDX-License-Identifier: Apache-2.0
"""Between the names that one attempt's browser knows and the true identifiers of its form. No storage here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor.attempts.model import ResponseValue, parse_value
from assessor.forms.model import FormContent, FormItem
from core.errors import NotFound
from item_bank.api import Opaque, item_ref, opaque_ids

StoredValue = None | str | list[str]
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
        """What the browser sent for an item, in true identifiers; raises Invalid as `parse_value`."""
        return stored(parse_value(raw, interaction=item.interaction, options=self._options(item)))

    def shown(self, version_id: str, value: StoredValue) -> StoredValue:
        """A stored value as the browser knows it."""
        return [self.opaque(version_id, option) for option in value] if isinstance(value, list) else value

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
