# SPDX-License-Identifier: Apache-2.0
"""The question types of Moodle's XML, one reader each. Names, tags, files and marks are read before (``moodle``).

Facts of the types: the export of each type in Moodle's own question/type folders.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from item_bank.formats import cloze_text, shapes, shares
from item_bank.formats.drafts import Draft, Prose
from item_bank.formats.intake import TextForm
from item_bank.formats.model import ReadItem
from item_bank.formats.moodle_xml import child_text, children, is_set, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_FORMS: Final = {
    "html": TextForm.HTML,
    "moodle_auto_format": TextForm.AUTO,
    "plain_text": TextForm.PLAIN,
    "markdown": TextForm.MARKDOWN,
}
_GAP = re.compile(r"\[\[([0-9]{1,2})\]\]")


def written(node: _Element | None, *, default: TextForm = TextForm.HTML) -> tuple[str, TextForm]:
    """The text of a node with the way in which it is written."""
    return text_of(node), default if node is None else _FORMS.get(node.get("format", ""), default)


def stem_of(draft: Draft, node: _Element) -> Prose:
    """The question text."""
    return draft.take(*written(node.find("questiontext")))


def multichoice(draft: Draft, node: _Element) -> ReadItem:
    """One or several right answers, each with its fraction."""
    answers = []
    for place, answer in enumerate(children(node, "answer")):
        answers.append(shapes.Answer(draft.take(*written(answer)), _fraction(draft, answer)))
        _explain(draft, answer, shares.letter(place))
    single = is_set(node, "single", default=True)
    shuffle = is_set(node, "shuffleanswers", default=True)
    return shapes.choice(draft, stem_of(draft, node), answers, single=single, shuffle=shuffle)


def truefalse(draft: Draft, node: _Element) -> ReadItem:
    """A statement that is true or false."""
    right = [
        text_of(answer).strip().lower()
        for answer in children(node, "answer")
        if _fraction(draft, answer) == 1
    ]
    for answer in children(node, "answer"):
        _explain(draft, answer, text_of(answer).strip())
    if right not in (["true"], ["false"]):
        return draft.refused("no_full_marks", "neither true nor false earns the full marks")
    return shapes.true_false(draft, stem_of(draft, node), true=right == ["true"])


def shortanswer(draft: Draft, node: _Element) -> ReadItem:
    """A typed text."""
    answers = []
    for answer in children(node, "answer"):
        text = text_of(answer)
        answers.append(shapes.TextAnswer(text, _fraction(draft, answer)))
        _explain(draft, answer, text.strip()[:60])
    exact = child_text(node, "usecase").strip() == "1"
    return shapes.short_answer(draft, stem_of(draft, node), answers, exact_case=exact)


def numerical(draft: Draft, node: _Element) -> ReadItem:
    """A typed number with a tolerance. Code: ``number_unreadable``."""
    answers = []
    for answer in children(node, "answer"):
        text, share = text_of(answer).strip(), _fraction(draft, answer)
        _explain(draft, answer, text)
        if text == "*" and share <= 0:
            draft.lose("what is said to any other answer")
            continue
        value = shares.number_of(text)
        margin = shares.number_of(child_text(answer, "tolerance").strip() or "0")
        if value is None or margin is None or margin < 0:
            draft.refuse("number_unreadable", f"{text[:40]!r} with its tolerance is no number")
        else:
            answers.append((shapes.Tolerated(value, margin, margin), share))
    if any(text_of(unit.find("unit_name")).strip() for unit in node.iterfind("units/unit")):
        draft.lose("the units of a number; the number alone counts")
    return shapes.numeric(draft, stem_of(draft, node), answers)


def matching(draft: Draft, node: _Element) -> ReadItem:
    """Pairs; a subquestion without a text is an answer that fits nothing."""
    pairs: list[tuple[Prose, Prose]] = []
    extra = []
    for sub in children(node, "subquestion"):
        left, right = written(sub), sub.find("answer")
        answer = draft.take(
            text_of(right), TextForm.HTML if node.get("type") == "ddmatch" else TextForm.PLAIN
        )
        if left[0].strip():
            pairs.append((draft.take(*left), answer))
        else:
            extra.append(answer)
    shuffle = is_set(node, "shuffleanswers", default=True)
    return shapes.match(draft, stem_of(draft, node), pairs, extra, shuffle=shuffle)


def essay(draft: Draft, node: _Element) -> ReadItem:
    """A text, or files, that a person marks."""
    guide = node.find("graderinfo")
    marked_by = draft.take(*written(guide)) if guide is not None and text_of(guide).strip() else None
    if text_of(node.find("responsetemplate")).strip():
        draft.lose("the text that the answer begins with")
    attachments = child_text(node, "attachments").strip() or "0"
    if child_text(node, "responseformat").strip() == "noinline":
        accept = _media_types(draft, child_text(node, "filetypeslist"))
        if attachments not in ("0", "1"):
            draft.lose("more than one file; an item takes one")
        return shapes.upload(draft, stem_of(draft, node), accept=accept, guide=marked_by)
    if attachments != "0":
        draft.lose("files beside a text; an item takes the text")
    lines = child_text(node, "responsefieldlines").strip()
    return shapes.extended(
        draft,
        stem_of(draft, node),
        lines=int(lines) if re.fullmatch(r"[1-9][0-9]{0,2}", lines) else None,
        guide=marked_by,
    )


def ordering(draft: Draft, node: _Element) -> ReadItem:
    """Things to put in order; the fraction of an answer is its place. Code: ``random_subset``."""
    things = sorted(children(node, "answer"), key=_place)
    count = child_text(node, "selectcount").strip()
    if child_text(node, "selecttype").strip() not in ("", "0", "ALL") and count not in (
        "",
        "0",
        str(len(things)),
    ):
        draft.refuse("random_subset", f"each try takes {count} things at random; an item has fixed ones")
    if child_text(node, "gradingtype").strip() not in ("", "-1", "ALL_OR_NOTHING"):
        draft.lose("marks for an order that is partly right; the whole order counts")
    return shapes.order(draft, stem_of(draft, node), [draft.take(*written(thing)) for thing in things])


def cloze(draft: Draft, node: _Element) -> ReadItem:
    """Answers embedded in a text."""
    return cloze_text.read_cloze(draft, *written(node.find("questiontext")))


def gapselect(draft: Draft, node: _Element) -> ReadItem:
    """Lists to choose from within a text."""
    options = [
        (draft.take(text_of(option), TextForm.PLAIN), child_text(option, "group").strip() or "1")
        for option in children(node, "selectoption")
    ]
    return _lists(draft, node, options)


def ddwtos(draft: Draft, node: _Element) -> ReadItem:
    """Words to be dragged into a text. Words in several groups become lists, because each gap takes its own group only."""
    boxes = [
        (draft.take(*written(box)), child_text(box, "group").strip() or "1", box.find("infinite") is not None)
        for box in children(node, "dragbox")
    ]
    if len({group for _, group, _ in boxes}) > 1:
        draft.lose("dragging: each gap becomes a list to choose from")
        return _lists(draft, node, [(text, group) for text, group, _ in boxes])
    raw, form = written(node.find("questiontext"))
    numbers = _numbers(draft, raw, len(boxes))
    used = [int(number) for number in numbers]
    part: dict[str, Any] = {
        "id": shapes.RESPONSE,
        "kind": "gap_match",
        "choices": [
            {"id": shares.letter(place), **({"most": 0} if forever else {})}
            for place, (_, _, forever) in enumerate(boxes)
        ],
        "targets": [{"id": f"G{place}"} for place in range(1, len(used) + 1)],
        "shuffle": is_set(node, "shuffleanswers"),
        "most": len(used),
    }
    pairs = [f"{shares.letter(number - 1)} G{place}" for place, number in enumerate(used, start=1)]
    key: dict[str, Any] = {
        "correct": pairs,
        "marks": draft.marks,
        "mapping": {"entries": [[pair, str(share)] for pair, share in shapes.shared(draft.marks, pairs)]},
    }
    texts = tuple((shares.letter(place), text) for place, (text, _, _) in enumerate(boxes))
    stem = draft.take(_placed(raw, lambda place: f"[[{shapes.RESPONSE}.G{place}]]"), form)
    return shapes.rich(draft, stem, [shapes.PartPlan(part, key, texts)], places=True)


def _lists(draft: Draft, node: _Element, options: Sequence[tuple[Prose, str]]) -> ReadItem:
    raw, form = written(node.find("questiontext"))
    numbers = _numbers(draft, raw, len(options))
    marks = shares.in_decimals([draft.marks / max(1, len(numbers))] * len(numbers))
    plans = []
    for place, number in enumerate(numbers, start=1):
        group = options[number - 1][1] if number <= len(options) else ""
        offered = [(index, text) for index, (text, its) in enumerate(options, start=1) if its == group]
        right = [(at, Fraction(1)) for at, (index, _) in enumerate(offered) if index == number]
        if len(offered) < 2:
            draft.refuse("too_few_options", f"the gap [[{number}]] has {len(offered)} words to choose from")
        plans.append(
            shapes.inline_part(
                f"R{place}", [text for _, text in offered], right, marks=marks[place - 1],
                shuffle=is_set(node, "shuffleanswers"),
            )
        )  # fmt: skip
    stem = draft.take(_placed(raw, lambda place: f"[[R{place}]]"), form)
    return shapes.rich(draft, stem, plans, places=True)


def _numbers(draft: Draft, raw: str, count: int) -> list[int]:
    """The gaps of a text in order. Code: ``gap_unknown``."""
    numbers = [int(found[1]) for found in _GAP.finditer(raw)]
    if not numbers:
        draft.refuse("gap_unknown", "the text has no gap such as [[1]]")
    for number in numbers:
        if not 1 <= number <= count:
            draft.refuse("gap_unknown", f"the gap [[{number}]] has no word; there are {count}")
    return [number for number in numbers if 1 <= number <= count]


def _placed(raw: str, name: Any) -> str:
    count = 0

    def place(_found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return str(name(count))

    return _GAP.sub(place, raw)


def ddimageortext(draft: Draft, node: _Element) -> ReadItem:
    """Labels or pictures to be dragged onto places of a picture."""
    drags = {child_text(drag, "no").strip(): drag for drag in children(node, "drag")}
    boxes: list[tuple[list[int], str, str]] = []
    for drop in children(node, "drop"):
        choice = child_text(drop, "choice").strip()
        drag = drags.get(choice)
        width, height = _drag_size(draft, drag)
        left, top = _whole(child_text(drop, "xleft")), _whole(child_text(drop, "ytop"))
        boxes.append(([left, top, left + width, top + height], choice, text_of(drop.find("text")).strip()))
    draft.lose("the size of the places on the picture, which Moodle takes from what is dragged")
    areas = [({"shape": "rect", "coords": coords}, choice, label) for coords, choice, label in boxes]
    return _on_picture(draft, node, drags, areas)


def ddmarker(draft: Draft, node: _Element) -> ReadItem:
    """Markers to be put into zones of a picture. Code: ``zone_unreadable``."""
    drags = {child_text(drag, "no").strip(): drag for drag in children(node, "drag")}
    areas: list[tuple[dict[str, Any], str, str]] = []
    for drop in children(node, "drop"):
        shape = child_text(drop, "shape").strip().lower()
        area = _zone(shape, child_text(drop, "coords"))
        if area is None:
            draft.refuse(
                "zone_unreadable",
                f"the zone {child_text(drop, 'no').strip() or '?'} has no shape that is known",
            )
        else:
            areas.append((area, child_text(drop, "choice").strip(), ""))
    draft.lose("that the zones of the picture are hidden: here they can be seen and named")
    return _on_picture(draft, node, drags, areas)


def _on_picture(
    draft: Draft,
    node: _Element,
    drags: dict[str, _Element],
    areas: Sequence[tuple[dict[str, Any], str, str]],
) -> ReadItem:
    """Code: ``picture_missing``, ``gap_unknown``."""
    from item_bank.formats.moodle import add_base64

    file = node.find("file")
    image = (
        add_base64(draft, file.get("name", ""), file.text or "")
        if file is not None
        else ("picture_missing", "the question has no picture")
    )
    if not isinstance(image, str):
        draft.refuse(*image)
        image = ""
    choices, texts = [], []
    for number, drag in drags.items():
        name = f"C{number}"
        choice: dict[str, Any] = {"id": name}
        if drag.find("infinite") is not None or child_text(drag, "noofdrags").strip() == "0":
            choice["most"] = 0
        own = drag.find("file")
        if own is not None:
            added = add_base64(draft, own.get("name", ""), own.text or "")
            if isinstance(added, str):
                choice["media"] = added
            else:
                draft.refuse(*added)
        choices.append(choice)
        texts.append((name, draft.take(text_of(drag.find("text")) or f"Picture {number}", TextForm.HTML)))
    pairs = []
    for place, (_, choice_number, label) in enumerate(areas, start=1):
        texts.append((f"P{place}", draft.take(label or f"Place {place}", TextForm.PLAIN)))
        if choice_number not in drags:
            draft.refuse(
                "gap_unknown", f"the place {place} belongs to {choice_number[:10]!r}, which is not there"
            )
        pairs.append(f"C{choice_number} P{place}")
    part = {
        "id": shapes.RESPONSE,
        "kind": "graphic_gap_match",
        "image": image,
        "choices": choices,
        "targets": [{"id": f"P{place}", "area": area} for place, (area, _, _) in enumerate(areas, start=1)],
        "shuffle": is_set(node, "shuffleanswers"),
        "most": len(areas),
    }
    key: dict[str, Any] = {
        "correct": pairs,
        "marks": draft.marks,
        "mapping": {"entries": [[pair, str(share)] for pair, share in shapes.shared(draft.marks, pairs)]},
    }
    return shapes.rich(draft, stem_of(draft, node), [shapes.PartPlan(part, key, tuple(texts))])


def _drag_size(draft: Draft, drag: _Element | None) -> tuple[int, int]:
    if drag is None:
        return 80, 30
    if drag.find("file") is not None:
        return 60, 60
    del draft
    return min(240, 24 + 9 * len(text_of(drag.find("text")))), 30


def _zone(shape: str, coords: str) -> dict[str, Any] | None:
    """Moodle: circle ``x,y;r``, rectangle ``x,y;width,height``, polygon ``x,y;x,y;…``."""
    numbers = [_whole(part) for part in re.split(r"[,;\s]+", coords.strip()) if part]
    if shape == "circle" and len(numbers) == 3:
        return {"shape": "circle", "coords": numbers}
    if shape == "rectangle" and len(numbers) == 4:
        left, top, width, height = numbers
        return {"shape": "rect", "coords": [left, top, left + width, top + height]}
    if shape in ("poly", "polygon") and len(numbers) >= 6 and len(numbers) % 2 == 0:
        return {"shape": "poly", "coords": numbers}
    return None


def _whole(text: str) -> int:
    number = shares.number_of(text)
    return int(number) if number is not None and abs(number) < 100_000 else 0


def _fraction(draft: Draft, answer: _Element) -> Fraction:
    """What an answer earns. Code: ``fraction_unreadable``."""
    share = shares.share_of(answer.get("fraction", "0") or "0")
    if share is None or not -1 <= share <= 1:
        draft.refuse(
            "fraction_unreadable",
            f"the fraction {answer.get('fraction', '')[:20]!r} is not between -100 and 100",
        )
        return Fraction(0)
    return share


def _place(answer: _Element) -> Fraction:
    share = shares.share_of(answer.get("fraction", "0") or "0")
    return share if share is not None else Fraction(0)


def _explain(draft: Draft, answer: _Element, label: str) -> None:
    if (feedback := answer.find("feedback")) is not None:
        draft.explain(*written(feedback), label=label)


def _media_types(draft: Draft, endings: str) -> list[str]:
    found = []
    for ending in re.split(r"[\s,;]+", endings.strip()):
        kind = mimetypes.guess_type(f"x{ending}")[0] if ending.startswith(".") else None
        if kind and kind not in found:
            found.append(kind)
        elif ending and kind is None:
            draft.lose(f"files of the kind {ending[:20]!r}")
    return found[:20]
