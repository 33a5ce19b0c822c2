# SPDX-License-Identifier: Apache-2.0
"""Notices to learners and staff: queued with the change they tell of, sent once, and then without their words."""
