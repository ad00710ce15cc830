"""What each company says about a user: an API at GitHub, ID tokens at the other two."""

from __future__ import annotations

import base64
import hashlib
import time

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

BOTH = pytest.mark.parametrize("company", ["google", "oidc"])
USERINFO = {"google": "/google/userinfo", "oidc": "/oidc/identity/o/api/userinfo"}
JWKS = {"google": "/google/jwks.json", "oidc": "/oidc/.well-known/jwks.json"}


def get(url, token=None, scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {token}"} if token else {}
    return requests.get(url, headers=headers, timeout=20)


@pytest.fixture
def tokens_for(visitor, client_of):
    """Go through the flow as somebody and return the token endpoint's answer."""

    def run(company, name="alice.outside", **changes):
        client = client_of(company)
        for attribute, value in changes.items():
            setattr(client, attribute, value)
        answer = client.exchange(visitor.code_for(client, name))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run


def claims_of(outside, company, id_token):
    key = jwt.PyJWKClient(outside.url + JWKS[company]).get_signing_key_from_jwt(id_token)
    issuer = f"{outside.url}/{company}"
    return jwt.decode(id_token, key, ["RS256"], audience=f"authdemo-{company}", issuer=issuer)


# ---- GitHub


def test_github_answers_form_encoded_unless_json_is_asked_for(visitor, client_of):
    client = client_of("github")
    body = {
        "client_id": client.client_id,
        "client_secret": client.secret,
        "code": visitor.code_for(client),
        "redirect_uri": client.redirect_uri,
        "code_verifier": client.verifier,
    }  # GitHub asks for no grant_type
    answer = requests.post(client.base + client.token, data=body, timeout=20)
    assert answer.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert "scope=read%3Auser%2Cuser%3Aemail&token_type=bearer" in answer.text
    again = requests.post(client.base + client.token, data=body, timeout=20)
    assert again.status_code == 200
    assert again.text.startswith("error=bad_verification_code&")


def test_github_gives_an_access_token_that_does_not_expire_and_nothing_else(outside, tokens_for):
    tokens = tokens_for("github")
    assert set(tokens) == {"access_token", "scope", "token_type"}
    look = (
        "from allauth.idp.oidc.models import Token; print(Token.objects.filter(client='authdemo-github', {}).count())"
    )
    assert outside.manage("shell", "-v0", "-c", look.format("expires_at__isnull=False")).strip() == "0"
    assert outside.manage("shell", "-v0", "-c", look.format("type='rt'")).strip() == "0"


@pytest.mark.parametrize("scheme", ["Bearer", "token"])
def test_github_tells_who_the_token_belongs_to(outside, tokens_for, scheme):
    token = tokens_for("github")["access_token"]
    user = get(f"{outside.url}/github/api/v3/user", token, scheme).json()
    assert (user["login"], user["id"], user["name"]) == ("alice.outside", 1001, "Alice Outside")
    assert user["email"] == "alice@outside.example"
    assert user["html_url"] == f"{outside.url}/github/alice.outside"
    assert get(user["avatar_url"]).headers["Content-Type"].startswith("image/svg")
    emails = get(f"{outside.url}/github/api/v3/user/emails", token, scheme)
    assert emails.json() == [
        {"email": "alice@outside.example", "primary": True, "verified": True, "visibility": "public"}
    ]
    assert emails.headers["X-OAuth-Scopes"] == "read:user, user:email"


def test_github_reports_eves_address_as_unverified(outside, tokens_for):
    token = tokens_for("github", "eve.outside")["access_token"]
    assert get(f"{outside.url}/github/api/v3/user", token).json()["email"] is None
    (address,) = get(f"{outside.url}/github/api/v3/user/emails", token).json()
    assert (address["email"], address["verified"]) == ("bob@example.com", False)


@pytest.mark.parametrize("scope", ["read:user", None])
def test_github_shows_no_addresses_without_the_scope(outside, visitor, client_of, scope):
    client = client_of("github")
    page = visitor.consent_page(client.request_url(scope=scope))
    code = visitor.submit(page, action="grant").headers["Location"].partition("code=")[2].partition("&")[0]
    token = client.exchange(code).json()["access_token"]
    assert get(f"{outside.url}/github/api/v3/user", token).status_code == 200
    assert get(f"{outside.url}/github/api/v3/user/emails", token).status_code == 404


def test_github_takes_scopes_with_commas(outside, tokens_for):
    token = tokens_for("github", scope="read:user,user:email")["access_token"]
    assert get(f"{outside.url}/github/api/v3/user/emails", token).status_code == 200


@pytest.mark.parametrize("path", ["/github/api/v3/user", "/github/api/v3/user/emails"])
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "token ", "Basic eDp5", "Bearer " + "x" * 10_000])
def test_github_refuses_bad_credentials(outside, path, header):
    answer = requests.get(outside.url + path, headers={"Authorization": header}, timeout=20)
    assert answer.status_code == 401
    assert answer.json() == {"message": "Bad credentials"}
    assert "WWW-Authenticate" in answer.headers


