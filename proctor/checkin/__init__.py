# SPDX-License-Identifier: Apache-2.0
"""Before the test: the card, the face, twenty calm seconds that learn what is usual, and a few movements on request."""
