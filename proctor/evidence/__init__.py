# SPDX-License-Identifier: Apache-2.0
"""Evidence: encrypted pictures with their hashes; every view is logged."""
