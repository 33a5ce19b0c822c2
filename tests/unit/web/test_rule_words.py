# SPDX-License-Identifier: Apache-2.0
"""No identifier of a rule, a number, a limit or a cause reaches people: each has a name in words, with its unit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from proctor import api as proctor
from proctor import rules as rule_package
from proctor.rules.baseline import Baseline
from proctor.rules.inputs import SeenGaze, SeenPose
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet
from web.presenters.rule_numbers import cause_label, number_label
from web.presenters.rules import plain_words, rule_label

RULE = proctor.RuleName
FOLDER = Path(str(rule_package.__file__)).parent
OWN = Baseline(
    frames=20,
    pose=SeenPose(0, 0, 0),
    pose_spread=SeenPose(1, 1, 1),
    gaze=SeenGaze(0, 0, 0.3, 0.3),
    gaze_spread=SeenGaze(0.01, 0.01, 0.01, 0.01),
    eyes_open=0.3,
)
COUNTS_OF = {"frames", "pastes", "signs", "tries", "audits", "speech_seconds", "away_seconds"}
"""Units of bursts: an argument, and so not among the names of numbers in the source."""


def thresholds() -> list[tuple[proctor.RuleName, str]]:
    """Every limit of every rule, as an alert would carry it."""
    rules = RuleSet.under(Parameters(), model_sha256="0" * 64, baseline=OWN).rules
    assert set(rules) == set(RULE), "every rule is under these parameters"
    found = []
    for name, rule in rules.items():
        judged = getattr(rule, "judged", None) or rule.bursts.judged
        found += [(name, limit) for limit in judged.thresholds]
    return found


def written_numbers() -> set[str]:
    """Every name under which a rule writes a number, read from the sources of the rules."""
    found = set(COUNTS_OF)
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "numbers":
                found |= _keys(node.value)
            elif isinstance(node, ast.Assign) and "numbers" in ast.unparse(node.targets[0]):
                found |= _keys(node.value)
                if isinstance(node.targets[0], ast.Subscript):
                    found |= _texts(node.targets[0].slice)
            elif (
                isinstance(node, ast.keyword) and node.arg == "measured" and isinstance(node.value, ast.Tuple)
            ):
                found |= _texts(node.value.elts[0])
    return found


def _keys(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Dict):
        return set()
    return {text for key in node.keys if key is not None for text in _texts(key)}


def _texts(node: ast.AST) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The words as they are written."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def test_every_limit_of_every_rule_has_a_name_with_a_unit() -> None:
    for rule, name in thresholds():
        label = number_label(name, rule)
        assert label != "A measure", f"{rule}: {name} has no words"
        assert "_" not in label
        assert label.endswith(")"), f"{rule}: {name} has no unit"


def test_every_number_that_a_rule_writes_has_a_name_with_a_unit() -> None:
    names = written_numbers()
    assert {"seconds", "max_faces", "similarity", "max_change", "late", "frames_apart"} <= names
    for name in names:
        label = number_label(name)
        assert label != "A measure", f"{name} has no words"
        assert label.endswith(")"), f"{name} has no unit"


def test_every_cause_is_said_in_words() -> None:
    from proctor.checkin.movements import Challenge
    from proctor.rules import camera_stopped, face_gone, several

    causes = {camera_stopped.NO_FRAMES, face_gone.NOBODY, face_gone.HIDDEN}
    causes |= {several.FACES, several.PERSONS, several.BOTH, "name", "name_and_regular"}
    causes |= {state.value for state in proctor.CameraState if state is not proctor.CameraState.ON}
    causes |= {"paste", "paste_refused"} | {one.value for one in Challenge}
    said = [cause_label(cause) for cause in sorted(causes)]
    assert all(one.endswith(".") and "_" not in one for one in said)
    assert len(set(said)) == len(causes)
    assert cause_label(None) == ""
    assert cause_label("of a rule that is gone") == ""


@pytest.mark.parametrize("rule", list(RULE))
def test_a_sentence_about_a_rule_has_no_identifier(rule: proctor.RuleName) -> None:
    assert "_" not in rule_label(rule)
    sentence = plain_words(rule, {"seconds": 6.2}, {"onset_seconds": 3.75}, "nobody")
    assert sentence == f"{rule_label(rule)} for 6.2 s; raised after 3.75 s. Nobody was seen in the picture."


def test_a_number_of_an_older_version_is_shown_without_its_identifier() -> None:
    assert number_label("no_longer_known") == "A measure"
