# SPDX-License-Identifier: Apache-2.0
"""A lint run over items, over a file, or over what an agency has in its bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.errors import Invalid
from core.uow import UnitOfWork
from item_bank.formats.files import parse_items, read_json
from item_bank.formats.model import ImportDefaults, ParsedFile, ReadItem
from item_bank.items.model import ItemDocument
from item_bank.items.queries import bank_documents
from item_bank.lint.documents import lint_item, loose_item
from item_bank.lint.model import LintFinding, LintItem, LintReport, LintRule
from item_bank.lint.near_duplicates import duplicate_findings
from item_bank.lint.rules import item_findings

_SAME_RULE: Final[Mapping[str, LintRule]] = {
    "option_missing": LintRule.OPTION_COUNT_DIFFERS,
    "option_extra": LintRule.OPTION_COUNT_DIFFERS,
    "text_missing": LintRule.TEXT_MISSING,
    "key_not_an_option": LintRule.KEY_NOT_AN_OPTION,
    "duplicate_option": LintRule.DUPLICATE_OPTION,
}
"""What an import refuses under another name."""

_DEFAULTS: Final = ImportDefaults(pc="PC1")
"""That a file does not name its criteria is no fault of its items."""


def lint_items(items: Sequence[LintItem], *, duplicates: bool = True) -> LintReport:
    """Every rule over every item; pairs of items unless ``duplicates`` is off."""
    found = [finding for item in items for finding in item_findings(item)]
    if duplicates:
        found += duplicate_findings(items)
    return LintReport(len(items), tuple(found))


def lint_documents(documents: Sequence[ItemDocument], *, duplicates: bool = True) -> LintReport:
    """Every rule over whole items."""
    return lint_items([lint_item(document) for document in documents], duplicates=duplicates)


def lint_bank(uow: UnitOfWork, *, owner_id: str, credential_version_id: str | None = None) -> LintReport:
    """Reads keys: every rule over the newest version of each item of an agency that is not withdrawn."""
    found = bank_documents(uow, owner_id=owner_id, credential_version_id=credential_version_id)
    return lint_items([lint_item(document, stale=tuple(sorted(stale))) for document, stale in found])


def lint_file(data: bytes, *, filename: str) -> LintReport:
    """Every rule over an importable file, or over a JSON list of ``{"en": {...}, "hi": {...}}``.

    What an import would refuse is found under the import's code. Raises Invalid as ``parse_items`` where nothing of the
    file can be read.
    """
    if filename.lower().endswith(".json"):
        value = read_json(data)
        entries = value.get("items", [value]) if isinstance(value, dict) else value
        if not isinstance(entries, list):
            raise Invalid("json_shape")
        return _loose(entries)
    return _parsed(parse_items(data, filename=filename, defaults=_DEFAULTS))


def _loose(entries: Sequence[object]) -> LintReport:
    items: list[LintItem] = []
    unread: list[LintFinding] = []
    for number, entry in enumerate(entries):
        name = f"$[{number}]"
        read = _document_item(entry) or loose_item(entry, name=name)
        if isinstance(read, str):
            unread.append(LintFinding("unreadable_item", name, name, read))
        else:
            items.append(read)
    report = lint_items(items)
    return LintReport(len(entries), (*unread, *report.findings))


def _document_item(entry: object) -> LintItem | None:
    """A rich item document, which the looser reading would not understand."""
    if not isinstance(entry, dict) or "parts" not in entry:
        return None
    from item_bank.formats.files import parse_item_documents

    item = parse_item_documents([entry]).items[0]
    return None if item.problems else lint_item(item.document)


def _parsed(parsed: ParsedFile) -> LintReport:
    """What an import would refuse, under the rules' names where they have one, and everything else that the rules find."""
    report = lint_items([lint_item(item.document) for item in parsed.items if item.document.content.bodies])
    refused = [finding for item in parsed.items for finding in _refused(item)]
    known = {(finding.rule, finding.item) for finding in refused}
    more = tuple(finding for finding in report.findings if (finding.rule, finding.item) not in known)
    return LintReport(len(parsed.items), (*refused, *more))


def _refused(item: ReadItem) -> list[LintFinding]:
    name = item.document.external_id
    found: dict[tuple[str, str], LintFinding] = {}
    for refusal in item.refusals():
        rule = _SAME_RULE.get(refusal.code)
        # However many options are missing, that is one finding.
        where = "" if rule is LintRule.OPTION_COUNT_DIFFERS else refusal.where
        found.setdefault(
            (refusal.code if rule is None else rule.value, where),
            LintFinding(rule.value if rule else refusal.code, name, refusal.where, refusal.reason),
        )
    return list(found.values())
