# SPDX-License-Identifier: Apache-2.0
"""What the pages for writing an item show. The candidate's preview comes from the candidate's own projection alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import render_template

from item_bank import api as bank
from scoring.api import Interaction, Normalisation, format_mark
from web.forms.item_checks import CheckedForm, FieldProblem, gap_names, is_plain, named_field
from web.forms.item_documents import item_json, used_names
from web.forms.item_keys import choice_ids, part_marks, total_marks
from web.forms.item_steps import CHOOSE, MARKED_ROWS, ORDERS, PAIRS, PICTURES, POINTS, SHUFFLED, SPOTS
from web.forms.items import ItemForm, PartForm
from web.presenters.common import bilingual
from web.presenters.editor_findings import (
    lint_problems,
    on_the_wire,
    stale_problems,
    trials,
)
from web.presenters.editor_previews import previews
from web.presenters.editor_words import kind_groups, kind_words, language_name, media_words, place_words


@dataclass(slots=True)
class Page:
    """A form on its way to the screen: the version it is of, whether the author asked for it to be judged, where to go on.

    ``theirs`` is what somebody else saved in the meantime; ``more`` are problems that only storing could find.
    """

    form: ItemForm
    saved: bank.Draft | None
    judged: bool = False
    focus: str = ""
    theirs: bank.Draft | None = None
    more: list[FieldProblem] = field(default_factory=list)


UNIT_KINDS: Final = (Interaction.NUMERIC, Interaction.SLIDER)


def kinds_page(
    credentials: Sequence[bank.CredentialVersion], chosen: bank.CredentialVersion | None
) -> dict[str, Any]:
    """The choice of an interaction."""
    return {
        "groups": kind_groups(),
        "credentials": [_credential(one) for one in credentials],
        "chosen": chosen.id if chosen else "",
    }


def editor_page(
    page: Page,
    checked: CheckedForm,
    *,
    credentials: Sequence[bank.CredentialVersion],
    stimuli: Sequence[bank.Stimulus],
) -> dict[str, Any]:
    """The form with its preview and findings."""
    form = page.form
    known = next((one for one in credentials if one.id == form.credential_version_id), None)
    problems = everything(page, checked)
    shown = problems if page.judged else [one for one in problems if one.warning or one in page.more]
    return {
        "form": form,
        "saved": page.saved,
        "version": page.saved.version if page.saved else None,
        "judged": page.judged,
        "focus": page.focus,
        "theirs": _theirs(page),
        "title": _title(page),
        "parts": [_part(form, part) for part in form.parts],
        "credentials": [_credential(one) for one in credentials],
        "credential": _credential(known) if known else None,
        "pcs": [(pc.id, bilingual(pc.title)) for pc in known.document.pcs] if known else [],
        "stimuli": [one.name for one in stimuli],
        "kinds": kind_words(),
        "groups": kind_groups(),
        "language_name": language_name,
        "media_words": media_words,
        "used": used_names(form),
        "errors": _by_field(shown),
        "stale": stale_fields(page),
        "steps": _normalisations(),
        "plain": is_plain(form, _program(page)),
        "program": _program(page) is not None,
        **_live(page, checked, problems),
    }


def live_findings(page: Page, checked: CheckedForm) -> dict[str, Any]:
    """What the page's script puts in place while the author types."""
    problems = everything(page, checked)
    context = {**_live(page, checked, problems), "language_name": language_name, "form": page.form}
    return {
        "preview": render_template("author/edit/preview.html", **context),
        "findings": render_template("author/edit/findings.html", **context),
        "size": render_template("author/edit/size.html", **context),
        "fields": {
            name: [{"text": one.text, "warning": one.warning} for one in found]
            for name, found in _by_field(problems).items()
        },
        "trials": {
            str(index): render_template("author/edit/trial.html", trial=trial)
            for index, trial in trials(page.form).items()
        },
        "marks": [part_marks(part) for part in page.form.parts],
        "total": format_mark(total_marks(page.form)),
    }


def everything(page: Page, checked: CheckedForm) -> list[FieldProblem]:
    """All that is to be said: what keeps the item from being saved, then what is worth a look."""
    found = [*page.more, *checked.problems, *stale_problems(page.form, stale_fields(page))]
    if checked.shown is not None:
        found += lint_problems(page.form, checked)
    return sorted(dict.fromkeys(found), key=lambda one: one.warning)


def stale_fields(page: Page) -> dict[str, str]:
    """The fields of translations whose source changed, and what they held when that was noticed."""
    if page.saved is None:
        return {}
    marked = {named_field(page.form, name, language): (language, name) for language, name in page.saved.stale}
    return {
        where: f"{language} {name}"
        for where, (language, name) in marked.items()
        if language not in page.form.confirmed and language in page.form.languages
    }


