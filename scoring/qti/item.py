# SPDX-License-Identifier: Apache-2.0
"""The entry: from an item's program and responses to its outcomes. What the rules do lives in `rules` and below."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from scoring.errors import QtiError
from scoring.qti import declarations, rules
from scoring.qti.declarations import Declaration, Kind, MapEntry, parse_declaration
from scoring.qti.json_values import read_json, to_json
from scoring.qti.scope import BUILT_IN, COMPLETION_STATUS, Scope, Step, Warned
from scoring.qti.templates import OUTCOMES, rules_of, template_name
from scoring.qti.tree import Element
from scoring.qti.values import FALSE, BaseType, Cardinality, Value
from scoring.responses.normalise import Normalisation, normalisation_steps, normalise, parse_normalisations

#: How often template processing starts again when a templateConstraint fails (QTI 2.1 asks for 100 at least).
MAX_TRIES = 100

Normalisations = Mapping[str, tuple[Normalisation, ...]]


@dataclass(frozen=True, slots=True)
class ItemProgram:
    """All of an item that its scoring needs; it holds the key, so it never leaves the server.

    `declarations` are the declarations of responses, outcomes, templates and context; `normalise` names by response
    what is evened out in a typed text (and in the key) before it is compared; `end_attempts` are the responses of
    buttons, false when not pressed.
    """

    declarations: tuple[Element, ...]
    response_processing: Element | None = None
    template_processing: Element | None = None
    normalise: Normalisations = field(default_factory=lambda: MappingProxyType({}))
    end_attempts: tuple[str, ...] = ()

    def to_document(self) -> dict[str, object]:
        """The program as JSON."""
        return {
            "version": 1,
            "declarations": [element.to_document() for element in self.declarations],
            "response_processing": _document_of(self.response_processing),
            "template_processing": _document_of(self.template_processing),
            "normalise": {name: [step.value for step in steps] for name, steps in self.normalise.items()},
            "end_attempts": list(self.end_attempts),
        }

    @classmethod
    def from_document(cls, document: object) -> ItemProgram:
        """Read the JSON form. Raises QtiError `tree_malformed`, ItemError of the normalisations."""
        match document:
            case {
                "version": 1,
                "declarations": list(declared),
                "response_processing": responses,
                "template_processing": templates,
                "normalise": dict(steps),
                "end_attempts": list(buttons),
            } if all(isinstance(names, list) for names in steps.values()):
                return cls(
                    tuple(Element.from_document(one) for one in declared),
                    None if responses is None else Element.from_document(responses),
                    None if templates is None else Element.from_document(templates),
                    MappingProxyType(
                        {str(name): parse_normalisations(names) for name, names in steps.items()}
                    ),
                    tuple(map(str, buttons)),
                )
        raise QtiError("tree_malformed", reason="The stored item has another shape.", where="")


def _document_of(element: Element | None) -> object:
    return None if element is None else element.to_document()


def program_of(item: Element, *, normalise: Normalisations | None = None) -> ItemProgram:
    """The program of an `assessmentItem`."""
    return ItemProgram(
        declarations=tuple(child for child in item.children if child.name in list(Kind)),
        response_processing=item.child("responseProcessing"),
        template_processing=item.child("templateProcessing"),
        normalise=MappingProxyType(dict(normalise or {})),
        end_attempts=tuple(
            found
            for element in item.descend()
            if element.name == "endAttemptInteraction" and (found := element.get("responseIdentifier"))
        ),
    )


@dataclass(frozen=True, slots=True)
class ItemRun:
    """What a run gave: every declared outcome (None is NULL), the template variables, warnings, and the trace."""

    outcomes: Mapping[str, Value | None]
    templates: Mapping[str, Value | None]
    responses: Mapping[str, Value | None]
    warnings: tuple[Warned, ...]
    trace: tuple[Step, ...]

    def to_document(self) -> dict[str, object]:
        """Outcomes, warnings and trace as JSON."""
        return {
            "outcomes": {name: to_json(value) for name, value in self.outcomes.items()},
            "warnings": [warned.to_document() for warned in self.warnings],
            "trace": [step.to_document() for step in self.trace],
        }


def parse_declarations(program: ItemProgram) -> dict[str, Declaration]:
    """Every declared variable by its identifier. Raises QtiError: `declaration_twice`, those of parsing one."""
    found: dict[str, Declaration] = {}
    for element in program.declarations:
        declaration = parse_declaration(element)
        if declaration.identifier in found:
            raise QtiError(
                "declaration_twice",
                reason="Two declarations have one identifier.",
                where=declaration.identifier,
            )
        found[declaration.identifier] = declaration
    for name, steps in program.normalise.items():
        if name in found:
            found[name] = _normalised(found[name], steps)
    return found


def _normalised(declaration: Declaration, steps: tuple[Normalisation, ...]) -> Declaration:
    """The declaration with a key that is evened out as the responses are."""
    correct, mapping = declaration.correct, declaration.mapping
    if correct is not None and declaration.base is BaseType.STRING:
        items = tuple(normalise(item, steps) if isinstance(item, str) else item for item in correct.items)
        correct = replace(correct, items=items)
    if mapping is not None and declaration.base is BaseType.STRING:
        entries = tuple(
            MapEntry(
                normalise(entry.key, steps) if isinstance(entry.key, str) else entry.key,
                entry.worth,
                entry.case_sensitive,
            )
            for entry in mapping.entries
        )
        mapping = declarations.Mapping(entries, mapping.bounds)
    return replace(declaration, correct=correct, mapping=mapping)


def run_item(program: ItemProgram, responses: Mapping[str, object], *, seed: int) -> ItemRun:
    """Process templates and responses once, as for a first attempt.

    `responses` maps identifiers to JSON values (`json_values.read_json`); one that is absent keeps its declared
    default, null is NULL; `duration` (seconds) and `numAttempts` may be given. The same seed draws the same.
    Raises QtiError: `response_unknown`, `response_type`, `response_too_long`, `declaration_malformed`,
    `declaration_twice`, `template_unknown`, and those of `rules.run_rules`.
    """
    scope = start(program, seed=seed)
    _bind(scope, program, responses)
    for name, declaration in scope.declarations.items():
        if declaration.external:
            scope.warn(
                "externally_scored", "This outcome waits for what people or another machine say.", name
            )
    processing = program.response_processing
    if processing is None or not (processing.children or processing.attributes):
        scope.warn("no_response_processing", "The item says nothing of how it is scored.", "")
    else:
        _process(scope, processing)
    return _result(scope)


def start(program: ItemProgram, *, seed: int) -> Scope:
    """The state before any response: variables declared, templates drawn. Raises QtiError as `run_item`."""
    declared = parse_declarations(program)
    _imply_score(declared, program.response_processing)
    scope = Scope(declared, random.Random(seed))  # noqa: S311 - draws are replayed, not secret
    status = declared.get(COMPLETION_STATUS)
    if status is not None and status.initial is None:
        scope.defaults[COMPLETION_STATUS] = BUILT_IN[COMPLETION_STATUS].default
    if program.template_processing is not None:
        _make_templates(scope, program.template_processing)
    return scope


def _imply_score(declared: dict[str, Declaration], processing: Element | None) -> None:
    """A standard template sets SCORE, and some give feedback, also where an item forgot to declare the outcome."""
    name = None if processing is None else template_name(processing)
    for outcome, base in OUTCOMES.get(name or "", {}).items():
        declared.setdefault(outcome, Declaration(Kind.OUTCOME, outcome, Cardinality.SINGLE, base))


def _make_templates(scope: Scope, processing: Element) -> None:
    defaults, start = dict(scope.defaults), len(scope.trace)
    for _ in range(MAX_TRIES):
        try:
            rules.run_rules(scope, processing.children, of=rules.TEMPLATE, where=processing.name)
        except rules.Exited:
            return
        except rules.ConstraintFailed:
            scope.values.clear()
            scope.corrects.clear()
            scope.defaults.clear()
            scope.defaults.update(defaults)
            del scope.trace[start:]
        else:
            return
    scope.warn(
        "constraint_unmet", f"No values met the templateConstraint in {MAX_TRIES} tries.", processing.name
    )


def _bind(scope: Scope, program: ItemProgram, responses: Mapping[str, object]) -> None:
    for name, document in responses.items():
        declaration = scope.declarations.get(name) or BUILT_IN.get(name)
        if declaration is None or declaration.kind is not Kind.RESPONSE:
            raise QtiError("response_unknown", reason="The item declares no such response.", where=name[:80])
        given = _even_out(scope, name, document, program.normalise.get(name, ()))
        value, notes = read_json(
            given, cardinality=declaration.cardinality, base=declaration.base, where=declaration.identifier
        )
        for note in notes:
            scope.warn(note, _NOTES[note], name)
        scope.values[name] = value
    for name in program.end_attempts:
        if name in scope.declarations and scope.values.get(name) is None:
            scope.values[name] = FALSE


_NOTES = {
    "response_not_read": "The response is not a number; it counts as none.",
    "response_converted": "The response is a number; it was taken as a text.",
}


def _even_out(scope: Scope, name: str, document: object, steps: tuple[Normalisation, ...]) -> object:
    """The response after its declared normalisations, each of which goes into the trace."""
    if isinstance(document, list):
        return [_even_out(scope, name, entry, steps) for entry in document]
    if not isinstance(document, str):
        return document
    for step in normalisation_steps(document, steps):
        scope.trace.append(
            Step(
                f"normalise:{step.normalisation.value}",
                name,
                name,
                {"before": step.before, "after": step.after},
            )
        )
        document = step.after
    return document


def _process(scope: Scope, processing: Element) -> None:
    name = template_name(processing)
    found = rules_of(processing)
    where = processing.name if name is None else f"{processing.name}:{name}"
    try:
        rules.run_rules(scope, found, of=rules.RESPONSE, where=where)
    except rules.Exited:
        return


def _result(scope: Scope) -> ItemRun:
    def of(kind: Kind) -> Mapping[str, Value | None]:
        return MappingProxyType(
            {name: scope.value(name) for name, one in scope.declarations.items() if one.kind is kind}
        )

    outcomes = dict(of(Kind.OUTCOME))
    if COMPLETION_STATUS in scope.values:
        outcomes[COMPLETION_STATUS] = scope.values[COMPLETION_STATUS]
    return ItemRun(
        MappingProxyType(outcomes),
        of(Kind.TEMPLATE),
        of(Kind.RESPONSE),
        tuple(scope.warnings),
        tuple(scope.trace),
    )


# ---------------------------------------------------------------------------- what delivery and checks ask for


def template_values(program: ItemProgram, *, seed: int) -> Mapping[str, Value | None]:
    """The template variables that a seed draws, to show the item with."""
    return _result(start(program, seed=seed)).templates


def correct_responses(program: ItemProgram, *, seed: int) -> dict[str, object]:
    """The correct response of each response that has one, as JSON for `run_item`. Key material."""
    scope = start(program, seed=seed)
    return {
        name: to_json(value)
        for name, one in scope.declarations.items()
        if one.kind is Kind.RESPONSE and (value := scope.correct(name)) is not None
    }
