# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a picture to an observation.

Pure: no storage, no network, no rule about what is allowed.
"""
