# SPDX-License-Identifier: Apache-2.0
"""Holds a blueprint against the thresholds of its credential: what each PC's part of a paper can support. Pure.

Two readings of every PC. ``paper`` looks at the paper alone, as if its marks decided with the same threshold. ``decision`` is
what the credential's rule really decides on: the marks of all components that it counts. There each further criterion or
question is a judgement of its own, that a master meets at each level with the same chance, and that nobody gets by guessing.
A PC blocks by its ``decision``; where the paper alone would break the limits it is a warning. A PC that can end early blocks
also where its test does not keep the errors that the blueprint wants (`adaptive_lint`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

from item_bank.blueprints.adaptive_lint import AdaptiveLine, adaptive_lines, early_reading
from item_bank.blueprints.model import AnyBlueprint
from item_bank.blueprints.plan import USUAL_LIMITS, PcLine, Plan
from item_bank.items.model import BankItem
from item_bank.standards.model import CredentialDocument, PerformanceCriterion
from scoring.api import (
    USUAL_GUESS,
    Interaction,
    Judgement,
    Level,
    LintLimits,
    Reading,
    all_pass,
    item_judgement,
    leaves,
    read_threshold,
    sawtooth,
    smallest_length,
)

_CERTAIN_WRONG: Final = frozenset(
    {Interaction.TEXT_ENTRY, Interaction.NUMERIC, Interaction.EXTENDED_TEXT, Interaction.UPLOAD}
)
"""Nobody guesses these."""


@dataclass(frozen=True, slots=True)
class PcLint:
    """What one PC's part of a paper supports. ``share`` None: the credential has no threshold for the PC, so nothing is lint.

    ``items`` is the number of items that was read, the worst of those that the blueprint allows. ``better_lengths`` are the
    neighbours at which a master passes the paper more often (the saw-tooth); ``smallest`` the least number of items of one mark
    with which the paper alone supports the threshold, None where none does.
    """

    pc: str
    items: int
    share: Fraction | None
    guess: Fraction
    paper: Reading | None
    decision: Reading | None
    other_marks: Fraction
    breaks: tuple[str, ...]
    paper_breaks: tuple[str, ...]
    better_lengths: tuple[int, ...]
    smallest: int | None

    @property
    def blocks(self) -> bool:
        """Whether a form of this blueprint is refused unless somebody records why it is right."""
        return bool(self.breaks)

    @property
    def warns(self) -> bool:
        """Whether there is something to know although nothing is refused."""
        return not self.blocks and bool(self.paper_breaks or self.better_lengths)


@dataclass(frozen=True, slots=True)
class BlueprintLint:
    """The lint of every PC, and the chances that a master passes all of them: by the paper alone, and by the decisions.

    ``adaptive`` are the PCs that can end early.
    """

    lines: tuple[PcLint, ...]
    limits: LintLimits
    all_by_paper: Fraction
    all_by_decision: Fraction
    adaptive: tuple[AdaptiveLine, ...] = ()

    @property
    def blocking(self) -> tuple[str, ...]:
        """The PCs that block."""
        early = {line.pc for line in self.adaptive if line.breaks}
        return tuple(line.pc for line in self.lines if line.blocks or line.pc in early)


def guess_chance(interaction: Interaction, *, options: int = 0) -> Fraction:
    """A guesser's chance with one item: one of its options, one of the sets of them, nothing where one must write."""
    if interaction in _CERTAIN_WRONG:
        return Fraction(0)
    if interaction is Interaction.CHOICE_MULTIPLE and options:
        return Fraction(1, 2**options - 1)
    return Fraction(1, options) if options > 1 else USUAL_GUESS


def lint_blueprint(
    blueprint: AnyBlueprint, credential: CredentialDocument, *, bank: Sequence[BankItem] = ()
) -> BlueprintLint:
    """Lint a blueprint.

    The guesser is given the items of ``bank`` that are easiest to guess, and four options each where it has too few.
    """
    lines = []
    for line in _lines(blueprint):
        chances = sorted(
            (guess_chance(item.interaction) for item in bank if item.pc == line.pc), reverse=True
        )
        lengths = range(max(1, line.least), max(1, line.most) + 1)
        read = [
            _lint(
                blueprint,
                credential,
                line.pc,
                [item_judgement(_marks(line, length), guess=chance) for chance in _filled(chances, length)],
            )
            for length in lengths
        ]
        lines.append(min(read, key=_support))
    return _together(blueprint, lines)


def lint_form(
    blueprint: AnyBlueprint, credential: CredentialDocument, *, items: Mapping[str, Sequence[Judgement]]
) -> BlueprintLint:
    """Lint a paper as it is: the judgements of its items by PC, with the chances of guessing that their own options give."""
    lines = [_lint(blueprint, credential, pc, own) for pc, own in items.items()]
    return _together(blueprint, lines)


def limits_of(blueprint: AnyBlueprint) -> LintLimits:
    """The limits that a blueprint sets; version 1 has the usual ones."""
    return blueprint.limits if isinstance(blueprint, Plan) else USUAL_LIMITS


