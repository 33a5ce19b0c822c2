# SPDX-License-Identifier: Apache-2.0
"""The section of the credential editor that holds the pass rule, one condition a line. What a rule means is in `scoring`."""

from __future__ import annotations

from web.forms.credential_fields import Column, SectionForm, Table
from web.words import _


def rule_section() -> SectionForm:
    """The conditions as a grid of cells, as on the sheet of the workbook."""
    kinds = (
        ("all_of", _("all of")),
        ("any_of", _("any of")),
        ("at_least", _("at least k of")),
        ("share", _("share of the marks")),
        ("critical", _("critical criterion")),
        ("compensate", _("compensation")),
        ("bands", _("bands")),
        ("band", _("band")),
    )
    scopes = (
        ("", "–"),
        ("credential", _("all marks")),
        ("nos", _("NOS")),
        ("element", _("Element")),
        ("pc", _("PC")),
        ("item", _("criterion or question")),
    )
    units = (("", "–"), ("marks", _("marks")), ("share", _("share of the marks")))
    bases = (("", "–"), ("raw", _("raw marks")), ("weighted", _("weighted")))
    return SectionForm(
        "rule",
        _("Pass rule"),
        _("One condition a line. Lines 1.1 and 1.2 belong to the group on line 1."),
        tables=(
            Table(
                "rule", "rule", _("Conditions"),
                (
                    Column("line", _("Line")),
                    Column("kind", _("Kind"), "select", options=(("", "–"), *kinds)),
                    Column("k", _("k"), "number"),
                    Column("scope", _("Of"), "select", options=scopes),
                    Column("name", _("Name"), width="wide"),
                    Column("nos", _("in NOS"), width="wide"),
                    Column("component", _("Part"), hint=_("all, or names with commas")),
                    Column("basis", _("Counted"), "select", options=bases),
                    Column("at_least", _("At least"), hint=_("for example 7/10")),
                    Column("limit", _("Missed by at most"), hint=_("for example 5")),
                    Column("unit", _("Counted in"), "select", options=units),
                    Column("pass", _("Band to pass"), hint=_("empty: the lowest")),
                ),
                layout="grid", row_name=_("Condition"), id_column="line", blank=2,
            ),
        ),
    )  # fmt: skip
