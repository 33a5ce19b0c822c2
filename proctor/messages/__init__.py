# SPDX-License-Identifier: Apache-2.0
"""What proctors say to learners during a test."""
