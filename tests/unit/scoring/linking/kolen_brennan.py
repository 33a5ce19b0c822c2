# SPDX-License-Identifier: Apache-2.0
"""Frequencies of Kolen & Brennan, Test Equating, Scaling, and Linking: ACT mathematics (2014, table 2.5), the forms of 36
items with an internal anchor of 12 (ch. 4), and the made-up tables of ch. 5.
"""

import numpy as np

from scoring.linking.scores import Distribution, Joint, Scale

_ACT_X = """
0 1 1 3 9 18 59 67 91 144 149 192 192 192 201 204 217 181 184 170 201 147 163 147 140 147 126 113
100 106 107 91 83 73 72 75 50 37 38 23 15
"""
_ACT_Y = """
0 1 3 13 42 59 95 131 158 161 194 164 166 197 177 158 169 132 158 151 134 137 122 110 116 132 104
104 114 97 107 88 80 79 70 61 48 47 29 32 12
"""

# total scores 0 to 36 in rows, anchor scores 0 to 12 in columns
_KB_X = """
0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0 0 0 0
1 0 0 0 0 0 0 0 0 0 0 0 0
2 2 1 0 0 0 0 0 0 0 0 0 0
0 4 3 2 0 0 0 0 0 0 0 0 0
2 4 5 2 0 0 0 0 0 0 0 0 0
0 7 13 15 1 0 0 0 0 0 0 0 0
6 9 19 11 6 0 0 0 0 0 0 0 0
0 7 19 30 16 3 2 0 0 0 0 0 0
3 12 20 29 18 2 2 0 0 0 0 0 0
0 5 16 30 30 9 2 0 0 0 0 0 0
0 2 18 29 33 20 9 2 0 0 0 0 0
0 0 16 29 36 29 16 1 1 0 0 0 0
0 2 4 21 28 24 11 0 0 0 0 0 0
0 0 4 26 31 27 19 5 0 1 0 0 0
0 0 1 11 20 23 15 8 2 0 0 0 0
0 0 2 7 16 25 30 10 1 0 0 0 0
0 0 1 3 16 27 24 12 3 0 1 0 0
0 0 0 4 10 16 26 11 6 0 0 0 0
0 0 0 0 5 12 17 9 6 1 0 0 0
0 0 0 0 5 16 16 24 10 2 0 0 0
0 0 0 0 3 7 13 20 8 2 1 0 0
0 0 0 0 0 3 16 20 11 3 1 0 0
0 0 0 0 0 2 7 17 7 6 2 0 0
0 0 0 0 0 0 2 12 13 7 1 0 0
0 0 0 0 0 2 2 11 16 9 2 0 0
0 0 0 0 0 0 0 5 16 9 1 0 0
0 0 0 0 0 0 3 1 7 14 3 3 0
0 0 0 0 0 0 0 2 6 12 3 0 0
0 0 0 0 0 0 0 3 4 7 4 4 0
0 0 0 0 0 0 0 0 1 1 12 2 1
0 0 0 0 0 0 0 0 0 1 4 3 0
0 0 0 0 0 0 0 0 0 0 5 8 1
0 0 0 0 0 0 0 0 0 0 2 3 2
0 0 0 0 0 0 0 0 0 0 0 3 3
0 0 0 0 0 0 0 0 0 0 0 1 0
0 0 0 0 0 0 0 0 0 0 0 0 1
"""

# total scores 0 to 36 in rows, anchor scores 0 to 12 in columns
_KB_Y = """
0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0 0 0 0
1 0 0 0 0 0 0 0 0 0 0 0 0
2 0 1 0 0 0 0 0 0 0 0 0 0
2 3 3 1 1 0 0 0 0 0 0 0 0
1 9 10 5 0 0 0 0 0 0 0 0 0
1 5 10 3 4 1 0 0 0 0 0 0 0
2 7 10 9 4 3 0 0 0 0 0 0 0
1 2 17 12 8 3 0 0 0 0 0 0 0
1 6 7 20 20 5 2 0 0 0 0 0 0
0 1 9 23 16 10 5 0 0 0 0 0 0
0 1 6 26 24 15 4 2 0 0 0 0 0
0 1 4 14 19 16 12 0 0 0 0 0 0
0 1 2 13 29 21 13 6 0 0 0 0 0
0 0 4 7 25 32 16 6 3 0 0 0 0
0 0 3 8 15 25 19 10 1 0 0 0 0
0 0 2 7 11 32 25 20 4 0 0 0 0
0 0 0 6 15 19 27 11 2 0 0 0 0
0 0 0 3 12 20 22 18 9 0 0 0 0
0 0 0 0 4 14 21 26 9 1 0 0 0
0 0 0 0 2 10 18 26 7 1 1 0 0
0 0 0 1 3 6 19 29 4 3 0 0 0
0 0 0 1 1 4 13 26 16 10 4 0 0
0 0 0 0 0 2 7 22 18 11 3 0 0
0 0 0 0 0 2 3 19 26 9 2 0 0
0 0 0 0 0 0 5 12 17 10 5 0 0
0 0 0 0 0 0 1 6 27 14 8 0 0
0 0 0 0 0 0 0 5 8 14 6 1 0
0 0 0 0 0 0 0 1 5 14 13 4 0
0 0 0 0 0 0 0 0 4 17 13 5 1
0 0 0 0 0 0 0 1 0 8 12 3 0
0 0 0 0 0 0 0 0 1 4 7 5 3
0 0 0 0 0 0 0 0 0 4 10 11 2
0 0 0 0 0 0 0 0 0 0 1 3 2
0 0 0 0 0 0 0 0 0 0 0 2 3
0 0 0 0 0 0 0 0 0 0 0 0 2
"""


def _counts(text: str) -> np.ndarray:
    return np.array([line.split() for line in text.strip().splitlines()], dtype=np.float64)


def _list(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=np.float64)


def act_mathematics() -> tuple[Distribution, Distribution]:
    """Forms X and Y of 40 items, random groups."""
    scale = Scale(0.0, 1.0, 41)
    return Distribution(scale, _list(_ACT_X)), Distribution(scale, _list(_ACT_Y))


def common_items() -> tuple[Joint, Joint]:
    """Forms X and Y of 36 items with 12 items in common; the groups differ."""
    scales = Scale(0.0, 1.0, 37), Scale(0.0, 1.0, 13)
    return Joint(*scales, _counts(_KB_X)), Joint(*scales, _counts(_KB_Y))


def made_up() -> tuple[Joint, Joint]:
    """Tables 5.1 and 5.2 (2014): five items, an external anchor of three, in per cent."""
    x = "4 4 2 0\n4 8 2 1\n6 12 5 2\n3 12 5 5\n2 3 4 6\n1 1 2 6"
    y = "4 3 1 0\n7 5 7 1\n3 5 12 2\n3 4 13 5\n2 2 5 6\n1 1 2 6"
    scales = Scale(0.0, 1.0, 6), Scale(0.0, 1.0, 4)
    return Joint(*scales, _counts(x)), Joint(*scales, _counts(y))
