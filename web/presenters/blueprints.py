# SPDX-License-Identifier: Apache-2.0
"""What managers and awarding bodies see of blueprints: the proof, deficits in words, the lint, the coverage matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from item_bank import api as bank
from scoring.api import Reading
from web.i18n import in_language
from web.presenters.blueprint_early import early_rows
from web.presenters.common import bilingual, component_label, exact, percent
from web.presenters.editor_words import kind_words, language_name
from web.words import _, ngettext

Row = dict[str, Any]


def level_word(level: bank.Difficulty) -> str:
    """A difficulty in a sentence."""
    return {
        bank.Difficulty.EASY: _("easy"),
        bank.Difficulty.MEDIUM: _("medium"),
        bank.Difficulty.HARD: _("hard"),
    }[level]


def blueprint_rows(stored: Sequence[bank.StoredBlueprint], *, organisations: Mapping[str, str]) -> list[Row]:
    """Blueprints as a list."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "agency": organisations.get(one.owner_id, ""),
            "component": component_label(one.blueprint.component),
            "items": one.blueprint.items,
            "minutes": exact(Fraction(one.blueprint.seconds, 60)),
            "version": 2 if isinstance(one.blueprint, bank.Plan) else 1,
            "created_at": one.created_at,
        }
        for one in stored
    ]


def proof_view(
    proof: bank.Proof,
    plan: bank.AnyBlueprint,
    credential: bank.CredentialDocument,
    *,
    names: Mapping[str, str],
    waived: Sequence[str] = (),
) -> Row:
    """The proof panel; ``names`` are the authors' names by item id, empty for those who see no items."""
    titles = {pc.id: pc for pc in credential.pcs}
    return {
        "papers": proof.papers,
        "made": proof.made,
        "holds": proof.holds,
        "too_slow": proof.too_slow,
        "lines": [
            {
                "pc": line.pc,
                "title": bilingual(titles[line.pc].title) if line.pc in titles else {},
                "needed": line.needed,
                "live": line.live,
                "ready": line.ready,
                "free": line.free,
                "levels": [(level_word(level), count) for level, count in line.by_difficulty],
                "missing": line.missing,
                "papers": line.papers,
                "enough": line.papers is None or line.papers >= proof.papers,
            }
            for line in proof.lines
        ],
        "missing": [missing_view(item, plan) for item in proof.deficits.missing] if proof.deficits else [],
        "minimal": proof.deficits.minimal if proof.deficits else True,
        "causes": [cause_text(cause, names=names) for cause in proof.deficits.causes]
        if proof.deficits
        else [],
        "lint": lint_view(proof.lint, waived=waived),
    }


def missing_view(missing: bank.Missing, plan: bank.AnyBlueprint) -> Row:
    """A deficit as a sentence, and what there is to know about it."""
    cap = plan.exposure_cap if isinstance(plan, bank.Plan) else None
    return {"pc": missing.pc, "text": missing_text(missing), "notes": list(_missing_notes(missing, cap=cap))}


def missing_text(missing: bank.Missing) -> str:
    """A deficit in a sentence, as in “PC4 needs 2 more live Hindi items of difficulty medium”."""
    number = missing.count
    words = {
        "pc": missing.pc,
        "language": ", ".join(language_name(code) for code, _count in missing.untranslated),
        "difficulty": level_word(missing.difficulty) if missing.difficulty else "",
    }
    if missing.untranslated and missing.difficulty:
        return ngettext(
            "%(pc)s needs %(num)s more live %(language)s item of difficulty %(difficulty)s.",
            "%(pc)s needs %(num)s more live %(language)s items of difficulty %(difficulty)s.",
            number,
            **words,
        )
    if missing.untranslated:
        return ngettext(
            "%(pc)s needs %(num)s more live %(language)s item.",
            "%(pc)s needs %(num)s more live %(language)s items.",
            number,
            **words,
        )
    if missing.difficulty:
        return ngettext(
            "%(pc)s needs %(num)s more live item of difficulty %(difficulty)s.",
            "%(pc)s needs %(num)s more live items of difficulty %(difficulty)s.",
            number,
            **words,
        )
    return ngettext(
        "%(pc)s needs %(num)s more live item.", "%(pc)s needs %(num)s more live items.", number, **words
    )


def _missing_notes(missing: bank.Missing, *, cap: int | None) -> Iterator[str]:
    if missing.interaction is not None:
        kind = kind_words().get(missing.interaction.value, {"name": missing.interaction.value})["name"]
        yield _("Kind: %(kind)s.", kind=kind)
    if missing.tags:
        yield _("With the tag %(tags)s.", tags=", ".join(missing.tags))
    if missing.marks != 1:
        yield _("Worth %(marks)s marks each.", marks=exact(missing.marks))
    if missing.quick:
        yield _("Each takes at most %(seconds)s seconds.", seconds=missing.seconds)
    for code, count in missing.untranslated:
        yield ngettext(
            "%(num)s live item is not there in %(language)s yet; translating it helps.",
            "%(num)s live items are not there in %(language)s yet; translating them helps.",
            count,
            language=language_name(code),
        )
    if missing.capped and cap is not None:
        yield ngettext(
            "%(num)s live item has stood in %(cap)s papers already, the exposure cap.",
            "%(num)s live items have stood in %(cap)s papers already, the exposure cap.",
            missing.capped,
            cap=cap,
        )


