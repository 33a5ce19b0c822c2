# SPDX-License-Identifier: Apache-2.0
"""QTI's vocabulary as this package reads and writes it: which elements are what. No element is read here."""

from __future__ import annotations

from typing import Final

from scoring.api import Interaction

TOOL: Final = "Kasauti"
"""The ``toolName`` of our own items: their white space counts and their class names that begin with ``kasauti-`` are read."""
CLASS: Final = "kasauti-"

BLOCK_INTERACTIONS: Final = {
    "choiceInteraction": Interaction.CHOICE_SINGLE,
    "orderInteraction": Interaction.ORDER,
    "associateInteraction": Interaction.ASSOCIATE,
    "matchInteraction": Interaction.MATCH,
    "gapMatchInteraction": Interaction.GAP_MATCH,
    "hottextInteraction": Interaction.HOTTEXT,
    "extendedTextInteraction": Interaction.EXTENDED_TEXT,
    "hotspotInteraction": Interaction.HOTSPOT,
    "selectPointInteraction": Interaction.SELECT_POINT,
    "graphicOrderInteraction": Interaction.GRAPHIC_ORDER,
    "graphicAssociateInteraction": Interaction.GRAPHIC_ASSOCIATE,
    "graphicGapMatchInteraction": Interaction.GRAPHIC_GAP_MATCH,
    "positionObjectInteraction": Interaction.POSITION_OBJECT,
    "sliderInteraction": Interaction.SLIDER,
    "uploadInteraction": Interaction.UPLOAD,
}
INLINE_INTERACTIONS: Final = {
    "inlineChoiceInteraction": Interaction.INLINE_CHOICE,
    "textEntryInteraction": Interaction.TEXT_ENTRY,
}
INTERACTIONS: Final = {**BLOCK_INTERACTIONS, **INLINE_INTERACTIONS}

REFUSED: Final = {
    "customInteraction": ("custom_interaction", "a custom interaction runs a program of its maker"),
    "portableCustomInteraction": ("custom_interaction", "a portable custom interaction (PCI) runs a program of its maker"),
    "drawingInteraction": ("drawing_interaction", "a drawing cannot be given here; ask for an upload instead"),
    "endAttemptInteraction": ("end_attempt_interaction", "a button that ends the attempt or asks for a hint is not offered"),
    "printedVariable": ("printed_variable", "a printed variable has a value only while an item runs"),
    "templateBlock": ("template_item", "an item that is made from a template; bring in the finished items"),
    "templateInline": ("template_item", "an item that is made from a template; bring in the finished items"),
    "templateBlockFeedback": ("template_item", "an item that is made from a template; bring in the finished items"),
    "templateInlineFeedback": ("template_item", "an item that is made from a template; bring in the finished items"),
    "templateVariable": ("template_item", "an item that is made from a template; bring in the finished items"),
    "script": ("active_content", "scripts never run in an item"),
    "style": ("active_content", "style sheets inside the text are not taken"),
    "iframe": ("active_content", "pages inside an item are not shown"),
    "embed": ("active_content", "embedded programs never run in an item"),
    "applet": ("active_content", "embedded programs never run in an item"),
    "form": ("active_content", "forms inside the text are not taken"),
    "input": ("active_content", "forms inside the text are not taken"),
    "button": ("active_content", "forms inside the text are not taken"),
    "select": ("active_content", "forms inside the text are not taken"),
    "textarea": ("active_content", "forms inside the text are not taken"),
    "svg:svg": ("svg_inline", "a drawing inside the text; keep it as a file beside the item"),
    "xi:include": ("xinclude", "text of another file; put it into the item"),
}  # fmt: skip
"""Elements that make an item impossible to take, as (code, reason)."""

RENAMED: Final = {
    "h1": "h3", "h2": "h3", "tt": "code", "acronym": "abbr", "address": "div", "section": "div", "article": "div",
    "aside": "div", "header": "div", "footer": "div", "nav": "div", "main": "div", "details": "div", "summary": "p",
    "ins": "u", "del": "s", "strike": "s", "label": "span", "time": "span", "mark": "b", "bdo": "bdi", "rb": "span",
}  # fmt: skip
"""Elements that say the same under another name."""

UNWRAPPED: Final = frozenset({"big", "font", "center", "rtc", "rbc", "infoControl", "a"})
"""Elements whose content is kept without them."""

IGNORED: Final = frozenset(
    {"colgroup", "col", "wbr", "source", "track", "param", "stylesheet", "templateConstraint", "catalogInfo"}
)
"""Elements without content of their own."""

BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "figure",
        "figcaption",
        "hr",
        "h1",
        "h2",
        "address",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "nav",
        "main",
        "details",
        "summary",
        "rubricBlock",
        "feedbackBlock",
        "prompt",
        "colgroup",
        "positionObjectStage",
        "mediaInteraction",
    ]
) | frozenset(BLOCK_INTERACTIONS)
"""Elements around which white space does not show."""

EXTERNAL_PLACES: Final = frozenset({"div", "td", "th", "li", "dd"})
"""HTML in which a block interaction may stand."""

TEMPLATE_ELEMENTS: Final = ("templateDeclaration", "templateProcessing")
SHUFFLED: Final = frozenset(
    {
        Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.ORDER, Interaction.ASSOCIATE, Interaction.MATCH,
        Interaction.GAP_MATCH, Interaction.INLINE_CHOICE,
    }
)  # fmt: skip
"""The kinds whose choices QTI can shuffle."""
ELEMENTS: Final = {kind: name for name, kind in INTERACTIONS.items()} | {
    Interaction.CHOICE_MULTIPLE: "choiceInteraction",
    Interaction.NUMERIC: "textEntryInteraction",
}
"""The element of each kind."""

OPTIONS: Final = {
    Interaction.CHOICE_SINGLE: "simpleChoice",
    Interaction.CHOICE_MULTIPLE: "simpleChoice",
    Interaction.ORDER: "simpleChoice",
    Interaction.INLINE_CHOICE: "inlineChoice",
    Interaction.ASSOCIATE: "simpleAssociableChoice",
}
"""The element of what can be chosen, where that is all that an interaction holds."""
SPOTS: Final = {
    Interaction.HOTSPOT: "hotspotChoice",
    Interaction.GRAPHIC_ORDER: "hotspotChoice",
    Interaction.GRAPHIC_ASSOCIATE: "associableHotspot",
}
"""The element of a place on the picture that can be chosen."""
