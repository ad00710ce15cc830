"""What one may send to these pages, what is kept, and which answer was right."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.test import Client

from authdemo.accounts.models import User
from authdemo.trials.lines import find
from authdemo.trials.pages import Page
from oauth_app.attacks import naive_checks, runs, stock, verdicts
from oauth_app.attacks.attempts import ATTACKS, ATTEMPTS
from oauth_app.attacks.cast import Cast
from oauth_app.attacks.models import Trial
from oauth_app.attacks.naive import NaiveStore, welcome
from oauth_app.attacks.naive_apps import APPS
from oauth_app.client.adapter import FIRST_VISIT
from oauth_app.client.id_token import Check, IDToken
from tests.fixtures.demo import ROOT
from tests.oauth_app.attacks.conftest import BASE, NAIVE, SLUGS, plain, trial_of
from tests.oauth_app.attacks.conftest import answers as answers_of
from tests.oauth_app.attacks.test_live import STOCK


def text(client: Client, path: str) -> str:
    return plain(client.get(path).content.decode())


def predict(client: Client, slug: str) -> None:
    choice = ATTACKS.by_slug(slug).choices[0][0]
    assert client.post(f"{BASE}{slug}/predict/", {"prediction": choice}).status_code == 302


def test_every_attack_has_a_page_and_the_first_page_of_sign_ins_leads_to_them(learner):
    first = ["login-csrf", "stolen-code", "token-substitution", "unverified-email", "wrong-audience"]
    assert [one.slug for one in ATTEMPTS if not one.more] == SLUGS[:5] == first
    assert f'href="{BASE}"' in learner.get("/oauth/").content.decode()
    page = text(learner, BASE)
    for attempt in ATTEMPTS:
        assert attempt.question in page
        assert attempt.question in text(learner, f"{BASE}{attempt.slug}/")


def test_the_first_page_says_whose_accounts_are_used(learner):
    page = text(learner, BASE)
    assert "The people are accounts of the demo: alice.outside and others at the stand-ins, and alice here." in page
    assert "No account of yours" not in page


def test_each_leads_to_the_next_when_it_was_tried_and_the_last_one_back(learner):
    for slug, following in zip(SLUGS, [*SLUGS[1:], None], strict=True):
        predict(learner, slug)
        Trial.objects.filter(attempt=slug).update(result={"answers": []})
        shown = re.search(r'class="attack-next">(.*?)</p>', learner.get(f"{BASE}{slug}/").content.decode())
        assert shown
        assert f'href="{BASE}{following}/"' in shown[1] if following else f'href="{BASE}"' in shown[1]


def test_nothing_is_sent_without_a_prediction(learner):
    for slug in SLUGS:
        learner.post(f"{BASE}{slug}/send/")
        assert "Predict first." in text(learner, f"{BASE}{slug}/")


def test_only_who_sits_at_the_machine_can_send(learner):
    predict(learner, "login-csrf")
    answer = learner.post(f"{BASE}login-csrf/send/", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert trial_of(learner, "login-csrf").result == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_where_nobody_plays_the_providers_it_says_so(learner, settings, slug):
    settings.PROVIDERS_URL = "http://127.0.0.1:9"  # nobody listens there
    predict(learner, slug)
    answer = learner.post(f"{BASE}{slug}/send/")
    assert answer.status_code == 503
    assert "The outside world does not answer" in answer.content.decode()
    assert trial_of(learner, slug).result == {}


def test_a_run_that_breaks_off_does_not_pass_off_the_last_one_as_new(learner, settings):
    settings.PROVIDERS_URL = "http://127.0.0.1:9"  # nobody listens there
    predict(learner, "login-csrf")
    rows = [runs.row(runs.SITE, "This site", None, "", False, "Refused then.")]
    kept = {"answers": rows, "ran_at": "2026-01-02T03:04:05+00:00"}
    Trial.objects.filter(attempt="login-csrf").update(result=kept)
    note = "From the last run, 03:04:05 UTC"
    assert note not in text(learner, f"{BASE}login-csrf/")
    page = plain(learner.post(f"{BASE}login-csrf/send/").content.decode())
    assert page.index("The outside world does not answer") < page.index(note) < page.index("Refused then.")
    del kept["ran_at"]  # one that was kept before there was a time
    Trial.objects.filter(attempt="login-csrf").update(result=kept)
    page = plain(learner.post(f"{BASE}login-csrf/send/").content.decode())
    assert "From the last run:" in page


def test_what_the_provider_says_does_not_stand_under_who_the_browser_is(learner):
    predict(learner, "token-substitution")
    rows = [runs.row(runs.PROVIDER, "The provider", None, "alice.outside", False, "A good token.")]
    Trial.objects.filter(attempt="token-substitution").update(result={"answers": rows})
    [(_, answer, who, marked)] = answers_of(learner.get(f"{BASE}token-substitution/").content.decode())
    assert answer == "It says: alice.outside. A good token."
    assert (who, marked) == ("no browser took part", False)


def test_who_starts_over_is_asked_again(learner):
    predict(learner, "login-csrf")
    learner.get(f"{NAIVE}with-pkce/login/")
    assert learner.post("/start-over/").cookies["lab_oauth_naive"].value == ""
    assert Trial.objects.count() == 0


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_every_line_is_found_in_the_code_that_runs(attempt):
    found = [find(line) for line in attempt.decided({"answers": [{}]})]
    assert len(found) >= 2
    assert found[-1].file.startswith("oauth_app/attacks/naive")
    wrong = {"framed": "xframe_options_exempt"}.get(attempt.slug, "WRONG")
    assert wrong in found[-1].text
    assert attempt.decided({}) == ()


@pytest.mark.parametrize("slug", [slug for slug, app in APPS.items() if not app.pkce])
def test_an_app_that_lacks_pkce_says_so_beside_its_mistake(slug):
    *_, wrong = ATTACKS.by_slug(slug).decided({"answers": [{}]})
    assert "PKCE" in wrong.why


@pytest.mark.parametrize("file", sorted(ROOT.glob("*/attacks/naive*.py")), ids=str)
def test_a_file_that_is_wrong_on_purpose_says_so_at_its_top(file):
    assert file.read_text().startswith('"""WRONG ON PURPOSE. Do not copy anything from this file.\n')


