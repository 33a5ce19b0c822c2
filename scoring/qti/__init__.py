# SPDX-License-Identifier: Apache-2.0
"""QTI 2.1 to 3.0 response processing: from declarations, rules and responses to outcomes.

`tree` holds what was declared, `values` the values, `declarations` the variables, `item` is the entry. Reading XML
does not live here (`item_bank.qti`).
"""
