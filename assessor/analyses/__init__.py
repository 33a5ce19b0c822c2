# SPDX-License-Identifier: Apache-2.0
"""Statistical reports on the attempts of a batch: gathered, computed as a job, kept as a document."""
