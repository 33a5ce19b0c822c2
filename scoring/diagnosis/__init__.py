# SPDX-License-Identifier: Apache-2.0
"""Which criteria does a learner master? Enter through `scoring.diagnosis.api`; nothing is defined here."""
