# SPDX-License-Identifier: Apache-2.0
"""Turning a TensorFlow.js graph into ONNX: small graphs made here, run by ONNX Runtime, against numpy."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from core.errors import Unavailable
from proctor.tfjs_to_onnx import convert

NHWC = base64.b64encode(b"NHWC").decode()
VALID = base64.b64encode(b"VALID").decode()
Arrays = dict[str, np.ndarray[Any, Any]]


def graph(
    nodes: list[dict[str, Any]], constants: Arrays, *, shape: list[int], result: list[int]
) -> list[bytes]:
    """A graph model as its two files; its input is `picture`, its output `end`."""
    entries, data = list[dict[str, Any]](), b""
    for name, values in constants.items():
        whole = values.dtype.kind == "i"
        entry: dict[str, Any] = {
            "name": name,
            "shape": list(values.shape),
            "dtype": "int32" if whole else "float32",
        }
        if not whole:
            entry["quantization"] = {"dtype": "float16"}
        entries.append(entry)
        data += values.astype("<i4" if whole else "<f2").tobytes()

    def about(sides: list[int]) -> dict[str, Any]:
        return {"tensorShape": {"dim": [{"size": str(side)} for side in sides]}}

    placeholder = {"name": "picture", "op": "Placeholder"}
    document = {
        "signature": {"inputs": {"picture:0": about(shape)}, "outputs": {"end:0": about(result)}},
        "modelTopology": {"node": [placeholder, *nodes, *({"name": n, "op": "Const"} for n in constants)]},
        "weightsManifest": [{"paths": ["g.bin"], "weights": entries}],
    }
    return [json.dumps(document).encode(), data]


def run(parts: list[bytes], picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    network = onnxruntime.InferenceSession(convert(parts), providers=["CPUExecutionProvider"])
    (found,) = network.run(None, {"picture": picture.astype(np.float32)})
    return np.asarray(found)


def window(name: str, op: str, inputs: list[str], **attributes: Any) -> dict[str, Any]:
    shared = {
        "data_format": {"s": NHWC},
        "padding": {"s": VALID},
        "strides": {"list": {"i": ["1", "2", "2", "1"]}},
    }
    return {"name": name, "op": op, "input": inputs, "attr": {**shared, **attributes}}


PICTURE = np.random.default_rng(1).normal(size=(1, 6, 8, 3))


def test_a_convolution_with_bias_and_kink_gives_what_the_sums_give() -> None:
    kernel = np.random.default_rng(2).normal(size=(3, 3, 3, 5)).astype(np.float16)
    bias = np.arange(5, dtype=np.float16)
    nodes = [
        window("c", "Conv2D", ["picture", "kernel"]),
        {"name": "b", "op": "Add", "input": ["c", "bias"]},
        {"name": "end", "op": "LeakyRelu", "input": ["b"], "attr": {"alpha": {"f": 0.1}}},
    ]
    found = run(
        graph(nodes, {"kernel": kernel, "bias": bias}, shape=[1, 6, 8, 3], result=[1, 2, 3, 5]), PICTURE
    )
    sums = np.zeros((1, 2, 3, 5))
    for row in range(2):
        for column in range(3):
            patch = PICTURE[0, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            sums[0, row, column] = np.tensordot(patch, kernel.astype(np.float64), 3) + bias
    assert np.allclose(found, np.where(sums > 0, sums, 0.1 * sums), atol=1e-4)


def test_padding_turning_splitting_and_joining_keep_every_value_in_its_place() -> None:
    constants = {
        "ends": np.array([[0, 0], [1, 0], [0, 2], [0, 0]]),
        "turn": np.array([0, 3, 1, 2]),
        "sizes": np.array([1, 2]),
        "axis": np.array(1),
        "last": np.array(3),
        "flat": np.array([1, 3, 70]),
    }
    nodes = [
        {"name": "p", "op": "Pad", "input": ["picture", "ends"]},
        {"name": "t", "op": "Transpose", "input": ["p", "turn"]},
        {"name": "s", "op": "SplitV", "input": ["t", "sizes", "axis"]},
        {"name": "j", "op": "ConcatV2", "input": ["s:1", "s", "axis"]},
        {"name": "end", "op": "Reshape", "input": ["j", "flat"]},
    ]
    found = run(graph(nodes, constants, shape=[1, 6, 8, 3], result=[1, 3, 70]), PICTURE)
    padded = np.pad(PICTURE, ((0, 0), (1, 0), (0, 2), (0, 0))).transpose(0, 3, 1, 2)
    assert np.allclose(found, padded[:, [1, 2, 0]].reshape(1, 3, 70), atol=1e-6)


def test_pooling_and_widening_agree_with_opencv() -> None:
    size = {"list": {"i": ["1", "2", "2", "1"]}}
    way = {"half_pixel_centers": {"b": True}, "align_corners": {"b": False}}
    nodes = [
        window("m", "MaxPool", ["picture"], ksize=size),
        {"name": "end", "op": "ResizeBilinear", "input": ["m", "sides"], "attr": way},
    ]
    found = run(graph(nodes, {"sides": np.array([6, 8])}, shape=[1, 6, 8, 3], result=[1, 6, 8, 3]), PICTURE)
    pooled = PICTURE.reshape(3, 2, 4, 2, 3).max(axis=(1, 3)).astype(np.float32)
    assert np.allclose(found[0], cv2.resize(pooled, (8, 6), interpolation=cv2.INTER_LINEAR), atol=1e-5)


def test_a_picture_with_its_channels_second_may_have_another_size() -> None:
    way = {"half_pixel_centers": {"b": True}, "align_corners": {"b": False}}
    nodes = [
        {"name": "t", "op": "Transpose", "input": ["picture", "last"]},
        {"name": "r", "op": "ResizeBilinear", "input": ["t", "sides"], "attr": way},
        {"name": "end", "op": "Transpose", "input": ["r", "second"]},
    ]
    constants = {"last": np.array([0, 2, 3, 1]), "second": np.array([0, 3, 1, 2]), "sides": np.array([8, 12])}
    parts = graph(nodes, constants, shape=[1, 3, 4, 6], result=[1, 3, 8, 12])
    for size in ((4, 6), (8, 6), (12, 18)):
        picture = np.random.default_rng(4).normal(size=(1, 3, *size)).astype(np.float32)
        wide = cv2.resize(
            picture[0].transpose(1, 2, 0), (size[1] * 2, size[0] * 2), interpolation=cv2.INTER_LINEAR
        )
        assert np.allclose(run(parts, picture)[0], wide.transpose(2, 0, 1), atol=1e-5)


def test_the_same_graph_gives_the_same_bytes() -> None:
    parts = graph([{"name": "end", "op": "Sigmoid", "input": ["picture"]}], {}, shape=[1, 2], result=[1, 2])
    assert convert(parts) == convert(parts)


@pytest.mark.parametrize("broken", ["operation", "padding", "cut", "words"])
def test_what_is_not_understood_is_refused(broken: str) -> None:
    nodes = [window("end", "Conv2D", ["picture", "kernel"])]
    parts = graph(nodes, {"kernel": np.zeros((3, 3, 3, 5))}, shape=[1, 6, 8, 3], result=[1, 2, 3, 5])
    text = parts[0].decode()
    match broken:
        case "operation":
            parts[0] = text.replace("Conv2D", "Strange").encode()
        case "padding":
            parts[0] = text.replace(VALID, base64.b64encode(b"SAME").decode()).encode()
        case "cut":
            parts[1] = parts[1] + b"\0\0"
        case _:
            parts[0] = b"not json"
    with pytest.raises(Unavailable) as caught:
        convert(parts)
    assert caught.value.code == "model_unconvertible"
