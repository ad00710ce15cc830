"""Redis or Valkey by django-redis, counted."""

from __future__ import annotations

from django_redis.cache import RedisCache as DjangoRedisCache

from authdemo.wire.caches import OPERATIONS, CountedCache

NO_CALLS = {"client", "close", *OPERATIONS}


class RedisCache(CountedCache, DjangoRedisCache):
    """A server of its own: each call is a round trip to it."""

    # Sets, hashes, expiry times: all that django-redis adds to Django's API.
    more_operations = [name for name in vars(DjangoRedisCache) if not name.startswith("_") and name not in NO_CALLS]
