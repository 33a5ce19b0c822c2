# SPDX-License-Identifier: Apache-2.0
"""From observations to alerts.

Pure folds over time: no picture, no storage, no clock; an alert is never a verdict.
"""
