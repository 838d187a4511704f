"""Addresses and waiting times that the channels share."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
ONE_CALL = CONNECT_SECONDS + READ_SECONDS


@dataclass(frozen=True)
class Links:
    """How a person reaches a post: the platform's own address, or the practice wall's."""

    pattern: str  # with {id}

    def to(self, remote_id: str) -> str:
        return self.pattern.format(id=remote_id)


def on_loopback(address: str) -> bool:
    """Decide whether this address never leaves the machine: proxies from the environment are then left out."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
