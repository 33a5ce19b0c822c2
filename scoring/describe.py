# SPDX-License-Identifier: Apache-2.0
"""A pass rule in plain English or Hindi, for people who must live with it. No decision is made here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from scoring.errors import RuleError
from scoring.exact import format_mark, format_share
from scoring.marks import Basis, Level, Scope
from scoring.rules import (
    ROOT_PATH,
    AllOf,
    AnyOf,
    AtLeast,
    Bands,
    Compensate,
    Critical,
    Leaf,
    Node,
    Rule,
    Share,
    Unit,
    children,
)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a described rule: its nesting (root 0), its node's JSON path, and the sentence."""

    depth: int
    path: str
    text: str


def describe(rule: Rule, language: str) -> tuple[RuleLine, ...]:
    """The rule as nested sentences, one per node, in the order of the document.

    `language` is "en" or "hi". Raises RuleError `unknown_language`.
    """
    words = _LANGUAGES.get(language)
    if words is None:
        raise RuleError("unknown_language", where="$", language=language, known=list(_LANGUAGES))
    return tuple(_lines(rule.root, words, path=ROOT_PATH, depth=0))


def _lines(node: Node, words: Callable[[Node], str], *, path: str, depth: int) -> Iterator[RuleLine]:
    yield RuleLine(depth, path, words(node))
    if isinstance(node, AllOf | AnyOf | AtLeast | Compensate):
        for child_path, child in children(node, path=path):
            yield from _lines(child, words, path=child_path, depth=depth + 1)


def _percent(share: Fraction) -> str | None:
    """Write "70 %" or "62.5 %" where the percentage ends, else None."""
    percent = format_mark(share * 100)
    return None if "/" in percent else f"{percent} %"


def _joined(names: tuple[str, ...], *, last: str) -> str:
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _english(node: Node) -> str:
    match node:
        case AllOf():
            return "All of these must be met:"
        case AnyOf():
            return "At least one of these must be met:"
        case AtLeast():
            if node.share is None:
                return f"At least {node.k} of these {len(node.of)} must be met:"
            share = _english_part(node.share)
            return f"At least {share} of these {len(node.of)} must be met ({node.k} of them):"
        case Compensate():
            return _english_compensation(node)
        case Bands():
            return _english_bands(node)
        case Share():
            weighted = ", each NOS counted by its weight" if node.basis is Basis.WEIGHTED else ""
            bar = f"{_english_share(node)} {_english_marks(node)} for {_english_place(node.scope)}"
            return f"At least {bar}{weighted}."
        case Critical():
            bar = f"{_english_share(node)} {_english_marks(node)} for it"
            place = _english_place(node.scope)
            if node.scope.level is Level.ITEM:
                place = f"I{place.removeprefix('i')}"
            return f"{place} is critical: at least {bar} are needed, and nothing else makes up for them."
        case _:
            assert_never(node)


def _english_compensation(node: Compensate) -> str:
    most = "one of them may be missed" if node.k == 1 else f"{node.k} of them may be missed"
    if node.unit is Unit.SHARE:
        limit = f"{_english_part(node.limit)} of its marks"
    else:
        limit = format_mark(node.limit) + (
            " percentage points" if node.basis is Basis.WEIGHTED else " marks" if node.limit != 1 else " mark"
        )
    each = "by" if node.k == 1 else "each by"
    return (
        f"All of these must be met, but at most {most}, {each} {limit} or less, "
        "if the others are above their bars by as much together:"
    )


def _english_bands(node: Bands) -> str:
    steps = ", ".join(f"{band.name} from {_english_part(band.at_least)}" for band in node.of)
    weighted = ", each NOS counted by its weight" if node.basis is Basis.WEIGHTED else ""
    needed = (
        "They only name the result."
        if node.at_least == 0
        else f"Band {node.passes}{'' if node.of[0].name == node.passes else ' or better'} is needed."
    )
    return f"Bands by the share {_english_marks(node)} for {_english_place(node.scope)}{weighted}: {steps}. {needed}"


def _english_part(share: Fraction) -> str:
    return _percent(share) or format_share(share)


def _english_share(leaf: Leaf) -> str:
    return _english_part(leaf.at_least)


def _english_marks(leaf: Leaf) -> str:
    if leaf.components is None:
        return "of all marks"
    names = _joined(tuple(_ENGLISH_COMPONENTS.get(name, name) for name in leaf.components), last="and")
    return f"of the {names} marks" + (" together" if len(leaf.components) > 1 else "")


