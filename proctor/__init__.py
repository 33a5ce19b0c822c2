# SPDX-License-Identifier: Apache-2.0
"""Remote proctoring: frames to observations, observations to alerts, alerts to incidents that people decide.

It knows neither items nor scores; an attempt is an opaque identifier. Other packages import `proctor.api`
only.
"""
