# SPDX-License-Identifier: Apache-2.0
"""How long personal data is kept, proof of its deletion, and requests to erase. Where it lies is the packages' own."""
