# SPDX-License-Identifier: Apache-2.0
"""Is the test equally fair to groups of people? Enter through `scoring.fairness.api`; nothing is defined here."""
