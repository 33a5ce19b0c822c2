# SPDX-License-Identifier: Apache-2.0
"""What a section of the credential editor is made of: fields and tables of rows. Its sections: ``credential_sections``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """One field of the document. kind: text, number, date, select, area."""

    name: str
    label: str
    kind: str = "text"
    bilingual: bool = False
    hint: str = ""
    options: Options = ()
    required: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table of rows. ``marks`` stands for one column a component."""

    name: str
    label: str
    kind: str = "text"
    bilingual: bool = False
    options: Options = ()
    width: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Table:
    """Rows of one sheet: those whose cells are as in ``fixed``. ``inner``: (name, sheet, key) of rows that belong to a row."""

    name: str
    sheet: str
    title: str
    spec: tuple[Column, ...]
    hint: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    blank: int = 1
    adds_only: bool = False
    layout: str = "cards"
    row_name: str = ""
    id_column: str = "id"
    inner: tuple[tuple[str, str, str], ...] = ()
    used_in: tuple[tuple[str, str, Mapping[str, str]], ...] = ()
    defaults: frozenset[str] = frozenset()

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether a row of the sheet is shown here."""
        return not self.adds_only and all(row.get(key, "") == value for key, value in self.fixed.items())

    def fixed_cells(self, posted: Mapping[str, str]) -> dict[str, str]:
        """What every row has without an input; a NOS that is renamed on the same page takes its rows along."""
        typed = {column.name for column in self.spec}
        return {
            key: posted.get("nos-0-code", "").strip() or value if key == "nos" else value
            for key, value in self.fixed.items()
            if key not in typed
        }

    def columns(self, *, languages: Sequence[str], components: Sequence[str]) -> list[str]:
        """The columns of the sheet that have inputs."""
        found: list[str] = []
        for column in self.spec:
            if column.name == "marks":
                found += [f"marks_{component}" for component in components]
            elif column.bilingual:
                found += [f"{column.name}_{language}" for language in languages]
            else:
                found.append(column.name)
        return found


@dataclass(frozen=True)
class SectionForm:
    """One page of the editor."""

    name: str
    title: str
    lead: str
    groups: tuple[Group, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields of all groups."""
        return tuple(one for group in self.groups for one in group.fields)