# ---- Verdicts


def answers(**fooled: bool) -> dict[str, Any]:
    return {"answers": [{"side": side, "fooled": one} for side, one in fooled.items()]}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({}, ""),
        (answers(site=False, naive=True), "naive"),
        (answers(site=False, naive=False), "neither"),
        (answers(site=True, naive=True), "both"),
        (answers(site=True, naive=False), "site"),
        (answers(site=False, naive=False, stock=True, careful=True, provider=True), "neither"),
    ],
)
def test_the_answer_that_was_right(result, expected):
    assert verdicts.who_was_fooled(result) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({}, ""),
        (answers(site=False, naive=True), ""),  # allauth as it comes was not asked
        (answers(site=False, naive=True, stock=False), "naive"),
        (answers(site=False, naive=True, stock=True), "stock"),
        (answers(site=False, naive=False, stock=True), ""),
        (answers(site=False, naive=False, stock=False), "neither"),
        (answers(site=True, naive=True, stock=True), "both"),
        (answers(site=True, naive=False, stock=False), "both"),
    ],
)
def test_the_answer_that_was_right_where_allauth_as_it_comes_is_asked(result, expected):
    assert verdicts.who_was_fooled_of_three(result) == expected


def test_where_allauth_as_it_comes_is_asked_one_predicts_what_it_does(learner):
    for slug in SLUGS:
        asked = "so does allauth as it comes" in text(learner, f"{BASE}{slug}/")
        assert asked == (slug in STOCK)


# ---- The naive app


def test_its_session_opens_nothing_else(learner):
    response = welcome(NaiveStore(), {"id": "1", "username": "alice"})
    cookie = response.cookies["lab_oauth_naive"]
    assert (cookie["path"], bool(cookie["httponly"]), cookie["samesite"]) == (NAIVE, True, "Lax")
    assert SESSION_KEY not in NaiveStore(cookie.value)
    learner.cookies["lab_oauth_naive"] = cookie.value
    assert learner.get(f"{NAIVE}whoami/").json()["user"]["username"] == "alice"
    learner.cookies["authdemo_session"] = cookie.value
    assert learner.get("/sessions/api/whoami/").status_code == 401


def test_signing_in_changes_its_session_id(db):
    session = NaiveStore()
    session.save()
    before = session.session_key
    assert welcome(session, {"username": "alice"}).cookies["lab_oauth_naive"].value != before


