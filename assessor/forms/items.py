# SPDX-License-Identifier: Apache-2.0
"""From an item version to what a form pins of it. The form's document is in `model`."""

from __future__ import annotations

from assessor.forms.model import AnswerShape, FormItem, FormMedia
from item_bank.api import InteractionPart, ItemContent, ItemVersion
from scoring.api import format_mark


def form_item(version: ItemVersion) -> FormItem:
    """A version as a form pins it."""
    content = version.content
    return FormItem(
        version_id=version.id,
        sha256=version.content_hash,
        pc=content.pc,
        interaction=content.interaction,
        options=() if content.is_rich else content.letters,
        parts=tuple(_shape(content, part) for part in content.parts),
        media=tuple(FormMedia(name=media.name, sha256=media.sha256) for media in content.media),
    )


def _shape(content: ItemContent, part: InteractionPart) -> AnswerShape:
    picture = next((media for media in content.media if media.name == part.image), None)
    known = picture is not None and picture.width is not None and picture.height is not None
    return AnswerShape(
        id=part.id,
        kind=part.kind,
        choices=tuple((choice.id, choice.most) for choice in part.choices),
        targets=tuple((target.id, target.most) for target in part.targets),
        most=part.most,
        size=(picture.width or 0, picture.height or 0) if known and picture is not None else None,
        accept=part.accept,
        lower="" if part.lower is None else format_mark(part.lower),
        upper="" if part.upper is None else format_mark(part.upper),
    )
