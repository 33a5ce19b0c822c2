# SPDX-License-Identifier: Apache-2.0
"""Building dlib's network: with made-up weights of the right shapes, against sums done here."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
import pytest

from core.errors import Unavailable
from proctor.dlib_to_onnx import BLOCKS, convert


def shapes() -> dict[str, tuple[int, ...]]:
    """Every weight of the network, eight channels wide at most."""
    found: dict[str, tuple[int, ...]] = {}

    def add(name: str, sides: int, before: int, after: int) -> None:
        found[f"{name}/conv/filters"] = (sides, sides, before, after)
        for part in ("conv/bias", "scale/weights", "scale/biases"):
            found[f"{name}/{part}"] = (after,)

    add("conv32_down", 7, 3, 2)
    width = 2
    for block in BLOCKS:
        after = width * 2 if block.endswith("_down") else width
        add(f"{block}/conv1", 3, width, after)
        add(f"{block}/conv2", 3, after, after)
        width = after
    found["fc"] = (width, 128)
    return found


def package(*, plain: bool = False) -> list[bytes]:
    generator = np.random.default_rng(3)
    entries, data = [], b""
    for name, shape in shapes().items():
        steps = generator.integers(0, 256, shape)
        about = {"name": name, "shape": shape, "dtype": "float32"}
        if plain:
            data += (steps * np.float32(1 / 128) + np.float32(-1)).astype("<f4").tobytes()
        else:
            about["quantization"] = {"dtype": "uint8", "scale": 1 / 128, "min": -1.0}
            data += steps.astype(np.uint8).tobytes()
        entries.append(about)
    return [json.dumps([{"paths": ["m.bin"], "weights": entries}]).encode(), data]


def test_the_network_is_the_same_each_time_and_gives_128_numbers() -> None:
    assert convert(package()) == convert(package())
    network = onnxruntime.InferenceSession(convert(package()), providers=["CPUExecutionProvider"])
    face = np.random.default_rng(1).normal(size=(1, 3, 150, 150)).astype(np.float32)
    (found,) = network.run(None, {"faces": face})
    assert found.shape == (1, 128)
    assert np.isfinite(found).all()
    assert found.std() > 0


def test_weights_in_eight_bits_mean_what_they_stand_for() -> None:
    assert convert(package()) == convert(package(plain=True))


def test_other_files_are_refused() -> None:
    manifest, data = package()
    for parts in (
        [b"{}", b""],
        [b"no json", data],
        [manifest, data + b"x"],
        [manifest.replace(b"uint8", b"int4x"), data],
    ):
        with pytest.raises(Unavailable) as caught:
            convert(parts)
        assert caught.value.code == "model_unconvertible"
