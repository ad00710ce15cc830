"""Each attack really sent: refused by the site with its reason; what allauth as it comes makes of it; nothing left."""

from __future__ import annotations

import re

import pytest
import requests

from oauth_app.attacks.third_parties.attempts import ATTACKS
from tests.fixtures.demo import RunningDemo
from tests.fixtures.learner import Learner
from tests.oauth_app.attacks.third_parties.conftest import BASE, SLUGS, Tried, kept

pytestmark = [pytest.mark.live]

TAKES = "takes it"
LETTERS = "refuses 400 The redirect_uri is not, character for character, one that the app registered"
PKCE = "refuses 303 Sent back with invalid_request: PKCE is required"
CONSENT = "refuses 303 Sent back with consent_required"
GRANT = "refuses 400 invalid_grant"
CLIENT = "refuses 401 invalid_client: The client's secret is missing or wrong."
FOREIGN = "refuses 400 invalid_grant: The token was given to another client."
TYPE = "refuses 303 Sent back with unsupported_response_type: Only response_type=code is offered here."
URL = "refuses 400 invalid_request: Parameters belong into the body, and none into the URL."
TOKEN = "refuses 401 invalid_token"
NONE = "refuses 401 Send an access token."
CSRF = "refuses 403 The form was refused."
READS = "ignores it 200 It gives tokens for: openid notes:read"
ISSUER = "ignores it 200 Its issuer is http://localhost:"
QUERY = "ignores it 303 A code, and it comes in the query, as ever."
# What the site says to each in turn, and whether allauth as it comes takes it.
EXPECTED: dict[str, list[tuple[str, bool | None]]] = {
    "redirect-uri": [
        *[(LETTERS, True)] * 4, *[(LETTERS, False)] * 21,
        ("refuses 400 The parameter redirect_uri was sent more than once", False),
    ],
    "code-theft": [
        (GRANT, False), (GRANT, False), ("refuses 400 invalid_request: Code verifier required.", False),
        (GRANT, False), ("refuses 400 invalid_request: Mismatching redirect URI.", False),
        ("refuses 400 invalid_request: Missing redirect URI.", False), (GRANT, False),
        ("refuses 401 It has ended, too.", True),
    ],
    "pkce": [
        (PKCE, True), (PKCE, True), ("refuses 400 invalid_request: Code verifier required.", False), (PKCE, True),
        (PKCE, True), (PKCE, False), (PKCE, False),
    ],
    "silent": [
        (CONSENT, True), (CONSENT, False), (CONSENT, False), ("refuses 303 Sent back with login_required", False),
        ("refuses 303 Sent back with invalid_request: prompt=none goes with no other prompt.", False),
    ],
    "forged-consent": [
        ("refuses 200 X-Frame-Options: DENY; frame-ancestors 'none'", False), *[(CSRF, False)] * 3,
        ("ignores it 200 It asks.", False), ("ignores it 200 It asks.", None),
    ],
    "refreshing": [
        (GRANT, False), (CLIENT, False), (GRANT, False), ("refuses 401 It has ended.", True),
        ("ignores it 200 An access token, and no more.", True),
    ],
    "giving-back": [(FOREIGN, True), (FOREIGN, True), (CLIENT, False), ("refuses 401 It has ended.", True)],
    "more-scope": [
        ("refuses 303 Sent back with invalid_scope", False), (READS, False), (READS, False),
        ("refuses 400 invalid_scope", False), ("refuses 403 The token needs the scope notes:write.", None),
    ],
    "impersonation": [
        *[(CLIENT, False)] * 4, ("refuses 401 invalid_client: Header and body name different clients.", False),
        ("refuses 400 invalid_request: The client authenticates twice", True), (URL, False), (URL, False),
    ],
    "other-answers": [
        *[(TYPE, False)] * 3, ("refuses 303 Sent back with invalid_request: The response_type is missing.", False),
        (QUERY, False), ("refuses 303 Sent back with request_not_supported", False),
        ("refuses 303 Sent back with request_uri_not_supported", False),
        ("refuses 400 This request cannot be answered.", False), (ISSUER, True), (ISSUER, False),
    ],
    "wrong-door": [
        (TOKEN, False), (NONE, None), (TOKEN, True), (NONE, None), *[(TOKEN, False)] * 4,
        ("refuses 403 unauthorized_client: This client may not ask about tokens.", None),
        ("refuses Paper & Ink's library refuses it: invalid_claim: Invalid claim: 'aud'", None),
    ],
}  # fmt: skip
VERDICT = {
    "redirect-uri": "More than 3 of them. This site takes none.",
    **dict.fromkeys(("forged-consent", "more-scope"), "Neither takes any of it."),
}
RESULTS = "from oauth_app.attacks.models import Trial\nprint(list(Trial.objects.values_list('result')))"
STOCK = "allauth as it comes takes some of it. This site takes none."