def _english_place(scope: Scope) -> str:
    if scope.level is Level.CREDENTIAL:
        return "the whole credential"
    kinds = {Level.ELEMENT: "element ", Level.ITEM: "item "}
    place = f"{kinds.get(scope.level, '')}{scope.name}"
    return place if scope.nos in (None, scope.name) else f"{place} of {scope.nos}"


def _hindi(node: Node) -> str:
    match node:
        case AllOf():
            return "ये सभी शर्तें पूरी होनी चाहिए:"
        case AnyOf():
            return "इनमें से कम से कम एक शर्त पूरी होनी चाहिए:"
        case AtLeast():
            conditions = "शर्त" if node.k == 1 else "शर्तें"
            number = str(node.k) if node.share is None else f"{_hindi_part(node.share)} (यानी {node.k})"
            return f"इन {len(node.of)} में से कम से कम {number} {conditions} पूरी होनी चाहिए:"
        case Compensate():
            return _hindi_compensation(node)
        case Bands():
            return _hindi_bands(node)
        case Share():
            weighted = " (हर NOS अपने भार के अनुसार)" if node.basis is Basis.WEIGHTED else ""
            bar = f"{_hindi_marks(node)}{weighted} कम से कम {_hindi_share(node)}"
            return f"{_hindi_place(node.scope)} के {bar} पाना होगा।"
        case Critical():
            bar = f"{_hindi_marks(node)} कम से कम {_hindi_share(node)}"
            return (
                f"{_hindi_place(node.scope, link='का')} निर्णायक है: इसके {bar} पाना होगा; "
                "इसकी कमी कहीं और से पूरी नहीं हो सकती।"
            )
        case _:
            assert_never(node)


def _hindi_compensation(node: Compensate) -> str:
    conditions = "शर्त" if node.k == 1 else "शर्तें"
    if node.unit is Unit.SHARE:
        limit = f"अपने अंकों के अधिक से अधिक {_hindi_part(node.limit)}"
    else:
        unit = "प्रतिशत अंक" if node.basis is Basis.WEIGHTED else "अंक"
        limit = f"अधिक से अधिक {format_mark(node.limit)} {unit}"
    return (
        f"ये सभी शर्तें पूरी होनी चाहिए; फिर भी अधिक से अधिक {node.k} {conditions} {limit} से छूट सकती "
        f"{'है' if node.k == 1 else 'हैं'}, यदि बाकी शर्तों में सीमा से ऊपर मिले अंक मिलकर उतनी कमी पूरी कर दें:"
    )


def _hindi_bands(node: Bands) -> str:
    steps = ", ".join(f"{band.name} {_hindi_part(band.at_least)} से" for band in node.of)
    weighted = " (हर NOS अपने भार के अनुसार)" if node.basis is Basis.WEIGHTED else ""
    needed = (
        "ये केवल परिणाम का नाम बताते हैं।"
        if node.at_least == 0
        else f"बैंड {node.passes}{'' if node.of[0].name == node.passes else ' या उससे ऊपर'} पाना होगा।"
    )
    return (
        f"{_hindi_place(node.scope)} के {_hindi_marks(node)} हिस्सा{weighted} बैंड तय करता है: {steps}। {needed}"
    )


def _hindi_part(share: Fraction) -> str:
    return _percent(share) or f"{format_share(share)} भाग"


def _hindi_share(leaf: Leaf) -> str:
    return _hindi_part(leaf.at_least)


def _hindi_marks(leaf: Leaf) -> str:
    if leaf.components is None:
        return "कुल अंकों का"
    names = _joined(tuple(_HINDI_COMPONENTS.get(name, name) for name in leaf.components), last="और")
    return f"{names} अंकों " + ("को मिलाकर उनका" if len(leaf.components) > 1 else "का")


def _hindi_place(scope: Scope, *, link: str = "के") -> str:
    if scope.level is Level.CREDENTIAL:
        return "पूरे क्रेडेंशियल"
    kinds = {Level.ELEMENT: "एलिमेंट ", Level.ITEM: "आइटम "}
    place = f"{kinds.get(scope.level, '')}{scope.name}"
    return place if scope.nos in (None, scope.name) else f"{scope.nos} {link} {place}"


_ENGLISH_COMPONENTS: Mapping[str, str] = {"ojt": "on-the-job"}
_HINDI_COMPONENTS: Mapping[str, str] = {
    "theory": "सिद्धांत",
    "practical": "प्रायोगिक",
    "viva": "मौखिक",
    "project": "परियोजना",
    "ojt": "कार्यस्थल प्रशिक्षण",
}
_LANGUAGES: Mapping[str, Callable[[Node], str]] = {"en": _english, "hi": _hindi}
