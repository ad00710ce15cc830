"""The end of a stored token: taken from its row here, and ended at the provider when that is certain.

Two steps, since the provider may take its time: the first in the transaction that deletes the account or the token,
the second after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.signals import social_account_removed
from django.http import HttpRequest
from requests import ConnectionError as CannotConnect
from requests import RequestException, Timeout

from . import signals
from .models import ProviderToken
from .on_behalf import NotRevoked, revoke
from .stored import NoToken, Secrets, Unreadable, secrets_of

# As `on_behalf.revoke` says it, too.
TOO_SLOW, UNREACHABLE = NO_ANSWER = "It did not answer in time.", "It cannot be reached."


@dataclass(frozen=True)
class Taken:
    """What was stored of an account. `provider` is None where the settings do not know it any more."""

    provider: Any
    name: str
    secrets: Secrets | None = field(repr=False)
    unread: str
    was_over: bool

    def end(self) -> str:
        """End the token at the provider. Returns why it may live on there, "" where it does not."""
        if self.unread or self.secrets is None:
            return self.unread
        if self.provider is None:
            return "it is not set up here any more."
        try:
            with get_adapter().get_requests_session() as session:
                revoke(self.secrets, self.provider.endpoints(), session)
        except NotRevoked as why:
            return str(why)
        except Timeout:  # this and what follows: of its discovery page
            return TOO_SLOW
        except CannotConnect:
            return UNREACHABLE
        except (RequestException, ProviderException):
            return "It did not say where a token is taken back."
        return ""


def take(account: SocialAccount, provider: Any) -> Taken:
    """Hold the row of the token, and read it: a refresh that is under way would bring tokens that nobody revokes.

    To be called in a transaction.
    """
    token = ProviderToken.objects.select_for_update().filter(account=account).first()
    secrets, unread = None, ""
    try:
        secrets = secrets_of(token) if token else None
    except Unreadable:
        unread = "it was encrypted with another key than the one that is set now, so this site cannot name it."
    except NoToken:
        pass
    over = token is not None and token.problem == ProviderToken.Problem.ENDED
    return Taken(provider, provider.name if provider else account.provider, secrets, unread, over)


def take_all(accounts: Iterable[SocialAccount]) -> Callable[[], list[str]]:
    """Take the tokens of these accounts. Returns what ends them: it says of which one may live on there, and why.

    To be called in the transaction that deletes the rows; what it returns, after that. A provider that does not answer
    is not asked once more for each token.
    """
    providers = {provider.sub_id: provider for provider in get_adapter().list_providers(None)}
    taken = [take(account, providers.get(account.provider)) for account in accounts]

    def end() -> list[str]:
        silent: dict[str, str] = {}
        notes = []
        for one in taken:
            why = (one.secrets and silent.get(one.name)) or one.end()
            if why in NO_ANSWER:
                silent[one.name] = why
            if why:
                notes.append(f"{one.name}: a token lives on there. {why}")
        return list(dict.fromkeys(notes))

    return end


def forget(tokens: Iterable[ProviderToken]) -> int:
    """Delete stored tokens of accounts that stay connected, and tell of each. Returns how many.

    To be called in a transaction, after `take`.
    """
    found = list(tokens)
    for token in found:
        account = token.account
        token.delete()
        signals.token_forgotten.send(sender=ProviderToken, user=account.user, provider=account.provider)
    return len(found)


def remove(request: HttpRequest | None, account: SocialAccount) -> None:
    """Delete the account, and tell of it, as allauth does for the user's own page.

    For whoever may do it without asking which ways in are left: the staff, or of a provider that is not set up.
    """
    account.delete()
    social_account_removed.send(sender=SocialAccount, request=request, socialaccount=account)
