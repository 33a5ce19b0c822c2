# SPDX-License-Identifier: Apache-2.0
"""What the looks at labelled pictures and clips are worth, rule by rule and group by group. Pure counting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from proctor.evaluating import Evaluated, SeenClip, SeenPicture
from proctor.identity_report import describe_identity
from proctor.labels import Label, Span
from proctor.rates import rate_of
from proctor.replaying import START
from proctor.reporting import UNTOLD, describe_bound
from proctor.rules.alerts import Alert, RuleName, Weight
from proctor.rules.catalogue import CATALOGUE, Availability, availability
from proctor.rules.parameters import Parameters

MOST_GROUPS = 30
NOT_LABELLED = "(not labelled)"
SLACK_SECONDS = 10.0
"""An alert may rise so long after what it is about began or ended; so long its echo is no false one."""
LOWER_SCORES: Mapping[RuleName, tuple[float, ...]] = {
    RuleName.PHONE_POSSIBLE: (0.35, 0.5),
    RuleName.BOOK_POSSIBLE: (0.4, 0.5),
}
"""Lower scores of things than the rules ask for, from the lowest that the network tells."""
Reading = Callable[[SeenPicture | SeenClip], str]
WHOLE: tuple[Span, ...] = ((0.0, float("inf")),)
_FLAG_RULES: Mapping[RuleName, str] = {
    RuleName.PHONE_POSSIBLE: "phone",
    RuleName.BOOK_POSSIBLE: "book",
    RuleName.CAMERA_COVERED: "covered",
    RuleName.CAMERA_DARK: "dark",
    RuleName.CAMERA_BLURRED: "blurred",
    RuleName.CAMERA_FROZEN: "frozen",
}


def describe_evaluation(
    evaluated: Evaluated, group_columns: Sequence[str], *, parameters: Parameters | None = None
) -> dict[str, Any]:
    """All figures as plain data: overall, then by each value of each group column."""
    parameters = parameters or Parameters()
    document = _figures(evaluated.pictures, evaluated.clips, parameters, averages=True)
    calm = [clip for clip in evaluated.clips if clip.label.flags.get("calm")]
    alerts = [alert for clip in calm for alert in clip.replayed.alerts]
    seconds = sum(clip.replayed.watched_seconds for clip in calm)
    incidents = sum(alert.weight is Weight.INCIDENT for alert in alerts)
    return {
        "pictures": len(evaluated.pictures),
        "clips": len(evaluated.clips),
        **document,
        "calm": {
            "clips": len(calm),
            "watched_seconds": round(seconds, 3),
            "learner_hours": round(seconds / 3600, 5),
            "false_alerts": describe_bound(len(alerts), seconds),
            "false_incidents": describe_bound(incidents, seconds),
        },
        "groups": _grouped(evaluated, group_columns, parameters),
    }


def describe_faces(pictures: Sequence[SeenPicture]) -> dict[str, Any] | None:
    """How often the number of faces is right; None when no picture says how many it shows."""
    counted = [seen for seen in pictures if seen.label.faces is not None]
    labelled = [(seen.label.faces or 0, seen.faces) for seen in counted]
    exact = [(seen.label.faces or 0, seen.faces) for seen in counted if not seen.label.or_more]
    if not labelled:
        return None
    return {
        "exactly_one": rate_of([seen == 1 for true, seen in exact if true == 1]).described(),
        "false_face": rate_of([seen > 0 for true, seen in exact if true == 0]).described(),
        "two_or_more_caught": rate_of([seen > 1 for true, seen in labelled if true > 1]).described(),
        "none_of_one": rate_of([seen == 0 for true, seen in exact if true == 1]).described(),
        "several_of_one": rate_of([seen > 1 for true, seen in exact if true == 1]).described(),
        "right_number": rate_of([true == seen for true, seen in exact]).described(),
    }


def describe_rule(
    rule: RuleName, pictures: Sequence[SeenPicture], clips: Sequence[SeenClip], parameters: Parameters
) -> dict[str, Any]:
    """Detection and false alarms of one rule; on pictures its signal in a single look, on clips the whole rule."""
    facts = CATALOGUE[rule]
    trials = [_on_picture(rule, seen, parameters) for seen in pictures]
    judged = [trial for trial in trials if trial is not None]
    due, false, latencies = _on_clips(rule, clips)
    detected = [seen for true, seen in judged if true]
    alarmed = [seen for true, seen in judged if not true]
    labelled = bool(judged or due or false)
    return {
        "detection": rate_of([*detected, *due]).described(),
        "false_alarm": rate_of([*alarmed, *false]).described(),
        "pictures": {
            "detection": rate_of(detected).described(),
            "false_alarm": rate_of(alarmed).described(),
        },
        "clips": {
            "detection": rate_of(due).described(),
            "false_alarm": rate_of(false).described(),
            "not_available": sum(
                due_spans(clip.label, rule) is not None and not _works(rule, clip) for clip in clips
            ),
            "median_seconds_to_alert": round(median(latencies), 3) if latencies else None,
        },
        **({"signal_at": _at_scores(rule, pictures, parameters)} if rule in LOWER_SCORES else {}),
        "weight": facts.weight.value,
        "validated": facts.validated,
        "labelled": labelled,
        "note": _note(rule, labelled=labelled),
    }


def _at_scores(rule: RuleName, pictures: Sequence[SeenPicture], parameters: Parameters) -> dict[str, Any]:
    """Of a thing in a single picture, at the score from which the rule believes a look and at lower ones."""
    name, asked = _FLAG_RULES[rule], getattr(parameters, rule.value).score
    seen = [(one.label.flags[name], getattr(one, name)) for one in pictures if name in one.label.flags]
    return {
        f"{score:g}": {
            "detection": rate_of(
                [best >= score for true, best in seen if true and best is not None]
            ).described(),
            "false_alarm": rate_of(
                [best >= score for true, best in seen if not true and best is not None]
            ).described(),
        }
        for score in (*LOWER_SCORES[rule], asked)
    }


def due_spans(label: Label, rule: RuleName) -> tuple[Span, ...] | None:
    """When an alert of a rule is due in a clip: never is an empty tuple, None that nobody labelled it."""
    if rule in UNTOLD:
        return None
    if label.incidents.get(rule):
        return label.incidents[rule]
    if rule.value in label.flags:
        return WHOLE if label.flags[rule.value] else ()
    if rule in label.incidents:
        return label.incidents[rule]
    flag = _FLAG_RULES.get(rule)
    if flag is not None and flag in label.flags:
        return WHOLE if label.flags[flag] else ()
    if rule is RuleName.FACE_GONE and label.faces is not None:
        return WHOLE if label.faces == 0 and not label.flags.get("covered") else ()
    if rule is RuleName.SEVERAL_FACES and (label.faces is not None or label.persons is not None):
        return WHOLE if max(label.faces or 0, label.persons or 0) > 1 else ()
    return () if label.flags.get("calm") else None


def _note(rule: RuleName, *, labelled: bool) -> str | None:
    notes = [] if labelled or rule is RuleName.SOMEONE_ELSE else ["no labelled pictures"]
    if rule in UNTOLD:
        notes.append("no picture tells it anything")
    if not CATALOGUE[rule].validated:
        notes.append("not validated on people")
    return "; ".join(notes) or None


def _figures(
    pictures: Sequence[SeenPicture], clips: Sequence[SeenClip], parameters: Parameters, *, averages: bool
) -> dict[str, Any]:
    identity = describe_identity(pictures, parameters.someone_else, averages=averages)
    rules = {rule.value: describe_rule(rule, pictures, clips, parameters) for rule in CATALOGUE}
    someone = rules[RuleName.SOMEONE_ELSE.value]
    if identity is not None and "someone_else" in identity:
        trials = identity["someone_else"]
        someone["pictures"] = trials
        if not someone["clips"]["detection"]["of"]:
            someone["detection"] = trials["detection"]
        if not someone["clips"]["false_alarm"]["of"]:
            someone["false_alarm"] = trials["false_alarm"]
        someone["labelled"] = True
    elif not someone["labelled"]:
        someone["note"] = f"no labelled pictures; {someone['note']}"
    return {"faces": describe_faces(pictures), "rules": rules, "identity": identity}


def _on_picture(rule: RuleName, seen: SeenPicture, parameters: Parameters) -> tuple[bool, bool] | None:
    """What a picture truly shows of a rule's signal, and what was seen; None where it says nothing about it."""
    label = seen.label
    flag = _FLAG_RULES.get(rule)
    if flag is not None:
        signal = _signal(rule, seen, parameters) if flag in label.flags else None
        return None if signal is None else (label.flags[flag], signal)
    due = label.flags.get(rule.value)
    if rule is RuleName.FACE_GONE and not label.flags.get("covered"):
        true = label.faces == 0 if due is None and label.faces is not None else due
        return None if true is None else (true, seen.faces == 0 and not seen.covered)
    if rule is RuleName.SEVERAL_FACES:
        if due is None and (label.faces is not None or label.persons is not None):
            due = max(label.faces or 0, label.persons or 0) >= parameters.several_from
        return None if due is None else (due, max(seen.faces, seen.persons or 0) >= parameters.several_from)
    return None


