# SPDX-License-Identifier: Apache-2.0
"""``kasauti bench items``: bringing in a big bank, searching it, finding near-duplicates in it, and drawing papers."""

from __future__ import annotations

import statistics
import time

from core.ids import seeded
from core.uow import Store
from item_bank import api as bank
from web.cli.accounts import SYSTEM
from web.cli.bench import Figure, figure
from web.cli.bench_forms import form_figures
from web.cli.bench_import import ITEMS, import_figures, large_bank

SEARCHES = 200
_WORDS = (
    "request",
    "shop",
    "amount 12",
    "दुकान",
    "भुगतान अनुरोध",
    "1930",
    "g-4",
    "which",
    "pay at once",
    "nothing like it",
)


def item_figures() -> list[Figure]:
    """Every figure that the item bank promises."""
    return [*_imports(), *_bank(), *form_figures()]


def _imports() -> list[Figure]:
    return [
        figure(
            f"import_{one.format}",
            one.items_per_second,
            "items/s",
            goal=1000,
            at_least=True,
            note=f"{one.items} items in {one.seconds:.1f} s ({one.cpu_seconds:.1f} CPU-s), from bytes to commit",
        )
        for one in import_figures()
    ]


def _bank() -> list[Figure]:
    with large_bank() as (store, owner_id):
        median, slow = _search_ms(store, owner_id)
        texts = _texts(store, owner_id)
    began = time.perf_counter()
    pairs = bank.similar_pairs(texts)
    near = time.perf_counter() - began
    return [
        figure(
            "search_p95",
            slow,
            "ms",
            goal=100,
            note=f"{SEARCHES} searches of {ITEMS} items; median {median:.1f} ms",
        ),
        figure("near_duplicates", near, "s", goal=60, note=f"{len(texts)} texts, {len(pairs)} pairs"),
    ]


def _search_ms(store: Store, owner_id: str) -> tuple[float, float]:
    """Median and 95th percentile, in ms, of finding and reading one page under words and filters of every kind."""
    draw = seeded(7)
    took = []
    for _ in range(SEARCHES):
        wanted = bank.BankFilter(
            words=draw.choice(_WORDS) if draw.random() < 0.8 else "",
            pcs=(f"PC{draw.randint(1, 6)}",) if draw.random() < 0.5 else (),
            difficulty=draw.choice(list(bank.Difficulty)) if draw.random() < 0.3 else None,
            language="hi" if draw.random() < 0.3 else "",
            state=bank.ItemState.DRAFT if draw.random() < 0.3 else None,
        )
        began = time.perf_counter()
        with store.read(SYSTEM) as uow:
            bank.find_items(uow, wanted, owner_id=owner_id, offset=draw.choice((0, 0, 50)))
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


def _texts(store: Store, owner_id: str) -> list[str]:
    with store.read(SYSTEM) as uow:
        found = bank.find_items(uow, bank.BankFilter(), owner_id=owner_id, limit=None)
    return [" ".join(text for _, text in version.content.bodies[0].segments) for version in found.versions]
