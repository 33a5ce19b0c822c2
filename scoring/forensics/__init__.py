# SPDX-License-Identifier: Apache-2.0
"""Signs that answers may not be a person's own work. Enter through `scoring.forensics.api`; nothing is defined here."""