def _lines(blueprint: AnyBlueprint) -> list[PcLine]:
    if isinstance(blueprint, Plan):
        return [line for line in blueprint.lines if line.most]
    return [PcLine(pc, count, count, Fraction(count)) for pc, count in blueprint.items_per_pc]


def _marks(line: PcLine, length: int) -> Fraction:
    return line.marks / length if line.marks is not None else Fraction(1)


def _filled(chances: Sequence[Fraction], length: int) -> list[Fraction]:
    """The best chances of a bank, and where it has too few items the usual one."""
    return [*chances[:length], *[USUAL_GUESS] * (length - len(chances))]


def _support(line: PcLint) -> tuple[Fraction, Fraction]:
    """The worst length is the one at which a master passes least often, then the one at which a guesser passes most."""
    read = line.decision
    return (read.master, -read.guesser) if read else (Fraction(1), Fraction(0))


def _lint(
    blueprint: AnyBlueprint, credential: CredentialDocument, pc_id: str, own: Sequence[Judgement]
) -> PcLint:
    limits = limits_of(blueprint)
    pc = credential.pc(pc_id)
    tests = _tests(credential, pc) if pc else []
    guess = max((judgement.guess for judgement in own), default=USUAL_GUESS)
    judged = [(share, names) for share, names in tests if names is None or blueprint.component in names]
    if pc is None or not judged:
        nothing = Fraction(0)
        return PcLint(pc_id, len(own), None, guess, None, None, nothing, (), (), (), None)
    decided = []
    for share, names in judged:
        others = _other_judgements(credential, pc, own_component=blueprint.component, names=names)
        reading = read_threshold([*own, *others], share=share)
        if not others:
            reading = early_reading(blueprint, pc_id, reading, guess=guess)
        decided.append((reading, share, others))
    decision, share, others = min(decided, key=lambda entry: (entry[0].master, -entry[0].guesser))
    paper = early_reading(blueprint, pc_id, read_threshold(own, share=share), guess=guess)
    return PcLint(
        pc=pc_id,
        items=len(own),
        share=share,
        guess=guess,
        paper=paper,
        decision=decision,
        other_marks=sum((judgement.maximum for judgement in others), Fraction(0)),
        breaks=tuple(dict.fromkeys(code for reading, _, _ in decided for code in reading.breaks(limits))),
        paper_breaks=paper.breaks(limits),
        better_lengths=sawtooth(len(own), share=share),
        smallest=smallest_length(share=share, guess=guess, limits=limits),
    )


_Test = tuple[Fraction, tuple[str, ...] | None]
"""A share, and the components whose marks it counts, None for all."""


def _tests(credential: CredentialDocument, pc: PerformanceCriterion) -> list[_Test]:
    """The shares that decide on a PC: those of the rule, else the PC's own threshold over all components."""
    nos = credential.nos_of(pc.id)
    found = [
        (leaf.at_least, leaf.components)
        for _, leaf in leaves(credential.rule.root)
        if leaf.scope.level is Level.PC
        and leaf.scope.name == pc.id
        and (leaf.scope.nos is None or (nos is not None and leaf.scope.nos == nos.code))
    ]
    if found or pc.threshold is None:
        return found
    return [(pc.threshold, None)]


def _other_judgements(
    credential: CredentialDocument,
    pc: PerformanceCriterion,
    *,
    own_component: str,
    names: tuple[str, ...] | None,
) -> list[Judgement]:
    """What else counts: the criteria and questions of the PC; marks without any are read as one step a mark."""
    found: list[Judgement] = []
    for component, marks in pc.marks:
        if component == own_component or (names is not None and component not in names):
            continue
        levels = _levels(credential, pc.id, component)
        if sum((steps[-1] for steps in levels), Fraction(0)) != marks:
            steps = max(1, ceil(marks))
            levels = [(Fraction(0), marks / steps)] * steps
        found += [Judgement(steps) for steps in levels]
    return found


def _levels(credential: CredentialDocument, pc: str, component: str) -> list[tuple[Fraction, ...]]:
    """The marks of the levels of each criterion or question, lowest first."""
    if component == "practical" and credential.practical is not None:
        rubric = [criterion.levels for criterion in credential.practical.criteria if criterion.pc == pc]
    elif component == "viva":
        rubric = [question.levels for question in credential.viva if question.pc == pc]
    else:
        rubric = []
    return [tuple(sorted(level.marks for level in levels)) for levels in rubric]


def _together(blueprint: AnyBlueprint, lines: Sequence[PcLint]) -> BlueprintLint:
    return BlueprintLint(
        lines=tuple(lines),
        limits=limits_of(blueprint),
        all_by_paper=all_pass([line.paper for line in lines if line.paper]),
        all_by_decision=all_pass([line.decision for line in lines if line.decision]),
        adaptive=adaptive_lines(blueprint),
    )