def test_github_takes_no_token_from_the_address(outside, tokens_for):
    token = tokens_for("github")["access_token"]
    assert get(f"{outside.url}/github/api/v3/user?access_token={token}").status_code == 401


# ---- OpenID Connect


@BOTH
def test_the_id_token_says_who_for_whom_and_when(outside, visitor, client_of, company):
    client = client_of(company)
    tokens = client.exchange(visitor.code_for(client)).json()
    claims = claims_of(outside, company, tokens["id_token"])
    assert claims["sub"] == {"google": "2001", "oidc": "3001"}[company]
    assert claims["nonce"] == client.nonce
    assert (claims["email"], claims["email_verified"]) == ("alice@outside.example", True)
    assert (claims["name"], claims["given_name"]) == ("Alice Outside", "Alice")
    assert 0 <= time.time() - claims["iat"] < 60
    assert claims["exp"] == claims["iat"] + 300
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert claims.get("azp") == ("authdemo-google" if company == "google" else None)
    assert claims.get("preferred_username") == ("alice.outside" if company == "oidc" else None)


@BOTH
def test_without_a_nonce_there_is_none_in_the_id_token(outside, visitor, client_of, company):
    client = client_of(company)
    answer = visitor.submit(visitor.consent_page(client.request_url(nonce=None)), action="grant")
    code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    assert "nonce" not in claims_of(outside, company, client.exchange(code).json()["id_token"])


@BOTH
def test_eves_address_is_reported_as_unverified(outside, tokens_for, company):
    tokens = tokens_for(company, "eve.outside")
    for claims in (
        claims_of(outside, company, tokens["id_token"]),
        get(outside.url + USERINFO[company], tokens["access_token"]).json(),
    ):
        assert (claims["email"], claims["email_verified"]) == ("bob@example.com", False)


@BOTH
def test_scopes_decide_what_is_told(outside, tokens_for, company):
    tokens = tokens_for(company, scope="openid")
    told = {
        *claims_of(outside, company, tokens["id_token"]),
        *get(outside.url + USERINFO[company], tokens["access_token"]).json(),
    }
    assert not told & {"email", "email_verified", "name", "given_name", "family_name", "preferred_username"}


@BOTH
def test_without_openid_there_is_no_id_token(outside, tokens_for, company):
    tokens = tokens_for(company, scope="profile email")
    assert "id_token" not in tokens
    assert get(outside.url + USERINFO[company], tokens["access_token"]).status_code in {401, 403}


@BOTH
def test_userinfo_names_the_same_subject(outside, tokens_for, company):
    tokens = tokens_for(company)
    info = get(outside.url + USERINFO[company], tokens["access_token"]).json()
    assert info["sub"] == claims_of(outside, company, tokens["id_token"])["sub"]
    assert info["name"] == "Alice Outside"


@BOTH
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer a.b.c", "Bearer eyJ.e30.x"])
def test_userinfo_refuses_what_is_no_token(outside, company, header):
    answer = requests.get(outside.url + USERINFO[company], headers={"Authorization": header}, timeout=20)
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@BOTH
def test_userinfo_takes_no_token_from_address_or_body(outside, tokens_for, company):
    token = tokens_for(company)["access_token"]
    address = outside.url + USERINFO[company]
    assert get(f"{address}?access_token={token}").status_code == 401
    assert requests.post(address, data={"access_token": token}, timeout=20).status_code == 401


def test_a_token_of_one_company_opens_nothing_at_another(outside, tokens_for):
    tokens = {company: tokens_for(company)["access_token"] for company in ("github", "google", "oidc")}
    places = {**USERINFO, "github": "/github/api/v3/user"}
    for company, path in places.items():
        for owner, token in tokens.items():
            assert get(outside.url + path, token).status_code == (200 if owner == company else 401), (company, owner)


