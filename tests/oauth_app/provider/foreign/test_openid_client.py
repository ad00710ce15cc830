"""`openid-client`, a certified relying party that is not ours: what it makes of this site, with its own checks on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from authdemo.third_party import APPS
from tests.oauth_app.person import PASSWORD, Person

from .conftest import ALL, METHODS, NOTES, SECRET, WHOAMI, Certified, Refused, Site, parameters

pytestmark = pytest.mark.live
ORDERS = next(app for app in APPS if app.pk == "orders")


@pytest.mark.parametrize("method", METHODS)
def test_the_whole_way(site, certified, faye, method):
    """Discovery, code with PKCE, ID token, user-info, API, refresh, revocation: each by its name in discovery."""
    metadata = certified.discover(method)
    assert metadata["issuer"] == site.issuer
    assert metadata["authorization_response_iss_parameter_supported"] is True
    begun = certified.begin()
    assert begun.startswith(metadata["authorization_endpoint"] + "?")
    answer = site.allowed(faye, begun, ALL)
    found = certified.do("finish", url=answer)
    tokens, claims = found["tokens"], found["claims"]
    assert parameters(answer)["iss"] == claims["iss"] == site.issuer
    assert (claims["sub"], claims["aud"]) == (site.sub, METHODS[method][0])
    assert parameters(begun)["nonce"] == claims["nonce"]
    assert set(tokens["scope"].split()) == set(ALL.split())
    said = certified.do("userinfo", token=tokens["access_token"])["claims"]
    assert (said["sub"], said["preferred_username"]) == (site.sub, "faye")
    who = certified.call(tokens["access_token"], WHOAMI)["body"]
    assert (who["mechanism"], who["user"]["username"]) == ("oauth2", "faye")
    notes = certified.call(tokens["access_token"])["body"]["notes"]
    assert "A note of Faye's" in [note["text"] for note in notes]
    again = certified.do("refresh", token=tokens["refresh_token"])["tokens"]
    assert again["refresh_token"] != tokens["refresh_token"]
    assert certified.call(again["access_token"])["status"] == 200
    certified.do("revoke", token=again["refresh_token"])
    for token in (tokens["access_token"], again["access_token"]):
        with pytest.raises(Refused) as refused:
            certified.call(token)
        assert refused.value.status == 401
    with pytest.raises(Refused) as refused:
        certified.do("refresh", token=again["refresh_token"])
    assert (refused.value.said, refused.value.status) == ("invalid_grant", 400)


def test_a_note_is_added_with_the_scope_for_it_and_refused_without(certified, faye):
    certified.discover()
    narrow = certified.tokens(faye, "openid notes:read")["tokens"]["access_token"]
    with pytest.raises(Refused) as refused:
        certified.call(narrow, method="POST", body='{"text": "From outside"}')
    assert refused.value.status == 403
    wide = certified.tokens(faye)["tokens"]["access_token"]
    assert certified.call(wide, method="POST", body='{"text": "From outside"}')["status"] == 201


def test_who_says_no_is_understood(site, certified, faye):
    certified.discover()
    answer = site.denied(faye, certified.begin(more={"prompt": "consent"}))
    with pytest.raises(Refused) as refused:
        certified.do("finish", url=answer)
    assert refused.value.said == "access_denied"


def test_nobody_is_asked_a_second_time_and_prompt_none_works_for_who_has_allowed(site, certified, faye):
    certified.discover()
    certified.tokens(faye, "openid profile")
    answer = faye.get(certified.begin("openid", more={"prompt": "none"})).headers["Location"]
    assert certified.do("finish", url=answer)["claims"]["sub"] == site.sub
    stranger = site.person()
    answer = stranger.get(certified.begin("openid", more={"prompt": "none"})).headers["Location"]
    with pytest.raises(Refused) as refused:
        certified.do("finish", url=answer)
    assert refused.value.said == "login_required"


def changed(url: str, **values: str | None) -> str:
    query = {name: value for name, value in (parameters(url) | values).items() if value is not None}
    return f"{url.partition('?')[0]}?{urlencode(query)}"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "another"}, 'unexpected "state"'),
        ({"state": None}, 'response parameter "state" missing'),
        ({"iss": "http://localhost:1"}, 'unexpected "iss"'),
        ({"iss": None}, 'response parameter "iss" (issuer) missing'),
    ],
)
def test_an_answer_that_was_tampered_with_is_refused_by_the_client(site, certified, faye, values, words):
    certified.discover()
    answer = site.allowed(faye, certified.begin(), ALL)
    with pytest.raises(Refused) as refused:
        certified.do("finish", url=changed(answer, **values))
    assert words in refused.value.words
    # Nothing was sent for it, so the code is still good for the answer as it was.
    assert certified.do("finish", url=answer)["claims"]["sub"] == site.sub


def test_a_nonce_that_is_not_the_one_it_sent(site, certified, faye, fresh):
    certified.discover()
    answer = site.allowed(faye, certified.begin(), ALL)
    with pytest.raises(Refused) as refused:
        certified.do("finish", url=answer, wrong={"expectedNonce": fresh()})
    assert "nonce" in refused.value.words


def refusal(certified: Certified, **given: Any) -> tuple[str | None, int | None]:
    with pytest.raises(Refused) as refused:
        certified.do("finish", **given)
    return refused.value.said, refused.value.status


def test_what_the_provider_refuses_arrives_as_its_error(site, certified, faye, fresh):
    certified.discover()
    answer = site.allowed(faye, certified.begin(), ALL)
    wrong = {"pkceCodeVerifier": fresh() + fresh()}
    assert refusal(certified, url=answer, wrong=wrong) == ("invalid_grant", 400)
    certified.do("finish", url=answer)
    assert refusal(certified, url=answer) == ("invalid_grant", 400)  # used


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_wrong_secret(site, certified, faye, method):
    certified.discover(method, secret="not-the-secret")
    answer = site.allowed(faye, certified.begin(), ALL)
    with pytest.raises(Refused) as refused:
        certified.do("finish", url=answer)
    # A challenge of HTTP comes with the 401, and is what the package reports of it.
    assert refused.value.status == 401


def test_a_token_of_another_client_is_not_revoked(certified, faye):
    certified.discover("none")
    tokens = certified.tokens(faye)["tokens"]
    certified.discover("basic")
    with pytest.raises(Refused) as refused:
        certified.do("revoke", token=tokens["access_token"])
    assert refused.value.status == 400
    assert certified.call(tokens["access_token"])["status"] == 200


def test_user_info_of_somebody_else_is_refused_by_the_client(certified, faye):
    certified.discover()
    tokens = certified.tokens(faye)["tokens"]
    with pytest.raises(Refused) as refused:
        certified.do("userinfo", token=tokens["access_token"], sub="somebody-else")
    assert "sub" in refused.value.words


def test_discovery_under_another_name_is_no_other_issuer(certified, site):
    """127.0.0.1 answers, and says who it is: the client has asked for somebody else."""
    with pytest.raises(Refused) as refused:
        certified.discover(issuer=site.issuer.replace("localhost", "127.0.0.1"))
    assert "issuer" in refused.value.words


def test_the_request_of_the_client_is_one_that_we_take_as_it_is(certified, faye, site):
    """A scope that nobody knows, and a parameter that nobody knows."""
    certified.discover()
    url = certified.begin(more={"ui_locales": "de", "display": "popup", "prompt": "consent"})
    assert "Allow foreign-confidential?" in site.arrive(faye, url).text
    refused = site.returned(faye.get(certified.begin("openid unheard:of")).headers["Location"])
    with pytest.raises(Refused) as why:
        certified.do("finish", url=refused)
    assert why.value.said == "invalid_scope"


# ---- Without a browser of the app's own, and without a user


def typed(site: Site, person: Person, code: str, button: str) -> requests.Response:
    """Sign in, type the code that the device shows, and press a button on the page that asks."""
    person.sign_in_with_password("faye", "/sessions/login/")
    page = person.press(person.get(site.at("/identity/o/device")), 'value="look"', user_code=code, action="look")
    return person.press(page, button, user_code=code, action=button.lower(), scopes=["profile", "notes:read"])


def test_a_device_gets_tokens_when_its_user_has_typed_the_code(site, certified, faye):
    metadata = certified.discover("none")
    shown = certified.do("device", scope="openid profile notes:read")["device"]
    assert shown["verification_uri"] == site.at("/identity/o/device")
    assert metadata["device_authorization_endpoint"].startswith(site.issuer)
    assert shown["device_code"] not in shown["verification_uri_complete"]
    typed(site, faye, shown["user_code"], "Allow")
    tokens = certified.do("poll")["tokens"]
    assert certified.call(tokens["access_token"], WHOAMI)["body"]["user"]["username"] == "faye"
    with pytest.raises(Refused) as refused:
        certified.do("poll")
    assert refused.value.said == "invalid_grant"


def test_a_device_hears_that_its_user_has_said_no(site, certified, faye):
    certified.discover("none")
    shown = certified.do("device", scope="openid notes:read")["device"]
    typed(site, faye, shown["user_code"], "Deny")
    with pytest.raises(Refused) as refused:
        certified.do("poll")
    assert refused.value.said == "access_denied"


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_program_gets_a_token_without_a_user(certified, method):
    certified.discover(method, id="foreign-program", secret=SECRET)
    tokens = certified.do("credentials", scope="notes:export")["tokens"]
    assert "refresh_token" not in tokens
    assert certified.call(tokens["access_token"], "/oauth/api/export/")["status"] == 200
    for path in (NOTES, "/identity/o/api/userinfo"):
        with pytest.raises(Refused) as refused:
            certified.call(tokens["access_token"], path)
        assert refused.value.status == 403


def test_a_program_gets_no_scope_of_users(certified):
    certified.discover("basic", id="foreign-program", secret=SECRET)
    with pytest.raises(Refused) as refused:
        certified.do("credentials", scope="notes:export notes:read")
    assert refused.value.said == "invalid_scope"


def test_a_resource_server_asks_about_a_token_and_an_app_may_not(certified, faye, site):
    certified.discover()
    access = certified.tokens(faye)["tokens"]["access_token"]
    with pytest.raises(Refused) as refused:
        certified.do("introspect", token=access)
    assert (refused.value.said, refused.value.status) == ("unauthorized_client", 403)
    certified.discover("basic", id=ORDERS.pk, secret=ORDERS.secret)
    said = certified.do("introspect", token=access)["answer"]
    assert (said["active"], said["sub"], said["client_id"]) == (True, site.sub, "foreign-confidential")
    assert certified.do("introspect", token="unknown")["answer"] == {"active": False}


def test_max_age_is_checked_by_the_client_and_asks_for_the_password_again(site, certified, faye):
    certified.discover()
    certified.tokens(faye, "openid")
    answer = site.allowed(faye, certified.begin("openid", max_age=3600), "openid")
    assert isinstance(certified.do("finish", url=answer)["claims"]["auth_time"], int)
    page = faye.follow(faye.get(certified.begin("openid", max_age=0)))
    assert "Is it still you?" in page.text
    signing_in = faye.follow(faye.press(page, "End this session", action="again"))
    answer = faye.press(signing_in, 'name="password"', username="faye", password=PASSWORD)
    while not answer.headers["Location"].startswith(site.callback):
        answer = faye.get(answer.headers["Location"])
    assert certified.do("finish", url=answer.headers["Location"])["claims"]["sub"] == site.sub
