# SPDX-License-Identifier: Apache-2.0
"""Live channels: frames from learners, and "this changed, refetch" to the wall. Answers never travel here."""
