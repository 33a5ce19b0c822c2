# SPDX-License-Identifier: Apache-2.0
"""An item of any kind that leaves the bank as QTI comes back as the same item."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from item_bank.document import Part
from item_bank.formats.model import ImportDefaults
from item_bank.items.model import ItemDocument
from item_bank.items.parsing import read_item
from item_bank.markup import clean_markup, plain_text
from item_bank.qti.reading import parse_qti
from item_bank.qti.writing import export_qti
from scoring.api import Element, Interaction, ItemProgram, Normalisation
from tests.unit.item_bank.rich_files import FILES, media

BYTES = {hashlib.sha256(data).hexdigest(): data for _, data in FILES.values()}
KINDS = [kind for kind in Interaction if kind is not Interaction.COMPOSITE]
GRAPHIC = {
    Interaction.HOTSPOT, Interaction.SELECT_POINT, Interaction.GRAPHIC_ORDER, Interaction.GRAPHIC_ASSOCIATE,
    Interaction.GRAPHIC_GAP_MATCH, Interaction.POSITION_OBJECT,
}  # fmt: skip

letters = st.text("abcXYZ अआकिँ०१९&<>\"'];-.\u00a0é漢", min_size=1, max_size=12)
words = letters.filter(lambda text: bool(text.strip()))
plain_words = words.filter(lambda text: "<" not in text and "&" not in text)
"""What may stand where no markup may: a key, a guide, a rationale."""
numbers = st.fractions(min_value=-999, max_value=999, max_denominator=4)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@st.composite
def inline(draw: st.DrawFn) -> str:
    """Markup that stands in a line: emphasis, formulas, pictures, ruby, other languages, odd attributes."""
    text = _escaped(draw(words))
    return draw(
        st.sampled_from(
            [
                text,
                f"<b>{text}</b> {text}",
                f'<em lang="hi">{text}</em>',
                f'<span lang="ur" dir="rtl">{text}</span>',
                f"<u>{text}</u><s>{text}</s>",
                f"<ruby>{text}<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
                f"x<sub>2</sub>  and<br>{text}",
                '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac><mo stretchy="false">)</mo></math>',
                f'<img src="media:mark.svg" alt="{_escaped(text).replace(chr(34), "&quot;")}" width="40">',
                '<img alt="" src="media:mark.svg">',
                f'<img src="media:mark.svg"> {text}',
                f'<bdi dir="auto">{text}</bdi> <abbr>{text}</abbr>',
                f'<audio src="media:beep.wav" title="a beep"></audio>{text}',
                f'<video width="300" src="media:film.webm" title="a  film"></video>{text}',
            ]
        )
    )


@st.composite
def blocks(draw: st.DrawFn, places: tuple[str, ...]) -> str:
    """Markup with the given places somewhere in it, in paragraphs, lists, tables or bare."""
    out = []
    for place in places:
        inner = draw(inline())
        out.append(
            draw(
                st.sampled_from(
                    [
                        f"<p>{inner}</p>\n  {place}",
                        f"<p>{inner} {place} {_escaped('a < b')}</p>",
                        f"{inner} {place}",
                        f'<ol start="3" type="a"><li>{inner}</li><li dir="rtl">{place}</li></ol>',
                        (
                            f"<table><caption>{_escaped('t & t')}</caption><tbody>"
                            f'<tr><td colspan="2">{place}</td></tr></tbody></table>'
                        ),
                        f"<figure>{inner}<figcaption>{place}</figcaption></figure>",
                        f"<h4>{place}</h4><pre>a\n  b</pre>",
                        f"<b>{inner}{place}</b><hr>",
                    ]
                )
            )
        )
    return "".join(out)


@st.composite
def areas(draw: st.DrawFn) -> dict[str, Any]:
    """An area of the picture."""
    small = st.integers(0, 90)
    match draw(st.sampled_from(["rect", "circle", "ellipse", "poly", "default"])):
        case "rect":
            left, top = draw(small), draw(small)
            return {"shape": "rect", "coords": [left, top, left + 20, top + 30]}
        case "circle":
            return {"shape": "circle", "coords": [draw(small), draw(small), 9]}
        case "ellipse":
            return {"shape": "ellipse", "coords": [draw(small), draw(small), 9, 5]}
        case "poly":
            return {"shape": "poly", "coords": [0, 0, draw(small) + 1, 0, 5, draw(small) + 1, 0, 0]}
        case _:
            return {"shape": "default", "coords": []}


def _choices(draw: st.DrawFn, names: str, *, area: bool = False, pairs: bool = False) -> list[dict[str, Any]]:
    made = []
    for name in names:
        one: dict[str, Any] = {"id": name}
        if draw(st.booleans()):
            one["fixed"] = True
        if pairs or draw(st.integers(0, 9)) == 0:
            one["most"] = draw(st.sampled_from([0, 2, 3]))
        if area:
            one["area"] = draw(areas())
        elif draw(st.integers(0, 5)) == 0:
            one["media"] = "mark.svg"
        made.append(one)
    return made


def _typed(draw: st.DrawFn, kind: Interaction, part: dict[str, Any], key: dict[str, Any]) -> None:
    """What is typed, uploaded or pointed at."""
    match kind:
        case Interaction.TEXT_ENTRY:
            key["correct"] = draw(
                st.lists(plain_words.map(str.strip).filter(bool), min_size=1, max_size=3, unique=True)
            )
            if draw(st.booleans()):
                key["normalise"] = draw(
                    st.lists(st.sampled_from([one.value for one in Normalisation]), unique=True)
                )
            part |= draw(st.sampled_from([{}, {"length": 12}, {"least": 1}]))
        case Interaction.NUMERIC:
            key["correct"] = [str(draw(st.decimals(-999, 999, places=2, allow_nan=False)))]
            if draw(st.booleans()):
                key["tolerance"] = {
                    "mode": draw(st.sampled_from(["absolute", "relative"])),
                    "below": "1/2",
                    "above": "0.25",
                }
        case Interaction.SLIDER:
            part |= {"lower": "0", "upper": draw(st.sampled_from(["10", "100", "7.5"])), "step": "2.5"}
            key["correct"] = ["2.5"]
        case Interaction.EXTENDED_TEXT | Interaction.UPLOAD:
            key["guide"] = {"en": draw(plain_words), "hi": "पहली\nदूसरी  पंक्ति"}
            if kind is Interaction.UPLOAD:
                part |= draw(
                    st.sampled_from(
                        [{}, {"accept": ["application/pdf"]}, {"accept": ["image/png", "image/jpeg"]}]
                    )
                )
            else:
                part |= draw(st.sampled_from([{}, {"lines": 5, "length": 300}]))
        case _:
            part["most"] = draw(st.sampled_from([0, 1, 3]))
            key |= {"correct": ["12 40"], "areas": [[draw(areas()), "1"], [draw(areas()), "0.5"]]}
            if draw(st.booleans()):
                del key["areas"]


def _chosen(draw: st.DrawFn, kind: Interaction, part: dict[str, Any], key: dict[str, Any]) -> None:
    """What is chosen, ordered or paired."""
    match kind:
        case Interaction.MATCH | Interaction.GAP_MATCH | Interaction.GRAPHIC_GAP_MATCH:
            part |= {"choices": _choices(draw, "ABC", pairs=True), "most": draw(st.sampled_from([0, 4]))}
            targets = _choices(
                draw,
                "XYZ",
                area=kind is Interaction.GRAPHIC_GAP_MATCH,
                pairs=kind is not Interaction.GAP_MATCH,
            )
            part["targets"] = targets if kind is not Interaction.GAP_MATCH else [{"id": one} for one in "XYZ"]
            key["correct"] = draw(st.sampled_from([["A X"], ["B Y", "C Z"], ["A X", "B X", "C Y"]]))
        case Interaction.ASSOCIATE | Interaction.GRAPHIC_ASSOCIATE:
            part |= {
                "choices": _choices(draw, "ABCD", area=kind in GRAPHIC, pairs=True),
                "most": draw(st.sampled_from([0, 3])),
            }
            key["correct"] = ["B A", "C D"]
        case Interaction.ORDER | Interaction.GRAPHIC_ORDER:
            part |= {"choices": _choices(draw, "ABC", area=kind in GRAPHIC), "most": 0}
            key["correct"] = draw(st.permutations(["A", "B", "C"]))
        case _:
            part["choices"] = _choices(draw, "ABCD", area=kind in GRAPHIC)
            if kind not in (Interaction.CHOICE_SINGLE, Interaction.INLINE_CHOICE):
                part["most"] = draw(st.sampled_from([0, 1, 2]))
            single = kind in (Interaction.CHOICE_SINGLE, Interaction.INLINE_CHOICE) or part["most"] == 1
            key["correct"] = draw(st.sampled_from([["B"]] if single else [["B"], ["C", "A"]]))


@st.composite
def parts(draw: st.DrawFn, kind: Interaction, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A part of a kind and its key."""
    part: dict[str, Any] = {"id": name, "kind": kind.value}
    key: dict[str, Any] = {"part": name, "marks": draw(st.sampled_from(["1", "2", "0.5", "1.25"]))}
    if kind in GRAPHIC:
        part["image"] = "panel.png"
    pairs = kind.base_type.value in ("pair", "directedPair")
    if kind.base_type.value in ("string", "float", "file", "point"):
        _typed(draw, kind, part, key)
    else:
        _chosen(draw, kind, part, key)
    if kind in (Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.ORDER, Interaction.MATCH):
        part["shuffle"] = draw(st.booleans())
    values = key.get("correct", [])
    mapped = (
        kind.base_type.value in ("identifier", "pair", "directedPair") and kind.cardinality.value != "ordered"
    )
    if mapped and (pairs or kind.cardinality.value == "multiple") and draw(st.booleans()):
        key["mapping"] = {
            "entries": [[value, draw(st.sampled_from(["1", "0.5", "-1"]))] for value in values],
            **draw(st.sampled_from([{}, {"default": "-0.25", "lower": "0"}, {"upper": "1", "lower": "-1"}])),
        }
    return part, key


