# SPDX-License-Identifier: Apache-2.0
"""Lists of candidates between "check" and "enrol": sealed, because they hold personal data, and gone afterwards.

What a person said about a list lies beside it. Nothing here knows of requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final

from assessor import api as assessor
from core.errors import Invalid, NotFound, Unavailable
from core.sealing import Sealer
from core.uow import Actor
from item_bank import api as bank
from web.uploads import keep_upload, take_upload
from web.wiring import Services

_SCOPE: Final = "candidate list"


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What was said about a list: its sitting, the language of rows that name none, what headings mean, pasted or not."""

    sitting_id: str
    language: str = "en"
    columns: dict[str, str] = field(default_factory=dict)
    pasted: bool = False


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that waits, with what was said about it."""

    token: str
    filename: str
    settings: ListSettings
    sheet: bank.Sheet = field(repr=False)

    @property
    def columns(self) -> dict[str, assessor.Column]:
        """What the headings mean: as somebody said, else as they are understood."""
        said = self.settings.columns
        if not said:
            return assessor.guess_columns(self.sheet.headings)
        return {heading: assessor.Column(name) for heading, name in said.items()}

    def parse(self, *, today: date) -> assessor.CandidateList:
        """Every row; Invalid as ``parse_candidates``."""
        language = assessor.Language(self.settings.language)
        return assessor.parse_candidates(self.sheet, today=today, columns=self.columns, language=language)


def keep_list(
    parts: Services, actor: Actor, data: bytes, *, filename: str, settings: ListSettings
) -> KeptList:
    """Read a list and keep it; Invalid as ``open_list`` and ``open_text``."""
    sheet = _open(data, filename, settings)
    sealed = Sealer(parts.config.key("candidate-lists")).seal(data, scope=_SCOPE)
    token = keep_upload(parts.config.var / "uploads", actor.id, filename, sealed)
    kept = KeptList(token, filename, settings, sheet)
    _write(parts, kept)
    return kept


def kept_list(parts: Services, actor: Actor, token: str, *, sitting_id: str) -> KeptList:
    """The list that an address names; NotFound ``upload_gone`` for an unknown, old, foreign or enrolled one."""
    folder = parts.config.var / "uploads"
    try:
        filename, sealed = take_upload(folder, actor.id, token)
        said = json.loads((folder / f"{token}.list").read_text(encoding="utf-8"))
        data = Sealer(parts.config.key("candidate-lists")).open(sealed, scope=_SCOPE)
    except (Invalid, Unavailable, OSError, ValueError) as error:
        raise NotFound("upload_gone") from error
    settings = ListSettings(**said)
    if settings.sitting_id != sitting_id:
        raise NotFound("upload_gone")
    return KeptList(token, filename, settings, _open(data, filename, settings))


def say_columns(parts: Services, kept: KeptList, columns: Mapping[str, str]) -> KeptList:
    """Remember what the headings mean; Invalid ``request_malformed`` for a field that does not exist."""
    known = {column.value for column in assessor.Column}
    chosen = {heading: name for heading, name in columns.items() if heading in kept.sheet.headings and name}
    if not set(chosen.values()) <= known:
        raise Invalid("request_malformed")
    settings = ListSettings(kept.settings.sitting_id, kept.settings.language, chosen, kept.settings.pasted)
    said = KeptList(kept.token, kept.filename, settings, kept.sheet)
    _write(parts, said)
    return said


def forget_list(parts: Services, kept: KeptList) -> None:
    """Delete a list with everything that was said about it."""
    for ending in ("bin", "json", "list"):
        (parts.config.var / "uploads" / f"{kept.token}.{ending}").unlink(missing_ok=True)


def _open(data: bytes, filename: str, settings: ListSettings) -> bank.Sheet:
    if settings.pasted:
        return assessor.open_text(data.decode())
    return assessor.open_list(data, filename=filename)


def _write(parts: Services, kept: KeptList) -> None:
    file = parts.config.var / "uploads" / f"{kept.token}.list"
    beside = file.with_suffix(".list.new")
    beside.write_text(json.dumps(asdict(kept.settings), ensure_ascii=False), encoding="utf-8")
    beside.replace(file)
