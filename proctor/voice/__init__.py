# SPDX-License-Identifier: Apache-2.0
"""From when to when somebody speaks. No sound is kept here, and no word is ever known."""
