"""The pages when nothing is there, when something breaks, and where there are no experiments."""

from __future__ import annotations

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from authdemo.experiments import NotTried
from oauth_app.client.models import ProviderToken
from oauth_app.client.stored import Grant, keep
from oauth_app.labs.behalf import remaining
from oauth_app.labs.behalf.trip import Trip
from tests.oauth_app.conftest import (  # noqa: F401  fixtures
    PROVIDERS,
    TOKEN,
    WHO,
    answer,
    company,
    drip,
    silence,
    visitor,
)
from tests.oauth_app.test_tokens import change_key, tokens

User = get_user_model()
PAGE = "/oauth/behalf/"


@pytest.fixture(autouse=True)
def labs(settings):
    settings.LABS = True


def text(response) -> str:
    return str(response.content.decode())


def press(visitor, action):  # noqa: F811
    number = SocialAccount.objects.get().pk
    return visitor.client.post(f"{PAGE}act/", {"account": number, "action": action}, follow=True)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}act/", f"{PAGE}remains/"])
def test_without_experiments_there_is_no_such_page(client, db, settings, path):
    settings.LABS = False
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_without_experiments_the_connections_are_as_before(visitor, settings):  # noqa: F811
    settings.LABS = False
    visitor.sign_in("github")
    assert "remains" not in text(visitor.client.get("/oauth/connections/"))
    assert "behalf" not in text(visitor.client.get("/oauth/"))


def test_nobody_is_signed_in(client, company, db):  # noqa: F811
    assert "Nobody is signed in, so there is no token to try." in text(client.get(PAGE))
    assert client.post(f"{PAGE}act/")["Location"].startswith("/sessions/login/")


def test_signed_in_by_a_password_only(client, company, db):  # noqa: F811
    client.force_login(User.objects.create_user("bob"))
    assert "no account of a provider is connected" in text(client.get(PAGE))
    for number in ("", "0", "x", "9" * 30, "٣", "\0"):
        assert client.post(f"{PAGE}act/", {"account": number, "action": "who"}).status_code == 404


BROKEN = {
    "500": (answer({}, 500), "answered with 500"),
    "418": (answer({}, 418), "answered with 418"),
    "a redirect": (answer({}, 302), "answered with 302"),
    "silence": (silence(4), "did not answer in time"),
    "a drip": (drip(60, 0.1), "did not answer in time"),
    "too large": (answer(b"x" * 2_000_000), "not one that the specification allows"),
    "a page": (answer("<b>no</b>", 200, "text/html"), "Inside the scope."),
    "a list": (answer([1, 2]), "Inside the scope."),
    "deep": (answer("[" * 100_000), "Inside the scope."),
    "401 without words": (answer([], 401), "does not take this token any more"),
    "403 with strange words": (answer({"error": {"message": {"a": 1}}, "message": 5}, 403), "Outside the scope"),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_api_that_breaks(visitor, provider, how):  # noqa: F811
    visitor.sign_in(provider)
    visitor.company.spoiled[WHO[provider]], words = BROKEN[how]
    page = press(visitor, "who")
    assert page.status_code == 200
    assert words in text(page)
    assert "<b>no</b>" not in text(page)


def test_a_call_outside_the_scope_that_is_answered_is_not_called_inside(visitor):  # noqa: F811
    visitor.sign_in("github")
    assert "The real GitHub shows public repositories to any token" in text(visitor.client.get(PAGE))
    visitor.company.spoiled["/github/api/v3/user/repos"] = answer([{"full_name": "alice/a-public-one"}])
    page = text(press(visitor, "more"))
    assert "alice/a-public-one" in page
    assert "It answers this without public_repo, too." in page
    assert "Inside the scope." not in page


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ({"refresh_token": "the-next-one"}, "and with it the next refresh token."),
        ({"refresh_token": "a-refresh-token"}, "The refresh token is the same as before"),
        ({}, "The refresh token is the same as before"),
    ],
    ids=["another", "the same", "none"],
)
def test_whether_a_refresh_token_came_is_told_as_it_was(visitor, answered, words):  # noqa: F811
    visitor.sign_in("google")
    ProviderToken.objects.all().delete()
    keep(SocialAccount.objects.get(), Grant("an-access-token", "a-refresh-token", "openid", None))
    new = {"access_token": "another", "token_type": "Bearer", "expires_in": 300}
    visitor.company.spoiled[TOKEN["google"]] = answer(new | answered)
    assert words in text(press(visitor, "refresh"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer({"error": "invalid_grant"}, 400), "The provider says that it is over"),
        (answer({}, 500), "The provider did not answer, or answered with an error"),
        (answer("x"), "not one that the specification allows"),
        (silence(4), "The provider did not answer"),
    ],
)
def test_a_refresh_that_breaks(visitor, said, words):  # noqa: F811
    visitor.sign_in("outside")
    account = SocialAccount.objects.get()
    ProviderToken.objects.all().delete()
    keep(account, Grant("an-access-token", "a-refresh-token", "openid", None))
    visitor.company.spoiled[TOKEN["outside"]] = said
    page = text(press(visitor, "refresh"))
    assert words in page
    visitor.company.spoiled[TOKEN["outside"]] = answer(tokens())
    assert "A new access token came" in text(press(visitor, "refresh"))


def test_another_key_is_said_and_is_no_error(visitor):  # noqa: F811
    visitor.sign_in("github")
    change_key(Fernet.generate_key().decode())
    try:
        page = press(visitor, "who")
        assert page.status_code == 200
        assert "encrypted with another key than the one that is set now" in text(page)
    finally:
        change_key()


