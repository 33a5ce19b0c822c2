# SPDX-License-Identifier: Apache-2.0
"""How sure is a result? Enter through `scoring.certainty.api`; nothing is defined here."""
