# SPDX-License-Identifier: Apache-2.0
"""What is normal for one learner at one desk: how the head is held, how the eyes look, which pictures hang on the wall.

Learned from the seconds of calibration; looking away is judged against it and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, TypeVar

from core.errors import Invalid
from proctor.rules.inputs import FaceBox, SeenGaze, SeenPose, SeenThing, Sight

FEWEST_FRAMES = 8
"""Frames with a face that a baseline needs."""
FEWEST_POSES = 5
POSTER_SHARE = 0.5
"""A still face beside the learner's, seen in at least this share of the frames, is a picture on the wall."""
STILL_SHARE = 0.8
POSTER_SHIFT = 0.06
"""In sizes of the box: what stays within it while a learner turns and blinks is no living face."""
POSTER_GROWTH = 0.15
NEAR = 0.5
"""In sizes of the box: a living face stays about its place, but not still."""
Seen = TypeVar("Seen", SeenPose, SeenGaze)

_SPREAD = 1.4826  # takes a median absolute deviation to the standard deviation of a normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One learner's own normal; a field that is None could not be learned, and rules that need it are not available.

    `pose` and `gaze` are medians, the spreads robust standard deviations in the same units, `eyes_open` the median
    opening of both lids, `posters` still faces that are no learners, `extra_persons` how many persons more than the one
    are seen in the empty background, `things` what
    stands about anyway with its highest score, `brightness` the median grey level.
    """

    frames: int
    pose: SeenPose | None = None
    pose_spread: SeenPose | None = None
    gaze: SeenGaze | None = None
    gaze_spread: SeenGaze | None = None
    eyes_open: float | None = None
    posters: tuple[FaceBox, ...] = ()
    extra_persons: int = 0
    things: tuple[SeenThing, ...] = ()
    brightness: float | None = None


def learn(sights: Sequence[Sight]) -> Baseline | None:
    """The baseline of a calibration; None when too few frames show a face to say what is normal."""
    seen = [sight for sight in sights if sight.faces > 0 and not sight.covered]
    if len(seen) < FEWEST_FRAMES:
        return None
    pose, pose_spread = _poses([sight.pose for sight in seen if sight.pose is not None])
    gaze, gaze_spread = _gazes([sight.gaze for sight in seen if sight.gaze is not None])
    lights = [sight.brightness for sight in seen if sight.brightness is not None]
    posters = _posters(seen)
    persons = [sight.persons for sight in seen if sight.persons is not None]
    return Baseline(
        frames=len(seen),
        pose=pose,
        pose_spread=pose_spread,
        gaze=gaze,
        gaze_spread=gaze_spread,
        eyes_open=None if gaze is None else (gaze.left_open + gaze.right_open) / 2,
        posters=posters,
        extra_persons=max(0, round(median(persons)) - 1) if persons and posters else 0,
        things=_standing(seen),
        brightness=median(lights) if lights else None,
    )


def to_json(baseline: Baseline) -> dict[str, Any]:
    """The baseline as plain data."""
    return asdict(baseline)


def from_json(document: Mapping[str, Any]) -> Baseline:
    """The baseline out of plain data. Raises Invalid(`baseline_unreadable`)."""
    try:
        return Baseline(
            frames=int(document["frames"]),
            pose=_read(document["pose"], SeenPose),
            pose_spread=_read(document["pose_spread"], SeenPose),
            gaze=_read(document["gaze"], SeenGaze),
            gaze_spread=_read(document["gaze_spread"], SeenGaze),
            eyes_open=_number(document["eyes_open"]),
            posters=tuple(FaceBox(**_numbers(box)) for box in document["posters"]),
            extra_persons=int(document["extra_persons"]),
            things=tuple(SeenThing(str(one["label"]), float(one["score"])) for one in document["things"]),
            brightness=_number(document["brightness"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("baseline_unreadable") from error


def same_place(box: FaceBox, other: FaceBox, *, shift: float, growth: float) -> bool:
    """Whether two boxes lie at one place: their centres and sizes differ by at most these shares of the size."""
    across = abs(box.x + box.width / 2 - other.x - other.width / 2)
    down = abs(box.y + box.height / 2 - other.y - other.height / 2)
    return (
        across <= shift * other.width
        and down <= shift * other.height
        and abs(box.width - other.width) <= growth * other.width
        and abs(box.height - other.height) <= growth * other.height
    )


def _poses(poses: Sequence[SeenPose]) -> tuple[SeenPose, SeenPose] | tuple[None, None]:
    if len(poses) < FEWEST_POSES:
        return None, None
    yaw, pitch, roll = (_middle([getattr(pose, name) for pose in poses]) for name in ("yaw", "pitch", "roll"))
    return SeenPose(yaw[0], pitch[0], roll[0]), SeenPose(yaw[1], pitch[1], roll[1])


def _gazes(gazes: Sequence[SeenGaze]) -> tuple[SeenGaze, SeenGaze] | tuple[None, None]:
    if len(gazes) < FEWEST_POSES:
        return None, None
    names = ("horizontal", "vertical", "left_open", "right_open")
    found = [_middle([getattr(gaze, name) for gaze in gazes]) for name in names]
    return SeenGaze(*(value for value, _ in found)), SeenGaze(*(spread for _, spread in found))


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """The median, and the spread around it that a few wild values cannot move."""
    middle = median(values)
    return middle, _SPREAD * median(abs(value - middle) for value in values)


def _posters(sights: Sequence[Sight]) -> tuple[FaceBox, ...]:
    """Faces that stay at one place while another, larger one is there too."""
    clusters = list[list[FaceBox]]()
    for sight in sights:
        for box in sorted(sight.boxes, key=lambda box: -box.width * box.height)[1:]:
            for cluster in clusters:
                if same_place(box, cluster[0], shift=NEAR, growth=NEAR):
                    cluster.append(box)
                    break
            else:
                clusters.append([box])
    found = []
    for cluster in clusters:
        middle = _middle_box(cluster)
        still = [box for box in cluster if same_place(box, middle, shift=POSTER_SHIFT, growth=POSTER_GROWTH)]
        if len(cluster) >= POSTER_SHARE * len(sights) and len(still) >= STILL_SHARE * len(cluster):
            found.append(middle)
    return tuple(found)


def _middle_box(boxes: Sequence[FaceBox]) -> FaceBox:
    names = ("x", "y", "width", "height", "score")
    return FaceBox(*(median(getattr(box, name) for box in boxes) for name in names))


def _standing(sights: Sequence[Sight]) -> tuple[SeenThing, ...]:
    """Things, persons left out, each with its highest score. Seen once in a calibration is enough: they stand about."""
    best = dict[str, float]()
    for sight in sights:
        for thing in sight.things or ():
            if thing.label != "person":
                best[thing.label] = max(thing.score, best.get(thing.label, 0.0))
    return tuple(SeenThing(label, score) for label, score in sorted(best.items()))


def _read(document: Any, kind: Callable[..., Seen]) -> Seen | None:
    return None if document is None else kind(**_numbers(document))


def _numbers(document: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in document.items()}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
