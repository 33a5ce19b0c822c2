# SPDX-License-Identifier: Apache-2.0
"""How many pictures, and how large ones, the server would like of one learner. Pure; a wish binds no page."""

from __future__ import annotations

from dataclasses import dataclass, replace

CALM_FRAMES = 10
"""So many pictures in a row must have been looked at before the server asks for more again."""
SLOWER_MS = (0, 2500, 5000)
"""Milliseconds between pictures that are asked for, by how much the server is overloaded; zero asks for nothing."""
WIDTHS = (160, 320, 640)


@dataclass(frozen=True, slots=True)
class Load:
    """How overloaded the server was with this learner's pictures (0 to 2), and for how many in a row it kept up."""

    level: int = 0
    calm: int = 0
    dropped: int = 0

    def after(self, dropped: int) -> Load:
        """One more picture was taken in, and `dropped` in all were let go for newer ones."""
        if dropped > self.dropped:
            return Load(min(self.level + 1, len(SLOWER_MS) - 1), 0, dropped)
        if self.calm + 1 < CALM_FRAMES:
            return replace(self, calm=self.calm + 1)
        return Load(max(self.level - 1, 0), 0, dropped)


@dataclass(frozen=True, slots=True)
class Wish:
    """Milliseconds between pictures at least, and their width; zero: as the page likes. `frames`: how many more so wide."""

    every_ms: int = 0
    width: int = 0
    frames: int = 0


NO_WISH = Wish()


def wish_of(load: Load, wish: Wish) -> tuple[Wish, Wish]:
    """What to tell the page now, and what is left of the wish after that."""
    left = max(wish.frames - 1, 0)
    told = replace(wish, every_ms=SLOWER_MS[load.level])
    return told, replace(wish, width=wish.width if left else 0, frames=left)
