# SPDX-License-Identifier: Apache-2.0
"""What every other package stands on: time, ids, errors, storage, identity. It knows nothing of assessment."""
