# SPDX-License-Identifier: Apache-2.0
"""Batches, sittings, candidates, entries, access codes and the staff assigned to a sitting."""
