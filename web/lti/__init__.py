# SPDX-License-Identifier: Apache-2.0
"""Launches from learning platforms (LTI 1.3): registration, launch, choosing a sitting, and the score on its way back."""
