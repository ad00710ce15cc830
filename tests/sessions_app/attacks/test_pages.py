"""What one may send to these pages, what is kept of it, and that there is nothing where LABS is off."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.trials.lines import Line, find
from sessions_app.attacks import guessing
from sessions_app.attacks.attempts import ATTEMPTS
from sessions_app.attacks.models import Trial
from sessions_app.attacks.runs import changed
from sessions_app.store import store_class
from tests.sessions_app.conftest import PASSWORD

BASE = "/sessions/attacks/"
SLUGS = [attempt.slug for attempt in ATTEMPTS]
GET = ["", "colour/", "naive/", "naive/login/", "naive/whoami/", *(f"{slug}/" for slug in SLUGS)]
POST = [
    "colour/", "naive/", "naive/login/", "naive/logout/", "naive/colour/",
    *(f"{slug}/{act}/" for slug in SLUGS for act in ("predict", "send")),
]  # fmt: skip


def text(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


def sign_in(client: Client, username: str = "alice") -> None:
    assert client.post("/sessions/login/", {"username": username, "password": PASSWORD}).status_code == 302


# ---- Off


@pytest.mark.parametrize("debug", [True, False])
def test_without_labs_there_is_nothing(alice, client, settings, debug):
    settings.LABS, settings.DEBUG = False, debug
    sign_in(client)
    for path in GET:
        assert client.get(BASE + path).status_code == 404, path
    for path in POST:
        fields = {"prediction": "neither", "colour": "red", "username": "alice", "password": PASSWORD}
        answer = client.post(BASE + path, fields)
        assert answer.status_code == 404, path
        assert not answer.cookies.get("lab_naive"), path
    assert Trial.objects.count() == 0
    assert "attacks_colour" not in client.session
    assert BASE not in client.get("/sessions/").content.decode()


def test_with_labs_the_session_page_leads_there(alice, client):
    sign_in(client)
    assert f'href="{BASE}"' in client.get("/sessions/").content.decode()
    assert [path for path in GET if path != "naive/whoami/" and client.get(BASE + path).status_code != 200] == []


@pytest.mark.parametrize("path", ["nonsense/", "csrf/nonsense/", "nonsense/send/", "csrf%00/", "CSRF/", "naive/x/"])
def test_an_attack_that_does_not_exist(db, client, path):
    assert client.get(BASE + path).status_code == 404


# ---- Predict


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("choice", ["", "everybody", "neither\0", "x" * 100_000])
def test_a_prediction_is_one_of_the_choices(db, client, slug, choice):
    answer = client.post(f"{BASE}{slug}/predict/", {"prediction": choice})
    assert answer["Location"] == f"{BASE}{slug}/"
    assert Trial.objects.count() == 0
    assert "Choose one of the answers." in text(client, f"{BASE}{slug}/")


def test_after_the_prediction_one_sees_what_comes_next(db, client):
    answer = client.post(f"{BASE}fixation/predict/", {"prediction": "both"})
    assert answer["Location"] == f"{BASE}fixation/#try"
    assert '<h2 id="try">Now try it</h2>' in client.get(f"{BASE}fixation/").content.decode()


def test_on_a_phone_each_answer_says_which_one_it_is(learner, trial_of):
    learner.post(f"{BASE}stolen-cookie/predict/", {"prediction": "both"})
    trial = trial_of(learner, "stolen-cookie")
    trial.result = {"rows": [{"slug": "site", "words": "This site", "statuses": [200, 401]}], "story": []}
    trial.save()
    page = learner.get(f"{BASE}stolen-cookie/").content.decode()
    labels = re.findall(r'<td data-label="([^"]*)"><b>(\d+)</b>', page)
    assert labels == [("Before the sign-out", "200"), ("After the sign-out", "401")]


def test_it_can_be_changed_until_it_was_tried(learner, trial_of):
    learner.post(f"{BASE}csrf/predict/", {"prediction": "both"})
    trial = trial_of(learner)
    assert trial.prediction == "both"
    trial.result = {"sent": {}, "story": []}
    trial.save()
    learner.post(f"{BASE}csrf/predict/", {"prediction": "same"})
    assert trial_of(learner).prediction == "both"


def test_two_browsers_have_two_predictions(learner, trial_of):
    other = Client(headers={"host": "localhost"})
    assert trial_of(other) is None
    assert "Keep my prediction" in text(other, f"{BASE}csrf/")
    assert "Change my prediction" in text(learner, f"{BASE}csrf/")


def test_who_starts_over_is_asked_again(learner, trial_of):
    assert trial_of(learner)
    learner.post("/start-over/")
    assert Trial.objects.count() == 0


# ---- Send


def test_nothing_is_sent_without_a_prediction(db, client):
    for slug in SLUGS:
        client.post(f"{BASE}{slug}/send/")
        assert "Predict first." in text(client, f"{BASE}{slug}/")


def test_only_who_sits_at_the_machine_can_send(learner, trial_of):
    answer = learner.post(f"{BASE}csrf/send/", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert trial_of(learner).result == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_site_that_does_not_answer_itself_is_said(db, settings, slug, trial_of):
    settings.SITE_URL = "http://localhost:9"  # nobody listens there
    User.objects.create_user("alice", password=settings.DEMO_PASSWORD)
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS
    client = Client(headers={"host": "localhost"})
    choice = next(attempt.choices[0][0] for attempt in ATTEMPTS if attempt.slug == slug)
    client.post(f"{BASE}{slug}/predict/", {"prediction": choice})
    answer = client.post(f"{BASE}{slug}/send/")
    assert answer.status_code == 503
    assert trial_of(client, slug).result == {}


# ---- The arithmetic and the lines


@pytest.mark.parametrize(
    ("years", "words"), [(-5, "days"), (-1, "life"), (1, "life"), (2, "history"), (9, "history"), (10, "universe")]
)
def test_how_long_is_long(years, words):
    assert guessing.scale(years) == words


def test_the_arithmetic_is_right(db):
    found = guessing.arithmetic(store_class()(), live=1, rate=1)
    assert (found["length"], found["letters"], found["bits"]) == (32, 36, 165)
    assert 10 ** found["possible"] <= 36**32 < 10 ** (found["possible"] + 1)
    exact = 36**32 // (365 * 24 * 60 * 60)
    assert 10 ** found["years"] <= exact < 10 ** (found["years"] + 1)


@pytest.mark.parametrize("value", ["A:b:c", "B:b:c", "abcdef.open:1:x", ".eJx:1:y"])
def test_one_character_is_changed_and_the_signature_is_not(value):
    other = changed(value)
    assert sum(one != another for one, another in zip(value, other, strict=True)) == 1
    assert other.partition(":")[2] == value.partition(":")[2]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_every_line_is_found_in_the_code_that_runs(attempt):
    posts = {
        "cross shipped": ("CSRF cookie not set", False), "same shipped": ("Origin checking failed", False),
        "absent shipped": ("CSRF token missing", False), "same unsafe": ("", True),
    }  # fmt: skip
    sent = {key: {"reason": reason, "changed": done, "cookie": False} for key, (reason, done) in posts.items()}
    found = [find(line) for line in attempt.decided({"sent": sent})]
    assert len(found) == (5 if attempt.slug == "csrf" else 2)
    assert all(line.text and line.number > 0 and not line.file.startswith("/") for line in found)


def test_a_line_that_is_gone_is_an_error():
    with pytest.raises(LookupError):
        find(Line("django.contrib.auth.login", "request.session.keep_the_id()", ""))
