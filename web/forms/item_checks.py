# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a filled-in item form, each beside the field where it is put right. No storage, no markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from item_bank import api as bank
from web.error_texts.text import N_
from web.forms.item_documents import gaps, is_simple, item_json
from web.forms.item_keys import choice_ids
from web.forms.item_steps import ORDERS, PAIRS
from web.forms.items import ItemForm, PartForm


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing to put right (or, as a warning, to look at): the field's name, ``""`` for the item as a whole."""

    field: str
    code: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """The item of a form, None while something is wrong; and what there is to preview, None while nothing can be shown."""

    item: bank.ItemDocument | None
    problems: tuple[FieldProblem, ...]
    shown: bank.ItemContent | None

    @property
    def blocking(self) -> tuple[FieldProblem, ...]:
        """What keeps the item from being saved."""
        return tuple(problem for problem in self.problems if not problem.warning)


def check_form(
    form: ItemForm,
    *,
    credential: bank.CredentialDocument | None = None,
    program: Mapping[str, object] | None = None,
    whole: bool = False,
) -> CheckedForm:
    """Read the item of a form as any other item is read, and name what is wrong in words.

    ``whole`` asks for everything that a review needs: every language of the credential.
    """
    read = bank.JsonPart(item_json(form, program=program))
    item = bank.read_item(read)
    found = [field_problem(form, problem) for problem in read.problems]
    if not read.problems and credential is not None:
        found += [field_problem(form, problem) for problem in bank.draft_problems(item, credential)]
    found += _languages(form, credential, needed=whole)
    found += _pictures(form)
    found += _answers(form)
    sound = all(problem.warning for problem in found)
    return CheckedForm(item if sound else None, tuple(dict.fromkeys(found)), _shown(form, program))


def _shown(form: ItemForm, program: Mapping[str, object] | None) -> bank.ItemContent | None:
    """The content for a preview: what is empty is filled, and a missing key does not matter to a candidate."""
    read = bank.JsonPart(item_json(form, program=program, lenient=True))
    item = bank.read_item(read)
    harmless = ("key", "id", "pc", "seconds", "difficulty", "tags", "marks")
    broken = [
        problem
        for problem in read.problems
        if problem.path[:1] and problem.path[0] not in harmless and problem.code != "duplicate_option"
    ]
    return None if broken or not form.languages else item.content


def _languages(
    form: ItemForm, credential: bank.CredentialDocument | None, *, needed: bool
) -> list[FieldProblem]:
    text = gettext("The credential needs this language too; without it the item cannot go to review.")
    return [
        FieldProblem("languages", "language_missing", f"{language}: {text}", warning=not needed)
        for language in (credential.languages if credential is not None else ())
        if language not in form.languages
    ]


def _answers(form: ItemForm) -> list[FieldProblem]:
    """What the form holds of a key but no document can: half a pair; and an order that leaves something out."""
    found = []
    for index, part in enumerate(form.parts):
        if part.interaction in PAIRS and any(bool(row.first) != bool(row.second) for row in part.keys):
            text = gettext("A pair has only one side: choose the other one, or remove the pair.")
            found.append(FieldProblem(f"parts.{index}.keys", "half_pair", text))
        if part.interaction in ORDERS and any(not row.place for row in part.choices):
            text = gettext("Something has no place in the right order; a learner has to leave it out.")
            found.append(FieldProblem(f"parts.{index}.choices", "not_placed", text, warning=True))
    return found


def _pictures(form: ItemForm) -> list[FieldProblem]:
    text = gettext("Say in words what the picture shows, or mark it as decoration.")
    return [
        FieldProblem(f"media.{index}.alt.{language}", "alt_missing", text)
        for index, row in enumerate(form.media)
        if row.is_picture and not row.decorative and any(f"media:{row.name}" in flow for flow in _flows(form))
        for language in form.languages
        if not row.alt.get(language, "").strip()
    ]


def _flows(form: ItemForm) -> Iterable[str]:
    yield from (*form.stem.values(), *form.stimulus.values())
    for part in form.parts:
        yield from part.prompt.values()
        for row in (*part.choices, *part.targets):
            yield from row.texts.values()


