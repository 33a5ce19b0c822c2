# SPDX-License-Identifier: Apache-2.0
"""Builds the ONNX file of dlib's face recognition network out of the weights that a JavaScript package carries.

Pure: bytes in, bytes out, the same each time. The network is the residual one of dlib's `dnn_face_recognition_ex`
(King, 2017; He et al., 2016, arXiv 1512.03385); the package stores its weights in eight bits and without a graph.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import Unavailable
from proctor.onnx_writer import OnnxGraph

SIDE = 150
LENGTH = 128
BLOCKS = (
    *("conv32_1", "conv32_2", "conv32_3", "conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    *("conv128_down", "conv128_1", "conv128_2", "conv256_down", "conv256_1", "conv256_2", "conv256_down_out"),
)

Weights = dict[str, npt.NDArray[np.float32]]


def convert(parts: Sequence[bytes]) -> bytes:
    """The ONNX file, from the manifest of the weights in JSON and the weights.

    Input: pictures x 3 x 150 x 150, red first, the means taken off, divided by 256. Output: 128 numbers for each.
    Raises Unavailable(`model_unconvertible`).
    """
    try:
        weights = _read_weights(json.loads(parts[0]), parts[1])
        graph = OnnxGraph()
        graph.add_input("faces", (1, 3, SIDE, SIDE))
        flow = graph.add("Relu", [_convolution(graph, weights, "conv32_down", "faces", stride=2, border=0)])
        flow, side = graph.add("MaxPool", [flow], kernel_shape=(3, 3), strides=(2, 2)), 35
        for block in BLOCKS:
            flow, side = _block(graph, weights, block, flow, side)
        mean = graph.add("Flatten", [graph.add("GlobalAveragePool", [flow])])
        graph.add_output(graph.add("MatMul", [mean, graph.constant(weights["fc"])]), (1, LENGTH))
        return graph.to_bytes()
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Unavailable("model_unconvertible", reason=f"{type(error).__name__}: {error}"[:200]) from error


def _block(graph: OnnxGraph, weights: Weights, name: str, source: str, side: int) -> tuple[str, int]:
    """Two convolutions and a way around them; where it goes down, that way is averaged and filled up with zeros."""
    down = "down" in name
    first = _convolution(
        graph, weights, f"{name}/conv1", source, stride=2 if down else 1, border=0 if down else 1
    )
    through = _convolution(graph, weights, f"{name}/conv2", graph.add("Relu", [first]), stride=1, border=1)
    if not down:
        return graph.add("Relu", [graph.add("Add", [through, source])]), side
    around = graph.add("AveragePool", [source], kernel_shape=(2, 2), strides=(2, 2))
    before, after = (weights[f"{name}/conv{n}/conv/filters"].shape[axis] for n, axis in ((1, 2), (2, 3)))
    through = _filled(graph, through, channels=0, sides=side // 2 - (side - 3) // 2 - 1)
    around = _filled(graph, around, channels=after - before, sides=0)
    return graph.add("Relu", [graph.add("Add", [through, around])]), side // 2


def _filled(graph: OnnxGraph, source: str, *, channels: int, sides: int) -> str:
    """Zeros behind the last channel, and below and right of the picture."""
    if not channels and not sides:
        return source
    return graph.add(
        "Pad", [source, graph.constant(np.array((0, 0, 0, 0, 0, channels, sides, sides), np.int64))]
    )


def _convolution(
    graph: OnnxGraph, weights: Weights, name: str, source: str, *, stride: int, border: int
) -> str:
    """A convolution with the scale behind it multiplied into it."""
    scale = weights[f"{name}/scale/weights"]
    kernel = (
        weights[f"{name}/conv/filters"].transpose(3, 2, 0, 1) * scale[:, np.newaxis, np.newaxis, np.newaxis]
    )
    bias = weights[f"{name}/conv/bias"] * scale + weights[f"{name}/scale/biases"]
    inputs = [source, graph.constant(kernel), graph.constant(bias)]
    return graph.add("Conv", inputs, strides=(stride, stride), pads=(border,) * 4)


def _read_weights(manifest: list[dict[str, Any]], data: bytes) -> Weights:
    found, at = dict[str, npt.NDArray[np.float32]](), 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        about = entry.get("quantization", {"dtype": entry["dtype"], "scale": 1.0, "min": 0.0})
        kind: np.dtype[Any] = np.dtype({"uint8": "u1", "float32": "<f4"}[about["dtype"]])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        steps = np.frombuffer(data, dtype=kind, count=count, offset=at).reshape(entry["shape"])
        values = steps.astype(np.float32) * np.float32(about["scale"]) + np.float32(about["min"])
        found[entry["name"]] = values
        at += count * kind.itemsize
    if at != len(data):
        raise ValueError("weights of another length")
    return found
