# SPDX-License-Identifier: Apache-2.0
"""The blueprint builder's form: from native controls to a blueprint document of version 2, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import MultiDict

from item_bank import api as bank
from scoring.api import format_mark, format_share
from web.forms.blueprint_sections import read_sections, section_values
from web.words import _

PAPERS = 3
MOST_PAPERS = 20
_RANGE = re.compile(r"\s*(\d{1,3})\s*(?:[-–—]\s*(\d{1,3})\s*)?")
_NUMBER = re.compile(r"\d{1,6}")
_PERCENT = re.compile(r"\d{1,3}([.,]\d{1,3})?")
Document = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """A blueprint as asked for: its name, its document, how many papers to prove; ``errors`` by field of the form."""

    name: str
    document: Document
    papers: int
    errors: dict[str, str] = field(default_factory=dict)


def read_blueprint(
    form: MultiDict[str, str], credential: bank.CredentialDocument, *, names: Mapping[str, str]
) -> Asked:
    """Read the form; every wrong field is named. ``names`` are the item ids by the authors' names."""
    component = form.get("component", "theory")[:40]
    natural = bank.natural_plan(credential, component=component)
    errors: dict[str, str] = {}
    reader = _Reader(form, errors)
    lines = [_line(reader, line) for line in natural.lines]
    quotas = [quota.to_document() for quota in natural.quotas]
    quotas += [quota for line in natural.lines for quota in _levels(reader, line.pc)]
    quotas += _whole(reader, credential)
    document: Document = {
        "version": 2,
        "component": component,
        "seconds": reader.whole("minutes", least=1, most=6000, usual=natural.seconds // 60) * 60,
        "languages": [one for one in credential.languages if one in form.getlist("language")],
        "pcs": [line for line in lines if line["most"]],
        "quotas": [*quotas, *_tags(reader)],
        "enemies": list(_enemies(reader, names)),
        "exposure_cap": reader.cap("exposure", least=1),
        "overlap": {"most": reader.cap("overlap", least=0), "among": form.get("among", "draw")[:20]},
        "limits": {
            "master_fails": reader.percent("master_fails"),
            "guesser_passes": reader.percent("guesser_passes"),
        },
    }
    if not document["languages"]:
        errors["language"] = _("Choose at least one language.")
    sections = list(read_sections(form, languages=document["languages"], errors=errors))
    if sections:
        document["sections"] = sections
    papers = reader.whole("papers", least=1, most=MOST_PAPERS, usual=PAPERS)
    return Asked(form.get("name", "").strip()[:200], document, papers, errors)


def values_of(plan: bank.Plan, *, names: Mapping[str, str], name: str = "") -> MultiDict[str, str]:
    """What the form shows for a plan; ``names`` are the authors' names by item id."""
    values: MultiDict[str, str] = MultiDict(
        {
            "name": name,
            "component": plan.component,
            "minutes": str(plan.seconds // 60),
            "exposure": "" if plan.exposure_cap is None else str(plan.exposure_cap),
            "overlap": "" if plan.overlap_cap is None else str(plan.overlap_cap),
            "among": plan.overlap_scope.value,
            "master_fails": format_mark(plan.limits.master_fails * 100),
            "guesser_passes": format_mark(plan.limits.guesser_passes * 100),
            "papers": str(PAPERS),
            "enemies": "\n".join(
                ", ".join(names.get(item, item) for item in group) for group in plan.enemies
            ),
        }
    )
    values.setlist("language", list(plan.languages))
    for line in plan.lines:
        values[f"items:{line.pc}"] = _shown(line.least, line.most)
    tags = []
    for quota in plan.quotas:
        shown = _shown(quota.least, quota.most)
        if quota.tag is not None:
            tags.append(f"{quota.tag}: {shown}")
        elif quota.interaction is not None:
            values[f"type:{quota.interaction.value}"] = shown
        elif quota.difficulty is not None:
            values[f"{quota.difficulty.value}:{quota.pc or ''}"] = shown
        elif quota.nos is not None and quota.element is None:
            values[f"nos:{quota.nos}"] = shown
    values["tags"] = "\n".join(tags)
    values.update(section_values(plan))
    return values


class _Reader:
    """Fields of the form, with what is wrong about them."""

    def __init__(self, form: MultiDict[str, str], errors: dict[str, str]) -> None:
        self.form, self.errors = form, errors

    def bounds(self, name: str) -> tuple[int, int] | None:
        """``4`` or ``2-4``; None where nothing is asked."""
        text = self.form.get(name, "").strip()
        if not text:
            return None
        found = _RANGE.fullmatch(text)
        if found is None:
            self.errors[name] = _("Write a number such as 4, or a range such as 2-4.")
            return None
        least = int(found[1])
        most = int(found[2] or least)
        if least > most:
            self.errors[name] = _("The first number of a range is the smaller one.")
            return None
        return least, most

    def whole(self, name: str, *, least: int, most: int, usual: int) -> int:
        text = self.form.get(name, "").strip()
        if not text:
            return usual
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            self.errors[name] = _("Enter a whole number from %(least)s to %(most)s.", least=least, most=most)
            return usual
        return int(text)

    def cap(self, name: str, *, least: int) -> int | None:
        text = self.form.get(name, "").strip()
        return self.whole(name, least=least, most=100_000, usual=least) if text else None

    def percent(self, name: str) -> str:
        text = self.form.get(name, "").strip()
        if not _PERCENT.fullmatch(text) or Fraction(text.replace(",", ".")) > 100:
            self.errors[name] = _("Enter a percentage from 0 to 100.")
            return "0"
        return format_share(Fraction(text.replace(",", ".")) / 100)


def _line(reader: _Reader, line: bank.PcLine) -> Document:
    bounds = reader.bounds(f"items:{line.pc}") or (line.least, line.most)
    return bank.PcLine(line.pc, *bounds, line.marks).to_document()


def _levels(reader: _Reader, pc: str) -> Iterator[Document]:
    for level in bank.Difficulty:
        if bounds := reader.bounds(f"{level.value}:{pc}"):
            yield {"pc": pc, "difficulty": level.value, "least": bounds[0], "most": bounds[1]}


def _whole(reader: _Reader, credential: bank.CredentialDocument) -> Iterator[Document]:
    for level in bank.Difficulty:
        if bounds := reader.bounds(f"{level.value}:"):
            yield {"difficulty": level.value, "least": bounds[0], "most": bounds[1]}
    for nos in credential.nos:
        if bounds := reader.bounds(f"nos:{nos.code}"):
            yield {"nos": nos.code, "least": bounds[0], "most": bounds[1]}
    for name in sorted(reader.form):
        if name.startswith("type:") and (bounds := reader.bounds(name)):
            yield {"type": name.removeprefix("type:")[:40], "least": bounds[0], "most": bounds[1]}


def _tags(reader: _Reader) -> Iterator[Document]:
    """One line each: a tag, a colon, a number or a range."""
    for line in reader.form.get("tags", "")[:20_000].splitlines():
        if not line.strip():
            continue
        tag, _colon, text = line.rpartition(":")
        found = _RANGE.fullmatch(text)
        if not tag.strip() or found is None or int(found[1]) > int(found[2] or found[1]):
            reader.errors["tags"] = _(
                "“%(line)s” is not a tag, a colon and a number or range.", line=line.strip()[:60]
            )
            continue
        yield {"tag": tag.strip()[:80], "least": int(found[1]), "most": int(found[2] or found[1])}


def _enemies(reader: _Reader, names: Mapping[str, str]) -> Iterator[list[str]]:
    """One group a line: the names of items, between commas."""
    for line in reader.form.get("enemies", "")[:200_000].splitlines():
        told = [part.strip() for part in line.split(",") if part.strip()]
        if not told:
            continue
        unknown = [name for name in told if name not in names]
        if unknown:
            reader.errors["enemies"] = _("The bank has no item “%(name)s”.", name=unknown[0][:60])
        elif len(set(told)) < 2:
            reader.errors["enemies"] = _(
                "“%(line)s” names only one item; enemies are at least two.", line=line[:60]
            )
        else:
            yield [names[name] for name in dict.fromkeys(told)]


def _shown(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}-{most}"
