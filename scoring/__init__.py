# SPDX-License-Identifier: Apache-2.0
"""Pure scoring: response processing, marks, pass rules and decisions.

Standard library only, no clock, no storage, no float in a mark. Other packages import `scoring.api`.
"""
