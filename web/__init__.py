# SPDX-License-Identifier: Apache-2.0
"""The thin shell: HTTP, sockets, command line, worker. Rules live in the packages below; here they are only called."""
