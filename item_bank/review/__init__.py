# SPDX-License-Identifier: Apache-2.0
"""Four-eyes review: Draft, InReview, Live, Withdrawn."""
