# SPDX-License-Identifier: Apache-2.0
"""Requests of ours to other parties' servers: only where they may go, bounded in size and time.

Nothing here knows what is asked; a redirect is never followed, so the address that was checked is the one that answers.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter

from core.errors import Invalid, Unavailable
from web.wiring import Services

LARGEST = 256 * 1024
_CHUNK = 16 * 1024
_SECONDS = 5.0
_WHOLE_SECONDS = 10.0


def require_address(parts: Services, url: str) -> str:
    """The address when we may ask it: https to the open internet; in development also http to this machine.

    Invalid(``address_refused``), Unavailable(``provider_unreachable``) when the name is not known.
    """
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise Invalid("address_refused") from error
    if (
        not host
        or split.username
        or split.fragment
        or len(url) > 500
        or not url.isascii()
        or not url.isprintable()
    ):
        raise Invalid("address_refused")
    found = _addresses(host, port or 443)
    local = all(address.is_loopback for address in found)
    if split.scheme == "http" and local and not parts.config.secure:
        return url
    if split.scheme != "https" or (local and parts.config.secure):
        raise Invalid("address_refused")
    if not local and not all(address.is_global and not address.is_multicast for address in found):
        raise Invalid("address_refused")
    return url


class GuardedAdapter(HTTPAdapter):
    """Checks every address before it is asked, and reads no more and no longer than it should."""

    def __init__(self, parts: Services) -> None:
        super().__init__(max_retries=0)
        self._parts = parts

    def send(self, request: PreparedRequest, *_args: Any, **kwargs: Any) -> Response:
        """One exchange. Unavailable(``provider_unreachable``), Invalid(``address_refused``)."""
        require_address(self._parts, request.url or "")
        kwargs.update(stream=True, timeout=_SECONDS)
        clock = self._parts.clock
        until = clock.monotonic() + _WHOLE_SECONDS
        response = super().send(request, **kwargs)
        data = b""
        for chunk in response.iter_content(_CHUNK):
            data += chunk
            if len(data) > LARGEST or clock.monotonic() > until:
                response.close()
                raise Unavailable("provider_unreachable")
        if response.is_redirect:
            raise Unavailable("provider_unreachable")
        response._content = data  # noqa: SLF001 - where the library keeps what was read
        return response


def guard(parts: Services, session: Session) -> Session:
    """The same session, able to ask guarded addresses only; no proxy and no password file of the environment."""
    session.trust_env = False
    session.mount("https://", GuardedAdapter(parts))
    session.mount("http://", GuardedAdapter(parts))
    return session


def ask_json(parts: Services, method: str, url: str, **arguments: Any) -> dict[str, Any]:
    """The JSON object that the address answers with. Unavailable(``provider_unreachable``), Invalid(``address_refused``)."""
    try:
        with guard(parts, Session()) as session:
            response = session.request(method, url, **arguments)
        document = response.json() if response.ok else None
    except (RequestException, ValueError, RecursionError) as error:
        raise Unavailable("provider_unreachable") from error
    if not isinstance(document, dict):
        raise Unavailable("provider_unreachable")
    return document


def tell(parts: Services, url: str, document: dict[str, Any], *, headers: dict[str, str]) -> None:
    """Hand a JSON document over. Unavailable(``provider_unreachable``) unless it was taken, Invalid(``address_refused``)."""
    try:
        with guard(parts, Session()) as session:
            response = session.post(url, data=json.dumps(document).encode(), headers=headers)
    except RequestException as error:
        raise Unavailable("provider_unreachable") from error
    if not response.ok:
        raise Unavailable("provider_unreachable")


def _addresses(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [_plain(ipaddress.ip_address(entry[4][0])) for entry in found]
    except (OSError, ValueError, UnicodeError) as error:
        raise Unavailable("provider_unreachable") from error


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address
