# SPDX-License-Identifier: Apache-2.0
"""Incidents: what people decide about alerts."""
