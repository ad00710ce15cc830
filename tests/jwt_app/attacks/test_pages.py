"""What one may send to these pages, what is kept of it, and what is said where somebody is not there."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from authdemo.trials.lines import find
from jwt_app.attacks import cracking, guesses, verdicts
from jwt_app.attacks.attempts import ATTACKS, ATTEMPTS
from jwt_app.attacks.compact import split
from jwt_app.attacks.forging import FORGERS
from jwt_app.attacks.models import Trial
from jwt_app.attacks.reading import described
from tests.jwt_app.attacks.conftest import BASE
from tests.jwt_app.attacks.forged import forged

SLUGS = [attempt.slug for attempt in ATTEMPTS]


def text(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


def predict(client: Client, slug: str) -> None:
    choice = ATTACKS.by_slug(slug).choices[0][0]
    assert client.post(f"{BASE}{slug}/predict/", {"prediction": choice}).status_code == 302


def test_every_attack_has_a_page(learner):
    assert sorted(SLUGS) == sorted(FORGERS)
    assert [one.slug for one in ATTEMPTS if not one.more] == SLUGS[:5]
    page = text(learner, BASE)
    for attempt in ATTEMPTS:
        assert attempt.question in page
        assert attempt.question in text(learner, f"{BASE}{attempt.slug}/")


def test_each_leads_to_the_next_when_it_was_tried_and_the_last_one_back(learner):
    for slug, following in zip(SLUGS, [*SLUGS[1:], None], strict=True):
        predict(learner, slug)
        assert "Next attack" not in text(learner, f"{BASE}{slug}/")
        Trial.objects.filter(attempt=slug).update(result={"cases": []})
        shown = re.search(r'class="attack-next">(.*?)</p>', learner.get(f"{BASE}{slug}/").content.decode())
        assert shown
        assert f'href="{BASE}{following}/"' in shown[1] if following else f'href="{BASE}"' in shown[1]


@pytest.mark.parametrize("path", ["x/", "alg-none/x/", "naive/x/whoami/", "naive/", "alg-none%00/", "ALG-NONE/"])
def test_an_attack_that_does_not_exist(learner, path):
    assert learner.get(BASE + path).status_code == 404


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("choice", ["", "everybody", "x" * 100_000])
def test_a_prediction_is_one_of_the_choices(learner, slug, choice):
    learner.post(f"{BASE}{slug}/predict/", {"prediction": choice})
    assert Trial.objects.count() == 0


def test_nothing_is_sent_without_a_prediction(learner):
    for slug in SLUGS:
        learner.post(f"{BASE}{slug}/send/")
        assert "Predict first." in text(learner, f"{BASE}{slug}/")


def test_only_who_sits_at_the_machine_can_send(learner, trial_of):
    predict(learner, "alg-none")
    assert learner.post(f"{BASE}alg-none/send/", REMOTE_ADDR="192.0.2.7").status_code == 403
    predict(learner, "weak-secret")
    Trial.objects.filter(attempt="weak-secret").update(result={"crack": cracking.counted(0, 0, "running")})
    learner.post(f"{BASE}weak-secret/own/", {"key": "k"}, REMOTE_ADDR="192.0.2.7")
    assert "own" not in trial_of(learner, "weak-secret").result


@pytest.mark.parametrize("token", ["x", "a.b", "a.b.c.d", "é.é.é", "a b.c.d", "a.b.c" * 20_000, "\0.\0.\0"])
@pytest.mark.parametrize("slug", ["alg-none", "weak-secret", "readable-payload"])
def test_what_is_no_token_is_refused_and_not_repeated(learner, trial_of, slug, token):
    predict(learner, slug)
    answer = learner.post(f"{BASE}{slug}/send/", {"token": token})
    assert answer.status_code == 400
    assert "is no token" in answer.content.decode()
    assert len(token) < 4 or token not in answer.content.decode()
    assert trial_of(learner, slug).result == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_site_that_does_not_answer_itself_is_said(pair, learner, settings, trial_of, slug):
    settings.SITE_URL = "http://localhost:9"  # nobody listens there
    predict(learner, slug)
    for token in ("", pair["access"]):
        answer = learner.post(f"{BASE}{slug}/send/", {"token": token})
        assert answer.status_code == 503
        assert trial_of(learner, slug).result == {}


def test_who_starts_over_is_asked_again(learner):
    predict(learner, "alg-none")
    learner.post("/start-over/")
    assert Trial.objects.count() == 0


def test_two_browsers_have_two_predictions(learner):
    predict(learner, "alg-none")
    assert "Keep my prediction" in text(Client(headers={"host": "localhost"}), f"{BASE}alg-none/")
    assert "Change my prediction" in text(learner, f"{BASE}alg-none/")


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_every_line_is_found_in_the_code_that_runs(attempt):
    found = [find(line) for line in attempt.decided({"cases": [{}]})]
    assert len(found) >= 2
    assert found[0].file.startswith("jwt_app/attacks/")
    assert "WRONG" in found[0].text or attempt.slug in {"readable-payload", "huge"}
    assert all(line.text and line.number > 0 and not line.file.startswith("/") for line in found)


# ---- Verdicts


def case(naive: int = 0, site: int = 0, orders: int = 0, names: str = "") -> dict[str, Any]:
    rows = [
        {"slug": slug, "status": status} for slug, status in (("naive", naive), ("site", site), ("orders", orders))
    ]
    return {"rows": rows, "payload": [{"name": name} for name in names.split()]}


@pytest.mark.parametrize(
    ("verdict", "cases", "expected"),
    [
        (verdicts.who_took_it, [case(200, 401, 401)], "naive"),
        (verdicts.who_took_it, [case(401, 401, 401)], "neither"),
        (verdicts.who_took_it, [case(200, 200, 401)], "both"),
        (verdicts.who_took_it, [case(200, 401, 200)], "both"),
        (verdicts.who_took_it, [case(401, 401, 200)], "site"),
        (verdicts.who_took_it, [case(200, 401, 0)], "naive"),
        (verdicts.who_took_it, [case(401, 401, 401), case(200, 401, 401)], "naive"),
        (verdicts.who_took_it, [], ""),
        (verdicts.what_was_read, [case(names="username email pin")], "all"),
        (verdicts.what_was_read, [case(names="username")], "name"),
        (verdicts.what_was_read, [case()], "nothing"),
        (verdicts.who_broke_down, [case(500, 401)], "naive"),
        (verdicts.who_broke_down, [case(500, 500)], "both"),
        (verdicts.who_broke_down, [case(401, 500)], "site"),
        (verdicts.who_broke_down, [case(401, 401)], "neither"),
    ],
)
def test_the_answer_that_was_right(verdict, cases, expected):
    assert verdict({"cases": cases}) == expected


@pytest.mark.parametrize(
    ("state", "seconds", "expected"),
    [("found", 3, "seconds"), ("found", 61, "day"), ("found", 90_000, "years"), ("exhausted", 3, "never"),
     ("running", 3, ""), ("stopped", 3, "")],
)  # fmt: skip
def test_how_long_the_guessing_took(state, seconds, expected):
    assert verdicts.how_long({"crack": {"state": state, "seconds": seconds}}) == expected


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_before_anything_was_sent_there_is_none(attempt):
    assert attempt.happened({}) == ""


# ---- Guessing at what a learner has typed


def start_own(client: Client, secret: str) -> Any:
    predict(client, "weak-secret")
    Trial.objects.filter(attempt="weak-secret").update(
        result={"crack": cracking.counted(1, 1, "found") | {"secret": "x"}, "cases": []}
    )
    return client.post(f"{BASE}weak-secret/own/", {"key": secret})


def guess_to_the_end(client: Client, trial_of: Any) -> dict[str, Any]:
    for _ in range(200):
        if trial_of(client, "weak-secret").result["own"]["state"] != "running":
            break
        client.post(f"{BASE}weak-secret/guess/")
    own: dict[str, Any] = trial_of(client, "weak-secret").result["own"]
    return own


def test_a_common_secret_is_found_and_stands_nowhere(learner, trial_of):
    start_own(learner, "your-256-bit-secret")
    assert "your-256-bit-secret" not in json.dumps(trial_of(learner, "weak-secret").result)
    own = guess_to_the_end(learner, trial_of)
    assert own["state"] == "found"
    assert own["tried"] < 1000
    page = text(learner, f"{BASE}weak-secret/")
    assert "Yours was found, too" in page
    assert "your-256-bit-secret" not in page


def test_a_long_guess_can_be_stopped(learner, trial_of, monkeypatch):
    monkeypatch.setattr("jwt_app.attacks.guesses.BATCH", 0)
    start_own(learner, "correct horse battery staple")
    answer = learner.post(f"{BASE}weak-secret/guess/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<progress" in answer.content.decode()
    learner.post(f"{BASE}weak-secret/stop/")
    assert trial_of(learner, "weak-secret").result["own"]["state"] == "stopped"
    before = trial_of(learner, "weak-secret").result
    answer = learner.post(f"{BASE}weak-secret/guess/", headers={"HX-Request": "true"})  # sent before, read after it
    assert answer.headers["HX-Refresh"] == "true"
    assert trial_of(learner, "weak-secret").result == before
    assert before["crack"]["state"] == "found"


def test_a_guess_that_is_under_way_does_not_undo_the_stop(learner, trial_of, monkeypatch):
    monkeypatch.setattr("jwt_app.attacks.guesses.BATCH", 0)
    start_own(learner, "correct horse battery staple")
    guess = guesses.go_on

    def stopped_meanwhile(*arguments):
        learner.post(f"{BASE}weak-secret/stop/")
        return guess(*arguments)

    monkeypatch.setattr("jwt_app.attacks.guesses.go_on", stopped_meanwhile)
    learner.post(f"{BASE}weak-secret/guess/", headers={"HX-Request": "true"})
    assert trial_of(learner, "weak-secret").result["own"]["state"] == "stopped"


@pytest.mark.parametrize("secret", ["", "x" * 201, "x" * 100_000])
def test_a_secret_that_is_none(learner, trial_of, secret):
    start_own(learner, secret)
    assert "own" not in trial_of(learner, "weak-secret").result


@pytest.mark.parametrize("act", ["guess", "stop", "own"])
def test_nothing_goes_on_that_was_never_begun(learner, act):
    answer = learner.post(f"{BASE}weak-secret/{act}/", {"key": "k"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert Trial.objects.count() == 0
    predict(learner, "weak-secret")
    learner.post(f"{BASE}weak-secret/{act}/", {"key": "k"})
    assert "There is nothing to go on with." in text(learner, f"{BASE}weak-secret/")


def test_nothing_is_kept_by_which_a_token_could_be_used_or_found(pair):
    for slug in SLUGS:
        for token in forged(slug, **pair):
            kept = json.dumps(described(token, pair["access"]))
            assert token not in kept
            assert split(pair["access"]).claims["jti"] not in kept
            assert not any(part in kept for part in token.split(".") if len(part) > 20)
            assert len(kept) < 10_000
