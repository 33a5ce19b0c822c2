# SPDX-License-Identifier: Apache-2.0
"""QTI as XML: reading documents safely. What they score is `scoring.qti`; how they are stored is `items`."""
