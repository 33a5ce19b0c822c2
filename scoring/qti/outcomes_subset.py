# SPDX-License-Identifier: Apache-2.0
"""What only a test knows: `ITEM.VARIABLE`, durations, and counts over a sub-set of its items. Rules are in `outcomes`.

Source: IMS QTI 2.1, Assessment Test, Section and Item Information Model, itemSubset and the expressions on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.operands import attribute, malformed
from scoring.qti.outcomes_items import ItemOutcomes
from scoring.qti.outcomes_structure import ItemReference, TestProgram
from scoring.qti.rounding import float_value
from scoring.qti.scope import Warned
from scoring.qti.tree import Element
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Scalar,
    Value,
    container,
    integer,
    parse_scalar,
    single,
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One item that a candidate may have met: the reference, its key (`Q7.2` where it was drawn twice), its outcomes."""

    reference: ItemReference
    key: str
    outcomes: ItemOutcomes | None

    @property
    def selected(self) -> bool:
        """Whether it was chosen for the candidate; unknown items were, unless the test draws them."""
        return not self.reference.drawn if self.outcomes is None else self.outcomes.selected

    def own_name(self, name: str) -> str:
        """The item's own name of what the test calls `name`."""
        return self.reference.renamed.get(name, name)

    def hides(self, name: str) -> bool:
        """Whether the test knows the item's variable `name` by another name only."""
        return name in self.reference.renamed.values() and name not in self.reference.renamed

    def weight(self, name: str | None) -> Fraction | None:
        """The item's weight of that name; 1 where it has none, None where none is asked for."""
        return None if name is None else self.reference.weights.get(name, Fraction(1))


@dataclass(slots=True)
class TestItems:
    """The items of one candidate's test with the times spent; `lookup` and `subset` are what `Scope` asks."""

    __test__ = False  # pytest takes the name for a class of tests

    program: TestProgram
    items: Mapping[str, ItemOutcomes]
    durations: Mapping[str, Fraction] = field(default_factory=dict)
    duration: Fraction | None = None
    warnings: list[Warned] = field(default_factory=list)

    def warn(self, code: str, reason: str, where: str) -> None:
        """Keep a warning, each once."""
        warned = Warned(code, reason, where)
        if warned not in self.warnings:
            self.warnings.append(warned)

    # ------------------------------------------------------------------------------------------- one variable

    def lookup(self, identifier: str, *, weight: str | None) -> Value | None:
        """The value of `ITEM.VARIABLE`, or of `duration`, `PART.duration`, `SECTION.duration` in seconds.

        A weight multiplies integers and floats and makes them floats. NULL: an item that was not met, or met more
        than once, and a time that is not known. Raises QtiError `variable_unknown`.
        """
        key, _, name = identifier.rpartition(".")
        if name == "duration" and (not key or key in self.program.places):
            seconds = self.durations.get(key) if key else self.duration
            return _seconds(seconds)
        found = [one for one in self.instances() if key in {one.key, one.reference.identifier}]
        if not key or not found:
            raise QtiError(
                "variable_unknown",
                reason="A rule names a variable that neither the test nor an item of it has.",
                where=identifier[:80],
            )
        if len(found) > 1:
            self.warn("item_repeated", "The item was met more than once; its variable is NULL.", identifier)
            return None
        return self._of(found[0], name, weight=weight)

    def _of(self, instance: Instance, name: str, *, weight: str | None) -> Value | None:
        outcomes = instance.outcomes
        if outcomes is None:
            return None
        if name == "duration":
            return _seconds(outcomes.duration)
        own = instance.own_name(name)
        if not outcomes.has(own):
            self.warn(
                "item_variable_missing",
                "The item has no such variable; it is NULL.",
                f"{instance.key}.{own}"[:80],
            )
        return _weighted(outcomes.variable(own), instance.weight(weight))

    def instances(self) -> Iterator[Instance]:
        """Every item of the test in document order; one that was drawn several times, as often."""
        for reference in self.program.items:
            name = reference.identifier
            keys = [name] if name in self.items else _numbered(name, self.items)
            if not keys:
                yield Instance(reference, name, None)
            for key in keys:
                yield Instance(reference, key, self.items[key])

    # --------------------------------------------------------------------------------------------- a sub-set

    def subset(self, expression: Element) -> Value | None:
        """The value of testVariables, outcomeMaximum, outcomeMinimum or one of the counts. Raises QtiError."""
        chosen = [one for one in self.instances() if one.selected and _matches(one, expression)]
        match expression.name:
            case "testVariables":
                return self._variables(chosen, expression)
            case "outcomeMaximum":
                return self._bounds(chosen, expression, lambda item: item.maximum, needed=True)
            case "outcomeMinimum":
                return self._bounds(chosen, expression, lambda item: item.minimum, needed=False)
            case _:
                return integer(sum(self._counts(one, expression.name) for one in chosen))

    def _counts(self, instance: Instance, name: str) -> bool:
        outcomes = instance.outcomes
        if name == "numberSelected":
            return True
        if outcomes is None or not outcomes.presented:
            return False
        if name == "numberPresented":
            return True
        if name == "numberResponded":
            return outcomes.responded
        if not outcomes.correctness_given:
            self.warn(
                "correctness_unknown",
                "Whether the item was answered correctly is not given; it counts as neither.",
                instance.key,
            )
        return outcomes.correct is (name == "numberCorrect")

    def _variables(self, chosen: list[Instance], expression: Element) -> Value | None:
        """The single values of one variable over the items; NULLs and other types are left out."""
        name = attribute(expression, "variableIdentifier")
        base = _base_of(expression)
        weight = expression.get("weightIdentifier") if base in {None, BaseType.FLOAT} else None
        found: list[Value] = []
        for instance in chosen:
            if instance.outcomes is None or instance.hides(name):
                continue
            value = instance.outcomes.variable(instance.own_name(name))
            fitting = None if value is None else _fitting(value, base)
            if fitting is not None and (weighted := _weighted(fitting, instance.weight(weight))) is not None:
                found.append(weighted)
        return _collected(found, base)

    def _bounds(
        self,
        chosen: list[Instance],
        expression: Element,
        bounds: Callable[[ItemOutcomes], Mapping[str, Fraction]],
        *,
        needed: bool,
    ) -> Value | None:
        """The declared bounds of one outcome over the items; one without makes the maximum NULL (`needed`)."""
        name = attribute(expression, "outcomeIdentifier")
        found: list[Scalar] = []
        for instance in chosen:
            bound = (
                None
                if instance.outcomes is None or instance.hides(name)
                else bounds(instance.outcomes).get(instance.own_name(name))
            )
            if bound is None and needed:
                self.warn(
                    "maximum_unknown",
                    "The maximum of an item's outcome is not given; outcomeMaximum is NULL.",
                    instance.key,
                )
                return None
            if bound is not None:
                weight = instance.weight(expression.get("weightIdentifier"))
                found.append(bound if weight is None else bound * weight)
        return container(Cardinality.MULTIPLE, BaseType.FLOAT, found)


