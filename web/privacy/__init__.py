# SPDX-License-Identifier: Apache-2.0
"""Where personal data of siblings meets: periods that end, erasures, exports. No page lives here."""