def field_problem(form: ItemForm, problem: bank.Problem) -> FieldProblem:
    """A problem of the document as one of the form."""
    return FieldProblem(field_of(form, problem), problem.code, words_of(problem))


def words_of(problem: bank.Problem) -> str:
    """What to do, in the reader's language; a rare code keeps the sentence of the check itself."""
    code = "missing" if problem.reason.startswith("'' is not") else problem.code
    text = _WORDS.get(code)
    if text is None:
        return problem.reason[:1].upper() + problem.reason[1:] + ("" if problem.reason.endswith(".") else ".")
    return str(gettext(text)) % {"reason": problem.reason}


def field_of(form: ItemForm, problem: bank.Problem) -> str:
    """The name of the field in which a problem of the document is put right."""
    match problem.path:
        case (str(language), *rest) if language in form.languages:
            return _text_field(form, language, rest, problem)
        case ("parts", int(index), *rest):
            return _part_field(form, index, rest, problem)
        case ("key", "parts", int(index), *rest):
            return _key_field(form, index, rest, problem)
        case ("key", *_):
            return _correct_field(form, 0)
        case ("media", int(index), *_):
            return f"media.{index}"
        case ("normalise", *_):
            return "parts.0.normalise"
        case ("id",):
            return "external_id"
        case ("stimulus",):
            return "stimulus_id"
        case ("tags", *_):
            return "tags"
        case (str(name),) if name in ("pc", "difficulty", "seconds", "marks", "media", "parts"):
            return name if name != "parts" else "parts.0"
        case ():
            return "languages" if problem.code == "no_language" else ""
        case _:
            return ""


def _text_field(form: ItemForm, language: str, rest: Sequence[Any], problem: bank.Problem) -> str:
    part = form.parts[0]
    match rest:
        case ["options", str(letter)]:
            ids = choice_ids(part)
            return (
                f"parts.0.choices.{ids.index(letter)}.texts.{language}"
                if letter in ids
                else "parts.0.choices"
            )
        case ["options"]:
            return "parts.0.choices"
        case ["texts", str(name)]:
            return named_field(form, name, language)
        case ["texts"]:
            named = re.search(r"'([A-Za-z0-9_.-]+)'", problem.reason)
            return named_field(form, named[1], language) if named else f"stem.{language}"
        case [("stem" | "stimulus" | "rationale") as name, *_]:
            return f"{name}.{language}"
        case _:
            return f"stem.{language}"


def named_field(form: ItemForm, name: str, language: str) -> str:
    """The field of a segment of the item (``stem``, ``RESPONSE.A``) in a language."""
    if name in ("stem", "stimulus"):
        return f"{name}.{language}"
    owner, _, choice = name.partition(".")
    for number, part in enumerate(form.parts):
        if part.id != owner:
            continue
        if choice == "prompt":
            return f"parts.{number}.prompt.{language}"
        if choice in (ids := choice_ids(part)):
            return f"parts.{number}.choices.{ids.index(choice)}.texts.{language}"
        targets = [row.id for row in part.targets]
        if choice in targets:
            return f"parts.{number}.targets.{targets.index(choice)}.texts.{language}"
    return f"stem.{language}"


_BY_CODE = {
    "picture_missing": "image",
    "slider_bounds": "upper",
    "too_few_options": "choices",
    "targets": "targets",
    "area_missing": "choices",
}


def _part_field(form: ItemForm, index: int, rest: Sequence[Any], problem: bank.Problem) -> str:
    if index >= len(form.parts):
        return ""
    part = form.parts[index]
    match rest:
        case [("choices" | "targets") as rows, int(row), *below]:
            shown = form.parts[index].targets if rows == "targets" else part.choices
            if row >= len(shown):
                return f"stem.{form.languages[0]}"
            return f"parts.{index}.{rows}.{row}.{'coords' if 'area' in below else below[0] if below else 'texts'}"
        case [str(name), *_]:
            return f"parts.{index}.{name}"
        case _:
            wanted = _BY_CODE.get(problem.code, "")
            if wanted == "targets" and part.kind == "gap_match":
                return f"stem.{form.languages[0]}"
            return f"parts.{index}.{wanted}" if wanted else f"parts.{index}"


