# SPDX-License-Identifier: Apache-2.0
"""How a sitting is watched: which checks its learners are asked to agree to."""
