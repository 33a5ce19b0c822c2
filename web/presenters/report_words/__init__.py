# SPDX-License-Identifier: Apache-2.0
"""The words of the reports on a batch, by code; looked up through `web.presenters.analysis_words`."""
