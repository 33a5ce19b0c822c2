# SPDX-License-Identifier: Apache-2.0
"""Items, their immutable versions, and the two projections of a version: for the candidate and for scoring."""
