# SPDX-License-Identifier: Apache-2.0
"""What the learner says: explanations of what was noted, and the one appeal against an upheld incident."""
