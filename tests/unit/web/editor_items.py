# SPDX-License-Identifier: Apache-2.0
"""An item of every kind as its document, as an author would have it."""

from __future__ import annotations

from typing import Any

SHA = "ab" * 32
PICTURE = {
    "name": "meter.png",
    "media_type": "image/png",
    "sha256": SHA,
    "size": 120,
    "width": 400,
    "height": 300,
}


def simple(kind: str, **changes: Any) -> dict[str, Any]:
    document = {
        "id": "ED-1", "pc": "PC1", "type": kind, "difficulty": "medium", "seconds": 60, "key": ["B"],
        "normalise": [], "shuffle": True,
        "en": {"stem": "Which one?", "options": {"A": "Neutral", "B": "Live"}, "rationale": "It is live."},
        "hi": {"stem": "कौन-सा?", "options": {"A": "न्यूट्रल", "B": "लाइव"}, "rationale": "यह लाइव है।"},
    }  # fmt: skip
    return {**document, **changes}


def rich(
    part: dict[str, Any], key: dict[str, Any], *, en: dict[str, Any], hi: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    part = {"id": "RESPONSE", **part}
    document = {
        "id": "ED-1", "pc": "PC1", "type": part["kind"], "difficulty": "medium", "seconds": 60, "marks": key.get("marks", "1"),
        "parts": [part], "key": {"parts": [{"part": "RESPONSE", **key}]}, "en": en, "hi": hi,
    }  # fmt: skip
    return {**document, **changes}


def flow(text: str, place: str = "[[RESPONSE]]") -> str:
    return f"<p>{text}</p>{place}"


def texts(names: str, language: str) -> dict[str, str]:
    return {f"RESPONSE.{name}": f"{name} {'text' if language == 'en' else 'पाठ'}" for name in names.split()}


def both(
    names: str = "", *, en: str = "Do it.", hi: str = "करें।", place: str = "[[RESPONSE]]"
) -> dict[str, Any]:
    english: dict[str, Any] = {"stem": flow(en, place) if place else en}
    hindi: dict[str, Any] = {"stem": flow(hi, place) if place else hi}
    if names:
        english["texts"], hindi["texts"] = texts(names, "en"), texts(names, "hi")
    return {"en": english, "hi": hindi}


def ids(names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, **more} for name in names.split()]


def spots(names: str) -> list[dict[str, Any]]:
    return [
        {"id": name, "area": {"shape": "rect", "coords": [10 * number, 10, 10 * number + 8, 40]}}
        for number, name in enumerate(names.split(), 1)
    ]


