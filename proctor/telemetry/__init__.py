# SPDX-License-Identifier: Apache-2.0
"""What a learner's browser noted during a test: facts for people, never a score."""
