# SPDX-License-Identifier: Apache-2.0
"""Where marks stand on a ladder of bands. Whether a band is enough to pass is decided in `decide`."""

from dataclasses import dataclass
from fractions import Fraction

from scoring.exact import format_mark, format_share
from scoring.rules import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class BandStanding:
    """Which band `earned` marks reach, and which `best` would, if all that is open were full marks.

    Marks as in the node; `ladder` has the highest band first. Below the lowest band there is none.
    """

    ladder: tuple[Band, ...]
    earned: Fraction
    best: Fraction
    maximum: Fraction

    @property
    def so_far(self) -> Band | None:
        """The band that is reached already."""
        return self._reached(self.earned)

    @property
    def possible(self) -> Band | None:
        """The best band that can still be reached."""
        return self._reached(self.best)

    @property
    def next(self) -> Band | None:
        """The band above the one that is reached; None at the top."""
        above = [band for band in self.ladder if self.earned < band.at_least * self.maximum]
        return above[-1] if above else None

    @property
    def to_next(self) -> Fraction | None:
        """The marks that lack to the next band, above 0; None at the top."""
        above = self.next
        return None if above is None else above.at_least * self.maximum - self.earned

    def _reached(self, marks: Fraction) -> Band | None:
        return next((band for band in self.ladder if marks >= band.at_least * self.maximum), None)

    def to_document(self) -> dict[str, object]:
        """The standing as JSON: `band` is null while open marks can change it, and below the lowest band."""
        reached, possible, above, lacking = self.so_far, self.possible, self.next, self.to_next
        return {
            "band": reached.name if reached is not None and reached == possible else None,
            "certain": reached == possible,
            "so_far": None if reached is None else reached.name,
            "possible": None if possible is None else possible.name,
            "next": None if above is None else above.name,
            "to_next": None if lacking is None else format_mark(lacking),
            "to_next_share": None if lacking is None else format_share(lacking / self.maximum),
            "ladder": [
                {
                    "name": band.name,
                    "at_least": format_share(band.at_least),
                    "bar": format_mark(band.at_least * self.maximum),
                }
                for band in self.ladder
            ],
        }