def _key_field(form: ItemForm, index: int, rest: Sequence[Any], problem: bank.Problem) -> str:
    if index >= len(form.parts):
        return ""
    match rest:
        case ["areas", int(row), int(side), *_]:
            return f"parts.{index}.areas.{row}.{'marks' if side else 'coords'}"
        case ["areas", int(row), *_]:
            return f"parts.{index}.areas.{row}.coords"
        case ["tolerance", str(name)]:
            return f"parts.{index}.{'tolerance' if name == 'mode' else name}"
        case ["mapping", ("default" | "lower" | "upper") as name]:
            return f"parts.{index}.map_{name}"
        case ["mapping", *_]:
            return f"parts.{index}.partial"
        case [("marks" | "normalise" | "guide") as name, *_]:
            return f"parts.{index}.{name}"
        case _:
            return _correct_field(form, index)


def _correct_field(form: ItemForm, index: int) -> str:
    part: PartForm = form.parts[index]
    if part.areas or part.kind in ("select_point", "position_object"):
        return f"parts.{index}.areas"
    if part.keys or part.interaction.base_type.value != "identifier":
        return f"parts.{index}.keys"
    return f"parts.{index}.correct"


def gap_names(form: ItemForm, part: PartForm) -> list[str]:
    """The gaps that the text of the first language has."""
    return [row.id for row in gaps(form, part)]


def is_plain(form: ItemForm, program: Mapping[str, object] | None) -> bool:
    """Whether it is stored as a simple item."""
    return program is None and is_simple(form)


_WORDS = {
    "missing": N_("This is needed."),
    "empty": N_("Write something here."),
    "too_long": N_("This is too long: %(reason)s."),
    "malformed": N_("This does not have the right form: %(reason)s."),
    "wrong_type": N_("Enter a whole number."),
    "not_a_number": N_("Enter a number, such as 2 or 0.5."),
    "out_of_range": N_("This is outside the bounds: %(reason)s."),
    "html_in_text": N_("This looks like HTML. Write plain text here: %(reason)s."),
    "element_not_allowed": N_("This markup is refused: %(reason)s."),
    "attribute_not_allowed": N_("This markup is refused: %(reason)s."),
    "address_not_allowed": N_("Only files of this item can be shown: %(reason)s."),
    "control_character": N_("There is an invisible character: %(reason)s."),
    "duplicate_option": N_("Two options say the same."),
    "duplicate": N_("Something stands here twice: %(reason)s."),
    "duplicate_key": N_("An answer stands here twice: %(reason)s."),
    "too_few_options": N_("More choices are needed: %(reason)s."),
    "no_key": N_("Say which answer is right."),
    "one_key_expected": N_("Only one answer can be right here."),
    "key_too_long": N_("More answers are right than may be given: %(reason)s."),
    "key_not_an_option": N_("The right answer is not among what is offered: %(reason)s."),
    "picture_missing": N_("Choose the picture on which the learner answers."),
    "area_missing": N_("Draw the area on the picture, or type its numbers."),
    "coords": N_("The numbers do not make this shape: %(reason)s."),
    "targets": N_("There is nothing to match with yet: add a place, or insert a gap into the text."),
    "place_missing": N_("Something has no place in the text: %(reason)s."),
    "place_unknown": N_("The text has a place that belongs to nothing: %(reason)s."),
    "place_twice": N_("A place stands twice in the text: %(reason)s."),
    "slider_bounds": N_("The slider needs a lower and a higher end, and a step above 0."),
    "text_missing": N_("This text is missing in one language."),
    "unknown_pc": N_("Choose a criterion of the credential."),
    "media_missing": N_("A file is missing: %(reason)s."),
    "media_type": N_("A file of this type cannot be shown."),
    "self_test": N_("The right answer as it stands here would not score the full mark."),
    "renamed": N_("The name of an item does not change. Copy the item to use another name."),
    "no_language": N_("Add a language."),
}
