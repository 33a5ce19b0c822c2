# SPDX-License-Identifier: Apache-2.0
"""An assessor's judgement of the practical and the viva, criterion by criterion, append-only."""
