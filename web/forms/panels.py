# SPDX-License-Identifier: Apache-2.0
"""What the forms of panels send: objects, scopes, judgements, and the file with what is known of items."""

from __future__ import annotations

import csv
import io

from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import Invalid
from item_bank import api as bank
from scoring.api import CREDENTIAL, Level, Scope

LARGEST_FILE = 1_000_000
_COLUMNS = ("item", "facility", "people", "slope", "difficulty", "guess")
_SCOPE = "|"


def read_method(text: str) -> bank.PanelMethod:
    """A method by its word. Raises Invalid `request_malformed`."""
    if text not in list(bank.PanelMethod):
        raise Invalid("request_malformed")
    return bank.PanelMethod(text)


def read_objects(form: MultiDict[str, str]) -> list[tuple[bank.ObjectKind, str]]:
    """The ticked objects, each "kind:reference". Raises Invalid `request_malformed`."""
    found = []
    for text in form.getlist("object")[: bank.MOST_OBJECTS + 1]:
        kind, _colon, reference = text.partition(":")
        if kind not in list(bank.ObjectKind) or not reference:
            raise Invalid("request_malformed")
        found.append((bank.ObjectKind(kind), reference))
    return found


def read_judgements(form: MultiDict[str, str]) -> dict[int, str]:
    """The values by the number of the object: fields "value-7", the bookmark is "value-0"."""
    return {
        int(name.removeprefix("value-")): text[:20]
        for name, text in form.items()
        if name.startswith("value-") and name.removeprefix("value-").isdecimal() and len(name) < 12
    }


def read_seen(form: MultiDict[str, str]) -> int | None:
    """How many judgements there were when the page was made; None where the form does not say."""
    text = form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def scope_name(scope: Scope) -> str:
    """A scope as one word of a form."""
    return _SCOPE.join((scope.level.value, scope.nos or "", scope.name))


def read_scope(text: str) -> Scope:
    """A scope from its word. Raises Invalid `request_malformed`."""
    parts = text.split(_SCOPE, 2)
    if len(parts) != 3 or parts[0] not in list(Level):
        raise Invalid("request_malformed")
    level, nos, name = Level(parts[0]), parts[1], parts[2]
    return CREDENTIAL if level is Level.CREDENTIAL else Scope(level, name, nos or None)


def read_recommendation(form: MultiDict[str, str]) -> tuple[dict[Scope, str], dict[Scope, str]]:
    """The shares that were filled in, and their reasons, of the ticked scopes. Raises Invalid `request_malformed`."""
    shares, reasons = {}, {}
    for word in form.getlist("scope"):
        scope = read_scope(word)
        shares[scope] = form.get(f"share-{word}", "")
        reasons[scope] = form.get(f"reason-{word}", "")
    return shares, reasons


def read_facts(upload: FileStorage | None) -> dict[str, bank.ObjectFacts]:
    """What is known of items, from a CSV file with the columns item, facility, people, slope, difficulty, guess.

    Several difficulties of one item (its steps) are parted by spaces. Raises Invalid `panel_file` with line and reason.
    """
    data = upload.read(LARGEST_FILE + 1) if upload is not None else b""
    if not data or len(data) > LARGEST_FILE:
        raise Invalid("panel_file", line=0, reason=f"1 – {LARGEST_FILE} B")
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("panel_file", line=0, reason="CSV, UTF-8") from error
    found: dict[str, bank.ObjectFacts] = {}
    for line, row in enumerate(rows, start=2):
        label, facts = _fact(row, line)
        if label in found:
            raise Invalid("panel_file", line=line, reason=label[:60])
        found[label] = facts
    if not found:
        raise Invalid("panel_file", line=1, reason="item")
    return found


def _fact(row: dict[str, str | None], line: int) -> tuple[str, bank.ObjectFacts]:
    if "item" not in row or not set(row) <= set(_COLUMNS):
        raise Invalid("panel_file", line=1, reason=", ".join(_COLUMNS))
    cells = {name: (row.get(name) or "").strip() for name in _COLUMNS}
    label, people = cells["item"], cells["people"] or "0"
    steps = tuple(cells["difficulty"].split())
    numbers = [cells["facility"], cells["slope"], cells["guess"], *steps]
    if not label or not (people.isascii() and people.isdecimal() and len(people) < 9):
        raise Invalid("panel_file", line=line, reason="item, people")
    for number in filter(None, numbers):
        _check_number(number, line)
    if cells["facility"] and not 0 <= float(cells["facility"]) <= 1:
        raise Invalid("panel_file", line=line, reason="facility: 0 – 1")
    return label, bank.ObjectFacts(
        facility=cells["facility"],
        people=int(people),
        slope=cells["slope"],
        difficulties=steps,
        guess=cells["guess"],
    )


def _check_number(text: str, line: int) -> None:
    plain = text.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal() and len(text) <= 16) or abs(float(text)) > 50:
        raise Invalid("panel_file", line=line, reason=text[:20])