def _signal(rule: RuleName, seen: SeenPicture, parameters: Parameters) -> bool | None:
    """Whether a single look shows a rule's signal; None where the network is not there."""
    match rule:
        case RuleName.PHONE_POSSIBLE:
            return None if seen.phone is None else seen.phone >= parameters.phone_possible.score
        case RuleName.BOOK_POSSIBLE:
            return None if seen.book is None else seen.book >= parameters.book_possible.score
        case RuleName.CAMERA_COVERED:
            return seen.covered and seen.faces == 0
        case RuleName.CAMERA_DARK:
            return seen.dark
        case RuleName.CAMERA_BLURRED:
            return seen.blurred
        case _:
            return None


def _on_clips(rule: RuleName, clips: Sequence[SeenClip]) -> tuple[list[bool], list[bool], list[float]]:
    """For each span in which an alert was due whether one came; for each labelled clip whether a false one did."""
    due, false, latencies = list[bool](), list[bool](), list[float]()
    for clip in clips:
        spans = due_spans(clip.label, rule)
        if spans is None or not _works(rule, clip):
            continue
        alerts = [alert for alert in clip.replayed.alerts if alert.rule is rule]
        for span in spans:
            met = [alert for alert in alerts if _meets(alert, span)]
            due.append(bool(met))
            if met:
                latencies.append(max(0.0, min(_second(alert, "raised") for alert in met) - span[0]))
        if spans != WHOLE:
            false.append(any(not any(_meets(alert, span) for span in spans) for alert in alerts))
    return due, false, latencies


