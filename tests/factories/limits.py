"""What an address was refused before a test begins, without the price of so many requests."""

from limits import parse

from trainhub.people.limits import REFUSED_FROM_AN_ADDRESS, limiter


def refused_before(times: int) -> None:
    """Count so many refusals more for the one address and page that was refused something just now."""
    rate = parse(REFUSED_FROM_AN_ADDRESS)
    of_this_rate = rate.key_for().removeprefix("LIMITER")
    (counted,) = [key for key in limiter.storage.storage if key.endswith(of_this_rate)]
    limiter.storage.incr(counted, rate.get_expiry(), amount=times)