def cause_text(cause: bank.Cause, *, names: Mapping[str, str]) -> str:
    """An obstacle as a sentence that says what to do."""
    facts: Mapping[str, Any] = cause.facts
    match cause.obstacle:
        case bank.Obstacle.TIME:
            return _(
                "The time is too short by %(excess)s seconds: even the quickest items need %(needed)s of %(seconds)s seconds.",
                excess=facts["excess_seconds"],
                needed=facts["needed_seconds"],
                seconds=facts["seconds"],
            )
        case bank.Obstacle.SECTION_TIME:
            full = "; ".join(
                f"{in_language(section['title'])}: {section['excess_seconds']} s"
                for section in facts["sections"]
            )
            return _(
                "Sections are too short: even the quickest items need more time there (%(sections)s).",
                sections=full,
            )
        case bank.Obstacle.ENEMIES:
            groups = "; ".join(_group(group, names) for group in facts["groups"][:5])
            return _("Items that must not stand together are in the way: %(groups)s.", groups=groups)
        case bank.Obstacle.EXPOSURE:
            capped = ", ".join(f"{pc}: {count}" for pc, count in facts["items"].items())
            return _(
                "Items have reached the exposure cap of %(cap)s papers (%(items)s). Write more, or raise the cap.",
                cap=facts["cap"],
                items=capped,
            )
        case bank.Obstacle.OVERLAP:
            return _(
                "Papers may share at most %(cap)s items. Write more items, ask for fewer papers, or raise the cap.",
                cap=facts["cap"],
            )
        case bank.Obstacle.CONTRADICTION:
            quotas = "; ".join(quota_text(quota) for quota in facts["quotas"])
            return _("No bank can fill this: the bounds contradict each other. %(quotas)s", quotas=quotas)
        case bank.Obstacle.SEARCH:
            return _("No paper was found in the time that a search may take. Loosen a bound and try again.")


def _group(group: Mapping[str, Any], names: Mapping[str, str]) -> str:
    known = [names[item] for item in group["items"] if item in names]
    return ", ".join(known[:4]) if known else str(group["name"]).removeprefix("enemy:")


def quota_text(quota: Mapping[str, Any]) -> str:
    """One bound as it was asked for, in short."""
    asked = [
        str(quota[name]) for name in ("pc", "nos", "element", "difficulty", "type", "tag") if name in quota
    ]
    return f"{' '.join(asked)}: {quota['least']}–{quota['most']}"


def lint_view(lint: bank.BlueprintLint, *, waived: Sequence[str] = ()) -> Row:
    """The linter's table."""
    blocking = [pc for pc in lint.blocking if pc not in waived]
    return {
        "lines": [_lint_row(line, waived=line.pc in waived) for line in lint.lines],
        "master_limit": percent(lint.limits.master_fails),
        "guesser_limit": percent(lint.limits.guesser_passes),
        "all_by_paper": chance(lint.all_by_paper),
        "all_by_decision": chance(lint.all_by_decision),
        "blocking": blocking,
        "waived": [pc for pc in lint.blocking if pc in waived],
        "early": early_rows(lint.adaptive),
    }


def _lint_row(line: bank.PcLint, *, waived: bool) -> Row:
    state = (
        "none"
        if line.share is None
        else "waived"
        if line.blocks and waived
        else "blocks"
        if line.blocks
        else ""
    )
    return {
        "pc": line.pc,
        "items": line.items,
        "share": percent(line.share) if line.share is not None else None,
        "guess": percent(line.guess),
        "paper": _reading(line.paper) if line.paper else None,
        "decision": _reading(line.decision) if line.decision else None,
        "other_marks": exact(line.other_marks),
        "state": state or ("warns" if line.warns else "good"),
        "master_breaks": "master_fails" in line.breaks,
        "guesser_breaks": "guesser_passes" in line.breaks,
        "paper_master_breaks": "master_fails" in line.paper_breaks,
        "paper_guesser_breaks": "guesser_passes" in line.paper_breaks,
        "better": [str(number) for number in line.better_lengths],
        "smallest": line.smallest,
    }


def _reading(reading: Reading) -> Row:
    return {
        "needed": exact(reading.needed),
        "maximum": exact(reading.maximum),
        "master_fails": chance(1 - reading.master),
        "borderline": chance(reading.borderline),
        "guesser": chance(reading.guesser),
    }


def chance(value: Fraction) -> str:
    """A chance as people read it, to a tenth of a per cent; what is not nothing never looks like nothing."""
    tenths = round(value * 1000)
    if value and not tenths:
        return _("below %(share)s", share="0.1\u00a0%")
    return f"{tenths // 10}.{tenths % 10}\u00a0%"


def matrix_rows(rows: Sequence[bank.CoverageRow], credential: bank.CredentialDocument) -> list[Row]:
    """The coverage matrix."""
    titles = {pc.id: bilingual(pc.title) for pc in credential.pcs}
    return [
        {
            "nos": row.nos,
            "pc": row.pc,
            "title": titles.get(row.pc, {}),
            "cells": [
                {
                    "component": cell.component,
                    "of": cell.of,
                    "there": cell.there,
                    "needed": cell.needed,
                    "wanted": cell.wanted,
                    "step": cell.step if cell.needed else None,
                }
                for cell in row.cells
            ],
        }
        for row in rows
    ]
