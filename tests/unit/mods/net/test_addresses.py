"""Which servers mods may ask: names that were agreed to, with public addresses, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from taixu.errors import TaixuError
from taixu.mods.net.addresses import check_url, public_address

HOSTS = frozenset({"api.example.com"})


def test_what_was_agreed_to_is_asked() -> None:
    assert check_url("https://api.example.com/v1/rates?of=eur#top", HOSTS) == ("api.example.com", "/v1/rates?of=eur")
    assert check_url("https://API.Example.com:443", HOSTS) == ("api.example.com", "/")


@pytest.mark.parametrize("url", [
    "http://api.example.com/", "ftp://api.example.com/", "file:///etc/passwd", "//api.example.com/", "api.example.com",
    "https://evil.example.com/", "https://api.example.com.evil.com/", "https://evil.com/api.example.com",
    "https://api.example.com@evil.com/", "https://user:pass@api.example.com/", "https://api.example.com:8443/",
    "https://api.example.com:x/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://localhost/",
    "https://api.example.com\\@evil.com/", "https://api.example.com/a b", "https://api.example.com/\r\nHost: evil.com",
    "https://аpi.example.com/", "https://-a.example.com/", "https://api..example.com/", "https://", "https://[", "",
])  # fmt: skip
def test_what_only_looks_like_it_is_not(url: str) -> None:
    with pytest.raises(TaixuError):
        check_url(url, HOSTS)


def test_a_script_of_the_project_may_name_any_host_but_no_address() -> None:
    assert check_url("https://anything.example.org/", None)[0] == "anything.example.org"
    with pytest.raises(TaixuError, match="no name of a host"):
        check_url("https://10.0.0.1/", None)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fec0::1", "fe80::1%eth0", "no address",
])  # fmt: skip
def test_a_name_never_leads_into_a_private_network(address: str) -> None:
    with pytest.raises(TaixuError):
        public_address("api.example.com", lambda host: ["93.184.215.14", address])


def test_the_first_of_public_addresses_is_taken() -> None:
    assert public_address("api.example.com", lambda host: ["93.184.215.14", "2606:2800:21f::1"]) == "93.184.215.14"


def test_a_host_that_is_not_there_is_told() -> None:
    def fail(host: str) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(TaixuError, match=r"api\.example\.com is not found"):
        public_address("api.example.com", fail)
    with pytest.raises(TaixuError, match="is not found"):
        public_address("api.example.com", lambda host: [])
