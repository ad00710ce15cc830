"""Apps of the other kinds: a program without a user, a device without a keyboard, a service that asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.idp.oidc.models import Client as Registered

from oauth_app.provider import clients
from oauth_app.provider.adapter import DEVICE_CODE
from tests.oauth_app.provider.conftest import SECRET, App

DEVICE = "/identity/o/api/device/code"
TYPED = "/identity/o/device"
INTROSPECT = "/identity/o/api/introspect"
EXPORT = "/oauth/api/export/"


@pytest.fixture
def other(db) -> Callable[..., App]:
    """A factory of apps, each with grants and scopes of its own."""

    def make(name: str, grants: str, scopes: str, *, public: bool = False) -> App:
        kind = Registered.Type.PUBLIC if public else Registered.Type.CONFIDENTIAL
        row = Registered(id=name, name=f"The {name}", type=kind, secret="!")
        if not public:
            clients.set_secret(row, SECRET)
        row.set_scopes(scopes.split())
        row.set_grant_types(grants.split())
        row.save()
        return App(row, public=public)

    return make


@pytest.fixture
def machine(other) -> App:
    made: App = other("night", "client_credentials", "notes:export")
    return made


@pytest.fixture
def television(other) -> App:
    made: App = other("tv", f"{DEVICE_CODE} refresh_token", "openid profile notes:read", public=True)
    return made
