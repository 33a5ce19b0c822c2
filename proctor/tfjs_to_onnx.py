# SPDX-License-Identifier: Apache-2.0
"""Turns a TensorFlow.js graph model into an ONNX file, byte for byte the same each time, without either library.

Pure: bytes in, bytes out. It knows only the operations that the locked detector of objects uses and refuses
any other; fetching, checking and running models are done elsewhere.

Convolutions want the channels second, TensorFlow keeps them last. So a tensor is followed as an ONNX tensor
with a permutation still to be applied, which mostly cancels out; it is carried out only where it matters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import Unavailable
from proctor.onnx_writer import OnnxGraph

Constant = npt.NDArray[np.float32] | npt.NDArray[np.int64]

_STORED = {"float16": "<f2", "float32": "<f4", "int32": "<i4"}
_CHANNELS_SECOND = (0, 3, 1, 2)
_CHANNELS_LAST = (0, 2, 3, 1)


@dataclass(frozen=True, slots=True)
class Flow:
    """A tensor of the TensorFlow graph: the ONNX tensor `name`, its axes taken in the order `axes`."""

    name: str
    axes: tuple[int, ...]


def convert(parts: Sequence[bytes]) -> bytes:
    """The ONNX file of a graph model, from its description in JSON and its weights.

    A graph that takes a picture with its channels second takes pictures of other sizes too afterwards (multiples of its
    coarsest grid).

    Raises Unavailable(`model_unconvertible`) when they are not a model of the expected kind.
    """
    try:
        document, weights = json.loads(parts[0]), parts[1]
        return _Conversion(document, weights).run()
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Unavailable("model_unconvertible", reason=f"{type(error).__name__}: {error}"[:200]) from error


class _Conversion:
    def __init__(self, document: dict[str, Any], weights: bytes) -> None:
        self._nodes: dict[str, dict[str, Any]] = {
            node["name"]: node for node in document["modelTopology"]["node"]
        }
        self._signature = document["signature"]
        self._constants = _read_weights(document["weightsManifest"], weights)
        self._graph = OnnxGraph()
        self._sides: list[int] | None = None
        self._known = dict[str, tuple[Flow, ...]]()
        self._rules: dict[str, Callable[[dict[str, Any]], tuple[Flow, ...]]] = {
            "Pad": self._pad,
            "PadV2": self._pad,
            "Transpose": self._transpose,
            "Conv2D": self._convolution,
            "MaxPool": self._pooling,
            "Add": self._add,
            "AddV2": self._add,
            "LeakyRelu": self._elementwise,
            "Sigmoid": self._elementwise,
            "ConcatV2": self._concatenation,
            "ResizeBilinear": self._resize,
            "SplitV": self._split,
            "Reshape": self._reshape,
            "Identity": lambda node: (self._flow(node["input"][0]),),
        }

    def run(self) -> bytes:
        ((source, about),) = self._signature["inputs"].items()
        name = source.partition(":")[0]
        shape = [int(part["size"]) for part in about["tensorShape"]["dim"]]
        free = len(shape) == 4 and shape[1] == 3
        if free:  # height and width come last: nothing but resizing depends on them
            self._sides = shape[2:]
        self._graph.add_input("picture", [*shape[:2], None, None] if free else shape)
        self._known[name] = (Flow("picture", tuple(range(len(shape)))),)
        for output, about in sorted(self._signature["outputs"].items()):
            ends: list[int | None] = [int(part["size"]) for part in about["tensorShape"]["dim"]]
            if free:
                ends[1] = None
            self._graph.add_output(self._settled(self._flow(output.removesuffix(":0"))), ends)
        return self._graph.to_bytes()

    # ------------------------------------------------------------------------------------------ tensors

    def _flow(self, reference: str) -> Flow:
        name, _, part = reference.partition(":")
        if name not in self._known:
            node = self._nodes[name]
            if node["op"] not in self._rules:
                raise ValueError(f"operation {node['op']}")
            self._known[name] = self._rules[node["op"]](node)
        return self._known[name][int(part or 0)]

    def _constant(self, name: str) -> Constant | None:
        """The value of a tensor that depends on no input, or None."""
        if name in self._constants:
            return self._constants[name]
        node = self._nodes.get(name)
        if node is None:
            return None
        parts = [self._constant(part) for part in node.get("input", ())]
        value: Constant | None = None
        match node["op"], parts:
            case "SparseToDense", [indices, shape, _, default]:
                if indices is not None and shape is not None and default is not None and indices.size == 0:
                    value = np.full(tuple(int(side) for side in shape), default)
            case (("Add" | "AddV2"), [first, second]):
                if first is not None and second is not None:
                    value = first + second
            case _:
                return None
        if value is not None:
            self._constants[name] = value
        return value

    def _need(self, name: str) -> Constant:
        value = self._constant(name)
        if value is None:
            raise ValueError(f"{name} is not constant")
        return value

    def _settled(self, flow: Flow, order: tuple[int, ...] | None = None) -> str:
        """The ONNX tensor whose axes are those of the TensorFlow tensor in `order`."""
        axes = flow.axes if order is None else tuple(flow.axes[axis] for axis in order)
        if axes == tuple(range(len(axes))):
            return flow.name
        return self._graph.add("Transpose", [flow.name], perm=axes)

    # --------------------------------------------------------------------------------------- operations

    def _transpose(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        flow = self._flow(node["input"][0])
        return (Flow(flow.name, tuple(flow.axes[int(axis)] for axis in self._need(node["input"][1]))),)

    def _elementwise(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        flow = self._flow(node["input"][0])
        options = {"alpha": float(node["attr"]["alpha"]["f"])} if node["op"] == "LeakyRelu" else {}
        return (Flow(self._graph.add(node["op"], [flow.name], **options), flow.axes),)

    def _pad(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        flow = self._flow(node["input"][0])
        ends = self._need(node["input"][1])[np.argsort(flow.axes)].astype(np.int64)
        if not ends.any():
            return (flow,)
        inputs = [flow.name, self._graph.constant(ends.T.reshape(-1))]
        if node["op"] == "PadV2":
            inputs.append(self._graph.constant(self._need(node["input"][2]).astype(np.float32)))
        return (Flow(self._graph.add("Pad", inputs), flow.axes),)

    def _convolution(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        _require_plain(node)
        source = self._settled(self._flow(node["input"][0]), _CHANNELS_SECOND)
        kernel = self._graph.constant(self._need(node["input"][1]).transpose(3, 2, 0, 1).astype(np.float32))
        return (Flow(self._graph.add("Conv", [source, kernel], strides=_strides(node)), _CHANNELS_LAST),)

    def _pooling(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        _require_plain(node)
        source = self._settled(self._flow(node["input"][0]), _CHANNELS_SECOND)
        sides = tuple(int(side) for side in node["attr"]["ksize"]["list"]["i"][1:3])
        pooled = self._graph.add("MaxPool", [source], kernel_shape=sides, strides=_strides(node))
        return (Flow(pooled, _CHANNELS_LAST),)

    def _add(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        first, second = node["input"]
        if self._constant(first) is not None:
            first, second = second, first
        flow = self._flow(first)
        value = self._constant(second)
        if value is None:
            other = self._flow(second)
            if other.axes == flow.axes:
                return (Flow(self._graph.add("Add", [flow.name, other.name]), flow.axes),)
            summed = self._graph.add("Add", [self._settled(flow), self._settled(other)])
            return (Flow(summed, tuple(range(len(flow.axes)))),)
        spread = value.reshape((1,) * (len(flow.axes) - value.ndim) + value.shape)
        kept = self._graph.constant(spread.transpose(np.argsort(flow.axes)).astype(np.float32))
        return (Flow(self._graph.add("Add", [flow.name, kept]), flow.axes),)

    def _concatenation(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        *names, axis_name = node["input"]
        flows = [self._flow(name) for name in names]
        axes, axis = flows[0].axes, int(self._need(axis_name))
        sources = [
            flow.name
            if flow.axes == axes
            else self._settled(flow, tuple(int(place) for place in np.argsort(axes)))
            for flow in flows
        ]
        return (Flow(self._graph.add("Concat", sources, axis=axes[axis]), axes),)

    def _resize(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        if not node["attr"]["half_pixel_centers"]["b"] or node["attr"]["align_corners"]["b"]:
            raise ValueError("another way of resizing")
        source = self._settled(self._flow(node["input"][0]), _CHANNELS_SECOND)
        sides = self._graph.constant(self._need(node["input"][1]).astype(np.int64))
        if self._sides is not None:
            given = self._graph.add("Mul", [self._graph.part_of_shape("picture", 2, 4), sides])
            sides = self._graph.add("Div", [given, self._graph.constant(np.array(self._sides, np.int64))])
        shape = self._graph.add("Concat", [self._graph.part_of_shape(source, 0, 2), sides], axis=0)
        resized = self._graph.add(
            "Resize", [source, "", "", shape], mode="linear", coordinate_transformation_mode="half_pixel"
        )
        return (Flow(resized, _CHANNELS_LAST),)

    def _split(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        flow = self._flow(node["input"][0])
        sizes = self._need(node["input"][1]).astype(np.int64)
        axis = int(self._need(node["input"][2])) % len(flow.axes)
        parts = self._graph.add_several(
            "Split", [flow.name, self._graph.constant(sizes)], count=len(sizes), axis=flow.axes[axis]
        )
        return tuple(Flow(part, flow.axes) for part in parts)

    def _reshape(self, node: dict[str, Any]) -> tuple[Flow, ...]:
        shape = self._need(node["input"][1]).astype(np.int64)
        source = self._settled(self._flow(node["input"][0]))
        reshaped = self._graph.add("Reshape", [source, self._graph.constant(shape)])
        return (Flow(reshaped, tuple(range(len(shape)))),)


def _strides(node: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(stride) for stride in node["attr"]["strides"]["list"]["i"][1:3])


def _require_plain(node: dict[str, Any]) -> None:
    """Only unpadded, undilated windows over tensors with the channels last (texts are in base 64)."""
    dilations = node["attr"].get("dilations", {"list": {"i": ["1"]}})["list"]["i"]
    layout, padding = node["attr"]["data_format"]["s"], node["attr"]["padding"]["s"]
    if (layout, padding) != ("TkhXQw==", "VkFMSUQ=") or set(map(int, dilations)) != {1}:
        raise ValueError(f"window of {node['name']}")


def _read_weights(manifest: list[dict[str, Any]], data: bytes) -> dict[str, Constant]:
    """Name -> values; single precision may be stored as half precision."""
    found = dict[str, Constant]()
    at = 0
    for group in manifest:
        for entry in group["weights"]:
            stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
            kind: np.dtype[Any] = np.dtype(_STORED[stored])
            count = int(np.prod(entry["shape"], dtype=np.int64))
            values = np.frombuffer(data, dtype=kind, count=count, offset=at).reshape(entry["shape"])
            found[entry["name"]] = values.astype(np.int64) if stored == "int32" else values.astype(np.float32)
            at += count * kind.itemsize
    if at != len(data):
        raise ValueError("weights of another length")
    return found