@st.composite
def items(draw: st.DrawFn, kinds: Sequence[Interaction]) -> ItemDocument:
    """A sound item with these interactions in one, two or three languages."""
    drawn = [
        draw(parts(kind, "RESPONSE" if not number else f"R_{number}")) for number, kind in enumerate(kinds)
    ]
    document: dict[str, Any] = {
        "id": draw(st.sampled_from(["SDP-PC1-01", "a/b", "9.x_y"])),
        "pc": draw(st.sampled_from(["PC1", "E1.2"])),
        "type": kinds[0].value if len(kinds) == 1 else "composite",
        "difficulty": draw(st.sampled_from(["easy", "medium", "hard"])),
        "seconds": draw(st.integers(5, 7200)),
        "marks": draw(st.sampled_from(["1", "2.5", "7"])),
        "parts": [part for part, _ in drawn],
        "key": {"parts": [key for _, key in drawn]},
        "media": [
            media("panel.png"), media("mark.svg"), media("beep.wav"), media("film-en.vtt"),
            media("film.webm", captions=[["en", "film-en.vtt"]]),
        ],
        **draw(st.sampled_from([{}, {"tags": ["enemy:interest", "ब्याज दर"]}])),
    }  # fmt: skip
    if draw(st.booleans()):
        document["stimulus"] = "passage-1"
    given_stimulus = draw(st.booleans())
    for language in draw(st.sampled_from([["en"], ["hi", "en"], ["en", "hi", "mr"]])):
        stem = ""
        texts: dict[str, str] = {}
        for part, _ in drawn:
            name, kind = part["id"], part["kind"]
            places = (
                tuple(
                    f"[[{name}.{one['id']}]]" for one in part["choices" if kind == "hottext" else "targets"]
                )
                if kind in ("hottext", "gap_match")
                else (f"[[{name}]]",)
            )
            if kind == "gap_match" and draw(st.booleans()):
                places = (f"[[{name}]]", *places)
            stem += clean_markup(draw(blocks(places)))
            labelled = [*part.get("choices", []), *(part.get("targets", []) if kind != "gap_match" else [])]
            texts |= {f"{name}.{one['id']}": draw(inline()) for one in labelled}
            if draw(st.booleans()):
                texts[f"{name}.prompt"] = draw(inline())
        body = {"stem": stem, "texts": texts}
        if given_stimulus:
            body["stimulus"] = draw(blocks(("",)))
        if draw(st.booleans()):
            body["rationale"] = draw(plain_words)
        document[language] = body
    read = Part(document)
    item = read_item(read)
    assert not read.problems, read.problems
    return item


