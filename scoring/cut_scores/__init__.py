# SPDX-License-Identifier: Apache-2.0
"""Where should the line be? Standard setting: enter through `scoring.cut_scores.api`; nothing is defined here."""
