"""What the tour refuses, keeps, and says of a step that was not done. The whole way is in `test_browser.py`."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

from authdemo.overview.cases import CALLERS, PASSWORDS, Case
from authdemo.overview.decision import answer_to
from authdemo.wire.models import Exchange
from authdemo.workshop.evidence import Evidence
from authdemo.workshop.models import TourRun
from tests.oauth_app.conftest import Visitor, company  # noqa: F401  a fixture
from tests.sessions_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PAGES = ["/workshop/", "/workshop/tour/", "/workshop/tour/1/", "/workshop/tour/status/1/", "/workshop/tour/end/"]
POSTS = ["start", "3/predict", "3/replay", "5/choose"]


def post(client: Client, path: str, **fields: str | list[str]):
    return client.post(f"/workshop/tour/{path}/", fields)


def text(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def sign_in(client: Client) -> None:
    assert client.post("/sessions/login/", {"username": "alice", "password": PASSWORD}).status_code == 302


# ---- Where it is, and for whom


@pytest.mark.parametrize("path", PAGES)
def test_without_labs_there_is_none(settings, client, path):
    settings.LABS = settings.DEBUG = False
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_without_labs_nothing_can_be_sent_to_it(settings, client, path):
    settings.LABS = settings.DEBUG = False
    assert post(client, path).status_code == 404
    assert not TourRun.objects.exists()


@pytest.mark.parametrize("path", PAGES[2:])
@pytest.mark.parametrize("cookie", [None, "nonsense", "a.open:b:c"])
def test_who_has_not_begun_is_led_to_the_beginning(client, path, cookie):
    if cookie:
        client.cookies["authdemo_wire"] = cookie
    assert client.get(path)["Location"] == "/workshop/tour/"


@pytest.mark.parametrize("path", POSTS[1:])
def test_nor_can_they_send_anything(client, path):
    assert post(client, path, prediction="both", at="0")["Location"] == "/workshop/tour/"
    assert not TourRun.objects.exists()


@pytest.mark.parametrize("number", ["0", "6", "99999999999999999999"])
def test_there_are_five_steps(learner, number):
    assert learner.get(f"/workshop/tour/{number}/").status_code == 404
    assert learner.get(f"/workshop/tour/status/{number}/").status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(learner, path):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = learner.cookies
    assert post(strict, path, prediction="both", again="1", at="0-0").status_code == 403


def test_a_link_starts_nothing(client):
    assert client.get("/workshop/tour/start/").status_code == 405
    assert not TourRun.objects.exists()


# ---- Begin, leave, resume, begin again


def test_start_opens_the_wire_and_can_be_pressed_twice(learner, run_of):
    first = run_of(learner)
    post(learner, "start")
    assert run_of(learner) == first
    assert "Hide the wire" in text(learner, "/workshop/tour/1/")


def test_left_and_resumed(learner, run_of):
    post(learner, "5/choose", calls="pages")
    page = text(learner, "/workshop/tour/")
    assert "1 of 5 steps done" in page
    assert "Go on with step 1" in page


def test_begin_again_forgets_what_was_done(learner, run_of):
    post(learner, "3/predict", prediction="both")
    post(learner, "5/choose", calls="pages")
    post(learner, "start", again="1")
    run = run_of(learner)
    assert (run.prediction, run.case, run.done) == ("", "", {})


def test_start_over_forgets_the_tour(learner):
    learner.post("/start-over/")
    assert not TourRun.objects.exists()
    assert "Start</button>" in text(learner, "/workshop/tour/")


def test_a_hidden_wire_is_said_and_shown_again_at_the_same_step(learner):
    learner.post("/wire/close/")
    assert "The wire is hidden, so nothing is recorded" in text(learner, "/workshop/tour/2/")
    assert post(learner, "start", at="2")["Location"] == "/workshop/tour/2/"
    assert "The wire is hidden" not in text(learner, "/workshop/tour/2/")


@pytest.mark.parametrize("at", ["0", "6", "//evil.example", "2/../../"])
def test_start_leads_to_a_step_and_nowhere_else(learner, at):
    assert post(learner, "start", at=at)["Location"] == "/workshop/tour/1/"


# ---- A step knows by itself whether it was done


def is_done(client: Client, number: int) -> bool:
    return f"Step {number} is done" in text(client, f"/workshop/tour/{number}/")


def test_step_1_takes_a_sign_in_and_a_question(alice, learner):
    sign_in(learner)
    assert not is_done(learner, 1)
    learner.get("/sessions/api/whoami/")
    assert is_done(learner, 1)


def test_a_sign_in_from_before_the_tour_does_not_count(alice, client):
    sign_in(client)
    post(client, "start")
    client.get("/sessions/api/whoami/")
    assert not is_done(client, 1)
    assert "You are signed in already, as alice" in text(client, "/workshop/tour/1/")


@pytest.mark.parametrize(("number", "said"), [(1, True), (2, True), (3, False), (4, True), (5, False)])
def test_a_hidden_wire_is_said_only_where_the_step_needs_it(learner, number, said):
    learner.post("/wire/close/")
    assert ("The wire is hidden" in text(learner, f"/workshop/tour/{number}/")) == said


def test_step_2_takes_tokens_and_a_stateless_answer(alice, learner):
    body = {"username": "alice", "password": PASSWORD}
    access = learner.post("/jwt/api/token/", body, content_type="application/json").json()["access"]
    learner.get("/jwt/api/me/", headers={"Authorization": f"Bearer {access}"})  # reads the user's row
    learner.get("/jwt/api/whoami/", headers={"Authorization": f"Bearer {access[::-1]}"})
    assert not is_done(learner, 2)
    learner.get("/jwt/api/whoami/", headers={"Authorization": f"Bearer {access}"})
    Exchange.objects.filter(path="/jwt/api/whoami/").update(statement_count=1)  # had something been looked up
    assert not is_done(learner, 2)
    learner.get("/jwt/api/whoami/", headers={"Authorization": f"Bearer {access}"})
    assert is_done(learner, 2)


def test_step_4_takes_tokens_of_both_and_no_denial(learner, company):  # noqa: F811
    visitor = Visitor(learner, company)
    assert visitor.come_back(error="access_denied", state=visitor.state()).status_code == 403
    assert "GitHub said who you are." not in text(learner, "/workshop/tour/4/")
    visitor.sign_in("github")
    visitor.sign_in("google", process="connect")
    visitor.start("google", process="connect")  # one that is begun and left does not undo it
    assert is_done(learner, 4)
    seen = Evidence(TourRun.objects.get().browser, TourRun.objects.get().started_at)
    assert (seen.journey("github").given, "id_token" in seen.journey("google").given) == (
        ["access_token", "scope", "token_type"],
        True,
    )


def evidence() -> Evidence:
    run = TourRun.objects.get()
    return Evidence(run.browser, run.started_at)


def test_a_password_that_came_here_meanwhile_is_not_denied(alice, learner, company):  # noqa: F811
    visitor = Visitor(learner, company)
    state = visitor.state("github")
    learner.post("/sessions/login/", {"username": "alice", "password": "wrong"})  # in another tab, say
    visitor.come_back(code="a-code", state=state)
    assert evidence().journey("github").token_answer
    assert evidence().journey("github").password_came_here
    assert "no request to this site carried a password" not in text(learner, "/workshop/tour/4/")


def test_a_password_that_came_before_or_after_is_no_part_of_it(alice, learner, company):  # noqa: F811
    learner.post("/sessions/login/", {"username": "alice", "password": "wrong"})
    Visitor(learner, company).sign_in("github")
    learner.post("/sessions/login/", {"username": "alice", "password": "wrong"})
    assert evidence().journey("github").token_answer
    assert not evidence().journey("github").password_came_here


def test_a_wrong_password_does_not_count(alice, learner):
    assert learner.post("/sessions/login/", {"username": "alice", "password": "wrong"}).status_code == 401
    learner.get("/sessions/api/whoami/")
    assert not is_done(learner, 1)


def test_somebody_elses_sign_in_does_not_count(alice, begin):
    mine, other = begin(), begin()
    sign_in(other)
    other.get("/sessions/api/whoami/")
    assert is_done(other, 1)
    assert not is_done(mine, 1)


def test_what_was_done_stays_done_when_the_exchanges_are_gone(alice, learner):
    sign_in(learner)
    learner.get("/sessions/api/whoami/")
    assert is_done(learner, 1)
    learner.post("/wire/clear/")
    learner.post("/sessions/logout/")
    assert is_done(learner, 1)


def test_the_status_is_sent_only_when_it_is_new(alice, learner):
    url = "/workshop/tour/status/1/"
    assert learner.get(url, {"have": "00"}).status_code == 204
    sign_in(learner)
    answer = learner.get(url, {"have": "00"})
    assert answer.status_code == 200
    assert "You signed in." in answer.content.decode()
    learner.get("/sessions/api/whoami/")
    assert learner.get(url, {"have": "10"}).status_code == 286  # and asks no more


def test_the_end_does_not_say_done_to_who_is_not(alice, learner):
    sign_in(learner)
    learner.get("/sessions/api/whoami/")
    page = text(learner, "/workshop/tour/end/")
    assert "Not done yet: 1 of 5 steps" in page
    assert page.count("Not done.") == 4
    assert "You have seen the difference" not in page


def test_step_3_says_what_must_come_before(learner):
    page = text(learner, "/workshop/tour/3/")
    assert "This step needs what you get before it." in page
    assert "step 1, session" in page
    assert "step 2, token" in page


# ---- The prediction and the replay


@pytest.mark.parametrize("choice", ["", "everybody", "both\0", "b" * 100_000])
def test_a_prediction_is_one_of_four(learner, run_of, choice):
    assert post(learner, "3/predict", prediction=choice).status_code == 302
    assert run_of(learner).prediction == ""
    assert "Choose one of the four." in text(learner, "/workshop/tour/3/")


def test_it_can_be_changed_until_it_was_tried(learner, run_of):
    post(learner, "3/predict", prediction="both")
    post(learner, "3/predict", prediction="nobody")
    run = run_of(learner)
    assert run.prediction == "nobody"
    run.replay = {"before": {"session": 200, "token": 200}, "after": {"session": 401, "token": 200}, "expires_at": ""}
    run.save()
    post(learner, "3/predict", prediction="token")
    assert run_of(learner).prediction == "nobody"
    assert "so your prediction stays as it was" in text(learner, "/workshop/tour/3/")


def replay(client: Client, **tokens: str) -> str:
    assert post(client, "3/replay", **tokens)["Location"] == "/workshop/tour/3/"
    return text(client, "/workshop/tour/3/")


def test_no_replay_without_a_prediction(alice, learner, run_of):
    sign_in(learner)
    assert "Predict first." in replay(learner, access="a.b.c", refresh="a.b.c")
    assert run_of(learner).replay is None
    assert learner.get("/sessions/api/whoami/").status_code == 200  # and nobody was signed out


def test_nothing_to_copy(alice, learner, run_of):
    post(learner, "3/predict", prediction="both")
    assert "you do not have a session" in replay(learner, access="a.b.c", refresh="a.b.c")
    sign_in(learner)
    assert "you do not have an access token" in replay(learner)
    assert run_of(learner).replay is None
    assert learner.get("/sessions/api/whoami/").status_code == 200


def test_where_no_answer_comes_nothing_is_concluded(settings, alice, learner, run_of):
    settings.SITE_URL = "http://127.0.0.1:9"  # the discard port: nobody listens
    sign_in(learner)
    post(learner, "3/predict", prediction="both")
    assert "A copy got no answer" in replay(learner, access="a.b.c", refresh="a.b.c")
    assert run_of(learner).replay is None
    assert learner.get("/sessions/api/whoami/").status_code == 200


def test_the_reason_given_is_that_of_what_happened(learner, run_of):
    """With SESSION_STORE=signed_cookie the copied cookie gets in: no record was deleted."""
    run = run_of(learner)
    both = {"session": 200, "token": 200}
    run.prediction, run.replay = "both", {"before": both, "after": both, "expires_at": ""}
    run.save()
    page = text(learner, "/workshop/tour/3/")
    assert "This site keeps no record" in page
    assert "The record was deleted" not in page


@pytest.mark.parametrize("access", ["two words", "line\r\nbreak", "x" * 9000, "é"])
def test_what_is_no_token_is_said(alice, learner, run_of, access):
    sign_in(learner)
    post(learner, "3/predict", prediction="both")
    assert "What this tab sent is no token." in replay(learner, access=access)
    assert run_of(learner).replay is None


@pytest.mark.parametrize(
    ("after", "happened"),
    [
        ((401, 200), "token"),
        ((200, 401), "session"),
        ((401, 401), "nobody"),
        ((200, 200), "both"),
        ((0, 0), ""),  # nobody answered
        ((503, 200), ""),  # the cache was down
    ],
)
def test_what_happened_follows_from_the_answers(after, happened):
    run = TourRun(replay={"after": dict(zip(("session", "token"), after, strict=True))})
    assert run.happened == happened


# ---- The questions


@pytest.mark.parametrize("passwords", PASSWORDS)
@pytest.mark.parametrize("caller", CALLERS)
def test_every_case_has_an_answer_that_is_kept(learner, run_of, caller, passwords):
    sent = post(learner, "5/choose", calls=["pages", caller], passwords=passwords, end="now")
    assert sent["Location"] == "/workshop/tour/5/"
    case = Case(frozenset({"pages", caller}), passwords, "now")
    assert run_of(learner).case == case.query
    page = text(learner, "/workshop/tour/5/")
    assert "Step 5 is done" in page
    assert escape(answer_to(case).title) in page
    assert escape(answer_to(case).title) in text(learner, "/workshop/tour/end/")


def test_asked_again_the_questions_are_there_and_the_answer_stays(learner, run_of):
    post(learner, "5/choose", calls="pages")
    assert 'name="calls"' in text(learner, "/workshop/tour/5/?again=1")
    assert run_of(learner).case == "calls=pages&passwords=own&end=soon"


@pytest.mark.parametrize("caller", ["9", "0-0", "Pages", "²", "x" * 5000, "pages\0"])
def test_a_caller_that_does_not_exist(learner, run_of, caller):
    answer = post(learner, "5/choose", calls=caller)
    assert answer.status_code == 400
    assert "There is no such caller" in answer.content.decode()
    assert run_of(learner).case == ""


@pytest.mark.parametrize("reply", [{"passwords": "nobody"}, {"end": "yesterday"}])
def test_a_reply_that_does_not_exist(learner, run_of, reply):
    assert post(learner, "5/choose", calls="pages", **reply).status_code == 400
    assert run_of(learner).case == ""


def test_nothing_ticked_is_no_answer(learner, run_of):
    page = post(learner, "5/choose", passwords="own")
    assert page.status_code == 200
    assert "Tick at least one" in page.content.decode()
    assert run_of(learner).case == ""
    assert not is_done(learner, 5)


@pytest.mark.parametrize("kept", ["9-9", "0-0", "calls=somebody&passwords=own&end=soon"])
def test_kept_replies_that_are_no_longer_offered(learner, run_of, kept):
    run = run_of(learner)
    run.case, run.done = kept, {"5": "2026-01-01T00:00:00+00:00"}
    run.save()
    assert learner.get("/workshop/tour/end/").status_code == 200
    page = text(learner, "/workshop/tour/5/")
    assert 'name="calls"' in page
    assert "There is no such" not in page  # it was no mistake of theirs


def test_two_browsers_have_two_tours(begin, run_of):
    mine, other = begin(), begin()
    post(mine, "3/predict", prediction="both")
    post(mine, "5/choose", calls="pages")
    run = run_of(other)
    assert (run.prediction, run.case) == ("", "")
    assert "checked" not in text(other, "/workshop/tour/3/")


def test_no_page_fails_on_a_tour_of_any_kind(alice, begin, run_of):
    for signed_in in (False, True):
        client = begin()
        if signed_in:
            sign_in(client)
        for number in range(1, 6):
            assert client.get(f"/workshop/tour/{number}/").status_code == 200
            assert client.get(f"/workshop/tour/status/{number}/").status_code == 200
        assert client.get("/workshop/tour/end/").status_code == 200


# ---- What an attacker, or two tabs, found


@pytest.mark.parametrize("body", ["true", "5", '"x"', "[1]", "{}", "null"])
def test_an_odd_request_of_ones_own_does_not_break_the_tour(learner, body):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = learner.cookies
    strict.post("/oauth/accounts/github/login/", body, content_type="application/json")
    for number in range(1, 6):
        assert learner.get(f"/workshop/tour/{number}/").status_code == 200


def test_once_more_without_a_thief_says_nothing_of_the_copies(alice, learner, run_of):
    run = run_of(learner)
    run.keep(prediction="both", replay={"after": {"session": 401, "token": 200}, "expires_at": ""})
    assert "the other device was put away" in replay(learner, again="1")
    assert "now" not in run_of(learner).replay


def test_begun_again_in_another_tab_while_this_one_writes(learner, run_of):
    old = run_of(learner)
    post(learner, "start", again="1")
    old.keep(prediction="both")
    old.finish("1")
    assert (run_of(learner).prediction, run_of(learner).done) == ("", {})


def test_two_tabs_finish_two_steps(learner, run_of):
    first, second = run_of(learner), run_of(learner)
    first.finish("1")
    second.finish("2")
    assert set(run_of(learner).done) == {"1", "2"}
