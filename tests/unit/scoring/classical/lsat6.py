# SPDX-License-Identifier: Apache-2.0
"""LSAT section 6: 1,000 persons on five items, as frequencies of the 32 patterns 00000 … 11111; Bock & Lieberman (1970)."""

from __future__ import annotations

from typing import Final

from scoring.tables import ResponseTable

# fmt: off
FREQUENCIES: Final = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)
# fmt: on
PATTERNS: Final = [[float(bit) for bit in f"{number:05b}"] for number in range(32)]
LSAT6: Final = ResponseTable.of(PATTERNS, weights=FREQUENCIES)
