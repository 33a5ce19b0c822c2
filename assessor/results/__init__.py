# SPDX-License-Identifier: Apache-2.0
"""Results: computed by replay, held while integrity is open, declared, and pulled by the awarding body."""
