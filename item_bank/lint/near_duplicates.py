# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts that are the same or nearly so: cosine of character 4-grams, weighted by rarity, exact at the threshold.

Only texts that share one of their rarest n-grams can reach the threshold (prefix filtering: Bayardo, Ma and Srikant, "Scaling
up all pairs similarity search", 2007), so that 50,000 texts need no 1.25 billion comparisons. Each language is compared with
itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from item_bank.lint.model import LintFinding, LintItem, LintRule
from item_bank.text import comparable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

THRESHOLD: Final = 0.85
SHORTEST: Final = 12
"""Texts below this many characters are only compared for being the same."""

_GRAM: Final = 4
_FEATURES: Final = 2**20
_CHUNK: Final = 500
_BLOCKS: Final = 12
_CROWD: Final = 20
"""A text that is like one with so many likenesses already is not compared with later ones: a bank may hold one question with
50,000 different numbers, and nobody reads a billion pairs."""
_HEAD: Final = 0.1
"""How much of the cosine the rarest features alone must bring. More of it: longer prefixes, fewer pairs to compare in full."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by index, the earlier first, and how alike they are: 1 is the same to a reader."""

    first: int
    second: int
    similarity: float


def duplicate_findings(items: Sequence[LintItem], *, threshold: float = THRESHOLD) -> Iterator[LintFinding]:
    """Items that are the same as an earlier one, or nearly so, in some language: one finding each, for the closest one."""
    best: dict[int, tuple[float, int, str]] = {}
    for language, rows in _by_language(items).items():
        for pair in similar_pairs([text for _, text in rows], threshold=threshold):
            first, second = rows[pair.first][0], rows[pair.second][0]
            if pair.similarity > best.get(second, (0.0, 0, ""))[0]:
                best[second] = (pair.similarity, first, language)
    for second, (similarity, first, language) in sorted(best.items()):
        item, twin = items[second], items[first]
        where = f"{item.name} {language}"
        if similarity >= 1:
            yield LintFinding(LintRule.DUPLICATE.value, item.name, where, f"the same as {twin.name}")
        else:
            yield LintFinding(
                LintRule.NEAR_DUPLICATE.value, item.name, where, f"{similarity:.0%} alike: {twin.name}"
            )


def similar_pairs(texts: Sequence[str], *, threshold: float = THRESHOLD) -> list[Pair]:
    """Pairs of texts with a cosine of at least ``threshold``, 0 < threshold <= 1; equal texts have 1, each with the first.

    All pairs, but in a crowd of more than ``_CROWD`` texts alike: then each text is paired with some earlier ones.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        groups[comparable(text)].append(index)
    pairs = [
        Pair(members[0], other, 1.0) for text, members in groups.items() if text for other in members[1:]
    ]
    distinct = [(text, members[0]) for text, members in groups.items() if len(text) >= SHORTEST]
    if len(distinct) > 1:
        places = [index for _, index in distinct]
        for first, second, similarity in _near(_vectors([text for text, _ in distinct]), threshold):
            low, high = sorted((places[first], places[second]))
            pairs.append(Pair(low, high, min(similarity, 0.9999)))
    return sorted(pairs, key=lambda pair: (pair.second, pair.first))


def _by_language(items: Sequence[LintItem]) -> dict[str, list[tuple[int, str]]]:
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for index, item in enumerate(items):
        for body in item.bodies:
            rows[body.language].append((index, body.whole))
    return rows


def _vectors(texts: Sequence[str]) -> csr_matrix[Any]:
    """Unit vectors of the texts' 4-grams, the columns in order of rarity."""
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counter = HashingVectorizer(
        analyzer="char",
        ngram_range=(_GRAM, _GRAM),
        lowercase=False,
        alternate_sign=False,
        norm=None,
        n_features=_FEATURES,
    )
    counts = counter.transform([f" {text} " for text in texts]).tocsr()
    frequency = np.bincount(counts.indices, minlength=_FEATURES)
    order = np.argsort(frequency, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(_FEATURES)
    counts.indices = rank[counts.indices].astype(counts.indices.dtype)
    counts.has_sorted_indices = False
    counts.sort_indices()
    vectors: csr_matrix[Any] = TfidfTransformer(sublinear_tf=True).fit_transform(counts).tocsr()
    vectors.sort_indices()
    return vectors


def _near(vectors: csr_matrix[Any], threshold: float) -> Iterator[tuple[int, int, float]]:
    import numpy as np

    # What is cut off both vectors adds less than this to their cosine, so what is kept must make up the rest.
    tail = max(threshold - _HEAD, 0.0)
    prefixes = _prefixes(vectors, tail)
    earlier: list[tuple[Any, Any]] = []  # rows that are compared with, and their prefixes by column
    crowds: Counter[int] = Counter()
    for start in range(0, vectors.shape[0], _CHUNK):
        here = np.arange(start, min(start + _CHUNK, vectors.shape[0]))
        mine = prefixes[here]
        crowded: set[int] = set()
        for rows, columns in [*earlier, (here, mine.T.tocsr())]:
            shared = (mine @ columns).tocoo()
            left, right = here[shared.row], rows[shared.col]
            likely = (right < left) & (shared.data >= threshold - tail - 1e-9)
            for first, second, cosine in _confirmed(vectors, right[likely], left[likely], threshold):
                crowds[first] += 1
                if crowds[first] > _CROWD:
                    crowded.add(second)
                yield first, second, cosine
        kept = here[~np.isin(here, list(crowded))]
        earlier.append((kept, prefixes[kept].T.tocsr()))
        if len(earlier) > _BLOCKS:
            every = np.concatenate([rows for rows, _ in earlier])
            earlier = [(every, prefixes[every].T.tocsr())]


def _confirmed(
    vectors: csr_matrix[Any], left: Any, right: Any, threshold: float
) -> Iterator[tuple[int, int, float]]:
    """The pairs of rows whose whole vectors reach the threshold."""
    import numpy as np

    cosine = np.asarray(vectors[left].multiply(vectors[right]).sum(axis=1)).ravel()
    near = cosine >= threshold - 1e-9
    yield from zip(left[near].tolist(), right[near].tolist(), cosine[near].tolist(), strict=True)


def _prefixes(vectors: csr_matrix[Any], tail: float) -> csr_matrix[Any]:
    """Each vector cut to its rarest features; what is cut off is shorter than ``tail``."""
    import numpy as np

    squares = vectors.data.astype(np.float64) ** 2
    ends = np.concatenate(([0.0], np.cumsum(squares)))
    row_of = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    from_here_on = ends[vectors.indptr[1:]][row_of] - ends[:-1]
    prefixes = vectors.copy()
    prefixes.data[from_here_on < tail**2 - 1e-9] = 0
    prefixes.eliminate_zeros()
    return prefixes