@pytest.mark.parametrize("cookie", ["", "x", "../../etc/passwd", "a" * 33, "A" * 32])
def test_a_cookie_that_is_none(learner, cookie):
    learner.cookies["lab_oauth_naive"] = cookie
    assert learner.get(f"{NAIVE}whoami/").status_code == 401


@pytest.mark.parametrize("slug", sorted(set(APPS) - {"login-csrf"}))
def test_all_but_one_look_at_the_state(learner, slug):
    learner.get(f"{NAIVE}{slug}/login/")
    for state in ("", "not-that-one", "é"):
        answer = learner.get(f"{NAIVE}callback/", {"code": "a-code", "state": state})
        assert answer.status_code in {400, 502}
        assert learner.get(f"{NAIVE}whoami/").status_code == 401
        learner.get(f"{NAIVE}{slug}/login/")


FORGETS = {
    naive_checks.forgets_for_whom: {"aud", "azp"},
    naive_checks.forgets_the_question: {"nonce"},
    naive_checks.forgets_who_signed: {"signature"},
    naive_checks.forgets_to_ask_twice: {"sub"},
    naive_checks.forgets_who_says_it: {"iss"},
    naive_checks.forgets_the_end: {"exp", "iat"},
}
EVERY = ("signature", "iss", "aud", "azp", "exp", "iat", "nonce", "at_hash", "sub")


@pytest.mark.parametrize("passes", [*FORGETS, naive_checks.every_one, naive_checks.forgets_that_nobody_signed])
@pytest.mark.parametrize("failed", EVERY)
def test_each_is_right_but_for_one_thing(passes, failed):
    token = IDToken("", {"alg": "RS256"}, {}, tuple(Check(name, name != failed) for name in EVERY))
    assert passes(token) == (failed in FORGETS.get(passes, set()))


def test_rubbish_is_refused_and_nobody_signed_in(learner):
    for path, field in (("token/", "access_token"), ("id-token/", "id_token")):
        for value in ("", "x", "a.b.c", "é", "x" * 100_000, "\0"):
            answer = learner.post(NAIVE + path, {field: value})
            assert answer.status_code in {401, 502}
            assert "lab_oauth_naive" not in learner.cookies


# ---- What a run has opened


@pytest.mark.parametrize(("first_visit", "elsewhere"), [(True, False), (False, False), (True, True)])
def test_a_user_that_a_run_has_made_goes_with_it_and_no_other(rf, db, settings, first_visit, elsewhere):
    """As where somebody has taken a check out of the site, to see what happens."""
    user = User.objects.create_user("alice.outside")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({FIRST_VISIT: first_visit, SESSION_KEY: str(user.pk)})
    session.create()
    for key in (session.session_key, *(["another"] if elsewhere else [])):
        UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1")
    cast = Cast(rf.get("/"))
    cast.actor("Mallory").opened = {session.session_key, ""}
    cast.go()
    assert User.objects.exists() == (elsewhere or not first_visit)
    assert [row.session_key for row in UserSession.objects.all()] == (["another"] if elsewhere else [])
    assert not session.exists(session.session_key)


# ---- The stock class is asked in a run of ours, and in no other sign-in


def test_nobody_else_can_have_it_asked(rf):
    for header in ("", "x", stock.new_run()[:-1] + "!"):
        assert stock.run_of(rf.get("/", headers={stock.HEADER: header})) == ""
    run = stock.new_run()
    assert stock.run_of(rf.get("/", headers={stock.HEADER: run})) == run.rsplit(":", 2)[0]


# ---- What a page says


def test_a_page_is_read_as_a_person_reads_it():
    page = Page(
        '<form action="/out/"><input type="hidden" name="a" value="1&amp;2"></form><p>Header.</p>'
        "<main><p>A message.</p><h1>It did <b>not</b> work</h1><p>For one reason. And another.</p><p>So.</p></main>"
    )
    assert page.says == "It did not work. For one reason. So."
    form = page.form_with("a")
    assert form
    assert (form.action, form.fields) == ("/out/", [("a", "1&2")])
    assert page.form_with("b") is None
    assert len(json.dumps(Page(f"<main><h1>{'word ' * 200}</h1></main>").says)) < 260
