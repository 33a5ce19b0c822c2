# SPDX-License-Identifier: Apache-2.0
"""Credential documents, the rulebook they are held against, and who may use them."""
