# SPDX-License-Identifier: Apache-2.0
"""The proof of a blueprint: what the bank has for each PC, whether papers can be made, and what they support. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import Conflict
from core.ids import seeded
from item_bank.blueprints.compiler import compile_forms
from item_bank.blueprints.deficits import Deficits
from item_bank.blueprints.linting import BlueprintLint, lint_blueprint
from item_bank.blueprints.model import AnyBlueprint, assemble
from item_bank.blueprints.plan import Plan, fits_component, same_item
from item_bank.blueprints.programme import is_spent, suitable
from item_bank.items.model import BankItem, Difficulty
from item_bank.standards.model import CredentialDocument

_SEED: Final = 1
"""A proof shows that papers exist; which ones it found does not matter, but the next look finds the same."""


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One PC: what a paper needs of it, and what the bank has.

    ``live`` are its live items for the component, ``ready`` those of them in every language asked for, ``free`` those of them
    below the exposure cap, and ``by_difficulty`` how the free ones are spread. ``papers`` is how many papers without a common
    item they make at most, by the line and by every quota of this PC alone; None where none is needed.
    """

    pc: str
    needed: int
    live: int
    ready: int
    free: int
    by_difficulty: tuple[tuple[Difficulty, int], ...]
    papers: int | None

    @property
    def missing(self) -> int:
        """How many items one paper lacks for certain."""
        return max(0, self.needed - self.free)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether ``papers`` papers can be made at once. ``made`` is how many were; ``deficits`` say why there are no more.

    A blueprint of version 1 has no deficits but those of its lines; ``too_slow`` is by how many seconds its quickest paper is
    too long.
    """

    lines: tuple[ProofLine, ...]
    papers: int
    made: int
    deficits: Deficits | None
    too_slow: int
    lint: BlueprintLint

    @property
    def holds(self) -> bool:
        """Whether the bank can fill the blueprint."""
        return self.made == self.papers


def prove(
    bank: Sequence[BankItem],
    blueprint: AnyBlueprint,
    credential: CredentialDocument,
    *,
    papers: int,
    used: Mapping[str, int],
) -> Proof:
    """Prove a blueprint over a live bank; ``used`` counts sealed papers by item id."""
    lint = lint_blueprint(blueprint, credential, bank=bank)
    lines = tuple(_line(bank, blueprint, pc, needed, used=used) for pc, needed in blueprint.items_per_pc)
    if isinstance(blueprint, Plan):
        found = compile_forms(bank, blueprint, seed=_SEED, count=papers, used=used)
        if isinstance(found, Deficits):
            return Proof(lines, papers, 0, found, 0, lint)
        return Proof(lines, papers, papers, None, 0, lint)
    taken: set[str] = set()
    for made in range(papers):
        try:
            taken.update(assemble(bank, blueprint, generator=seeded(_SEED + made), exclude=taken))
        except Conflict as refusal:
            facts = refusal.facts
            slow = 0
            if refusal.code == "blueprint_time":
                slow = int(str(facts["needed_seconds"])) - int(str(facts["seconds"]))
            return Proof(lines, papers, made, None, slow, lint)
    return Proof(lines, papers, papers, None, 0, lint)


def _line(
    bank: Sequence[BankItem], blueprint: AnyBlueprint, pc: str, needed: int, *, used: Mapping[str, int]
) -> ProofLine:
    own = [item for item in bank if item.pc == pc]
    live = ready = free = own
    if isinstance(blueprint, Plan):
        live = [item for item in own if fits_component(item, blueprint.component)]
        ready = suitable(live, blueprint)
        free = [item for item in ready if not is_spent(item, blueprint, used=used)]
    free = list({same_item(item): item for item in free}.values())
    bounds = [(len(free), needed)]
    if isinstance(blueprint, Plan):
        own_quotas = [quota for quota in blueprint.quotas if quota.pc == pc]
        bounds += [(sum(blueprint.counts(quota, item) for item in free), quota.least) for quota in own_quotas]
    papers = min((there // least for there, least in bounds if least), default=None)
    counts = tuple((level, sum(item.difficulty is level for item in free)) for level in Difficulty)
    return ProofLine(pc, needed, len(live), len(ready), len(free), counts, papers)