def test_a_token_that_is_gone(visitor):  # noqa: F811
    visitor.sign_in("github")
    ProviderToken.objects.all().delete()
    assert "None is kept." in text(visitor.client.get(PAGE))
    assert "No token of this account is kept here." in text(press(visitor, "who"))


def signed_in_with_a_refresh_token(visitor):  # noqa: F811
    visitor.sign_in("outside")
    ProviderToken.objects.all().delete()
    keep(SocialAccount.objects.get(), Grant("an-access-token", "a-refresh-token", "openid", None))


def test_after_a_401_it_says_what_can_be_done(visitor):  # noqa: F811
    signed_in_with_a_refresh_token(visitor)
    assert "<b>Without refreshing:</b>" in text(visitor.client.get(PAGE))
    visitor.company.spoiled[WHO["outside"]] = answer({}, 401)
    page = text(press(visitor, "who:as-it-is"))
    assert "“Refresh now” brings a new token" in page
    assert "connect the account again" not in page
    assert "the scope)" not in page
    visitor.company.spoiled[TOKEN["outside"]] = answer({"error": "invalid_grant"}, 400)
    page = text(press(visitor, "refresh"))
    assert "brings a new token" not in page
    assert "it needs a new token: connect the account again." in page
    assert "Connect Outside ID again</button>" in page
    assert f'name="next" value="{PAGE}#account-{SocialAccount.objects.get().pk}"' in page
    assert "the scope)" not in page


def test_an_outcome_says_nothing_of_a_token_that_came_after_it(visitor):  # noqa: F811
    signed_in_with_a_refresh_token(visitor)
    visitor.company.spoiled[WHO["outside"]] = answer({}, 403)
    assert "Outside the scope" in text(press(visitor, "who"))
    number = SocialAccount.objects.get().pk
    assert f'name="next" value="{PAGE}#account-{number}"' in text(visitor.client.get(PAGE))
    visitor.company.spoiled.clear()
    back = visitor.sign_in("outside", process="connect", more="timetable", next=f"{PAGE}#account-{number}")
    assert back["Location"] == f"{PAGE}#account-{number}"
    page = text(visitor.client.get(PAGE))
    assert "Outside the scope" not in page
    assert 'class="outcome"' not in page
    visitor.company.spoiled[TOKEN["outside"]] = answer(tokens())
    assert 'class="outcome"' in text(press(visitor, "refresh"))  # what brought the token is no older than it


def test_an_address_in_a_title_breaks_as_a_whole(visitor):  # noqa: F811
    visitor.sign_in("outside")
    assert '<span class="account">alice@outside.example</span></h2>' in text(visitor.client.get(PAGE))


def remains(page) -> str:
    return text(page).split('id="remains"')[1]


def test_the_table_says_what_its_lines_are(visitor):  # noqa: F811
    visitor.sign_in("github")
    table = remains(visitor.client.get("/oauth/connections/"))
    assert "are five things" in table
    assert table.split("<tbody>")[0].count('<th scope="col">') == 1 + len(remaining.PLACES) == 1 + 5
    assert "is cleared away later" in table
    assert table.count('data-busy="Trying …"') == len(remaining.ACTS)
    assert "behalf/busy.js" in table


def test_a_line_that_sent_nothing_says_so(visitor):  # noqa: F811
    visitor.sign_in("github")
    seen = dict.fromkeys(remaining.PLACES, 1)
    line = remaining.Line(before=seen, after=seen)
    remaining.keep(User.objects.get().pk, "github", "delete", line)
    table = remains(visitor.client.get("/oauth/connections/"))
    assert "“Delete the account here” sent nothing: the provider is not told." in table
    assert 'class="verdict stays">● remains</span>' in table


def test_a_try_that_broke_off_says_so_at_the_table_once(visitor):  # noqa: F811
    """Who is there is the site itself; nobody plays the provider."""
    visitor.sign_in("github")
    trip = Trip(HttpRequest(), get_adapter().get_provider(HttpRequest(), "github"))
    trip.there, trip.origins = "http://127.0.0.1:9/", {"http://127.0.0.1:9/"}
    with pytest.raises(NotTried, match=r"127\.0\.0\.1:9 did not answer\. .* python manage.py demo --outside"):
        trip.get("http://127.0.0.1:9/")
    session = visitor.client.session
    session[remaining.FAILED] = "Nobody was there."
    session.save()
    page = visitor.client.get("/oauth/connections/")
    assert "Nobody was there." in remains(page)
    assert "Nobody was there." not in text(page).split('id="remains"')[0]
    assert "Nobody was there." not in text(visitor.client.get("/oauth/connections/"))


def test_a_trial_that_breaks_off_leaves_nobody(visitor, settings):  # noqa: F811
    """Nobody listens where the site is said to be."""
    settings.SITE_URL = "http://127.0.0.1:9"
    visitor.sign_in("github")
    page = visitor.client.post(f"{PAGE}remains/", {"provider": "github", "act": "delete"}, follow=True)
    assert "127.0.0.1:9 did not answer." in remains(page)
    assert "127.0.0.1:9 did not answer." not in text(page).split('id="remains"')[0]
    assert not User.objects.filter(username__startswith="lab-").exists()


def test_what_a_provider_says_is_text(visitor):  # noqa: F811
    visitor.sign_in("github")
    said = {"login": "<script>alert(1)</script>", "name": "x" * 10_000}
    visitor.company.spoiled[WHO["github"]] = answer(said)
    page = text(press(visitor, "who"))
    assert "<script>alert(1)" not in page
    assert "x" * 121 not in page
