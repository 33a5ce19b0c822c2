# SPDX-License-Identifier: Apache-2.0
"""The thresholds of the rules, as versioned data. Every alert carries the ones under which it arose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType

from proctor.rules.alerts import RuleName


@dataclass(frozen=True, slots=True, kw_only=True)
class Hysteresis:
    """When a signal is believed.

    The signal must hold for `onset_seconds` between the first and the last of at least `minimum_frames`
    frames to raise an alert, and be absent for `clear_seconds` to end it. Of the time in between, at most
    `forgiven_share` (below one half, so that single wrong frames between right ones never add up) and less
    than `forgiven_seconds` may speak against it. Frames further apart than `maximum_gap_seconds` say
    nothing about the time between them; a slow line sends one in five seconds.

    The durations are one frame interval (and a little jitter) shorter than what they catch: five frames at
    one a second span four seconds and stand for five.
    """

    onset_seconds: float
    clear_seconds: float = 1.75
    minimum_frames: int = 3
    forgiven_share: float = 0.4
    forgiven_seconds: float = 1.5
    maximum_gap_seconds: float = 6.5

    def __post_init__(self) -> None:
        if not 0 <= self.forgiven_share < 0.5:
            raise ValueError("forgiven_share must be at least 0 and below one half")
        if min(self.onset_seconds, self.clear_seconds, self.forgiven_seconds, self.maximum_gap_seconds) <= 0:
            raise ValueError("durations must be positive")

    def patient(self, factor: float) -> Hysteresis:
        """The same, waiting `factor` times as long before it believes."""
        return replace(self, onset_seconds=self.onset_seconds * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """When a camera counts as stopped.

    No frame for `silence_seconds` while the page goes on talking, or the browser's own report standing for
    `report_seconds`; it ends after frames have come again for `clear_seconds`. Where frames come, or are asked for,
    more slowly, the silence must last `spacings` of their distances (each counted up to `longest_spacing_seconds`) and
    `spare_seconds` more.
    """

    silence_seconds: float = 4.0
    report_seconds: float = 4.0
    clear_seconds: float = 1.75
    maximum_gap_seconds: float = 6.5
    spacings: float = 2.0
    spare_seconds: float = 1.5
    longest_spacing_seconds: float = 6.0

    def __post_init__(self) -> None:
        if min(asdict(self).values()) <= 0:
            raise ValueError("durations must be positive")

    def patient(self, factor: float) -> Silence:
        """The same, waiting `factor` times as long before it believes."""
        return replace(
            self,
            silence_seconds=self.silence_seconds * factor,
            spacings=self.spacings * factor,
            report_seconds=self.report_seconds * factor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How far from the learner's own middle a head or an iris counts as away.

    Degrees for the head, widths of the eye for the iris; each limit is at least `spreads` of the learner's own.
    """

    yaw_degrees: float = 25.0
    up_degrees: float = 20.0
    down_degrees: float = 28.0
    gaze_across: float = 0.45
    gaze_up_down: float = 0.2
    spreads: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """When a face is taken for another person's.

    The mean similarity of the last `least` probes, which span at least `span_seconds` and at most `window_seconds`, is
    below `different_below`, and none of them reaches `same_from`; a mean of at least that ends it. A head turned more
    than `turned_degrees` off the learner's middle is no probe.
    """

    least: int = 3
    span_seconds: float = 1.75
    window_seconds: float = 120.0
    different_below: float = 0.42
    same_from: float = 0.53
    turned_degrees: float = 30.0

    def __post_init__(self) -> None:
        if self.least < 3:
            raise ValueError("at least three probes decide")

    def patient(self, factor: float) -> Probes:
        """The same, with `factor` times as many probes."""
        return replace(
            self, least=math.ceil(self.least * factor), window_seconds=self.window_seconds * factor
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """A thing is possible when `needed` of the last `looks` looks, within `window_seconds`, see it at `score`.

    What stood about at the calibration must be seen more surely than then, by `rise`.
    """

    score: float
    looks: int = 3
    needed: int = 2
    window_seconds: float = 45.0
    rise: float = 0.15

    def __post_init__(self) -> None:
        if self.needed < 2:
            raise ValueError("one look decides nothing")

    def patient(self, factor: float) -> Looks:
        """The same, with `factor` times as many looks."""
        return replace(
            self,
            looks=math.ceil(self.looks * factor),
            needed=math.ceil(self.needed * factor),
            window_seconds=self.window_seconds * factor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """When a stretch of the past repeats.

    The last `frames` fingerprints lie, each within `most_bits` and on average within `mean_bits`, at those of an earlier
    stretch among the last `memory`, and change from one to the next by `moving_bits` on average: a calm person, who
    looks the same for minutes, repeats nothing.
    """

    frames: int = 16
    memory: int = 240
    most_bits: int = 2
    mean_bits: float = 0.35
    moving_bits: float = 7.0
    clear_frames: int = 16

    def patient(self, factor: float) -> Loop:
        """The same over a stretch `factor` times as long."""
        return replace(self, frames=math.ceil(self.frames * factor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """When things that happen now and then are worth a look.

    Of occurrences of at least `least` (seconds, pictures, signs or tries), `count` within `window_seconds`, or fewer that
    together reach `total`; it ends after `quiet_seconds` without one.
    """

    least: float = 1.0
    count: int = 1
    total: float | None = None
    window_seconds: float = 60.0
    quiet_seconds: float = 30.0

    def patient(self, factor: float) -> Burst:
        """The same for `factor` times as many, or as much."""
        total = None if self.total is None else self.total * factor
        return replace(self, count=math.ceil(self.count * factor), total=total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All thresholds under one version, each under the name of its rule; `off` are the rules that a learner is exempt from.

    `several_from` is the number of faces or persons from which they are several, `several_persons` how long persons
    without a second face must be seen (and `unlearned_factor` times as long where nothing was learned of the room),
    `hidden_factor` how many times as long a face must be gone while a person is still seen (with `person_is_enough` it
    never is, as long as nobody looked in vain),
    `still_change` the mean change in grey levels below which nothing moves, not even a sensor's noise, `away` what
    counts as away.
    """

    version: str = "2"
    face_gone: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=3.75))
    hidden_factor: float = 5.0
    person_is_enough: bool = False
    several_faces: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=1.75))
    several_from: int = 2
    several_persons: Hysteresis = field(
        default_factory=lambda: Hysteresis(onset_seconds=9.0, forgiven_seconds=6.0, maximum_gap_seconds=16.0)
    )
    unlearned_factor: float = 1.6
    someone_else: Probes = field(default_factory=Probes)
    looking_away: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=9.75))
    away: Turn = field(default_factory=Turn)
    phone_possible: Looks = field(default_factory=lambda: Looks(score=0.6))
    book_possible: Looks = field(default_factory=lambda: Looks(score=0.6))
    camera_covered: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=1.75))
    camera_dark: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=4.75))
    camera_blurred: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=4.75))
    camera_frozen: Hysteresis = field(
        default_factory=lambda: Hysteresis(onset_seconds=6.75, forgiven_share=0.1, forgiven_seconds=1.0)
    )
    still_change: float = 1.0
    camera_looped: Loop = field(default_factory=Loop)
    camera_stopped: Silence = field(default_factory=Silence)
    lost_seconds: float = 10.0
    virtual_camera: Burst = field(default_factory=lambda: Burst(least=2))
    speech: Burst = field(default_factory=lambda: Burst(least=2, count=3, total=12))
    focus_lost: Burst = field(
        default_factory=lambda: Burst(least=3, count=3, total=15, window_seconds=300, quiet_seconds=60)
    )
    pasted: Burst = field(default_factory=Burst)
    pictures_missing: Burst = field(
        default_factory=lambda: Burst(count=3, total=10, window_seconds=300, quiet_seconds=60)
    )
    pictures_altered: Burst = field(default_factory=lambda: Burst(quiet_seconds=60))
    prefilter_disagrees: Burst = field(
        default_factory=lambda: Burst(count=2, window_seconds=14_400, quiet_seconds=60)
    )
    liveness_failed: Burst = field(default_factory=lambda: Burst(least=1))
    off: frozenset[RuleName] = frozenset()

    def comparing_by(self, network: str) -> Parameters:
        """The same for another network that compares faces, one of PROBES: each has similarities of its own."""
        return replace(self, someone_else=PROBES[network])

    def relaxed(self, factors: Mapping[RuleName, float]) -> Parameters:
        """The same, with some rules more patient. A raised hand has nothing to wait for."""
        changed = {
            rule.value: getattr(self, rule.value).patient(factor)
            for rule, factor in factors.items()
            if rule is not RuleName.HAND_RAISED
        }
        return replace(self, **changed)

    def at_audits(self) -> Parameters:
        """The same for who looks at one picture in ten, at moments of its own: looks further apart still say something."""
        changed = {
            rule.value: replace(getattr(self, rule.value), maximum_gap_seconds=AUDIT_GAP_SECONDS)
            for rule in AUDITED_RULES
        }
        return replace(self, **changed)


PROBES: Mapping[str, Probes] = MappingProxyType(
    {
        "mobilefacenet": Probes(),
        "dlib-resnet": Probes(different_below=0.875, same_from=0.91),
    }
)
"""Of each network that compares faces, by its name in the lock: see their model cards."""
AUDIT_GAP_SECONDS = 45.0
"""Of the distances between two audits, one in ten of a picture a second, one in a hundred is longer."""
AUDITED_RULES = (
    RuleName.CAMERA_COVERED,
    RuleName.CAMERA_DARK,
    RuleName.CAMERA_BLURRED,
    RuleName.CAMERA_FROZEN,
)
