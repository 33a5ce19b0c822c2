# SPDX-License-Identifier: Apache-2.0
"""Writes a graph of operations as an ONNX file (IR version 8, operator set 13; protocol-buffer encoding).

Only what our conversion needs. The same calls give the same bytes. Nothing here knows a model.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_IR_VERSION = 8
_OPERATOR_SET = 13
_FLOAT, _INT64 = 1, 7  # element types
_AS_FLOAT, _AS_INT, _AS_TEXT, _AS_INTS = 1, 2, 3, 7  # attribute types

Attribute = float | int | str | tuple[int, ...]
Values = npt.NDArray[np.float32] | npt.NDArray[np.int64]


class OnnxGraph:
    """A graph under construction; `add` returns the name of the new tensor."""

    def __init__(self) -> None:
        self._nodes = list[bytes]()
        self._constants = list[bytes]()
        self._inputs = list[bytes]()
        self._outputs = list[bytes]()
        self._count = 0

    def add_input(self, name: str, shape: Sequence[int | None]) -> None:
        """A picture or the like that whoever runs the graph gives, in single precision; None where any length will do."""
        self._inputs.append(_tensor_about(name, shape))

    def add_output(self, name: str, shape: Sequence[int | None]) -> None:
        """A tensor that whoever runs the graph gets."""
        self._outputs.append(_tensor_about(name, shape))

    def constant(self, values: Values) -> str:
        """A tensor with these values."""
        name = self._next()
        kind = _INT64 if values.dtype == np.int64 else _FLOAT
        dims = b"".join(_number(1, side) for side in values.shape)
        raw = np.ascontiguousarray(values, dtype="<i8" if kind == _INT64 else "<f4").tobytes()
        self._constants.append(dims + _number(2, kind) + _text(8, name) + _block(9, raw))
        return name

    def add(self, operation: str, inputs: Sequence[str], **attributes: Attribute) -> str:
        """An operation with one result."""
        (name,) = self.add_several(operation, inputs, count=1, **attributes)
        return name

    def add_several(
        self, operation: str, inputs: Sequence[str], *, count: int, **attributes: Attribute
    ) -> tuple[str, ...]:
        """An operation with `count` results."""
        outputs = tuple(self._next() for _ in range(count))
        parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs]
        parts += [_text(3, f"{operation}_{outputs[0]}"), _text(4, operation)]
        parts += [_block(5, _attribute(name, value)) for name, value in sorted(attributes.items())]
        self._nodes.append(b"".join(parts))
        return outputs

    def part_of_shape(self, source: str, start: int, end: int) -> str:
        """Some lengths of a tensor's axes, known only when the graph runs."""
        ends = [self.constant(np.array([place], np.int64)) for place in (start, end)]
        return self.add("Slice", [self.add("Shape", [source]), *ends])

    def to_bytes(self) -> bytes:
        """The whole file."""
        graph = b"".join(
            (
                *(_block(1, node) for node in self._nodes),
                _text(2, "graph"),
                *(_block(5, constant) for constant in self._constants),
                *(_block(11, entry) for entry in self._inputs),
                *(_block(12, entry) for entry in self._outputs),
            )
        )
        operators = _text(1, "") + _number(2, _OPERATOR_SET)
        return _number(1, _IR_VERSION) + _text(2, "kasauti") + _block(7, graph) + _block(8, operators)

    def _next(self) -> str:
        self._count += 1
        return f"t{self._count}"


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case str():
            return _text(1, name) + _text(4, value) + _number(20, _AS_TEXT)
        case tuple():
            listed = b"".join(_number(8, part) for part in value)
            return _text(1, name) + listed + _number(20, _AS_INTS)
        case int():
            return _text(1, name) + _number(3, value) + _number(20, _AS_INT)
        case float():
            return _text(1, name) + _key(2, 5) + struct.pack("<f", value) + _number(20, _AS_FLOAT)


def _tensor_about(name: str, shape: Sequence[int | None]) -> bytes:
    dims = b"".join(_block(1, b"" if side is None else _number(1, side)) for side in shape)
    return _text(1, name) + _block(2, _block(1, _number(1, _FLOAT) + _block(2, dims)))


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _block(field: int, data: bytes) -> bytes:
    return _key(field, 2) + _varint(len(data)) + data


def _text(field: int, value: str) -> bytes:
    return _block(field, value.encode())
