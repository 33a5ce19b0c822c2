# SPDX-License-Identifier: Apache-2.0
"""Builds the package: what pyproject.toml declares, and the message catalogues compiled on the way."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    """Write each `messages.mo` beside its `messages.po` before the package data is collected."""

    def run(self) -> None:
        for source in Path("web/translations").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as read, source.with_suffix(".mo").open("wb") as write:
                write_mo(write, read_po(read))
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogues})