def _works(rule: RuleName, clip: SeenClip) -> bool:
    """Whether the rule had what it needs: a rule that is not available misses nothing and clears nobody."""
    return availability(clip.replayed.watching)[rule] is Availability.AVAILABLE


def _meets(alert: Alert, span: Span) -> bool:
    start, end = span
    return _second(alert, "onset") <= end + SLACK_SECONDS and _second(alert, "ended") >= start


def _second(alert: Alert, name: str) -> float:
    instant = {
        "onset": alert.onset_at,
        "raised": alert.raised_at,
        "ended": alert.ended_at or alert.raised_at,
    }[name]
    return (instant - START).total_seconds()


def _grouped(
    evaluated: Evaluated, columns: Sequence[str], parameters: Parameters
) -> dict[str, dict[str, Any]]:
    found = dict[str, dict[str, Any]]()
    readings: dict[str, Reading] = {name: _column(name) for name in columns}
    readings.setdefault("frame_size", _frame_size)
    readings["measured_light"] = _light
    for name, reading in readings.items():
        seen: list[SeenPicture | SeenClip] = [*evaluated.pictures, *evaluated.clips]
        values = sorted({reading(one) for one in seen})
        if len(values) > MOST_GROUPS:
            found[name] = {"left_out": f"{len(values)} values, more than {MOST_GROUPS}"}
            continue
        found[name] = {value: _group(evaluated, reading, value, parameters) for value in values}
    return found


def _group(
    evaluated: Evaluated,
    reading: Reading,
    value: str,
    parameters: Parameters,
) -> dict[str, Any]:
    pictures = [seen for seen in evaluated.pictures if reading(seen) == value]
    clips = [seen for seen in evaluated.clips if reading(seen) == value]
    figures = _figures(pictures, clips, parameters, averages=False)
    rules = {name: rule for name, rule in figures["rules"].items() if rule["labelled"]}
    return {"pictures": len(pictures), "clips": len(clips), **figures, "rules": rules}


def _column(name: str) -> Reading:
    return lambda seen: seen.label.groups.get(name, NOT_LABELLED)


def _frame_size(seen: SeenPicture | SeenClip) -> str:
    """The longer side of what was looked at, in the steps of the line."""
    if isinstance(seen, SeenClip):
        return "clip"
    for side in (160, 320, 640, 1280):
        if seen.longer_side <= side:
            return f"up to {side}"
    return "above 1280"


def _light(seen: SeenPicture | SeenClip) -> str:
    """The mean grey level of a picture, coarsely."""
    if isinstance(seen, SeenClip):
        return "clip"
    return "dark" if seen.brightness < 40 else "dim" if seen.brightness < 90 else "bright"
