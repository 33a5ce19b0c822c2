# SPDX-License-Identifier: Apache-2.0
"""Very many different papers from one plan: cells of like items, compositions by the solver, items by chance, repair by swaps.

Within a cell all items count alike for every row of counts and marks, so a swap inside a cell keeps them. Pure; one paper, or a
few that are wanted exactly, come from ``compiler``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from item_bank.blueprints.deficits import Deficits, find_deficits
from item_bank.blueprints.plan import Plan, same_item
from item_bank.blueprints.programme import Kind, count_rows, eligible, enemy_groups
from item_bank.items.model import BankItem
from scoring.api import LinearRow, select_least

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PER_COMPOSITION: Final = 20
"""After how many papers the loads are weighed anew."""
_POOL: Final = 48
_TRIES: Final = 60
_SWAPS: Final = 200
_ROOM: Final = 64
_LEARNING: Final = 0.004
_GAP: Final = 0.05
"""A composition within 5 % of the least load is even enough, and found much sooner."""
_SPREAD: Final = 2.5
"""How far, in uses, luck may put one item before another."""


@dataclass(frozen=True, slots=True)
class BulkDraw:
    """The papers that were made, in the order of making, as item version ids PC by PC; and why there are no more, if so."""

    papers: tuple[tuple[str, ...], ...]
    deficits: Deficits | None = None


def draw_many(
    bank: Sequence[BankItem],
    plan: Plan,
    *,
    seed: int,
    count: int,
    used: Mapping[str, int] | None = None,
) -> BulkDraw:
    """Draw ``count`` different papers within the caps; ``used`` counts sealed papers by item id.

    The same bank, in any order, and the same seed give the same papers.
    """
    return _Press(bank, plan, seed=seed, used=dict(used or {})).run(count)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Items that count alike, a slice of the ordered items."""

    start: int
    stop: int
    like: BankItem