def _round_trip(item: ItemDocument, version: str) -> ItemDocument:
    packed = export_qti([item], version=version, media=BYTES.__getitem__)
    assert export_qti([item], version=version, media=BYTES.__getitem__) == packed
    (back,) = parse_qti(packed, filename="bank.zip", defaults=ImportDefaults()).items
    assert not back.problems
    assert back.source is not None
    return back.document


@pytest.mark.parametrize("version", ["3.0", "2.1"])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_an_item_of_any_kind_comes_back_as_the_same_item(
    kind: Interaction, version: str, data: st.DataObject
) -> None:
    item = data.draw(items([kind]))
    back = _round_trip(item, version)
    assert back == item
    assert back.content_hash == item.content_hash


@pytest.mark.parametrize("version", ["3.0", "2.1"])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_an_item_of_several_interactions_comes_back_as_the_same_item(
    version: str, data: st.DataObject
) -> None:
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=3))
    item = data.draw(items(kinds))
    assert _round_trip(item, version).content_hash == item.content_hash


@settings(max_examples=8, deadline=None)
@given(data=st.data(), version=st.sampled_from(["3.0", "2.1"]))
def test_a_program_that_part_keys_cannot_say_comes_back_word_for_word(
    data: st.DataObject, version: str
) -> None:
    item = data.draw(items([Interaction.CHOICE_SINGLE]))
    outcome = data.draw(st.sampled_from(["LEVEL", "PASSED"]))
    rule = Element(
        "setOutcomeValue", {"identifier": "SCORE"},
        (Element("product", children=(Element("baseValue", {"baseType": "float"}, text=data.draw(st.sampled_from(["1", "2"]))),
                                      Element("variable", {"identifier": "SCORE"}))),),
    )  # fmt: skip
    program = ItemProgram(
        (
            Element("responseDeclaration", {"identifier": "RESPONSE", "cardinality": "single", "baseType": "identifier"},
                    (Element("correctResponse", children=(Element("value", text="B"),)),)),
            Element("outcomeDeclaration", {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}),
            Element("outcomeDeclaration", {"identifier": outcome, "cardinality": "single", "baseType": "identifier"}),
        ),
        Element(
            "responseProcessing",
            children=(
                Element("responseCondition", children=(
                    Element("responseIf", children=(
                        Element("match", children=(Element("variable", {"identifier": "RESPONSE"}),
                                                   Element("correct", {"identifier": "RESPONSE"}))),
                        Element("setOutcomeValue", {"identifier": "SCORE"},
                                (Element("baseValue", {"baseType": "float"}, text="1"),)),
                    )),
                )),
                rule,
            ),
        ),
        normalise=data.draw(st.sampled_from([{}, {"RESPONSE": (Normalisation.TRIM,)}])),
    )  # fmt: skip
    document = item.to_document()
    document["key"] = {"parts": [{"part": "RESPONSE", "correct": ["B"]}], "program": program.to_document()}
    reader = Part(document)
    with_program = read_item(reader)
    assert not reader.problems
    back = _round_trip(with_program, version)
    assert back.key.program == program.to_document()
    assert back.content_hash == with_program.content_hash


