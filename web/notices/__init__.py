# SPDX-License-Identifier: Apache-2.0
"""Notices on their way out: their texts in the person's language, and the one port with its adapters."""
