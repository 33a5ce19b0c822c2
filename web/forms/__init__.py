# SPDX-License-Identifier: Apache-2.0
"""From what a form sent to typed commands, with every fault named by its field."""
