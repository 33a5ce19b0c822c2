# SPDX-License-Identifier: Apache-2.0
"""One sound rich item of every kind as a JSON document. Their files are in `rich_files`, answers to them in `rich_answers`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from item_bank.items.model import ItemDocument
from tests.unit.item_bank.builders import read
from tests.unit.item_bank.rich_files import PANEL, media


def rect(left: int, top: int, right: int, bottom: int) -> dict[str, Any]:
    return {"shape": "rect", "coords": [left, top, right, bottom]}


def circle(x: int, y: int, radius: int) -> dict[str, Any]:
    return {"shape": "circle", "coords": [x, y, radius]}


def choices(
    *ids: str, most: int = 1, areas: Mapping[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Choices by id, each with its area where one is given."""
    found = []
    for name in ids:
        one: dict[str, Any] = {"id": name}
        if most != 1:
            one["most"] = most
        if areas is not None:
            one["area"] = areas[name]
        found.append(one)
    return found


SPOTS = {"A": rect(10, 10, 90, 90), "B": circle(220, 50, 40), "C": rect(180, 120, 300, 190)}
POLY = {"shape": "poly", "coords": [20, 120, 120, 120, 70, 190]}


def document(
    kind: str,
    parts: list[dict[str, Any]],
    keys: list[dict[str, Any]],
    *,
    stem: tuple[str, str],
    texts: Mapping[str, tuple[str, str]] | None = None,
    files: list[dict[str, Any]] | None = None,
    pc: str = "PC1",
    marks: str = "1",
    stimulus: tuple[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A rich item in two languages; ``stem``, ``texts`` and ``stimulus`` are (English, Hindi)."""
    found: dict[str, Any] = {
        "id": f"SDP-{pc}-{kind.upper().replace('_', '-')}",
        "pc": pc,
        "type": kind,
        "difficulty": "medium",
        "seconds": 40,
        "marks": marks,
        "parts": parts,
        "key": {"parts": keys},
        **more,
    }
    if files:
        found["media"] = files
    if stimulus:
        found["stimulus"] = f"passage-{kind}"
    for place, language in enumerate(("en", "hi")):
        body: dict[str, Any] = {
            "stem": stem[place],
            "texts": {name: pair[place] for name, pair in (texts or {}).items()},
        }
        if stimulus:
            body["stimulus"] = stimulus[place]
        found[language] = body
    return found


def _named(part: str, **texts: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return {f"{part}.{name}": pair for name, pair in texts.items()}


def _stem(english: str, hindi: str, place: str = "[[RESPONSE]]") -> tuple[str, str]:
    return f"<p>{english}</p>{place}", f"<p>{hindi}</p>{place}"


_ABC = _named("RESPONSE", A=("Switch", "स्विच"), B=("Lamp", "लैंप"), C=("Fuse", "फ़्यूज़"))
_USES = _named("RESPONSE", X=("Gives light", "प्रकाश देता है"), Y=("Protects", "सुरक्षा करता है"))

DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "choice_single": document(
        "choice_single",
        [{"id": "RESPONSE", "kind": "choice_single", "choices": choices("A", "B", "C"), "shuffle": True}],
        [{"part": "RESPONSE", "correct": ["B"]}],
        stem=_stem(
            'Which sign is <em>this</em>? <img src="media:mark.svg" alt="a gold disc"> <math><mi>x</mi></math>',
            'यह कौन-सा <em>चिह्न</em> है? <img src="media:mark.svg" alt="सुनहरा गोला"> <math><mi>x</mi></math>',
        ),
        texts={**_ABC, "RESPONSE.prompt": ("Choose <strong>one</strong>.", "<strong>एक</strong> चुनिए।")},
        files=[media("mark.svg")],
    ),
    "choice_multiple": document(
        "choice_multiple",
        [
            {
                "id": "RESPONSE",
                "kind": "choice_multiple",
                "choices": [{"id": "A"}, {"id": "B"}, {"id": "C", "fixed": True}],
                "shuffle": True,
                "most": 2,
            }
        ],
        [{"part": "RESPONSE", "correct": ["A", "B"]}],
        stem=_stem("Which two belong to a lighting circuit?", "प्रकाश परिपथ में कौन-से दो होते हैं?"),
        texts=_ABC,
    ),
    "inline_choice": document(
        "inline_choice",
        [{"id": "RESPONSE", "kind": "inline_choice", "choices": choices("A", "B", "C")}],
        [{"part": "RESPONSE", "correct": ["C"]}],
        stem=(
            "<p>A [[RESPONSE]] melts when the current is too high.</p>",
            "<p>धारा अधिक होने पर [[RESPONSE]] पिघलता है।</p>",
        ),
        texts=_ABC,
    ),
    "text_entry": document(
        "text_entry",
        [{"id": "RESPONSE", "kind": "text_entry", "length": 12}],
        [{"part": "RESPONSE", "correct": ["1930"], "normalise": ["trim", "devanagari_digits"]}],
        stem=("<p>The helpline is [[RESPONSE]].</p>", "<p>हेल्पलाइन [[RESPONSE]] है।</p>"),
    ),
    "numeric": document(
        "numeric",
        [{"id": "RESPONSE", "kind": "numeric", "length": 8}],
        [
            {
                "part": "RESPONSE",
                "correct": ["230"],
                "tolerance": {"mode": "absolute", "below": "5", "above": "5"},
            }
        ],
        stem=("<p>The voltage is [[RESPONSE]] V.</p>", "<p>वोल्टता [[RESPONSE]] V है।</p>"),
    ),
    "extended_text": document(
        "extended_text",
        [{"id": "RESPONSE", "kind": "extended_text", "length": 400, "lines": 6}],
        [
            {
                "part": "RESPONSE",
                "marks": "2",
                "guide": {"en": "One mark for each reason.", "hi": "हर कारण का एक अंक।"},
            }
        ],
        stem=_stem("Why is the supply switched off first?", "पहले आपूर्ति क्यों बंद की जाती है?"),
        marks="2",
    ),
    "match": document(
        "match",
        [
            {
                "id": "RESPONSE",
                "kind": "match",
                "choices": choices("B", "C"),
                "targets": choices("X", "Y", most=0),
                "shuffle": True,
                "most": 2,
            }
        ],
        [{"part": "RESPONSE", "correct": ["B X", "C Y"]}],
        stem=_stem("What does each part do?", "हर पुरज़ा क्या करता है?"),
        texts={**{name: pair for name, pair in _ABC.items() if name != "RESPONSE.A"}, **_USES},
    ),
    "order": document(
        "order",
        [{"id": "RESPONSE", "kind": "order", "choices": choices("A", "B", "C"), "most": 0, "shuffle": True}],
        [{"part": "RESPONSE", "correct": ["C", "A", "B"]}],
        stem=_stem("In which order does the current pass them?", "धारा इनसे किस क्रम में गुज़रती है?"),
        texts=_ABC,
    ),
    "associate": document(
        "associate",
        [
            {
                "id": "RESPONSE",
                "kind": "associate",
                "choices": choices("A", "B", "C", "D"),
                "most": 2,
                "shuffle": True,
            }
        ],
        [{"part": "RESPONSE", "correct": ["A B", "C D"]}],
        stem=_stem("Which ones belong together?", "कौन-से एक साथ हैं?"),
        texts={**_ABC, "RESPONSE.D": ("Circuit breaker", "परिपथ वियोजक")},
    ),
    "gap_match": document(
        "gap_match",
        [
            {
                "id": "RESPONSE",
                "kind": "gap_match",
                "choices": choices("A", "B", "C"),
                "targets": choices("G1", "G2"),
                "most": 2,
            }
        ],
        [
            {
                "part": "RESPONSE",
                "correct": ["A G1", "B G2"],
                "mapping": {"entries": [["A G1", "0.5"], ["B G2", "0.5"]], "upper": "1"},
            }
        ],
        stem=(
            "<p>The [[RESPONSE.G1]] turns the [[RESPONSE.G2]] on.</p>",
            "<p>[[RESPONSE.G1]] से [[RESPONSE.G2]] जलता है।</p>",
        ),
        texts=_ABC,
    ),
    "hottext": document(
        "hottext",
        [{"id": "RESPONSE", "kind": "hottext", "choices": choices("A", "B", "C"), "most": 1}],
        [{"part": "RESPONSE", "correct": ["B"]}],
        stem=(
            "<p>Which word names a light? [[RESPONSE.A]], [[RESPONSE.B]] or [[RESPONSE.C]].</p>",
            "<p>कौन-सा शब्द प्रकाश का है? [[RESPONSE.A]], [[RESPONSE.B]] या [[RESPONSE.C]]।</p>",
        ),
        texts=_ABC,
    ),
    "hotspot": document(
        "hotspot",
        [
            {
                "id": "RESPONSE",
                "kind": "hotspot",
                "choices": choices("A", "B", "C", areas={**SPOTS, "C": POLY}),
                "most": 2,
                "image": "panel.png",
            }
        ],
        [{"part": "RESPONSE", "correct": ["A", "B"]}],
        stem=_stem("Mark the two live parts.", "दो चालू भाग चुनिए।"),
        texts=_ABC,
        files=PANEL,
    ),
    "select_point": document(
        "select_point",
        [{"id": "RESPONSE", "kind": "select_point", "image": "panel.png"}],
        [{"part": "RESPONSE", "correct": ["160 100"], "areas": [[circle(160, 100, 20), "1"]]}],
        stem=_stem("Point at the crossing.", "चौराहे पर इंगित कीजिए।"),
        files=PANEL,
    ),
    "graphic_order": document(
        "graphic_order",
        [
            {
                "id": "RESPONSE",
                "kind": "graphic_order",
                "choices": choices("A", "B", "C", areas=SPOTS),
                "most": 0,
                "image": "panel.png",
            }
        ],
        [{"part": "RESPONSE", "correct": ["B", "C", "A"]}],
        stem=_stem("Number the parts in the order of work.", "पुरज़ों को काम के क्रम में रखिए।"),
        texts=_ABC,
        files=PANEL,
    ),
    "graphic_associate": document(
        "graphic_associate",
        [
            {
                "id": "RESPONSE",
                "kind": "graphic_associate",
                "choices": choices("A", "B", "C", areas=SPOTS),
                "most": 1,
                "image": "panel.png",
            }
        ],
        [{"part": "RESPONSE", "correct": ["A C"]}],
        stem=_stem("Which two are wired together?", "कौन-से दो तार से जुड़े हैं?"),
        texts=_ABC,
        files=PANEL,
    ),
    "graphic_gap_match": document(
        "graphic_gap_match",
        [
            {
                "id": "RESPONSE",
                "kind": "graphic_gap_match",
                "choices": choices("X", "Y"),
                "targets": choices("A", "B", "C", areas=SPOTS),
                "most": 0,
                "image": "panel.png",
            }
        ],
        [{"part": "RESPONSE", "correct": ["X B", "Y C"]}],
        stem=_stem("Label the picture.", "चित्र पर लेबल लगाइए।"),
        texts={**_ABC, **_USES},
        files=PANEL,
    ),
    "position_object": document(
        "position_object",
        [{"id": "RESPONSE", "kind": "position_object", "image": "panel.png", "most": 2}],
        [
            {
                "part": "RESPONSE",
                "correct": ["50 50", "240 150"],
                "areas": [[rect(10, 10, 90, 90), "0.5"], [rect(180, 120, 300, 190), "0.5"]],
            }
        ],
        stem=_stem("Place the two detectors.", "दोनों संसूचक रखिए।"),
        files=PANEL,
    ),
    "slider": document(
        "slider",
        [{"id": "RESPONSE", "kind": "slider", "lower": "0", "upper": "100", "step": "5"}],
        [{"part": "RESPONSE", "correct": ["70"]}],
        stem=_stem("Set the pass mark in per cent.", "उत्तीर्णांक प्रतिशत में चुनिए।"),
    ),
    "upload": document(
        "upload",
        [{"id": "RESPONSE", "kind": "upload", "accept": ["image/png", "application/pdf"]}],
        [{"part": "RESPONSE", "marks": "1.5", "guide": {"en": "Neat and complete."}}],
        stem=_stem("Upload a photo of your drawing.", "अपने आरेख का फ़ोटो अपलोड कीजिए।"),
        marks="1.5",
    ),
    "composite": document(
        "composite",
        [
            {"id": "R1", "kind": "choice_single", "choices": choices("A", "B")},
            {"id": "R2", "kind": "numeric"},
            {"id": "R3", "kind": "extended_text", "lines": 3},
        ],
        [
            {"part": "R1", "correct": ["A"]},
            {"part": "R2", "correct": ["1930"]},
            {"part": "R3", "marks": "1", "guide": {"en": "Names a risk."}},
        ],
        stem=(
            "<p>Listen.</p><p>Is it a beep?</p>[[R1]]<p>How many hertz? [[R2]]</p><p>Say why.</p>[[R3]]",
            "<p>सुनिए।</p><p>क्या यह बीप है?</p>[[R1]]<p>कितने हर्ट्ज़? [[R2]]</p><p>कारण बताइए।</p>[[R3]]",
        ),
        texts={"R1.A": ("Yes", "हाँ"), "R1.B": ("No", "नहीं")},
        files=[
            media("beep.wav"),
            media("film.webm", captions=[["en", "film-en.vtt"], ["hi", "film-hi.vtt"]]),
            media("film-en.vtt"),
            media("film-hi.vtt"),
        ],
        marks="3",
        stimulus=(
            (
                '<p>A passage that several items share.</p><audio src="media:beep.wav" title="A beep"></audio>'
                '<video src="media:film.webm" title="A film"></video>'
            ),
            (
                '<p>एक साझा अनुच्छेद।</p><audio src="media:beep.wav" title="बीप"></audio>'
                '<video src="media:film.webm" title="फ़िल्म"></video>'
            ),
        ),
    ),
}
"""A sound document of every kind, by kind; each is worth what its keys give."""


def rich(kind: str, **changes: Any) -> ItemDocument:
    """The item of a kind as a value; ``changes`` replace members of its document."""
    return read({**DOCUMENTS[kind], **changes})
