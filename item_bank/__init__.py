# SPDX-License-Identifier: Apache-2.0
"""Credentials, items, review and blueprints. Other packages enter through ``item_bank.api`` only."""
