"""What one may send to these pages, where nothing can be tried, and which answer was right."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as Registered
from django.urls import reverse

from authdemo.accounts.models import User
from authdemo.third_party import seed
from authdemo.trials.lines import find
from oauth_app.attacks.attempts import ATTEMPTS as ON_SIGN_INS
from oauth_app.attacks.third_parties import sides
from oauth_app.attacks.third_parties.address_runs import variants
from oauth_app.attacks.third_parties.attempts import ATTACKS, ATTEMPTS, addresses
from oauth_app.attacks.third_parties.cast import Cast
from tests.fixtures.demo import ROOT
from tests.oauth_app.attacks.conftest import labs, plain, trial_of
from tests.oauth_app.attacks.third_parties.conftest import BASE, SLUGS

__all__ = ["labs"]


def text(learner: Any, path: str) -> str:
    return plain(learner.get(path).content.decode())


def test_every_attack_has_a_page_and_other_pages_lead_to_them(learner):
    assert f'href="{BASE}"' in learner.get("/oauth/").content.decode()
    assert f'href="{BASE}"' in learner.get("/oauth/attacks/").content.decode()
    page = text(learner, BASE)
    for attempt in ATTEMPTS:
        assert attempt.question in page
        assert attempt.question in text(learner, f"{BASE}{attempt.slug}/")


@pytest.mark.parametrize("file", ["README.md", "oauth_app/README.md"])
def test_the_readmes_count_them(file):
    told = re.findall(r"`(?:oauth_app/)?attacks/(third_parties/)?`.*? (\d+) attacks", (ROOT / file).read_text())
    assert told == [("", str(len(ON_SIGN_INS))), ("third_parties/", str(len(ATTEMPTS)))]


def test_they_share_a_table_with_the_attacks_on_sign_ins_and_no_name():
    assert not set(SLUGS) & {attempt.slug for attempt in ON_SIGN_INS}


def test_below_the_first_page_the_navigation_still_says_where_one_is(learner):
    page = learner.get(f"{BASE}pkce/").content.decode()
    assert f'<a href="{BASE}" aria-current="true">' in page


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_every_line_is_found_in_the_code_that_runs(attempt):
    found = [find(line) for line in attempt.decided({"checks": [{}]})]
    ours = [one.file for one in found if one.file.startswith("oauth_app/provider/")]
    stock = [one.file for one in found if one.file.startswith("site-packages/allauth/idp/")]
    assert ours
    assert stock
    assert attempt.decided({}) == ()


def test_nothing_is_sent_without_a_prediction(learner):
    for slug in SLUGS:
        learner.post(f"{BASE}{slug}/send/")
        assert "Predict first." in text(learner, f"{BASE}{slug}/")


def test_only_who_sits_at_the_machine_can_send(learner, predict):
    predict("pkce")
    answer = learner.post(f"{BASE}pkce/send/", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert "It plays the demo's own apps, with their secrets, so only who sits at that machine" in plain(
        answer.content.decode()
    )
    assert trial_of(learner, "pkce").result == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_where_the_apps_are_not_those_of_the_demo_it_says_so(learner, predict, slug):
    predict(slug)
    answer = learner.post(f"{BASE}{slug}/send/")
    assert answer.status_code == 503
    assert "is not registered as the demo does it" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_run_that_breaks_off_leaves_nobody(learner, predict, settings, slug):
    settings.SITE_URL = "http://127.0.0.1:9"  # nobody listens there
    seed()
    predict(slug)
    answer = learner.post(f"{BASE}{slug}/send/")
    assert answer.status_code == 503
    assert "The site does not answer itself" in answer.content.decode()
    assert not User.objects.exists()
    assert trial_of(learner, slug).result == {}


def test_an_app_that_was_registered_for_a_run_goes_with_it(rf, db):
    cast = Cast(rf.get("/"))
    app = cast.registers("One more", ("authorization_code",))
    assert Registered.objects.get(pk=app.pk).name == "One more"
    cast.go()
    assert not Registered.objects.filter(pk=app.pk).exists()


def test_allauth_as_it_comes_is_not_there_without_a_run_or_without_labs(client, db, settings):
    for labs_on in (True, False):
        settings.LABS = labs_on
        for name in ("authorization", "token", "revoke", "userinfo", "configuration"):
            path = reverse(f"oauth_attacks:apps:stock-{name}")
            assert client.get(path).status_code == 404
            assert client.post(path).status_code == 404
    assert client.get(BASE).status_code == 404


# ---- Verdicts


def checks(*rows: tuple[bool, bool]) -> dict[str, Any]:
    control = {"control": True, "site": {"taken": True}, "stock": {"taken": True}}
    found = [{"control": False, "site": {"taken": site}, "stock": {"taken": stock}} for site, stock in rows]
    return {"checks": [control, *found]}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({}, ""),
        (checks((False, False)), "neither"),
        (checks((False, True), (False, False)), "stock"),
        (checks((True, True)), "both"),
        (checks((True, False), (False, True)), "both"),
        ({"checks": [{"control": False, "site": {"taken": False}}]}, "neither"),
    ],
)
def test_the_answer_that_was_right(result, expected):
    assert sides.happened(result) == expected


@pytest.mark.parametrize(("taken", "expected"), [(0, "neither"), (1, "few"), (3, "few"), (4, "many")])
def test_how_many_addresses(taken, expected):
    assert addresses(checks(*[(False, True)] * taken, (False, False))) == expected
    assert addresses(checks((True, True))) == "both"


def test_no_variant_is_the_registered_address():
    registered = "http://127.0.0.1:9001/callback/"
    sent = [address for _, address in variants(registered)]
    assert registered not in sent
    assert len(sent) == len({str(one) for one in sent}) >= 20


def test_the_same_answer_is_not_right_for_all():
    assert {choice for attempt in ATTEMPTS for choice, _ in attempt.choices} >= {"neither", "stock", "many", "both"}
    assert ATTACKS.by_slug("redirect-uri").choices != ATTACKS.by_slug("pkce").choices


# ---- What an answer says


class Said:
    """An answer."""

    def __init__(self, body: str = "", kind: str = "text/html", **headers: Any) -> None:
        self.status_code = headers.pop("status", 400)
        self.text, self.headers, self.url = body, {"Content-Type": kind} | headers, "http://localhost/a"

    def json(self) -> Any:
        return json.loads(self.text)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Said('{"error": "invalid_grant", "error_description": "Why."}', "application/json"), "invalid_grant: Why."),
        (Said('{"detail": "No."}', "application/json"), "No."),
        (Said(Location="/next?code=secret"), "Sent to http://localhost/next"),
        (Said(Location="http://app/?error=access_denied&state=s"), "Sent back with access_denied"),
        (Said("<main><h1>No</h1><p>Because. Really.</p></main>"), "No. Because."),
        (Said("<body><h1>Error</h1><p>Mismatch.</p></body>"), "Error. Mismatch."),
        (Said("<h1>Error</h1><p>Mismatch.</p>", status=200), "Error. Mismatch. (an error page, sent with 200)"),
        (Said("CSRF Failed: &lt;…&gt;"), "CSRF Failed"),
        (Said("", "text/plain", **{"WWW-Authenticate": "Bearer"}), "Bearer"),
    ],
)
def test_what_an_answer_says_has_no_code_in_it(answer, expected):
    assert sides.said(answer) == expected
