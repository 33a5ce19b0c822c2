# SPDX-License-Identifier: Apache-2.0
"""Scores of different forms on one scale. Enter through `scoring.linking.api`; nothing is defined here."""
