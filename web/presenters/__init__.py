# SPDX-License-Identifier: Apache-2.0
"""From values of the packages to what templates show: words, orders, what a person may do. No queries, no rules."""
