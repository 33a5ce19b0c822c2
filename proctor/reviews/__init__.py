# SPDX-License-Identifier: Apache-2.0
"""The blind look at a random sample: what the machine missed, and how far people agree with themselves."""