def _live(page: Page, checked: CheckedForm, problems: Sequence[FieldProblem]) -> dict[str, Any]:
    return {
        "place": lambda name: place_words(page.form, name),
        "previews": previews(checked.shown, page.form.languages),
        "blocking": [one for one in problems if not one.warning],
        "worth_a_look": [one for one in problems if one.warning],
        "size": on_the_wire(page.form, checked),
        "trials": trials(page.form),
        "total": page.form.marks or format_mark(total_marks(page.form)),
    }


def _part(form: ItemForm, part: PartForm) -> dict[str, Any]:
    """One interaction with what its controls depend on."""
    kind = part.interaction
    gaps = gap_names(form, part) if kind is Interaction.GAP_MATCH else []
    firsts = [(row.id, _label(form, part, row.id, row.texts)) for row in part.choices]
    seconds = (
        [(name, name) for name in gaps]
        if kind is Interaction.GAP_MATCH
        else [(row.id, _label(form, part, row.id, row.texts)) for row in part.targets] or firsts
    )
    return {
        "row": part,
        "kind": kind.value,
        "words": kind_words()[kind.value],
        "one_right": kind in (Interaction.CHOICE_SINGLE, Interaction.INLINE_CHOICE),
        "marked_rows": kind in MARKED_ROWS,
        "ordered": kind in ORDERS,
        "paired": kind in PAIRS,
        "has_choices": kind in (*CHOOSE, *ORDERS, *PAIRS, *SPOTS, Interaction.HOTTEXT),
        "has_targets": kind in (Interaction.MATCH, Interaction.GRAPHIC_GAP_MATCH),
        "spots": "choices" if kind in SPOTS else "targets" if kind is Interaction.GRAPHIC_GAP_MATCH else "",
        "points": kind in POINTS,
        "pictured": kind in PICTURES,
        "typed": kind is Interaction.TEXT_ENTRY,
        "number": kind in UNIT_KINDS,
        "by_hand": kind.by_hand,
        "shuffled": kind in SHUFFLED,
        "bounded": kind
        in (Interaction.CHOICE_MULTIPLE, Interaction.HOTTEXT, Interaction.HOTSPOT, *POINTS, *PAIRS),
        "partial": kind in (*MARKED_ROWS, *PAIRS, Interaction.TEXT_ENTRY),
        "gaps": gaps,
        "firsts": firsts,
        "seconds": seconds,
        "marks": part_marks(part),
        "picture": form.media_named(part.image),
        "letters": _letters(part),
    }


def _letters(part: PartForm) -> list[str]:
    """What the rows are called on the page."""
    return choice_ids(part)


def _label(form: ItemForm, part: PartForm, name: str, texts: dict[str, str]) -> str:
    text = next((texts[language] for language in form.languages if texts.get(language, "").strip()), "")
    shown = bank.plain_text(text) if text else ""
    return f"{name}: {shown[:60]}" if shown else name


def _by_field(problems: Sequence[FieldProblem]) -> dict[str, list[FieldProblem]]:
    found: dict[str, list[FieldProblem]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem)
    return found


def _credential(credential: bank.CredentialVersion) -> dict[str, Any]:
    return {
        "id": credential.id,
        "code": credential.document.code,
        "title": bilingual(credential.document.title),
    }


def _program(page: Page) -> Mapping[str, object] | None:
    return page.saved.document.key.program if page.saved else None


def _title(page: Page) -> str:
    return page.form.external_id


def _normalisations() -> list[str]:
    return [step.value for step in Normalisation]


def _theirs(page: Page) -> dict[str, Any] | None:
    """What somebody else saved, beside what stands in the form: only where the two differ."""
    if page.theirs is None:
        return None
    mine = _flat(item_json(page.form, program=page.theirs.document.key.program))
    stored = _flat(page.theirs.document.to_document())
    names = [name for name in dict.fromkeys([*stored, *mine]) if stored.get(name) != mine.get(name)]
    return {
        "number": page.theirs.version.number,
        "id": page.theirs.version.id,
        "rows": [
            {"name": name, "stored": stored.get(name, "–"), "mine": mine.get(name, "–")} for name in names
        ],
    }


def _flat(value: object, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {
            key: text
            for part, below in value.items()
            for key, text in _flat(below, f"{name} {part}".strip()).items()
        }
    if isinstance(value, list):
        return {
            key: text
            for number, below in enumerate(value, 1)
            for key, text in _flat(below, f"{name} {number}".strip()).items()
        }
    return {name: str(value)}