class _Press:
    """One run: the state of uses, and the papers so far by item."""

    def __init__(self, bank: Sequence[BankItem], plan: Plan, *, seed: int, used: dict[str, int]) -> None:
        import numpy as np

        self.bank, self.plan, self.before = bank, plan, used
        found = eligible(bank, plan, used=used)
        keyed = sorted(zip(_signatures(found, plan), found, strict=True), key=lambda pair: pair[0])
        self.items = [item for _, item in keyed]
        self.cells = _cells([signature for signature, _ in keyed], self.items)
        self.seconds = np.array([item.seconds for item in self.items], dtype=np.int64)
        self.uses = np.array([used.get(same_item(item), 0) for item in self.items], dtype=np.int64)
        self.cell_of = [place for place, cell in enumerate(self.cells) for _ in range(cell.stop - cell.start)]
        self.limits = [
            (frozenset(plan.pcs_of_section(section)), section.seconds)
            for section in plan.sections
            if section.seconds is not None
        ]
        self.haste = 0.0
        self.groups: dict[int, set[int]] = defaultdict(set)
        for number, (_, places) in enumerate(enemy_groups(self.items, plan)):
            for place in places:
                self.groups[place].add(number)
        self.chance = np.random.Generator(np.random.PCG64(seed))
        self.papers: list[NDArray[np.int64]] = []
        self.standing = np.full((len(self.items), _ROOM), -1, dtype=np.int64)
        self.drawn = np.zeros(len(self.items), dtype=np.int64)
        self.rows = list(count_rows([], plan, kinds=[Kind(cell.like, 0) for cell in self.cells]))
        self.compositions: list[list[int]] = []
        self.known: set[tuple[int, ...]] = set()

    def run(self, count: int) -> BulkDraw:
        """Make the papers."""
        failures = 0
        while len(self.papers) < count and failures < _TRIES:
            paper = self._paper(self._next_composition(anew=failures > 0))
            if paper is None:
                failures += 1
            else:
                self._keep(paper)
                failures = 0
        if failures:
            spent = {same_item(item): int(uses) for item, uses in zip(self.items, self.uses, strict=True)}
            why = find_deficits(self.bank, self.plan, count=1, used={**self.before, **spent}, others=())
            return BulkDraw(self._finished(), why)
        return BulkDraw(self._finished())

    def _next_composition(self, *, anew: bool) -> list[int]:
        """One of the newest compositions by chance, so that papers which follow each other are made up differently."""
        if anew or len(self.compositions) < _POOL or len(self.papers) % _PER_COMPOSITION == 0:
            self.compositions = [*self.compositions[1 - _POOL :], self._composition()]
            return self.compositions[-1]
        return self.compositions[int(self.chance.integers(len(self.compositions)))]

    def _finished(self) -> tuple[tuple[str, ...], ...]:
        places = {line.pc: place for place, line in enumerate(self.plan.lines)}
        return tuple(
            tuple(
                item.version_id
                for item in sorted((self.items[place] for place in paper), key=lambda item: places[item.pc])
            )
            for paper in self.papers
        )

    def _composition(self) -> list[int]:
        """How many items of each cell a paper takes: the least used cells first, by chance among equals."""
        import numpy as np

        upper, loads = [], []
        for cell in self.cells:
            uses = self.uses[cell.start : cell.stop]
            cap = self.plan.exposure_cap
            upper.append(len(uses) if cap is None else int(np.count_nonzero(uses < cap)))
            loads.append(float(uses.mean()))
        least = min(loads, default=0.0)
        luck = self.chance.integers(0, 60, len(loads))
        costs = [int(100 * (load - least)) + int(extra) + 1 for load, extra in zip(loads, luck, strict=True)]
        for times in (self._quick_seconds, self._least_seconds):
            time = LinearRow(dict(enumerate(times())), None, self.plan.seconds)
            if values := select_least(costs, [*self.rows, time], upper=upper, gap=_GAP).values:
                return list(values)
        return []

    def _quick_seconds(self) -> list[int]:
        """A time that a quarter of each cell's items keep."""
        return [
            sorted(self.seconds[cell.start : cell.stop].tolist())[(cell.stop - cell.start) // 4]
            for cell in self.cells
        ]

    def _least_seconds(self) -> list[int]:
        return [int(self.seconds[cell.start : cell.stop].min()) for cell in self.cells]

    def _paper(self, composition: Sequence[int]) -> NDArray[np.int64] | None:
        """A paper of this composition that keeps time, enemies and caps, or None when swaps did not bring it about."""
        import numpy as np

        keys = self.uses + self.chance.random(len(self.items)) * _SPREAD + self.haste * self.seconds
        if self.plan.exposure_cap is not None:
            keys[self.uses >= self.plan.exposure_cap] = np.inf
        if not composition:
            return None
        parts = []
        for cell, number in zip(self.cells, composition, strict=True):
            if number:
                own = keys[cell.start : cell.stop]
                best = np.argpartition(own, number - 1)[:number] if number < len(own) else np.arange(len(own))
                parts.append(best + cell.start)
        paper = np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
        self._learn_haste(paper)
        for _ in range(_SWAPS):
            if not np.isfinite(keys[paper]).all():
                return None
            bad = self._bad_place(paper)
            if bad is None:
                return None if tuple(paper.tolist()) in self.known or self._overfull(paper) else paper
            out, quicker = bad
            swapped = self._swapped(paper, out, keys, quicker=quicker)
            if swapped is None:
                return None
            paper = swapped
        return None

    def _overfull(self, paper: NDArray[np.int64]) -> bool:
        """Whether a section with a time of its own takes more than that."""
        chosen = [self.items[place] for place in paper.tolist()]
        return any(
            sum(item.seconds for item in chosen if item.pc in pcs) > seconds for pcs, seconds in self.limits
        )

    def _learn_haste(self, paper: NDArray[np.int64]) -> None:
        """Lean towards quick items exactly as much as chance alone overruns the time."""
        over = int(self.seconds[paper].sum()) - self.plan.seconds
        self.haste = max(0.0, self.haste + _LEARNING * over / max(1, self.plan.seconds))

    def _bad_place(self, paper: NDArray[np.int64]) -> tuple[int, bool] | None:
        """Which place of the paper has to change, and whether to something quicker; None for a sound paper."""
        import numpy as np

        if int(self.seconds[paper].sum()) > self.plan.seconds:
            slow = self._slack(paper)
            return int(np.argmax(slow)), True
        seen: set[int] = set()
        for place, one in enumerate(paper.tolist()):
            own = self.groups.get(one, set()) if self.groups else set()
            if own & seen:
                return place, False
            seen |= own
        if self.plan.overlap_cap is None or not self.papers:
            return None
        width = int(self.drawn[paper].max())
        shared = np.bincount(self.standing[paper, :width].ravel() + 1, minlength=len(self.papers) + 1)[1:]
        worst = int(np.argmax(shared))
        if shared[worst] <= self.plan.overlap_cap:
            return None
        common = np.flatnonzero(np.isin(paper, self.papers[worst]))
        return int(common[self.chance.integers(len(common))]), False

    def _slack(self, paper: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many seconds a swap could save at each place."""
        import numpy as np

        save = np.empty(len(paper), dtype=np.int64)
        for place, one in enumerate(paper.tolist()):
            cell = self.cells[self.cell_of[one]]
            save[place] = self.seconds[one] - self.seconds[cell.start : cell.stop].min()
        return save

    def _swapped(
        self, paper: NDArray[np.int64], place: int, keys: NDArray[np.float64], *, quicker: bool
    ) -> NDArray[np.int64] | None:
        """The paper with another item that counts alike at one place; the old item is out of reach for this paper."""
        import numpy as np

        old = int(paper[place])
        cell = self.cells[self.cell_of[old]]
        start, stop = cell.start, cell.stop
        own, times = keys[start:stop].copy(), self.seconds[start:stop]
        own[paper[(paper >= start) & (paper < stop)] - start] = np.inf
        room = self.plan.seconds - int(self.seconds[paper].sum())
        own[times > self.seconds[old] + (-1 if quicker else room)] = np.inf
        new = int(np.argmin(own))
        if not np.isfinite(own[new]):
            return None
        keys[old] = np.inf
        changed = paper.copy()
        changed[place] = start + new
        return np.sort(changed)

    def _keep(self, paper: NDArray[np.int64]) -> None:
        import numpy as np

        number = len(self.papers)
        self.papers.append(paper)
        self.known.add(tuple(paper.tolist()))
        self.uses[paper] += 1
        if int(self.drawn[paper].max()) == self.standing.shape[1]:
            self.standing = np.pad(self.standing, ((0, 0), (0, self.standing.shape[1])), constant_values=-1)
        self.standing[paper, self.drawn[paper]] = number
        self.drawn[paper] += 1


_Signature = tuple[str, str, str, tuple[str, ...], str, str]


def _signatures(items: Sequence[BankItem], plan: Plan) -> list[_Signature]:
    """What an item counts as, and its id to make the order total."""
    tags = {quota.tag for quota in plan.quotas if quota.tag}
    return [
        (
            item.pc,
            item.difficulty.value if any(quota.difficulty for quota in plan.quotas) else "",
            item.interaction.value if any(quota.interaction for quota in plan.quotas) else "",
            tuple(sorted(tags & set(item.tags))),
            str(item.marks),
            item.version_id,
        )
        for item in items
    ]


def _cells(signatures: Sequence[_Signature], items: Sequence[BankItem]) -> list[_Cell]:
    """The runs of equal signatures."""
    cells = []
    start = 0
    for stop in range(1, len(items) + 1):
        if stop == len(items) or signatures[stop][:-1] != signatures[start][:-1]:
            cells.append(_Cell(start, stop, items[start]))
            start = stop
    return cells
