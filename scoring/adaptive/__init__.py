# SPDX-License-Identifier: Apache-2.0
"""When has one criterion been asked enough? Enter through `scoring.adaptive.api`; nothing is defined here."""
