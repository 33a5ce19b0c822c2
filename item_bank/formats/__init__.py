# SPDX-License-Identifier: Apache-2.0
"""Files that authors bring in: JSON, xlsx and csv; and the template they start from."""
