"""Redis of the house: each side has a queue that no other can read or write, and all count attempts together.

A job travels as a pickle: who could write into the examination's queue could run anything there.
"""

import pytest
import redis

from tests.deploy.house_redis import house_redis
from trainhub import create_app
from trainhub.config import read_settings

pytestmark = pytest.mark.redis
SIDES = ("exam", "training", "oversight")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    with house_redis(tmp_path_factory.mktemp("redis")) as found:
        yield found


@pytest.fixture
def process(migrated, addresses):
    """An application of a side with its own login of Redis."""

    def make(side):
        settings = {"TRAINHUB_INSTANCE": str(migrated), "TRAINHUB_SIDE": side}
        return create_app(read_settings(settings | {"TRAINHUB_REDIS_URL": addresses[side]}))

    return make


@pytest.mark.parametrize("side", SIDES)
def test_a_side_queues_takes_and_counts_with_its_own_login(process, side):
    app = process(side)
    queue = app.extensions["jobs"]
    queue.enqueue(app.extensions["jobs-task"].s("nobodys", "none", {}))
    assert queue.pending_count() == 1
    assert queue.dequeue() is not None
    assert app.test_client().get("/sign-in").status_code == 200
    assert app.test_client().post("/sign-in").status_code != 500


@pytest.mark.parametrize("side", SIDES)
def test_a_side_can_neither_read_nor_fill_the_queue_of_another(process, addresses, side):
    with redis.Redis.from_url(addresses[side]) as connection:
        for other in set(SIDES) - {side}:
            key = process(other).extensions["jobs"].storage.queue_key
            for attempt in (
                lambda key=key: connection.lpush(key, b"pickle"),
                lambda key=key: connection.lrange(key, 0, -1),
                lambda key=key: connection.delete(key),
                lambda key=key: connection.eval("return redis.call('LPUSH', KEYS[1], 'x')", 1, key),
            ):
                with pytest.raises(redis.exceptions.ResponseError, match="(?i)permission"):
                    attempt()


@pytest.mark.parametrize(
    "command", ["FLUSHALL", "CONFIG GET dir", "KEYS *", "SHUTDOWN", "ACL LIST", "MONITOR"]
)
def test_a_side_cannot_administer(addresses, command):
    with redis.Redis.from_url(addresses["training"]) as connection:
        with pytest.raises(redis.exceptions.NoPermissionError):
            connection.execute_command(*command.split())


def test_who_has_no_login_is_told_nothing(addresses):
    address = "redis://" + addresses["exam"].partition("@")[2]
    with redis.Redis.from_url(address) as connection, pytest.raises(redis.exceptions.AuthenticationError):
        connection.ping()
