# SPDX-License-Identifier: Apache-2.0
"""How the notional hours of a credential fall to its PCs. Whether hours keep the guideline is in `checks`."""

from __future__ import annotations

from fractions import Fraction

from item_bank.standards.model import CredentialDocument


def pc_hours(document: CredentialDocument) -> dict[str, Fraction]:
    """The notional hours of each PC.

    A PC has the hours that are said of it; the rest of its NOS's hours falls to its other PCs in equal parts. A NOS without
    hours of its own has the share of the total that its weight says.
    """
    found: dict[str, Fraction] = {}
    for nos in document.nos:
        whole = (
            Fraction(nos.hours)
            if nos.hours is not None
            else Fraction(document.hours.total) * nos.weight / 100
        )
        said = {pc.id: Fraction(pc.hours) for pc in nos.pcs if pc.hours is not None}
        left = max(Fraction(0), whole - sum(said.values(), Fraction(0)))
        others = len(nos.pcs) - len(said)
        found |= {pc.id: said[pc.id] if pc.id in said else left / others for pc in nos.pcs}
    return found
