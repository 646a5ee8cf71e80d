"""Request forgery: which addresses a base URL may name, and that nothing is sent to any other."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from pipelines.error import ConfigurationError
from pipelines.gateway.address import AddressRule, GuardedResolver
from pipelines.gateway.direct import DirectProvider
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.scene import CANARY, Scope, ask, entry, gateway

REFUSED_EVERYWHERE = [
    "http://169.254.169.254/v1",
    "http://169.254.0.1:8080/v1",
    "http://2852039166/v1",
    "http://0xA9FEA9FE/v1",
    "http://0xa9.0xfe.0xa9.0xfe/v1",
    "http://0251.0376.0251.0376/v1",
    "http://169.254.43518/v1",
    "http://2130706433/v1",
    "http://127.1/v1",
    "http://0/v1",
    "http://0.0.0.0:8000/v1",
    "http://[fe80::1]/v1",
    "http://[fe80::1%25eth0]/v1",
    "http://[fd00:ec2::254]/v1",
    "http://[::ffff:169.254.169.254]/v1",
    "http://[::ffff:a9fe:a9fe]/v1",
    "http://[64:ff9b::a9fe:a9fe]/v1",
    "http://[2002:a9fe:a9fe::]/v1",
    "http://[::]/v1",
    "http://100.100.100.200/v1",
    "http://224.0.0.1/v1",
    "file:///etc/passwd",
    "ftp://127.0.0.1/v1",
    "gopher://127.0.0.1/v1",
    "http:///v1",
    "http://user:secret@127.0.0.1/v1",
    "http://127.0.0.1:99999/v1",
    "127.0.0.1:8000/v1",
    "",
]


@pytest.mark.parametrize("url", REFUSED_EVERYWHERE)
@pytest.mark.parametrize("allowed", [(), ("*",)], ids=["loopback only", "every host"])
def test_metadata_link_local_disguised_and_malformed_addresses_are_refused_whatever_is_allowed(
    url: str, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigurationError):
        AddressRule(allowed).check(url)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:11434/v1", "http://127.8.9.10/v1", "http://localhost:8080/v1", "http://[::1]:8000/v1"],
)
def test_loopback_is_always_allowed(url: str) -> None:
    AddressRule().check(url)


@pytest.mark.parametrize("url", ["https://api.example.com/v1", "http://10.0.0.5/v1", "http://192.168.1.2:8000/v1"])
def test_any_other_host_needs_the_list(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not allowed"):
        AddressRule().check(url)


def test_the_list_names_hosts_and_ports() -> None:
    rule = AddressRule(["API.example.com", "10.0.0.5:8000"])
    rule.check("https://api.example.com/v1")
    rule.check("https://api.example.com:444/v1")
    rule.check("http://10.0.0.5:8000/v1")
    for url in ("http://10.0.0.5/v1", "https://api.example.com.evil.net/v1", "https://evil-api.example.com/v1"):
        with pytest.raises(ConfigurationError):
            rule.check(url)


class Hostile(AbstractResolver):
    """Resolves every name to one address, as a name server of an attacker would."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=self.address, port=port, family=family, proto=0, flags=0),
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0"])
async def test_a_name_that_leads_to_a_refused_address_is_not_connected_to(address: str) -> None:
    resolver = GuardedResolver(AddressRule(["*"]), Hostile(address))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as session:
        with pytest.raises(ConfigurationError, match="never asked"):
            await session.get("http://innocent.example/v1")


async def test_localhost_that_leads_elsewhere_is_not_connected_to() -> None:
    with pytest.raises(ConfigurationError, match="not this machine"):
        await GuardedResolver(AddressRule(), Hostile("192.0.2.7")).resolve("localhost", 80)


async def test_a_name_is_resolved_and_checked_before_a_library_that_connects_by_itself_has_it() -> None:
    rule = AddressRule(["innocent.example"])
    await rule.check_resolved("http://innocent.example/v1", Hostile("192.0.2.7"))
    with pytest.raises(ConfigurationError, match="never asked"):
        await rule.check_resolved("http://innocent.example/v1", Hostile("169.254.169.254"))


async def test_to_a_refused_address_neither_request_nor_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTELOOM_TEST_KEY", CANARY)
    async with s.serving() as server:
        provider = DirectProvider()
        port = server.base_url.rpartition(":")[2]
        for host in ("2130706433", "0x7f000001", "0.0.0.0"):
            model = entry(f"http://{host}:{port}", key_env="ROUTELOOM_TEST_KEY")
            with pytest.raises(ConfigurationError):
                await gateway(provider, model).complete(ask(), Scope())
        await provider.aclose()
        assert server.calls == 0


@pytest.mark.parametrize("url", ["http://[2001:0:a9fe:a9fe::]/v1", "http://169.254.169.254./v1"])
def test_a_metadata_address_is_refused_inside_a_tunnel_and_with_a_final_dot(url: str) -> None:
    with pytest.raises(ConfigurationError, match="those are never asked"):
        AddressRule(["*"]).check(url)


def test_this_machine_may_be_named_with_a_final_dot() -> None:
    AddressRule().check("http://127.0.0.1.:8080/v1")
    with pytest.raises(ConfigurationError, match="is not allowed"):
        AddressRule().check("http://example.org.:8080/v1")
