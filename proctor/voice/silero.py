# SPDX-License-Identifier: Apache-2.0
"""Silero VAD on ONNX Runtime: how likely speech is in each 32 ms of sound. What follows is `proctor.voice.spans`' business."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import onnxruntime

from core.errors import Invalid
from proctor.voice.spans import STEP_SAMPLES, Span, spans_of

Samples = npt.NDArray[np.float32]
RATE = 16_000
VOICE_MODEL = "silero-vad"
_BEFORE = 64
"""Samples of the step before that the network wants in front of each."""


class SileroVoice:
    """One network; each recording is heard for itself, so that it may be shared by whoever takes turns."""

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._network = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.model_sha256 = hashlib.sha256(model).hexdigest()

    def likelihoods(self, samples: Samples) -> Iterator[float]:
        """The likelihood of speech, 0 to 1, in each whole step of 512 samples (-1 to 1, one channel, 16,000 a second).

        Raises Invalid(`sound_malformed`) for samples of another shape or kind.
        """
        if samples.ndim != 1 or samples.dtype != np.float32 or not np.isfinite(samples).all():
            raise Invalid("sound_malformed")
        state, before = np.zeros((2, 1, 128), np.float32), np.zeros(_BEFORE, np.float32)
        rate = np.array(RATE, np.int64)
        for start in range(0, len(samples) - STEP_SAMPLES + 1, STEP_SAMPLES):
            part = samples[start : start + STEP_SAMPLES]
            heard = {"input": np.concatenate((before, part))[None], "state": state, "sr": rate}
            output, state = self._network.run(None, heard)
            before = part[-_BEFORE:]
            yield float(output[0, 0])

    def listen(self, samples: Samples) -> tuple[Span, ...]:
        """From when to when somebody speaks in a recording. Raises as `likelihoods`."""
        return spans_of(self.likelihoods(samples))
