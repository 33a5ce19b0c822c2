# SPDX-License-Identifier: Apache-2.0
"""What a paper must contain, and the seeded draw that fills it."""
