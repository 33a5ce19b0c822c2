# SPDX-License-Identifier: Apache-2.0
"""Response processing in QTI's terms: from a candidate's response to the outcome of one item.

`declarations` says what an item expects, `values` reads what came, `normalise` prepares text, `processing`
scores.
"""
