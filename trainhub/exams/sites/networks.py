"""Networks of a room: from which addresses its machines reach the exam."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

from trainhub import ledger
from trainhub.exams.sites.models import ExamRoom, RoomNetwork
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person

MOST = 50

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(text: str) -> list[str]:
    """Read networks that somebody typed, one a line or separated by commas.

    Returns:
        Each once, in the order given, as ``10.8.1.0/24`` or ``2001:db8::/64``; one address is /32 or /128.

    Raises:
        Invalid: one is no network, has bits beside its mask, or takes in every address there is.
    """
    found: dict[str, None] = {}
    for written in text.replace(",", "\n").replace("，", "\n").split():
        found[str(_one_network(written))] = None
    if len(found) > MOST:
        raise Invalid(_("A room has at most %(most)s networks.", most=MOST))
    return list(found)


def _one_network(written: str) -> Network:
    try:
        network = ipaddress.ip_network(written)
    except ValueError:
        raise Invalid(_refusal(written)) from None
    if network.prefixlen == 0:
        raise Invalid(_("%(network)s takes in every address there is.", network=written))
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise Invalid(_("Write %(network)s as an IPv4 network.", network=written))
    return network


def _refusal(written: str) -> str:
    try:
        meant = ipaddress.ip_network(written, strict=False)
    except ValueError:
        return _("%(network)s is no network; write it like 10.8.1.0/24 or 2001:db8::/64.", network=written)
    return _(
        "%(network)s has bits beside its mask; the network would be %(meant)s.", network=written, meant=meant
    )


@lru_cache(4096)
def read_address(text: str) -> Address | None:
    """Read an address as a server reports it; an IPv4 address in IPv6 clothes is that IPv4 address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0].strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def is_inside(address: Address | None, networks: Iterable[Network]) -> bool:
    """Tell whether an address belongs to one of some networks; an unreadable one belongs to none."""
    return address is not None and any(address in network for network in networks)


def networks_of(room: ExamRoom) -> list[str]:
    """Return a room's networks in the order in which they were entered."""
    return [each.network for each in room.networks]


def set_networks(room: ExamRoom, networks: Sequence[str], *, by: Person) -> None:
    """Say from which networks a room's machines come.

    Args:
        room: of a site.
        networks: as ``read_networks`` returns them; none means that it is not known.
        by: who manages the site.

    Raises:
        Invalid: one is no network.
    """
    wanted = read_networks("\n".join(networks))
    lock("site", room.site.code)
    before = networks_of(room)
    if wanted == before:
        return
    room.networks = [RoomNetwork(network=network) for network in wanted]
    db.session.flush()
    ledger.append(
        "site.room.networks",
        by=by,
        side="exam",
        site=room.site.code,
        room=room.code,
        before=before,
        networks=wanted,
    )
