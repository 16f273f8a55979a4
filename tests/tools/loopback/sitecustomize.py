"""Names under `.localhost` are this machine (RFC 6761, section 6.3), also where the system's resolver does not know it.

Owns nothing else; used by putting this folder on PYTHONPATH.
"""

import socket

_ask = socket.getaddrinfo


def _loopback(host, *rest, **named):
    if isinstance(host, str) and (host == "localhost" or host.endswith(".localhost")):
        host = "127.0.0.1"
    return _ask(host, *rest, **named)


socket.getaddrinfo = _loopback
