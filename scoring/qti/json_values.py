# SPDX-License-Identifier: Apache-2.0
"""Values as JSON, both ways. What a variable is declared as lives in `declarations`."""

from __future__ import annotations

from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Number,
    Scalar,
    Value,
    container,
    parse_scalar,
    record,
    single,
)

#: What the fields of a record are that a text entry makes of a number.
NUMERIC_FIELDS = {
    "stringValue": BaseType.STRING,
    "floatValue": BaseType.FLOAT,
    "integerValue": BaseType.INTEGER,
    "leftDigits": BaseType.INTEGER,
    "rightDigits": BaseType.INTEGER,
    "ndp": BaseType.INTEGER,
    "nsf": BaseType.INTEGER,
    "exponent": BaseType.INTEGER,
}
MAX_ITEMS = 10_000
#: Values that one response may hold.
MAX_VALUES = 1000
MAX_TEXT = 1_000_000


def to_json(value: Value | None) -> object:
    """The JSON of a value: NULL null, float 1.0, integer 1, pair "A B", container a list, record an object.

    INF, -INF and NaN, which JSON lacks, are those texts.
    """
    if value is None:
        return None
    if value.cardinality is Cardinality.RECORD:
        return {name: to_json(field) for name, field in value.fields}
    if value.cardinality is Cardinality.SINGLE:
        return _scalar_to_json(value.base, value.scalar)
    return [_scalar_to_json(value.base, item) for item in value.items]


def _scalar_to_json(base: BaseType | None, scalar: Scalar) -> object:
    if isinstance(scalar, tuple):
        return " ".join(part if isinstance(part, str) else _number_text(part) for part in scalar)
    if base in {BaseType.FLOAT, BaseType.DURATION} and isinstance(scalar, Fraction | float):
        return _float_to_json(scalar)
    return scalar


def _float_to_json(number: Number) -> object:
    if number != number:  # noqa: PLR0124 - that is what NaN is
        return "NaN"
    if isinstance(number, float):
        return "INF" if number > 0 else "-INF"
    return float(number)


def _number_text(number: Number) -> str:
    if isinstance(number, Fraction) and number.denominator == 1:
        return str(number.numerator)
    return str(_float_to_json(number))


def read_json(
    document: object, *, cardinality: Cardinality, base: BaseType | None, where: str
) -> tuple[Value | None, tuple[str, ...]]:
    """Read a response, with the codes of what was made to fit.

    A number or boolean may be a text; a text that is no number is NULL (`response_not_read`), for it is what
    somebody typed. One value may stand for a container of one, and a list of one for a single value. Raises
    QtiError: `response_type`, `response_too_long`.
    """
    if document is None or document in ("", [], {}):
        return None, ()
    if cardinality is Cardinality.RECORD:
        return _read_record(document, where=where)
    base = base or BaseType.STRING
    if cardinality is Cardinality.SINGLE:
        if isinstance(document, list) and len(document) == 1:
            document = document[0]
        scalar, notes = _read_scalar(document, base=base, where=where)
        return (None if scalar is None else single(base, scalar)), notes
    entries = [document] if not isinstance(document, list) or _is_couple(document, base) else document
    if len(entries) > MAX_VALUES:
        raise QtiError(
            "response_too_long", reason=f"The response has more than {MAX_VALUES} values.", where=where
        )
    read = [_read_scalar(entry, base=base, where=where) for entry in entries if entry is not None]
    notes = tuple(dict.fromkeys(note for _, found in read for note in found))
    return container(cardinality, base, (scalar for scalar, _ in read if scalar is not None)), notes


def _is_couple(entries: list[object], base: BaseType) -> bool:
    """Whether a list is one point or pair, written as a list."""
    if base is BaseType.POINT:
        return len(entries) == 2 and all(_is_number(entry) for entry in entries)
    couples = {BaseType.PAIR, BaseType.DIRECTED_PAIR}
    return (
        base in couples
        and len(entries) == 2
        and all(isinstance(one, str) and " " not in one for one in entries)
    )


def _is_number(entry: object) -> bool:
    return isinstance(entry, int | float) and not isinstance(entry, bool)