@settings(max_examples=15, deadline=None)
@given(
    stem=words, options=st.lists(words, min_size=2, max_size=6, unique_by=lambda text: plain_text(_escaped(text)).casefold()),
    shuffle=st.booleans(), version=st.sampled_from(["3.0", "2.1"]),
)  # fmt: skip
def test_a_simple_item_comes_back_as_a_simple_item(
    stem: str, options: list[str], shuffle: bool, version: str
) -> None:
    texts = {"ABCDEF"[number]: text for number, text in enumerate(options)}
    reader = Part(
        {
            "id": "S-1", "pc": "PC1", "type": "choice_single", "difficulty": "easy", "seconds": 30,
            "key": ["B"], "shuffle": shuffle,
            "en": {"stem": f"{stem}\n  second  line", "options": texts, "rationale": "Why\nnot"},
        }
    )  # fmt: skip
    item = read_item(reader)
    if reader.problems:  # a text that looks like markup, or two that look the same
        return
    assert _round_trip(item, version) == item


@settings(max_examples=15, deadline=None)
@given(
    answers=st.lists(words.map(str.strip).filter(bool), min_size=1, max_size=4, unique=True),
    steps=st.lists(st.sampled_from([one.value for one in Normalisation]), unique=True),
)
def test_a_simple_text_entry_keeps_every_accepted_answer(answers: list[str], steps: list[str]) -> None:
    reader = Part(
        {
            "id": "S-2", "pc": "PC1", "type": "text_entry", "difficulty": "easy", "seconds": 30,
            "key": answers, "normalise": steps,
            "en": {"stem": "Which number?"}, "hi": {"stem": "कौन-सी संख्या?"},
        }
    )  # fmt: skip
    item = read_item(reader)
    if reader.problems:
        return
    assert _round_trip(item, "3.0") == item


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_bytes_break_the_reader(data: st.DataObject) -> None:
    item = data.draw(items([data.draw(st.sampled_from(KINDS))]))
    packed = bytearray(export_qti([item], media=BYTES.__getitem__))
    for _ in range(data.draw(st.integers(1, 6))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):  # anything else is a failure
        for read in parse_qti(bytes(packed), filename="x.zip", defaults=ImportDefaults()).items:
            assert all(problem.code and read.locate(problem.path) for problem in read.problems)
