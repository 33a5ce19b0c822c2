# SPDX-License-Identifier: Apache-2.0
"""How fast a large bank comes in: generated items as xlsx and as GIFT, read, checked and stored in a scratch database.

``kasauti bench items`` prints the figures; they come as plain values here.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import core.audit
import core.outbox  # noqa: F401 - so that their tables are made
from core.clock import SystemClock
from core.db import Base, make_engine
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.uow import Actor, ActorKind, Store
from item_bank import api as bank

ITEMS: Final = 50_000
_PCS: Final = tuple(f"PC{number}" for number in range(1, 7))
_KINDS: Final = ("choice_single", "choice_single", "choice_multiple", "text_entry")


@dataclass(frozen=True, slots=True)
class ImportFigure:
    """What one import cost: wall and CPU seconds from bytes to commit, the highest memory of the process so far in MB."""

    format: str
    items: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def items_per_second(self) -> float:
        """The rate that the goal is about."""
        return self.items / self.seconds


def import_figures(count: int = ITEMS) -> list[ImportFigure]:
    """Import ``count`` generated items from each format into a database of its own, one after the other."""
    makers: dict[str, Callable[[int], bytes]] = {"bank.xlsx": generated_xlsx, "bank.gift": generated_gift}
    return [_import(name, maker(count), count) for name, maker in makers.items()]


def generated_xlsx(count: int) -> bytes:
    """``count`` bilingual rows of three kinds, no two alike."""
    import xlsxwriter

    columns = (
        "id", "pc", "type", "difficulty", "seconds", "key",
        *(f"{name}_{language}" for language in ("en", "hi")
          for name in ("stem", "option_a", "option_b", "option_c", "option_d", "rationale")),
    )  # fmt: skip
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("items")
        page.write_row(0, 0, columns)
        for number in range(count):
            page.write_row(number + 1, 0, _row(number))
    return target.getvalue()


def _row(number: int) -> list[str]:
    kind = _KINDS[number % len(_KINDS)]
    key = {"choice_single": "B", "choice_multiple": "A, C", "text_entry": f"{number} | {number} rupees"}[kind]
    texts: list[str] = []
    for stem, option, reason in (
        (
            f"A shop sends collect request no. {number}. What do you do first?",
            "Step",
            "The name shows who is paid.",
        ),
        (
            f"एक दुकान भुगतान अनुरोध सं. {number} भेजती है। आप सबसे पहले क्या करते हैं?",
            "चरण",
            "नाम से पता चलता है कि पैसा किसे मिलेगा।",
        ),
    ):
        options = (
            ["", "", "", ""] if kind == "text_entry" else [f"{option} {number}-{place}" for place in range(4)]
        )
        texts += [stem, *options, reason]
    return [f"G-{number}", _PCS[number % 6], kind, "medium", "40", key, *texts]


def generated_gift(count: int) -> bytes:
    """``count`` questions of five kinds, with names, weights and feedback."""
    made = []
    for number in range(count):
        head = (
            f"$CATEGORY: Bank/{_PCS[number % 6]}\n\n::G-{number}::A shop sends collect request no. {number}. "
        )
        made.append(
            head
            + (
                f"What do you do first?{{=Check the name {number}#Right ~Pay at once ~Share the PIN#Never ~Wait}}",
                f"Which two matter?{{~%50%The name {number} ~%50%The amount ~%-50%The colour ~%-50%The logo}}",
                f"What is its number?{{={number} ={number} rupees}}",
                f"Who must never ask for the PIN of account {number}?{{=Anybody ~The bank ~The police}}",
                f"Is request {number} shown with the payee's name?{{TRUE}}",
                f"How much is asked for?{{#{number}:0.5#Rupees}}",
            )[number % 6]
        )
    return "\n\n".join(made).encode()


@contextmanager
def scratch_store() -> Iterator[Store]:
    """A database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'bank.db'}")
        try:
            Base.metadata.create_all(engine)
            yield Store(engine, SystemClock())
        finally:
            engine.dispose()


@contextmanager
def large_bank(count: int = ITEMS) -> Iterator[tuple[Store, str]]:
    """A bank of ``count`` bilingual items, and its owner."""
    with scratch_store() as store:
        owner, version_id = _scratch_bank(store)
        _bring_in(store, generated_xlsx(count), "bank.xlsx", owner_id=owner, version_id=version_id)
        yield store, owner


def _import(filename: str, data: bytes, count: int) -> ImportFigure:
    with scratch_store() as store:
        owner, version_id = _scratch_bank(store)
        began, cpu = time.perf_counter(), time.process_time()
        report = _bring_in(store, data, filename, owner_id=owner, version_id=version_id)
        spent, used = time.perf_counter() - began, time.process_time() - cpu
    if report.imported != count:
        raise RuntimeError(f"{report.imported} of {count} items came in: {report.refused[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return ImportFigure(report.format, count, round(spent, 3), round(used, 3), round(peak, 1))


def _bring_in(
    store: Store, data: bytes, filename: str, *, owner_id: str, version_id: str
) -> bank.ImportReport:
    parsed = bank.parse_items(data, filename=filename)
    with store.write(Actor(ActorKind.SYSTEM, "system", owner_id)) as uow:
        return bank.import_items(
            uow,
            owner_id=owner_id,
            credential_version_id=version_id,
            parsed=parsed,
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )


def _scratch_bank(store: Store) -> tuple[str, str]:
    """An agency engaged for the sample credential, its bank empty."""
    with store.write(Actor.system()) as uow:
        body = add_organisation(uow, name="Awarding body", kind=OrganisationKind.AWARDING_BODY)
        agency = add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY)
        version = bank.add_credential_version(uow, owner_id=body.id, document=bank.load_sample().credential)
        reasons = {finding.rule: "Bench." for finding in bank.findings(version.document)}
        bank.publish_credential(uow, version.id, warning_reasons=reasons)
        bank.add_engagement(
            uow,
            credential_version_id=version.id,
            agency_id=agency.id,
            territory="India",
            valid_from=uow.now - timedelta(days=1),
            valid_until=uow.now + timedelta(days=1),
        )
    return agency.id, version.id
