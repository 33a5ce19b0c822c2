# SPDX-License-Identifier: Apache-2.0
"""Alerts that are no incidents: what the rules noted for people. Nothing here reaches a result."""