ON_PICTURE: dict[str, Any] = {"media": [PICTURE]}
EVERY_KIND: dict[str, dict[str, Any]] = {
    "choice_single": simple("choice_single"),
    "choice_multiple": simple("choice_multiple", key=["A", "B"]),
    "text_entry": {
        "id": "ED-1", "pc": "PC1", "type": "text_entry", "difficulty": "medium", "seconds": 60, "key": ["100000", "1 lakh"],
        "normalise": ["nfc", "trim", "devanagari_digits", "indian_grouping"], "shuffle": False,
        "en": {"stem": "How many?"}, "hi": {"stem": "कितने?"},
    },
    "numeric": rich(
        {"kind": "numeric"},
        {"correct": ["230"], "tolerance": {"mode": "absolute", "below": "5", "above": "5"}},
        **both(),
    ),
    "extended_text": rich(
        {"kind": "extended_text", "lines": 6, "length": 400},
        {"marks": "4", "guide": {"en": "2 for the earth, 2 for the fuse.", "hi": "2 अंक अर्थ के लिए।"}},
        **both(),
    ),
    "inline_choice": rich(
        {"kind": "inline_choice", "choices": ids("A B C"), "shuffle": True},
        {"correct": ["C"]},
        **both("A B C", en="The [[RESPONSE]] wire is live.", hi="[[RESPONSE]] तार लाइव है।", place=""),
    ),
    "match": rich(
        {"kind": "match", "choices": ids("A B"), "targets": ids("T1 T2", most=0), "shuffle": True, "most": 0},
        {"marks": "2", "correct": ["A T2", "B T1"],
         "mapping": {"entries": [["A T2", "1"], ["B T1", "1"]], "default": "0", "lower": "0"}},
        **both("A B T1 T2"),
    ),
    "order": rich(
        {"kind": "order", "choices": ids("A B C"), "shuffle": True, "most": 0},
        {"marks": "3", "correct": ["C", "A", "B"]},
        **both("A B C"),
    ),
    "associate": rich(
        {"kind": "associate", "choices": ids("A B C D"), "shuffle": True, "most": 0},
        {"correct": ["A C", "B D"]},
        **both("A B C D"),
    ),
    "gap_match": rich(
        {"kind": "gap_match", "choices": ids("A B C"), "targets": ids("G1 G2"), "shuffle": True, "most": 0},
        {"correct": ["A G1", "C G2"]},
        **both("A B C", en="Connect [[RESPONSE.G1]] to [[RESPONSE.G2]].", hi="[[RESPONSE.G1]] को [[RESPONSE.G2]] से।", place=""),
    ),
    "hottext": rich(
        {"kind": "hottext", "choices": ids("H1 H2")},
        {"correct": ["H2"]},
        **both("H1 H2", en="Find [[RESPONSE.H1]] and [[RESPONSE.H2]].", hi="[[RESPONSE.H1]] और [[RESPONSE.H2]]।", place=""),
    ),
    "hotspot": rich(
        {"kind": "hotspot", "choices": spots("H1 H2"), "image": "meter.png"}, {"correct": ["H1"]}, **both("H1 H2"), **ON_PICTURE
    ),
    "select_point": rich(
        {"kind": "select_point", "image": "meter.png"},
        {"correct": ["50 60"], "areas": [[{"shape": "circle", "coords": [50, 60, 20]}, "1"]]},
        **both(), **ON_PICTURE,
    ),
    "graphic_order": rich(
        {"kind": "graphic_order", "choices": spots("H1 H2"), "most": 0, "image": "meter.png"},
        {"correct": ["H2", "H1"]}, **both("H1 H2"), **ON_PICTURE,
    ),
    "graphic_associate": rich(
        {"kind": "graphic_associate", "choices": spots("H1 H2 H3"), "most": 0, "image": "meter.png"},
        {"correct": ["H1 H3"]}, **both("H1 H2 H3"), **ON_PICTURE,
    ),
    "graphic_gap_match": rich(
        {"kind": "graphic_gap_match", "choices": ids("A B"), "targets": spots("T1 T2"), "most": 0, "image": "meter.png"},
        {"correct": ["A T1", "B T2"]}, **both("A B T1 T2"), **ON_PICTURE,
    ),
    "position_object": rich(
        {"kind": "position_object", "image": "meter.png"},
        {"correct": ["104 25"], "areas": [[{"shape": "rect", "coords": [100, 10, 108, 40]}, "1"]]},
        **both(), **ON_PICTURE,
    ),
    "slider": rich(
        {"kind": "slider", "lower": "0", "upper": "500", "step": "10"},
        {"correct": ["230"], "tolerance": {"mode": "relative", "below": "5", "above": "5"}},
        **both(),
    ),
    "upload": rich(
        {"kind": "upload", "accept": ["application/pdf", "image/jpeg"]},
        {"marks": "5", "guide": {"en": "Look at the joint.", "hi": "जोड़ देखें।"}},
        **both(),
    ),
    "composite": {
        "id": "ED-1", "pc": "PC1", "type": "composite", "difficulty": "hard", "seconds": 120, "marks": "3",
        "parts": [
            {"id": "RESPONSE", "kind": "numeric"},
            {"id": "RESPONSE2", "kind": "choice_single", "choices": ids("A B"), "shuffle": True},
        ],
        "key": {"parts": [
            {"part": "RESPONSE", "marks": "2", "correct": ["230"]}, {"part": "RESPONSE2", "correct": ["A"]},
        ]},
        "stimulus": "passage-1", "tags": ["wiring", "enemy:ED-9"],
        "en": {"stem": "<p>Read <b>U</b>: [[RESPONSE]] V.</p>[[RESPONSE2]]", "stimulus": "A plate says 230 V.",
               "texts": {"RESPONSE2.A": "Safe", "RESPONSE2.B": "Unsafe", "RESPONSE2.prompt": "Is it safe?"}},
        "hi": {"stem": "<p><b>U</b> पढ़ें: [[RESPONSE]] V.</p>[[RESPONSE2]]", "stimulus": "प्लेट पर 230 V है।",
               "texts": {"RESPONSE2.A": "सुरक्षित", "RESPONSE2.B": "असुरक्षित", "RESPONSE2.prompt": "क्या यह सुरक्षित है?"}},
    },
}  # fmt: skip

ODD: dict[str, dict[str, Any]] = {
    "bounds": rich(
        {"kind": "choice_single", "choices": [{"id": "ChoiceA", "fixed": True}, {"id": "ChoiceB", "most": 3}], "least": 1},
        {"correct": ["ChoiceB"]},
        **both("ChoiceA ChoiceB"),
    ),
    "order by marks": rich(
        {"kind": "order", "choices": ids("A B", fixed=True), "most": 0},
        {"correct": ["A", "B"], "marks": "2",
         "mapping": {"entries": [["A", "1"], ["B", "1"]], "default": "0"}},
        **both("A B"), marks="2",
    ),
    "shuffled places": rich(
        {"kind": "hotspot", "choices": spots("X Y"), "image": "meter.png", "shuffle": True, "most": 2, "least": 1, "lines": 3},
        {"correct": ["X", "Y"]}, **both("X Y"), **ON_PICTURE,
    ),
    "marks for words": rich(
        {"kind": "text_entry", "length": 12},
        {"correct": ["rain"], "marks": "2", "normalise": ["trim"],
         "mapping": {"entries": [["rain", "2"], ["water", "1/2"]], "default": "-1", "upper": "2"}},
        **both(en="What falls?", hi="क्या गिरता है?"), marks="2",
    ),
    "weighted marks": rich({"kind": "numeric"}, {"marks": "7/2", "correct": ["5"]}, **both()),
    "picture in a choice": rich(
        {"kind": "match", "choices": [{"id": "A", "media": "meter.png"}, {"id": "B"}], "targets": ids("T1", most=2), "most": 0},
        {"correct": ["A T1", "B T1"]}, **both("A B T1"), **ON_PICTURE,
    ),
}  # fmt: skip
"""Items as other authors' tools make them, with settings that the form seldom shows."""
