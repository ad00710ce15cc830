"""The demo's third-party app: what `seed_demo` registers, and a few notes for it to print."""

from __future__ import annotations

from allauth.idp.oidc.models import Client
from django.conf import settings

from authdemo.accounts.models import User
from oauth_app.provider.models import Note

CLIENT_ID = "paper-and-ink"
CLIENT_SECRET = "outside-paper-secret"  # noqa: S105  of the demo, on this machine only, like its passwords
SCOPES = ("openid", "profile", "notes:read", "notes:write")
NOTES = ("Bring the blue cable to the workshop", "Ask Bob which claims are in his token")


def redirect_uri() -> str:
    """Return the one address to which its codes may go."""
    return f"{settings.THIRDPARTY_URL}/callback/"


def seed() -> str:
    """Register the app. What exists stays, but its address follows the environment. Returns what was done."""
    client = Client.objects.filter(pk=CLIENT_ID).first()
    if client is not None and client.get_redirect_uris() == [redirect_uri()]:
        return "exists"
    if client is not None:
        client.set_redirect_uris([redirect_uri()])
        client.save(update_fields=["redirect_uris"])
        return "has another address now"
    client = Client(pk=CLIENT_ID, name="Paper & Ink", type=Client.Type.CONFIDENTIAL)
    client.set_secret(CLIENT_SECRET)
    client.set_scopes(list(SCOPES))
    client.set_grant_types(["authorization_code", "refresh_token"])
    client.set_redirect_uris([redirect_uri()])
    client.save(force_insert=True)
    return "made"


def seed_notes(username: str) -> None:
    """Give a learner's new account something to print."""
    user = User.objects.get(username=username)
    Note.objects.bulk_create(Note(user=user, text=text) for text in NOTES)
