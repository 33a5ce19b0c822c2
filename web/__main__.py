# SPDX-License-Identifier: Apache-2.0
"""``python -m web`` is the command ``kasauti``."""

from web.cli import main

main()