def _numbered(name: str, items: Mapping[str, ItemOutcomes]) -> list[str]:
    """The keys `NAME.1`, `NAME.2` … of an item that was drawn with replacement, in that order."""
    found = [key for key in items if key.startswith(f"{name}.") and key[len(name) + 1 :].isdecimal()]
    return sorted(found, key=lambda key: int(key[len(name) + 1 :]))


def _matches(instance: Instance, expression: Element) -> bool:
    section = (expression.get("sectionIdentifier") or "").strip()
    including = (expression.get("includeCategory") or "").split()
    excluding = (expression.get("excludeCategory") or "").split()
    categories = instance.reference.categories
    return (
        (not section or section in instance.reference.sections)
        and (not including or not categories.isdisjoint(including))
        and categories.isdisjoint(excluding)
    )


def _seconds(seconds: Fraction | None) -> Value | None:
    return None if seconds is None else single(BaseType.DURATION, seconds)


def _base_of(expression: Element) -> BaseType | None:
    stated = expression.get("baseType")
    if stated is None:
        return None
    if stated not in list(BaseType):
        raise malformed(expression, f"has an unknown base type “{stated[:40]}”")
    return BaseType(stated)


def _fitting(value: Value, base: BaseType | None) -> Value | None:
    """A single value in the asked type; without one, integers and floats only. JSON has fewer types than QTI."""
    if value.cardinality is not Cardinality.SINGLE or value.base is None:
        return None
    if base is None:
        return value if value.base.is_numeric else None
    if base is value.base:
        return value
    scalar = value.scalar
    if isinstance(scalar, str):
        read = parse_scalar(base, scalar) if not base.is_numeric and base is not BaseType.BOOLEAN else None
        return None if read is None else single(base, read)
    if base in {BaseType.FLOAT, BaseType.DURATION} and value.base.is_numeric:
        return single(base, Fraction(scalar)) if isinstance(scalar, int | Fraction) else None
    return None


def _weighted(value: Value | None, weight: Fraction | None) -> Value | None:
    """Every number of a value times the weight, as floats; any other value as it is."""
    if value is None or weight is None or value.base is None or not value.base.is_numeric:
        return value
    floats = [float_value(item * weight) for item in value.items if isinstance(item, int | Fraction)]
    return container(value.cardinality, BaseType.FLOAT, (one.scalar for one in floats if one is not None))


def _collected(found: list[Value], base: BaseType | None) -> Value | None:
    """The values in one container: of the asked type, else integers if all of them are, else floats."""
    if base is None:
        whole = all(value.base is BaseType.INTEGER for value in found)
        base = BaseType.INTEGER if whole else BaseType.FLOAT
    items = [value.scalar for value in found]
    if base is BaseType.FLOAT:
        items = [Fraction(item) if isinstance(item, int) else item for item in items]
    return container(Cardinality.MULTIPLE, base, items)
