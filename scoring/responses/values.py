# SPDX-License-Identifier: Apache-2.0
"""From a stored response to a typed value, refusing what the interaction cannot have produced.

Nothing is scored here.
"""

from scoring.errors import ResponseError
from scoring.responses.declarations import BaseType, Cardinality, ItemScoring

#: A QTI value: one identifier or string, or a container of identifiers; None is QTI's NULL (not answered).
Value = str | frozenset[str] | None


def read_response(item: ItemScoring, response: object) -> Value:
    """Read a response as the item's page sends it.

    `response` is None (cleared), a list of option identifiers for a choice (a plain identifier also for
    single cardinality), or a string for a text. An empty list and a text of white space are None. Raises
    ResponseError: `wrong_response_type`, `too_many_choices`, `duplicate_choice`, `unknown_option`.
    """
    if response is None:
        return None
    if item.interaction.base_type is BaseType.STRING:
        if not isinstance(response, str):
            raise ResponseError("wrong_response_type", expected="string", found=type(response).__name__)
        return response if response.strip() else None
    chosen = _read_identifiers(item, response)
    if item.interaction.cardinality is Cardinality.MULTIPLE:
        return frozenset(chosen) or None
    if len(chosen) > 1:
        raise ResponseError("too_many_choices", found=len(chosen), maximum=1)
    return chosen[0] if chosen else None


def _read_identifiers(item: ItemScoring, response: object) -> list[str]:
    if isinstance(response, str) and item.interaction.cardinality is Cardinality.SINGLE:
        response = [response]
    if not isinstance(response, list | tuple):
        raise ResponseError("wrong_response_type", expected="list", found=type(response).__name__)
    chosen: list[str] = []
    for identifier in response:
        if not isinstance(identifier, str) or not identifier:
            raise ResponseError("wrong_response_type", expected="identifier", found=type(identifier).__name__)
        if identifier in chosen:
            raise ResponseError("duplicate_choice", option=identifier)
        if item.options and identifier not in item.options:
            raise ResponseError("unknown_option", option=identifier)
        chosen.append(identifier)
    return chosen
