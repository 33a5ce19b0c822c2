# SPDX-License-Identifier: Apache-2.0
"""Findings on the quality of items: parity of their languages, and habits that give answers away. Nothing is stored."""
