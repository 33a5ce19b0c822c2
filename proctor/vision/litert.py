# SPDX-License-Identifier: Apache-2.0
"""One network on LiteRT, on one thread. Knows no network in particular; reading weights from disk is not done here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.errors import Unavailable

Floats = npt.NDArray[np.float32]


class LiteRtNetwork:
    """Runs a network with one input and outputs of the given shapes.

    With `resized` the input gets this shape, whatever the file says. Holds an interpreter, so every thread needs its own.
    Raises Unavailable(`model_unreadable`) when `model` has
    not these shapes.
    """

    def __init__(
        self,
        model: bytes,
        *,
        source: tuple[int, ...],
        outputs: Sequence[tuple[int, ...]],
        resized: bool = False,
    ) -> None:
        from ai_edge_litert.interpreter import Interpreter  # slow to load, and needed by servers only

        self.sha256 = hashlib.sha256(model).hexdigest()
        try:
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            if resized:
                self._interpreter.resize_tensor_input(
                    self._interpreter.get_input_details()[0]["index"], list(source)
                )
            self._interpreter.allocate_tensors()
            (entry,) = self._interpreter.get_input_details()
            found = {tuple(part["shape"]): part["index"] for part in self._interpreter.get_output_details()}
            if tuple(entry["shape"]) != source:
                raise ValueError("another input")
            self._source = entry["index"]
            self._outputs = [found[shape] for shape in outputs]
        except (ValueError, RuntimeError, KeyError) as error:
            raise Unavailable("model_unreadable", sha256=self.sha256) from error

    def run(self, tensor: Floats) -> list[Floats]:
        """The outputs, in the order asked for, for one input."""
        self._interpreter.set_tensor(self._source, tensor)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]