def _read_scalar(document: object, *, base: BaseType, where: str) -> tuple[Scalar | None, tuple[str, ...]]:
    if isinstance(document, bool) and base is BaseType.BOOLEAN:
        return document, ()
    notes: tuple[str, ...] = ()
    if isinstance(document, int | float) and not isinstance(document, bool):
        if base.is_text and base not in {BaseType.STRING, BaseType.INT_OR_IDENTIFIER}:
            raise _wrong(base, document, where)
        if base is BaseType.STRING:
            notes = ("response_converted",)
        text = _plain(document, whole=base is BaseType.INTEGER)
    elif isinstance(document, str):
        text = document
    elif isinstance(document, dict) and base is BaseType.FILE:  # processing asks only whether there is one
        text = str(document.get("name") or "file")
    elif isinstance(document, list) and len(document) == 2 and _is_couple(document, base):
        text = " ".join(part if isinstance(part, str) else _plain(part, whole=False) for part in document)
    else:
        raise _wrong(base, document, where)
    if len(text) > MAX_TEXT:
        raise QtiError("response_too_long", reason="The response is too long to be scored.", where=where)
    if not text or (base is not BaseType.STRING and not text.strip()):
        return None, notes
    scalar = parse_scalar(base, text)
    if scalar is not None:
        return scalar, notes
    if base.is_numeric or base is BaseType.DURATION:
        return None, ("response_not_read",)
    raise _wrong(base, document, where)


def _plain(number: object, *, whole: bool) -> str:
    """A JSON number as text; a float that is whole reads as an integer where one is expected."""
    if isinstance(number, float):
        return str(int(number)) if whole and number.is_integer() else repr(number)
    return str(number)


def _wrong(base: BaseType, document: object, where: str) -> QtiError:
    kind = {dict: "an object", list: "a list", bool: "a boolean", str: "a text"}.get(
        type(document), "a number"
    )
    return QtiError("response_type", reason=f"The response is {kind}; {base} is expected.", where=where)


def _read_record(document: object, *, where: str) -> tuple[Value | None, tuple[str, ...]]:
    if isinstance(document, str | int | float) and not isinstance(document, bool):
        return numeric_record(document if isinstance(document, str) else _plain(document, whole=False)), ()
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        raise QtiError(
            "response_type", reason="The response is not an object; a record is expected.", where=where
        )
    fields: list[tuple[str, Value | None]] = []
    for name, entry in document.items():
        base = NUMERIC_FIELDS.get(name) or _base_of(entry)
        value, _ = read_json(entry, cardinality=Cardinality.SINGLE, base=base, where=f"{where}.{name}")
        fields.append((name, value))
    return record(fields), ()


def _base_of(entry: object) -> BaseType:
    if isinstance(entry, bool):
        return BaseType.BOOLEAN
    if isinstance(entry, int):
        return BaseType.INTEGER
    return BaseType.FLOAT if isinstance(entry, float) else BaseType.STRING


def numeric_record(text: str) -> Value | None:
    """The record that a text entry of record cardinality makes of what was typed (QTI 2.1, stringInteraction).

    `leftDigits`, `rightDigits`, `ndp`, `nsf`, `exponent` describe how the number was written; they are NULL for
    a text that is no number, as are `floatValue` and `integerValue`.
    """
    number = parse_scalar(BaseType.FLOAT, text)
    if not isinstance(number, Fraction):
        return record([("stringValue", single(BaseType.STRING, text))])
    mantissa, _, exponent = text.strip().lower().partition("e")
    left, _, right = mantissa.lstrip("+-").partition(".")
    whole = parse_scalar(BaseType.INTEGER, text)
    power = int(exponent or 0)
    return record(
        [
            ("stringValue", single(BaseType.STRING, text)),
            ("floatValue", single(BaseType.FLOAT, number)),
            ("integerValue", None if whole is None else single(BaseType.INTEGER, whole)),
            ("leftDigits", single(BaseType.INTEGER, len(left))),
            ("rightDigits", single(BaseType.INTEGER, len(right))),
            ("ndp", single(BaseType.INTEGER, max(0, len(right) - power))),
            ("nsf", single(BaseType.INTEGER, max(1, len((left + right).lstrip("0"))))),
            ("exponent", single(BaseType.INTEGER, power) if exponent else None),
        ]
    )