@pytest.mark.parametrize("company", ["github", "google", "oidc"])
def test_a_token_opens_nothing_once_its_account_is_deactivated(outside, tokens_for, company):
    token = tokens_for(company, "bob.outside")["access_token"]
    path = {**USERINFO, "github": "/github/api/v3/user"}[company]
    assert get(outside.url + path, token).status_code == 200
    change = "from demo.outside.models import Account; Account.objects.filter(username='bob.outside', company='{}')"
    change = change.format(company) + ".update(is_active={})"
    outside.manage("shell", "-v0", "-c", change.format(False))
    try:
        assert get(outside.url + path, token).status_code == 401
    finally:
        outside.manage("shell", "-v0", "-c", change.format(True))


def test_google_publishes_its_key_as_certificate_and_as_jwks(outside, tokens_for):
    token = tokens_for("google")["id_token"]
    certificates = get(f"{outside.url}/google/certs").json()
    certificate = x509.load_pem_x509_certificate(certificates[jwt.get_unverified_header(token)["kid"]].encode())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    claims = jwt.decode(token, key, ["RS256"], audience="authdemo-google")
    assert claims == claims_of(outside, "google", token)


@BOTH
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_discovery_names_one_issuer_and_endpoints_that_answer(outside, company, host):
    port = outside.url.rpartition(":")[2]
    metadata = get(f"http://{host}:{port}/{company}/.well-known/openid-configuration").json()
    assert metadata["issuer"] == f"{outside.url}/{company}"
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert "device_authorization_endpoint" not in metadata
    for name, address in metadata.items():
        if name.endswith(("_endpoint", "_uri")):
            assert get(address).status_code in {200, 400, 401, 405}, name


def test_only_outside_id_gives_refresh_tokens_and_each_works_once(outside, tokens_for, client_of):
    assert "refresh_token" not in tokens_for("google")
    client = client_of("oidc")
    tokens = tokens_for("oidc")
    body = {"grant_type": "refresh_token", "client_id": client.client_id, "client_secret": client.secret}
    answers = [
        requests.post(client.base + client.token, data=body | {"refresh_token": tokens["refresh_token"]}, timeout=20)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert get(outside.url + USERINFO["oidc"], answers[0].json()["access_token"]).status_code == 200


@pytest.mark.parametrize(("company", "path"), [("google", "/google/revoke"), ("oidc", "/oidc/identity/o/api/revoke")])
def test_a_client_can_end_its_token(outside, tokens_for, client_of, company, path):
    client, token = client_of(company), tokens_for(company)["access_token"]
    body = {"token": token, "client_id": client.client_id}
    wrong = requests.post(outside.url + path, data=body | {"client_secret": "wrong"}, timeout=20)
    assert wrong.status_code in {400, 401}
    assert get(outside.url + USERINFO[company], token).status_code == 200
    assert requests.post(outside.url + path, data=body | {"client_secret": client.secret}, timeout=20).ok
    assert get(outside.url + USERINFO[company], token).status_code == 401


def test_another_companys_client_cannot_end_a_token(outside, tokens_for, client_of):
    token, stranger = tokens_for("google")["access_token"], client_of("oidc")
    body = {"token": token, "client_id": stranger.client_id, "client_secret": stranger.secret}
    assert requests.post(f"{outside.url}/google/revoke", data=body, timeout=20).status_code == 401
    assert requests.post(f"{outside.url}/oidc/identity/o/api/revoke", data=body, timeout=20).status_code == 200
    assert get(f"{outside.url}/google/userinfo", token).status_code == 200


def test_an_app_can_ask_outside_id_to_sign_out(outside, visitor, tokens_for):
    tokens = tokens_for("oidc")
    address = f"{outside.url}/oidc/identity/o/logout"
    page = visitor.get(address, params={"id_token_hint": tokens["id_token"]})
    assert "Sign out of Outside ID too?" in page.text
    assert "You are signed in here" in visitor.get(f"{outside.url}/oidc/").text
    answer = visitor.submit(page, action="stay")
    assert "You are signed in here" in visitor.get(f"{outside.url}/oidc/").text
    answer = visitor.submit(visitor.get(address), action="logout")
    assert answer.status_code == 302
    assert "Nobody is signed in here" in visitor.get(f"{outside.url}/oidc/").text
