# SPDX-License-Identifier: Apache-2.0
"""Practice, apart from every test: the sample paper of the practice test, and the learners' own practice by criterion."""
