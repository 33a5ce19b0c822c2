# SPDX-License-Identifier: Apache-2.0
"""Assessments as they are sat: forms, sittings, attempts, marking, results. Enter by `assessor.api`."""
