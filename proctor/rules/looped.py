# SPDX-License-Identifier: Apache-2.0
"""A camera that plays a recording again: a moving stretch of the past repeats, picture by picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.inputs import Event, Sight
from proctor.rules.memory import Alerts, Memory
from proctor.rules.parameters import Loop, Parameters


@dataclass(frozen=True, slots=True)
class CameraLooped:
    """Compares the last fingerprints with every earlier stretch that ends in a like one.

    While an alert is open its memory's looks are not used; `peak` counts the frames since the stretch last repeated.
    """

    judged: Judged
    loop: Loop

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one fingerprint in; a frame without one, or of an empty room, breaks the stretch."""
        if not isinstance(event, Sight):
            return memory, ()
        if event.fingerprint is None or event.faces == 0:
            return replace(memory, prints=(), since=None), ()
        prints = (*memory.prints, event.fingerprint)[-self.loop.memory :]
        memory = replace(memory, prints=prints)
        lag = repeated_after(prints, self.loop)
        if memory.episode.alert is not None:
            return self._follow(memory, event, lag)
        if lag is None:
            return memory, ()
        episode, alert = open_episode(
            memory.episode, self.judged, onset_at=event.at, at=event.at, numbers={"frames_apart": lag}
        )
        return replace(memory, episode=episode, peak=0.0, last_at=event.at), (alert,)

    def _follow(self, memory: Memory, sight: Sight, lag: int | None) -> tuple[Memory, Alerts]:
        if lag is not None:
            episode = follow_episode(memory.episode, at=sight.at, numbers={})
            return replace(memory, episode=episode, peak=0.0, last_at=sight.at), ()
        if memory.peak + 1 < self.loop.clear_frames:
            return replace(memory, peak=memory.peak + 1), ()
        episode, ended = close_episode(
            memory.episode, at=memory.last_at or sight.at, because=AlertEnd.CLEARED
        )
        return replace(memory, episode=episode, peak=0.0, last_at=None), ended


def repeated_after(prints: tuple[int, ...], loop: Loop) -> int | None:
    """How many frames ago the last stretch was seen before, or None; a stretch that hardly moves is not looked for."""
    count = loop.frames
    if len(prints) < 2 * count:
        return None
    stretch = prints[-count:]
    steps = zip(stretch[1:], stretch[:-1], strict=True)
    moved = sum((later ^ earlier).bit_count() for later, earlier in steps)
    if moved < loop.moving_bits * (count - 1):
        return None
    last = stretch[-1]
    for lag in range(count, len(prints) - count + 1):
        if (last ^ prints[-1 - lag]).bit_count() > loop.most_bits:
            continue
        earlier = prints[-count - lag : -lag]
        apart = [(one ^ other).bit_count() for one, other in zip(stretch, earlier, strict=True)]
        if max(apart) <= loop.most_bits and sum(apart) <= loop.mean_bits * count:
            return lag
    return None


def camera_looped(parameters: Parameters, model_sha256: str) -> CameraLooped:
    """The rule under these parameters."""
    loop = parameters.camera_looped
    return CameraLooped(Judged(RuleName.CAMERA_LOOPED, asdict(loop), parameters.version, model_sha256), loop)
