# SPDX-License-Identifier: Apache-2.0
"""One module of routes for each part of the product."""
