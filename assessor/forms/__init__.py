# SPDX-License-Identifier: Apache-2.0
"""Assessment definitions and the sealed forms that are assembled from them."""
