# SPDX-License-Identifier: Apache-2.0
"""The thin shell: HTTP, sockets, command line, worker. Rules live in the packages below; here they are only called."""

import os

from web.one_thread import compute_in_one_thread

compute_in_one_thread(os.environ)  # here, because every way in comes past this before numpy is imported