def test_every_attack_is_expected_to_come_to_something():
    assert list(EXPECTED) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_the_site_refuses_and_says_why_and_allauth_as_it_comes_stands_beside(tried: Tried, slug: str) -> None:
    rows = tried.rows(slug)
    attacks = [row for row in rows if not row.words.startswith("For comparison:")]
    assert len(attacks) == len(EXPECTED[slug])
    for row, (site, takes) in zip(attacks, EXPECTED[slug], strict=True):
        assert row.site.startswith(site), row
        assert row.stock.startswith(TAKES) == bool(takes), row
        assert (row.stock == "not asked") == (takes is None), row
        assert row.unsafe == (False, bool(takes)), row
        unsaid = row.stock.startswith("refuses 200") and "X-Frame-Options" not in row.stock
        assert row.stock.endswith((" (an error page, sent with 200)", " (it asks once more)")) == unsaid, row
    assert f"<b>{VERDICT.get(slug, STOCK)}</b>" in tried.page(slug)
    assert "Which line decided?" in tried.page(slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_it_works_as_it_should_be_done_so_what_is_wrong_is_what_decides(tried: Tried, slug: str) -> None:
    controls = [row for row in tried.rows(slug) if row.words.startswith("For comparison:")]
    assert controls
    for row in controls:
        assert row.site.startswith("works"), row
        assert row.stock.startswith(("works", "not asked")), row


def test_where_a_code_would_have_gone(tried: Tried, demo: RunningDemo) -> None:
    went = [row.stock.partition("goes to ")[2] for row in tried.rows("redirect-uri") if row.unsafe[1]]
    ours = f"{demo.third_party}/callback/"
    assert went == ["http://127.0.0.1:9/callback/", ours, f"{ours};next=evil.example", ours]


def test_a_run_leaves_nobody_and_nothing(demo: RunningDemo) -> None:
    before, learner = kept(demo), Learner(ATTACKS, demo.site)
    for slug in ("refreshing", "silent"):
        assert learner.attack(slug).status_code == 200
    assert kept(demo) == before


def test_no_credential_stands_in_what_is_kept(tried: Tried, demo: RunningDemo) -> None:
    pages = [tried.page(slug) for slug in SLUGS]
    results = demo.shell(
        "from oauth_app.attacks.models import Trial\nprint(list(Trial.objects.values_list('result')))"
    )
    for text in (*pages, results):
        assert "outside-paper-secret" not in text
        assert "outside-glue-secret" not in text
    assert "/oauth/attacks/apps/stock/token" in results
    assert not re.search(r"(code|token|verifier|secret)=[\w-]{12}", results)
    assert not re.search(r"eyJ[\w-]{8}", results)  # the beginning of every JSON Web Token


def test_nobody_gets_to_allauth_as_it_comes_without_a_run(demo: RunningDemo) -> None:
    for path in ("authorize", "userinfo", "openid-configuration"):
        assert requests.get(f"{demo.site}{BASE}stock/{path}", timeout=20).status_code == 404, path
    for path in ("token", "revoke", "authorize"):
        header = {"X-Authdemo-Trial": "made-up"}
        assert requests.post(f"{demo.site}{BASE}stock/{path}", headers=header, timeout=20).status_code == 404, path
