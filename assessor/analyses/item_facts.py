# SPDX-License-Identifier: Apache-2.0
"""What reports know of the items of a batch's forms, and which option a stored answer chose. Reads keys; not for learners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from assessor.analyses.data import ItemFacts
from assessor.forms.model import FormItem
from assessor.results.correction_model import Counting, ItemRule
from core.uow import UnitOfWork
from item_bank.api import ItemVersion, item_versions
from scoring.api import Interaction, ItemScoring, ScoringError, correct_responses
from scoring.responses.rich import RichScoring

_ONE_CHOICE: Final = (
    Interaction.CHOICE_SINGLE,
    Interaction.INLINE_CHOICE,
    Interaction.HOTTEXT,
    Interaction.HOTSPOT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """An item with what scoring and reading its answers needs.

    `part` is the part whose value is the choice, "" for a simple item. `drawn`: its key depends on the seed of the attempt.
    `by_hand` are the parts that a person marks.
    """

    facts: ItemFacts
    rule: ItemRule
    part: str
    drawn: bool
    by_hand: tuple[str, ...]

    @property
    def alike(self) -> bool:
        """Whether the same answer earns the same for everybody."""
        return not self.drawn and not self.by_hand

    def choice(self, value: object) -> str:
        """The option that a stored value chose, "" for none and for an item that has not one choice."""
        if not self.facts.options:
            return ""
        if self.part:
            value = value.get(self.part) if isinstance(value, Mapping) else None
        if isinstance(value, list | tuple):
            value = value[0] if len(value) == 1 else None
        return value if isinstance(value, str) and value in self.facts.options else ""


def known_items(
    uow: UnitOfWork, items: Mapping[str, FormItem], rules: Mapping[str, ItemRule], *, pcs: Sequence[str]
) -> tuple[KnownItem, ...]:
    """The items of forms by version, in the order of their PCs and names; those that a correction dropped are left out.

    Raises NotFound `item_unknown`.
    """
    versions = item_versions(uow, [version_id for version_id in items if not rules[version_id].dropped])
    order = {pc: place for place, pc in enumerate(pcs)}
    labels = dict(_labels(versions))
    found = [_known(items[version_id], labels[version_id], rules[version_id]) for version_id in labels]
    return tuple(
        sorted(
            found,
            key=lambda one: (order.get(one.facts.pc, len(order)), one.facts.label, one.facts.version_id),
        )
    )


def _labels(versions: Mapping[str, ItemVersion]) -> Iterator[tuple[str, str]]:
    """The names of items in the bank; of several versions of one item, each with its number, and each name once."""
    names = [version.external_id for version in versions.values()]
    taken: set[str] = set()
    for version_id in sorted(versions):
        version = versions[version_id]
        twice = names.count(version.external_id) > 1
        label = f"{version.external_id} v{version.number}" if twice else version.external_id
        while label in taken:  # two items of one name, each in its own credential
            label += "'"
        taken.add(label)
        yield version_id, label


def _known(item: FormItem, label: str, rule: ItemRule) -> KnownItem:
    first = rule.alternatives[0]
    part, options = _choice_of(item)
    drawn = any(
        isinstance(one, RichScoring) and one.program.template_processing is not None
        for one in rule.alternatives
    )
    return KnownItem(
        facts=ItemFacts(
            version_id=item.version_id,
            label=label,
            pc=item.pc,
            kind=item.interaction.value,
            maximum=Fraction(first.maximum),
            key=() if drawn or not options else _key(rule, part, options),
            options=() if drawn else options,
        ),
        rule=rule,
        part=part,
        drawn=drawn,
        by_hand=tuple(name for name, _ in first.by_hand) if isinstance(first, RichScoring) else (),
    )


def _choice_of(item: FormItem) -> tuple[str, tuple[str, ...]]:
    """The part and the options of an item that is one choice and nothing else, else no options."""
    if not item.parts:
        return "", item.options if item.interaction is Interaction.CHOICE_SINGLE else ()
    part = item.parts[0]
    if len(item.parts) > 1 or part.kind not in _ONE_CHOICE or part.most != 1:
        return "", ()
    return part.id, tuple(choice for choice, _ in part.choices)


def _key(rule: ItemRule, part: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """The options that earn the marks; every one of them where a correction gives the marks to everybody."""
    if rule.counting is Counting.EVERYBODY:
        return options
    right: set[str] = set()
    for one in rule.alternatives:
        if isinstance(one, ItemScoring):
            right.update(one.correct)
        else:
            right.update(_of_program(one, part))
    return tuple(option for option in options if option in right)


def _of_program(scoring: RichScoring, part: str) -> tuple[str, ...]:
    """What a program declares as correct; nothing where it marks without a declared key."""
    try:
        value = correct_responses(scoring.program, seed=0).get(part)
    except ScoringError:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
