"""The demo's third-party apps: what `seed_demo` registers, and a few notes for them to print."""

from __future__ import annotations

from dataclasses import dataclass, field

from allauth.idp.oidc.models import Client
from django.conf import settings

from authdemo.accounts.models import User
from oauth_app.provider import clients
from oauth_app.provider.models import Note

NOTES = ("Bring the blue cable to the workshop", "Ask Bob which claims are in his token")
GRANTS = Client.GrantType


@dataclass(frozen=True)
class App:
    """One app. `secret` is of the demo, on this machine only, like its passwords; a public client has none."""

    pk: str
    name: str
    grants: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    callback: str = ""

    @property
    def redirect_uris(self) -> list[str]:
        """Return the one address to which its codes may go; none for who has no browser."""
        return [f"{settings.THIRDPARTY_URL}{self.callback}"] if self.callback else []

    def row(self) -> Client:
        """Return what is registered of it."""
        client = Client(pk=self.pk, name=self.name, type=Client.Type.CONFIDENTIAL, secret="!")  # noqa: S106  no hash
        if self.secret:
            clients.set_secret(client, self.secret)
        else:
            client.type = Client.Type.PUBLIC
        client.set_scopes(list(self.scopes))
        client.set_grant_types(list(self.grants))
        client.set_redirect_uris(self.redirect_uris)
        return client


CODE = (GRANTS.AUTHORIZATION_CODE, GRANTS.REFRESH_TOKEN)
ALL = ("openid", "profile", "notes:read", "notes:write")
APPS = (
    App("paper-and-ink", "Paper & Ink", CODE, ALL, "outside-paper-secret", "/callback/"),
    App("glue-and-scissors", "Glue & Scissors", CODE, ALL, "outside-glue-secret", "/glue/callback/"),
    # A television: no keyboard, and nowhere to hide a secret.
    App("paper-tv", "Paper TV", (GRANTS.DEVICE_CODE, GRANTS.REFRESH_TOKEN), ("openid", "profile", "notes:read")),
    # A program without a user.
    App("night-export", "Nightly export", (GRANTS.CLIENT_CREDENTIALS,), ("notes:export",), "outside-export-secret"),
    # A service that asks about tokens (OAUTH_RESOURCE_SERVERS) and gets none.
    App("orders", "Orders", (), (), "outside-orders-secret"),
)

CLIENT_ID, CLIENT_SECRET, SCOPES = APPS[0].pk, APPS[0].secret, APPS[0].scopes


def seed() -> str:
    """Register the apps. What exists stays, but its address follows the environment. Returns what was done."""
    rows = Client.objects.in_bulk([app.pk for app in APPS])
    done = "exists"
    for app in APPS:
        client = rows.get(app.pk)
        if client is None:
            app.row().save(force_insert=True)
            done = "made"
        elif client.get_redirect_uris() != app.redirect_uris:
            client.set_redirect_uris(app.redirect_uris)
            client.save(update_fields=["redirect_uris"])
            done = "has another address now"
    return done


def seed_notes(username: str) -> None:
    """Give a learner's new account something to print."""
    user = User.objects.get(username=username)
    Note.objects.bulk_create(Note(user=user, text=text) for text in NOTES)
