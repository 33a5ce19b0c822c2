# SPDX-License-Identifier: Apache-2.0
"""A candidate's run through a form: the clock, the lease, and the append-only answers."""
