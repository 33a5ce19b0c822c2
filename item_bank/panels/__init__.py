# SPDX-License-Identifier: Apache-2.0
"""Panels that set standards: judges, rounds, a recommendation with its evidence."""
