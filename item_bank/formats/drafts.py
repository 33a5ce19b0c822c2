# SPDX-License-Identifier: Apache-2.0
"""A question of another system on its way to an item document: who it is, what it says in which language, what was lost.

How each kind of question becomes parts and keys is in ``shapes``; the syntax of a format is in its own module.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from item_bank.document import Part, Path, Problem, json_path
from item_bank.formats.intake import (
    Notes,
    ShowFile,
    Taken,
    TextForm,
    no_files,
    script_language,
    split_languages,
    take_text,
)
from item_bank.formats.kruti_dev import Legacy, read_legacy
from item_bank.formats.model import ImportDefaults, Loss, ReadItem
from item_bank.formats.pictures import Files
from item_bank.items.parsing import read_item
from item_bank.items.parts import ItemSource
from item_bank.text import text_problem

_PC = re.compile(r"\b(PC)[\s_-]?([0-9]{1,3})\b", re.IGNORECASE)
_TAG_PC = re.compile(r"pc:\s*([A-Za-z0-9][A-Za-z0-9._-]{0,31})")
_DIFFICULTY = re.compile(r"(?:difficulty:\s*)?(easy|medium|hard)", re.IGNORECASE)
_SECONDS = re.compile(r"seconds:\s*([0-9]{1,4})")
_SECONDS_BY_DEFAULT: Final = 60
_HTML = re.compile(r"<[a-z/!]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prose:
    """One text of a question, in one language (under ``""``) or several."""

    by_language: Mapping[str, Taken]

    def taken(self, language: str) -> Taken:
        """The text for ``language``; a text of one language only serves them all."""
        found = self.by_language.get(language)
        return found if found is not None else next(iter(self.by_language.values()))

    @property
    def is_plain(self) -> bool:
        """Whether it needs no markup in any language."""
        return all(
            taken.plain is not None and (not taken.plain or text_problem(taken.plain) is None)
            for taken in self.by_language.values()
        )

    def plain(self, language: str) -> str:
        """The plain text; only of one that ``is_plain``."""
        return self.taken(language).plain or ""

    def markup(self, language: str) -> str:
        """The markup."""
        return self.taken(language).markup


@dataclass(slots=True)
class Draft:
    """One question. ``where`` is its place for the author, ``name`` its name in the source."""

    where: str
    defaults: ImportDefaults
    name: str = ""
    idnumber: str = ""
    category: str = ""
    tags: list[str] = field(default_factory=list)
    marks: Fraction = Fraction(1)
    rationale: list[tuple[str, Prose]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    files: Files = field(default_factory=Files)
    show: ShowFile = no_files
    languages: list[str] = field(default_factory=list)
    source: ItemSource | None = None

    def take(self, raw: str, form: TextForm = TextForm.PLAIN, *, show: ShowFile | None = None) -> Prose:
        """A text of the question, cleaned, by language."""
        parts = split_languages(raw)
        for language in parts:
            if language and language not in self.languages:
                self.languages.append(language)
        return Prose(
            {
                language: take_text(self._unicode(text, form), form, notes=self.notes, show=show or self.show)
                for language, text in parts.items()
            }
        )

    def refuse(self, code: str, reason: str) -> None:
        """Why the question is not taken."""
        self.notes.refuse(code, reason)

    def lose(self, what: str) -> None:
        """What of the question is not kept."""
        self.notes.lose(what)

    def explain(self, raw: str, form: TextForm = TextForm.PLAIN, *, label: str = "") -> None:
        """Add to the rationale: the general feedback, or the feedback of the answer called ``label``."""
        if raw.strip():
            self.rationale.append((label, self.take(raw, form)))

    def heading(self, stem: Prose, kind: str) -> dict[str, Any]:
        """The members that every item has; the languages are settled from here on."""
        if not self.languages:
            text = " ".join(taken.markup for taken in stem.by_language.values())
            self.languages = [self.defaults.language or script_language(text)]
        return {
            "id": self.external_id(stem),
            "pc": self._pc(),
            "type": kind,
            "difficulty": self._difficulty(),
            "seconds": self._seconds(),
            **({"tags": kept} if (kept := self._kept_tags()) else {}),
        }

    def external_id(self, stem: Prose) -> str:
        """A name for the item that is the same at every import (see ``docs/formats.md``)."""
        if self.idnumber:
            return slug(self.idnumber)
        if self.name:
            folder = slug(re.split(r"(?<!/)/(?!/)", self.category)[-1])[:24] if self.category else ""
            return f"{folder}/{slug(self.name)}"[:64] if folder else slug(self.name)
        text = "\n".join(f"{language}:{taken.markup}" for language, taken in stem.by_language.items())
        return "q-" + fingerprint(text)

    def finish(self, document: dict[str, Any], *, whole: str = "") -> ReadItem:
        """Read the document with the same checks as every other item; the place of each problem is the question's."""
        if self.files.documents:
            used = repr(document)
            shown = [one for name, one in self.files.documents.items() if name in used]
            if shown:
                document["media"] = shown
        for language, text in self._rationales().items():
            if language in document:
                document[language]["rationale"] = text
        part = Part(document)
        item = read_item(part)
        own = [Problem((), code, reason) for code, reason in self.notes.problems]
        if any(found.code == "pc_missing" for found in own):
            return ReadItem(
                item, (*own, *(one for one in part.problems if one.path != ("pc",))), self.locate, self.source
            )
        # What refuses the question as such says it better than what a half-made document breaks.
        problems = tuple(own) if own else part.problems
        return ReadItem(item, problems, self.locate, self.source)

    def refused(self, code: str, reason: str) -> ReadItem:
        """The question as one that cannot be taken at all."""
        self.refuse(code, reason)
        return self.finish({"id": slug(self.idnumber or self.name or self.where)})

    def locate(self, path: Path) -> str:
        """The question's place, with the part of the item where that says more."""
        return f"{self.where}, {json_path(path)[2:]}" if path else self.where

    def file_losses(self) -> list[Loss]:
        """What was lost, at the question's place."""
        return [Loss(self.where, what) for what in self.notes.losses]

    def _unicode(self, text: str, form: TextForm) -> str:
        found = read_legacy(text, is_html=form is not TextForm.PLAIN and bool(_HTML.search(text)))
        match found.kind:
            case Legacy.KRUTI_DEV:
                self.lose("text in Kruti Dev was converted to Unicode; read it once")
            case Legacy.REFUSED:
                self.refuse("legacy_encoding", found.reason)
        return found.text

    def _pc(self) -> str:
        for tag in self.tags:
            if (found := _TAG_PC.fullmatch(tag)) is not None:
                return found[1]
            if (found := _PC.fullmatch(tag)) is not None:
                return f"PC{int(found[2])}"
        for segment in reversed(self.category.split("/")):
            if (found := _PC.search(segment)) is not None:
                return f"PC{int(found[2])}"
        if not self.defaults.pc:
            self.refuse(
                "pc_missing",
                "nothing says which criterion it tests; name one for the whole file, or in its category or tags",
            )
            return "PC0"
        return self.defaults.pc

    def _difficulty(self) -> str:
        for tag in self.tags:
            if (found := _DIFFICULTY.fullmatch(tag)) is not None:
                return found[1].lower()
        return self.defaults.difficulty or "medium"

    def _seconds(self) -> int:
        for tag in self.tags:
            if (found := _SECONDS.fullmatch(tag)) is not None:
                return int(found[1])
        return self.defaults.seconds or _SECONDS_BY_DEFAULT

    def _kept_tags(self) -> list[str]:
        """The tags that say something else, and the innermost category."""
        known = (_TAG_PC, _PC, _DIFFICULTY, _SECONDS)
        kept = [tag for tag in self.tags if not any(pattern.fullmatch(tag) for pattern in known)]
        last = (
            re.split(r"(?<!/)/(?!/)", self.category)[-1].replace("//", "/").strip() if self.category else ""
        )
        if last and last not in ("top", "$course$", "$module$", "$system$"):
            kept.append(f"category:{last}")
        cleaned = [re.sub(r"[\s<>&\x00-\x1f]+", " ", tag).strip()[:64].strip() for tag in kept]
        unique = list(dict.fromkeys(tag for tag in cleaned if tag))
        if len(unique) > 30:
            self.lose("tags beyond the thirtieth")
        return unique[:30]

    def _rationales(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for language in self.languages:
            lines = []
            for label, prose in self.rationale:
                if not prose.is_plain:
                    self.lose("markup in the feedback (its text is kept)")
                text = prose.plain(language) if prose.is_plain else _stripped(prose.markup(language))
                if text:
                    lines.append(f"{label}: {text}" if label else text)
            whole = "\n".join(lines)
            if len(whole) > 2000:
                self.lose("the feedback beyond its 2,000th character")
                whole = whole[:2000]
            if whole and text_problem(whole) is None:
                texts[language] = whole
            elif whole:
                self.lose("the feedback: it holds what looks like HTML when written as plain text")
        return texts


def _stripped(markup: str) -> str:
    from item_bank.markup import plain_text

    return plain_text(markup)


def slug(name: str) -> str:
    """A name as an item may be called: as it is where that is possible, else shortened, with a fingerprint of the whole."""
    made = re.sub(r"[^A-Za-z0-9._/-]+", "-", name).strip("-._/")
    if made == name and len(made) <= 40:
        return made
    if re.sub(r"\s+", "-", name.strip()) == made and len(made) <= 40:
        return made
    return (
        f"{made[:28].strip('-._/')}-{fingerprint(name)[:8]}".lstrip("-") if made else f"q-{fingerprint(name)}"
    )


def fingerprint(text: str) -> str:
    """Twelve hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def parsed_losses(drafts: Iterable[Draft]) -> tuple[Loss, ...]:
    """The losses of a file: each once, with the first places where it happened."""
    places: dict[str, list[str]] = {}
    for draft in drafts:
        for what in draft.notes.losses:
            places.setdefault(what, []).append(draft.where)
    return tuple(Loss(_where(found), what) for what, found in places.items())


def _where(places: Sequence[str]) -> str:
    shown = "; ".join(places[:5])
    return shown if len(places) <= 5 else f"{shown} and {len(places) - 5} more"
