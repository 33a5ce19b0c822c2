# SPDX-License-Identifier: Apache-2.0
"""Proctoring sessions: their life, the photo at the start, the live wall, and the pipeline of frames."""
