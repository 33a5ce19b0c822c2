# SPDX-License-Identifier: Apache-2.0
"""Classical item analysis and reliability. Other packages import `scoring.classical.api`."""
