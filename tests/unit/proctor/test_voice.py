# SPDX-License-Identifier: Apache-2.0
"""Speech or none: the network on made-up sounds, and the spans that follow from likelihoods."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from core.errors import Invalid
from proctor.model_store import load_model
from proctor.voice.silero import RATE, VOICE_MODEL, Samples, SileroVoice
from proctor.voice.spans import LEAST_MS, MOST_MS, PAUSE_MS, STEP_MS, Span, spans_of
from tests.clips import models_dir

SECONDS = 6
SPANS = Path(__file__).parents[3] / "web" / "static" / "js" / "speech-spans.js"


@pytest.fixture(scope="module")
def voice() -> SileroVoice:
    return SileroVoice(load_model(models_dir(), VOICE_MODEL))


def noise(loudness: float) -> Samples:
    return np.random.default_rng(7).normal(0, loudness, RATE * SECONDS).astype(np.float32)


def tone(hertz: float) -> Samples:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE * SECONDS) / RATE)).astype(np.float32)


def clicks() -> Samples:
    """Keys of a keyboard, four a second."""
    samples = np.zeros(RATE * SECONDS, np.float32)
    for start in range(0, len(samples), RATE // 4):
        samples[start : start + 80] = np.random.default_rng(start).normal(0, 0.5, 80)
    return samples


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(RATE * SECONDS, np.float32),
        noise(0.02),
        noise(0.3),
        tone(50),
        tone(440),
        tone(3000),
        clicks(),
    ],
    ids=["silence", "hiss", "loud noise", "hum", "tone", "whistle", "keys"],
)
def test_what_is_no_voice_is_no_speech(voice: SileroVoice, sound: Samples) -> None:
    assert voice.listen(sound) == ()


def test_each_recording_is_heard_for_itself(voice: SileroVoice) -> None:
    once = list(voice.likelihoods(noise(0.1)))
    list(voice.likelihoods(tone(440)))
    assert list(voice.likelihoods(noise(0.1))) == once
    assert len(once) == RATE * SECONDS // 512
    assert all(0 <= one <= 1 for one in once)


@pytest.mark.parametrize(
    "sound",
    [np.zeros((2, 512), np.float32), np.zeros(512, np.float64), np.full(512, np.nan, np.float32)],
    ids=["two channels", "doubles", "no numbers"],
)
def test_sound_of_another_shape_is_refused(voice: SileroVoice, sound: Samples) -> None:
    with pytest.raises(Invalid) as refused:
        voice.listen(sound)
    assert refused.value.code == "sound_malformed"


def steps(*parts: tuple[float, int]) -> list[float]:
    """Likelihoods, each for so many milliseconds."""
    return [likelihood for likelihood, ms in parts for _ in range(ms // STEP_MS)]


STREAMS = {
    "a sentence": steps((0.0, 960), (0.9, 1600), (0.0, 1600)),
    "a short pause joins": steps((0.9, 960), (0.1, PAUSE_MS - 96), (0.9, 960), (0.0, 1600)),
    "a long pause parts": steps((0.9, 960), (0.1, PAUSE_MS + 64), (0.9, 960), (0.0, 1600)),
    "a cough is none": steps((0.9, LEAST_MS - 64), (0.0, 1600)),
    "between the thresholds none begins": steps((0.4, 3200)),
    "between the thresholds none ends": steps((0.9, 640), (0.4, 3200), (0.0, 1600)),
    "a lecture comes in parts": steps((0.9, MOST_MS * 2 + 640), (0.0, 1600)),
}
EXPECTED = {
    "a sentence": [(960, 2560)],
    "a short pause joins": [(0, 2464)],
    "a long pause parts": [(0, 960), (1664, 2624)],
    "a cough is none": [],
    "between the thresholds none begins": [],
    "between the thresholds none ends": [(0, 3840)],
    "a lecture comes in parts": [(0, 20000), (20000, 40000), (40000, 40640)],
}


@pytest.mark.parametrize("name", STREAMS)
def test_spans_begin_and_end_with_hysteresis(name: str) -> None:
    assert [(span.start_ms, span.end_ms) for span in spans_of(STREAMS[name])] == EXPECTED[name]


def test_speech_at_the_end_of_a_recording_counts() -> None:
    assert spans_of(steps((0.0, 320), (0.9, 960))) == (Span(320, 1280),)
    assert spans_of(steps((0.9, LEAST_MS - 64))) == ()


def test_the_browser_finds_the_same_spans() -> None:
    node = shutil.which("node")
    assert node is not None, "set-up brings node"
    script = (
        f"const {{ Spans }} = await import({SPANS.as_uri()!r});"
        "const said = Object.entries(JSON.parse(process.argv[1])).map(([name, steps]) => {"
        "const spans = new Spans();"
        "return [name, steps.map((one) => spans.add(one)).filter(Boolean).map(({from, to}) => [from, to])];});"
        "console.log(JSON.stringify(Object.fromEntries(said)));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, json.dumps(STREAMS)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = {name: [tuple(span) for span in spans] for name, spans in json.loads(done.stdout).items()}
    assert found == EXPECTED
