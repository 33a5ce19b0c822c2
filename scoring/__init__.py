# SPDX-License-Identifier: Apache-2.0
"""Pure scoring: response processing, marks, pass rules and decisions, and the statistics of tests.

Standard library for marks, numpy and scipy for statistics; no clock, no storage, no float in a mark. Other packages import
`scoring.api`, and the `api` of each folder of statistics.
"""
