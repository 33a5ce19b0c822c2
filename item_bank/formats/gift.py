# SPDX-License-Identifier: Apache-2.0
"""Questions in GIFT, Moodle's text format: the whole grammar, with the way out (an item or a named refusal) for every question.

What a kind of question becomes is in ``shapes``. The grammar: docs.moodle.org, "GIFT format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Final

from core.errors import Invalid
from item_bank.formats import shapes, shares
from item_bank.formats.drafts import Draft, Prose, parsed_losses
from item_bank.formats.intake import TextForm
from item_bank.formats.model import ImportDefaults, Loss, ParsedFile, ReadItem
from item_bank.formats.sheets import MAXIMUM_ROWS

_ESCAPED: Final = "~=#{}:\\"
_HIDE: Final = {"\\" + mark: chr(0xE100 + place) for place, mark in enumerate(_ESCAPED)}
_SHOW: Final = {0xE100 + place: mark for place, mark in enumerate(_ESCAPED)}
_HIDDEN = re.compile(r"\\[~=#{}:\\]")
_FORM = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_CATEGORY = re.compile(r"\$CATEGORY:(.*)", re.IGNORECASE)
_TITLE = re.compile(r"::(.*?)::", re.DOTALL)
_NOTE = re.compile(r"\[(id|tag):([^\]]{1,200})\]")
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{1,10})?)%")
_MARK = re.compile(r"(?=[~=])")
_OPEN_TAG = re.compile(r"<[a-zA-Z][^<>]*$")
_RANGE = re.compile(r"(.+?)\.\.(.+)")
_TRUE_FALSE: Final = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one question: where it begins, its text with escapes hidden, what the comments before it say."""

    line: int
    text: str
    category: str
    idnumber: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer as it stands between ``{`` and ``}``."""

    mark: str
    share: Fraction | None
    text: str
    form: TextForm
    feedback: str


def parse_gift(text: str, *, defaults: ImportDefaults) -> ParsedFile:
    """Read every question. Invalid(``too_many_rows``) above ``MAXIMUM_ROWS`` questions.

    Codes of refused questions: ``gift_braces``, ``gift_answers``, ``gift_weight``, ``gift_number`` and those of ``shapes``.
    """
    items: list[ReadItem] = []
    drafts: list[Draft] = []
    descriptions: list[Loss] = []
    blocks = list(islice(_blocks(text), MAXIMUM_ROWS + 1))
    if len(blocks) > MAXIMUM_ROWS:
        raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
    for block in blocks:
        draft = Draft(
            f"line {block.line}",
            defaults,
            category=block.category,
            idnumber=block.idnumber,
            tags=list(block.tags),
        )
        item = _read(draft, block.text)
        if item is None:
            descriptions.append(Loss(draft.where, "a description is no question; its text is not kept"))
        else:
            items.append(item)
        if draft.notes.losses:
            drafts.append(draft)
    return ParsedFile("gift", tuple(items), (*descriptions, *parsed_losses(drafts)))


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    start, category, idnumber = 0, "", ""
    tags: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            if not lines:
                for kind, value in _NOTE.findall(stripped):
                    if kind == "id":
                        idnumber = value
                    else:
                        tags.append(value)
        elif stripped and not lines and (found := _CATEGORY.match(stripped)) is not None:
            category = _shown(_hidden(found[1])).strip()
        elif stripped:
            start = start if lines else number
            lines.append(line)
        elif lines:
            yield _Block(start, _hidden("\n".join(lines)), category, idnumber, tuple(tags))
            lines, idnumber, tags = [], "", []


def _hidden(text: str) -> str:
    """The text with escaped marks as characters that mean nothing."""
    if "\\" not in text:
        return text
    return _HIDDEN.sub(lambda found: _HIDE[found[0]], text)


def _shown(text: str) -> str:
    """The text with hidden marks as themselves, and the escape for a line break as one."""
    return text.replace("\\n", "\n").translate(_SHOW)


def _read(draft: Draft, text: str) -> ReadItem | None:
    text = text.strip()
    if (found := _TITLE.match(text)) is not None:
        draft.name = " ".join(_shown(found[1]).split())
        if draft.name:
            draft.where = f"{draft.where} ({draft.name[:40]})"
        text = text[found.end() :].strip()
    opened, closed = text.find("{"), text.find("}")
    if opened < 0 and closed < 0:
        return None
    if opened < 0 or closed < opened or "{" in text[opened + 1 :] or "}" in text[closed + 1 :]:
        return draft.refused(
            "gift_braces", "the braces around the answers are not one pair; write \\{ for a brace in a text"
        )
    before, inner, after = text[:opened], text[opened + 1 : closed], text[closed + 1 :]
    form = TextForm.AUTO
    if (found := _FORM.match(before)) is not None:
        form, before = TextForm(found[1].lower()), before[found.end() :]
    raw = before.strip()
    if after.strip():
        raw = f"{raw} _____ {after.strip()}"
    inner, _, general = inner.partition("####")
    stem = draft.take(_shown(raw), form)
    if general.strip():
        draft.explain(*_formed(general.strip(), form))
    return _answered(draft, stem, inner.strip(), form)


def _formed(text: str, form: TextForm) -> tuple[str, TextForm]:
    found = _FORM.match(text)
    if found is None:
        return _shown(text), form
    return _shown(text[found.end() :].strip()), TextForm(found[1].lower())


def _answered(draft: Draft, stem: Prose, inner: str, form: TextForm) -> ReadItem:
    if not inner:
        return shapes.extended(draft, stem)
    if inner.startswith("#"):
        return _numbers(draft, stem, inner[1:].strip(), form)
    word, _, feedback = inner.partition("#")
    if (truth := _TRUE_FALSE.get(word.strip().upper())) is not None:
        wrong, _, right = feedback.partition("#")
        for label, said in (("✗", wrong), ("✓", right)):
            if said.strip():
                draft.explain(*_formed(said.strip(), form), label=label)
        return shapes.true_false(draft, stem, true=truth)
    if inner[0] not in "=~":
        return draft.refused(
            "gift_answers", "the answers begin with neither = nor ~, and are neither T, F nor a number"
        )
    answers = [_answer(draft, part, form) for part in _MARK.split(inner) if part]
    if any(_OPEN_TAG.search(one.text) for one in answers):
        return draft.refused(
            "gift_answers", "a tag is cut by an = or ~ in it; write \\= and \\~ inside answers"
        )
    if any(one.mark == "~" for one in answers):
        return _choice(draft, stem, answers)
    if all("->" in one.text for one in answers):
        return _match(draft, stem, answers)
    return _texts(draft, stem, answers)


def _answer(draft: Draft, part: str, form: TextForm) -> _Answer:
    mark, rest = part[0], part[1:]
    share = None
    if (found := _WEIGHT.match(rest)) is not None:
        share = shares.share_of(found[1])
        rest = rest[found.end() :]
        if share is None or not -1 <= share <= 1:
            draft.refuse("gift_weight", f"the weight {found[0].strip()} is not between -100 % and 100 %")
    text, _, feedback = rest.partition("#")
    shown, own = _formed(text.strip(), form)
    return _Answer(mark, share, shown, own, feedback.strip())


def _choice(draft: Draft, stem: Prose, answers: list[_Answer]) -> ReadItem:
    single = any(one.mark == "=" for one in answers)
    read = []
    for place, one in enumerate(answers):
        share = one.share if one.share is not None else Fraction(int(one.mark == "="))
        read.append(shapes.Answer(draft.take(one.text, one.form), share))
        if one.feedback:
            draft.explain(*_formed(one.feedback, one.form), label=shares.letter(place))
    return shapes.choice(draft, stem, read, single=single, shuffle=True)


def _texts(draft: Draft, stem: Prose, answers: list[_Answer]) -> ReadItem:
    for one in answers:
        if one.feedback:
            draft.explain(*_formed(one.feedback, one.form), label=one.text[:60])
    read = [
        shapes.TextAnswer(one.text, one.share if one.share is not None else Fraction(1)) for one in answers
    ]
    return shapes.short_answer(draft, stem, read, exact_case=False)


def _match(draft: Draft, stem: Prose, answers: list[_Answer]) -> ReadItem:
    pairs, extra = [], []
    for one in answers:
        left, _, right = one.text.partition("->")
        if one.feedback:
            draft.lose("the feedback of a pair")
        if left.strip():
            pairs.append((draft.take(left.strip(), one.form), draft.take(right.strip(), TextForm.PLAIN)))
        else:
            extra.append(draft.take(right.strip(), TextForm.PLAIN))
    return shapes.match(draft, stem, pairs, extra, shuffle=True)


def _numbers(draft: Draft, stem: Prose, inner: str, form: TextForm) -> ReadItem:
    parts = (
        [part for part in _MARK.split(inner) if part.strip()] if inner[:1] in ("=", "~") else [f"={inner}"]
    )
    read = []
    for part in parts:
        one = _answer(draft, part, form)
        if one.feedback:
            draft.explain(*_formed(one.feedback, one.form), label=one.text[:40])
        if one.text.strip() in ("", "*") and part[0] == "~":
            continue  # what is said to any other number: kept above
        number = _tolerated(one.text)
        if number is None:
            draft.refuse("gift_number", f"{one.text[:60]!r} is no number such as 3.14, 3.14:0.01 or 3..4")
            continue
        share = one.share if one.share is not None else Fraction(int(part[0] == "="))
        read.append((number, share))
    return shapes.numeric(draft, stem, read)


def _tolerated(text: str) -> shapes.Tolerated | None:
    if (found := _RANGE.fullmatch(text.strip())) is not None:
        low, high = shares.number_of(found[1]), shares.number_of(found[2])
        if low is None or high is None or low > high:
            return None
        middle = (low + high) / 2
        return shapes.Tolerated(middle, middle - low, high - middle)
    written, _, margin = text.partition(":")
    value = shares.number_of(written)
    within = shares.number_of(margin) if margin.strip() else Decimal(0)
    if value is None or within is None or within < 0:
        return None
    return shapes.Tolerated(value, within, within)
