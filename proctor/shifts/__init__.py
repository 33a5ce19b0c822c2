# SPDX-License-Identifier: Apache-2.0
"""Who of several proctors looks after whom, hands over to whom, and watched when."""
