"""Which servers a model may be reached at: the guard against request forgery through `base_url`."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from pipelines.error import ConfigurationError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

ANY_HOST = "*"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.100.100.200/32",  # metadata service of Alibaba Cloud
        "169.254.0.0/16",
        "192.0.0.0/24",  # holds the metadata service of Oracle Cloud
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fd00:ec2::/32",  # metadata service of AWS
        "fd20:ce::/32",  # metadata service of Google Cloud
        "fe80::/10",
        "ff00::/8",
    )
)


class AddressRule:
    """Allows loopback always, other hosts where the operator lists them, metadata and link-local addresses never."""

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        """Takes the hosts beyond loopback, as `host`, `host:port`, or `*` for every host."""
        self._allowed = frozenset(host.strip().lower().rstrip(".") for host in allowed_hosts)

    def check(self, url: str) -> None:
        """Returns where the address may be asked, as far as can be said without resolving its name.

        Raises:
            ConfigurationError: if it may not.
        """
        parts = _parts(url)
        host = (parts.hostname or "").rstrip(".")
        address = _literal(host)
        if address is not None:
            self.check_address(address, host)
        elif _is_disguised(host):
            raise ConfigurationError(
                f"The base URL '{url}' writes an IP address in a disguised form; write it as usual."
            )
        if not self.allows(host, parts.port or _DEFAULT_PORTS[parts.scheme]):
            raise ConfigurationError(
                f"The base URL '{url}' points to the host '{host}', which is not allowed; allowed are this machine and:"
                f" {', '.join(sorted(self._allowed)) or 'no other host'}. Who runs Routeloom may add it."
            )

    def allows(self, host: str, port: int) -> bool:
        """Says whether a host is this machine or on the list."""
        address = _literal(host)
        if address is not None and address.is_loopback:
            return True
        if host == "localhost" or host.endswith(".localhost"):
            return True
        named = f"[{host}]" if address is not None and address.version == 6 else host
        return not self._allowed.isdisjoint({ANY_HOST, host, f"{named}:{port}"})

    def check_address(self, address: IpAddress, host: str) -> None:
        """Returns where a resolved address may be connected to.

        Raises:
            ConfigurationError: if it is one of those that are always refused.
        """
        for candidate in _unwrapped(address):
            if any(candidate in network for network in _REFUSED if network.version == candidate.version):
                raise ConfigurationError(
                    f"The host '{host}' leads to {address}, which is a metadata, link-local, multicast or"
                    " unspecified address; those are never asked."
                )

    async def check_resolved(self, url: str, resolver: AbstractResolver | None = None) -> None:
        """Checks the address and everything its name resolves to at present, for a library that connects by itself.

        Raises:
            ConfigurationError: if it may not be asked.
        """
        self.check(url)
        parts = _parts(url)
        with suppress(OSError):
            await GuardedResolver(self, resolver).resolve(str(parts.hostname), parts.port or 0, socket.AF_UNSPEC)


class GuardedResolver(AbstractResolver):
    """Resolves names for connections and drops the connection where any address is refused.

    The check stands between resolving and connecting, so a name that changes its address in between gains nothing.
    """

    def __init__(self, rule: AddressRule, inner: AbstractResolver | None = None) -> None:
        """Takes the rule and who resolves, the operating system by default; must be made inside the event loop."""
        self._rule = rule
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Returns the addresses of a host.

        Raises:
            ConfigurationError: if one of them is refused.
        """
        found = await self._inner.resolve(host, port, family)
        for result in found:
            address = _address(result["host"])
            self._rule.check_address(address, host)
            if (host == "localhost" or host.endswith(".localhost")) and not address.is_loopback:
                raise ConfigurationError(f"The host '{host}' leads to {address}, which is not this machine.")
        return found

    async def close(self) -> None:
        """Closes the resolver within."""
        await self._inner.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError(f"The base URL '{url}' is not an address such as http://127.0.0.1:8080/v1.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0:
        raise ConfigurationError(f"The base URL '{url}' is not an address such as http://127.0.0.1:8080/v1.")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "A base URL may not hold a user name or a password; put the key into an environment variable."
        )
    return parts


def _literal(host: str) -> IpAddress | None:
    try:
        return _address(host)
    except ValueError:
        return None


def _address(text: str) -> IpAddress:
    return ipaddress.ip_address(text.partition("%")[0])


def _is_disguised(host: str) -> bool:
    """Says whether the operating system would read the host as an IPv4 address although it is not written as one."""
    if not re.fullmatch(r"[0-9a-fx.]+", host, re.IGNORECASE):
        return False
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _unwrapped(address: IpAddress) -> list[IpAddress]:
    """Returns the address and the IPv4 address that it carries inside, if any."""
    found = [address]
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        found += [part for part in inner if part is not None]
    return found
