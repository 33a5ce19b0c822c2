# SPDX-License-Identifier: Apache-2.0
"""Scores as a pure function of responses, key, rule and code: replay and corrected keys. Others import its `api`."""
