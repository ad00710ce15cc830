"""The page in process: what it shows of a run, what may be sent to it, and why something was not tried."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from authdemo.accounts.models import User
from authdemo.compare import kept
from authdemo.compare.choices import Choices
from authdemo.compare.models import KeptRun
from authdemo.compare.play import Scenario
from authdemo.compare.story import COLUMNS, Cell, Run
from authdemo.compare.table import clocks
from authdemo.wire.browser import browser_of
from tests.compare.runs import a_run

PAGE = "/compare/"
CHOSEN = {"store": "db", "algorithm": "RS256", "asks": "opaque"}
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lab(settings: Any) -> None:
    settings.LABS, settings.SITE_URL = True, "http://127.0.0.1:9"  # where nobody answers
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@example.com", "workshop-2026")


def name_of(client: Client) -> str:
    """The name of this browser, which it gets here if it has none."""
    client.post("/wire/close/")
    return browser_of(client.get(PAGE).wsgi_request)


def has(client: Client, run: Run) -> None:
    """Let this browser have a run."""
    stolen = {"cookie": "of-nobody", "access": "of-nobody"}
    kept.keep(name_of(client), Scenario(run, {column: dict(stolen) for column in COLUMNS}))


def words(answer: Any) -> str:
    """What a page says, without its tags."""
    return text(answer.content.decode())


def text(part: str) -> str:
    found = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())
    return re.sub(r" ([.,:;])", r"\1", found)


def cells(answer: Any, slug: str) -> list[str]:
    """What the three cells of a step say, each in its one line."""
    row = re.search(rf'<tr id="step-{slug}".*?</tr>', answer.content.decode(), re.S)
    assert row, f"there is no row for {slug}"
    return [text(line) for line in re.findall(r'<summary id="sum[^>]*>(.*?)</summary>', row[0], re.S)]


# ---- What is shown


def test_before_a_run_it_says_what_will_happen(client: Client) -> None:
    page = words(client.get(PAGE))
    assert "One thief, three mechanisms: how long does he stay in?" in page
    assert "Each call is really sent, and you see who was let in" in page
    assert "A thief copies the credential" in page
    assert "<table" not in client.get(PAGE).content.decode()


def test_what_was_seen_stands_in_the_cells(client: Client) -> None:
    has(client, a_run())
    answer = client.get(PAGE)
    assert cells(answer, "call") == ["✓ let in 200 alice · 2 SQL", "✓ let in 200 alice · 0 SQL",
                                     "✓ let in 200 alice · 3 SQL · 1 cache"]  # fmt: skip
    assert cells(answer, "independent") == ["✗ refused 401 nobody", "✓ let in 200 alice", "✗ refused 401 nobody"]
    assert [cell.split(" 4")[0].split(" 2")[0] for cell in cells(answer, "after-sign-out")] == [
        "✗ refused", "✓ let in", "✓ let in",
    ]  # fmt: skip
    page = words(answer)
    assert "GET /sessions/stores/db/whoami/ to instance B" in page
    assert "Cookie: lab_db=x7f… (32 characters) 39 bytes" in page
    assert "Why jwt answered so." in page
    assert "1 call before it" in page
    assert "239 sent, 811 received" in page


def test_the_clocks_and_the_sentences_are_made_of_what_was_seen(client: Client) -> None:
    has(client, a_run())
    page = words(client.get(PAGE))
    assert "Sessions Let in for 0.5 s. The sign-out ended it." in page
    assert "JWT Let in for 2.5 s, 1.5 s of that after the sign-out. Only its expiry, after 28.0 s, ended it." in page
    assert "OAuth2 Let in for 1.5 s, 0.5 s of that after the sign-out. The revoke ended it." in page
    assert "the user signs out after 1.0 s" in page
    assert "After the sign-out, the thief was let in by JWT and OAuth2. After the revoke, by JWT." in page
    assert "Of 4 calls with the copy, 1 was let in. The sign-out ended it." in page
    assert "sent 619 bytes of credential, and cost 0 statements and 0 cache calls." in page
    assert "The other service knew who called, and asked nobody." in page


def test_a_copy_that_nobody_ended(client: Client) -> None:
    has(client, a_run(ended={"jwt": "after-sign-out", "oauth": "after-sign-out"}))
    page = words(client.get(PAGE))
    assert re.search(
        r"Sessions Still in when this run ended, after 29.0 s. The cookie was good for another \d+ min", page
    )
    assert "Of 4 calls with the copy, 4 were let in. Nothing ended it." in page
    assert "After the sign-out, the thief was let in by Sessions. After the revoke, by Sessions." in page


def test_a_token_whose_time_was_up_is_no_success_of_the_administrator(client: Client) -> None:
    run = a_run(ended={"jwt": "after-revoke", "sessions": "after-sign-out", "oauth": "after-sign-out"})
    copied = run.played[4].at
    run.expires |= {"jwt": copied + 2.3, "oauth": copied + 1.6}  # he calls after 1.5 s, and after 2.5
    run.played[8].cells["jwt"].outcome = "nothing"
    has(client, run)
    page = words(client.get(PAGE))
    assert "After the revoke, by nobody (the token of JWT and OAuth2 had expired)." in page
    assert "JWT Let in for 1.5 s, 0.5 s of that after the sign-out. Only its expiry, after 2.3 s, ended it." in page
    assert "OAuth2 Let in for 0.5 s. Only its expiry, after 1.6 s, ended it." in page


def test_a_thief_who_never_came_in(client: Client) -> None:
    has(client, a_run(ended={"jwt": "stolen"}))
    page = words(client.get(PAGE))
    assert "JWT Never let in." in page
    assert "The copy never worked." in page


def test_tokens_that_expired_before_the_theft_are_no_success_of_anybody(client: Client) -> None:
    """Who lingers at the first steps would else learn that a JWT cannot be stolen."""
    run = a_run(ended=dict.fromkeys(("jwt", "oauth"), "stolen") | {"sessions": "after-sign-out"})
    copied = next(one.at for one in run.played if one.slug == "copy")
    run.expires |= dict.fromkeys(("jwt", "oauth"), copied - 2.2)
    has(client, run)
    page = words(client.get(PAGE))
    assert "the tokens had expired 2.2 s before the copy" in page
    assert page.count("The token had expired before the thief copied it.") == 4, "in the clocks, and in the summary"
    assert "The token of JWT and OAuth2 had expired before the theft: begin again with a longer lifetime." in page
    assert "Never let in." not in page
    assert [line.split(maxsplit=1)[1] for line in clocks(run)[1:]] == [
        "never: its time was up before the thief copied it"
    ] * 2


def test_who_lingers_is_told_before_the_theft(client: Client) -> None:
    run = a_run("instance-b")
    run.by_itself = False
    run.expires |= dict.fromkeys(("jwt", "oauth"), time.time() - 1)
    has(client, run)
    assert "The tokens have expired before the theft." in words(client.get(PAGE))
    run.expires |= dict.fromkeys(("jwt", "oauth"), time.time() + 30)
    has(client, run)
    assert "The tokens have expired before the theft." not in words(client.get(PAGE))


def test_a_column_that_stopped_says_why_and_is_in_no_verdict(client: Client) -> None:
    run = a_run()
    for played in run.played:
        played.cells["oauth"] = Cell("problem", "Instance A did not answer.")
    has(client, run)
    answer = client.get(PAGE)
    assert cells(answer, "stolen")[2] == "! not tried"
    assert "Not all could be tried: OAuth2." in words(answer)
    assert "It could not be tried to the end: Instance A did not answer." in words(answer)


def test_a_run_that_goes_on_by_itself_goes_on_after_a_reload(client: Client) -> None:
    has(client, a_run("stolen"))
    page = client.get(PAGE).content.decode()
    assert "Step 7 of 11: The user signs out" in words(client.get(PAGE))
    assert 'hx-trigger="load delay:0ms, submit"' in page
    assert re.search(r"<noscript><button[^>]*>All that is left", page)


def test_who_waits_sees_for_how_long(client: Client) -> None:
    has(client, a_run("after-revoke"))
    page = client.get(PAGE).content.decode()
    assert re.search(r'data-left="2[45]"', page)
    assert re.search(r'hx-trigger="load delay:2[45]300ms, submit"', page)
    assert "The thief goes on calling until the tokens expire:" in page
    assert "/compare/meanwhile/" in page


def test_step_by_step_it_asks_first_and_says_whether_that_was_right(client: Client) -> None:
    run = a_run("after-sign-out", Choices(lifetime=300))
    run.by_itself, run.played[-1].predicted = False, ["jwt"]
    has(client, run)
    page = words(client.get(PAGE))
    assert "✗ Not quite. You expected JWT. You missed OAuth2. Let in by JWT and OAuth2." in page
    assert "Step 9 of 11: An administrator revokes" in page
    assert "The tokens are good for another 4 min 5" in page
    run.played[-1].predicted = ["oauth", "jwt"]
    has(client, run)
    assert "✓ You were right." in words(client.get(PAGE))


def test_who_predicted_sees_how_often_it_was_right(client: Client) -> None:
    run = a_run()
    run.played[7].predicted, run.played[9].predicted = ["jwt", "oauth"], []
    has(client, run)
    assert "You were right in all three columns 1 of 2 times." in words(client.get(PAGE))


# ---- What is chosen


def selected(answer: Any) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', answer.content.decode())


def test_a_link_chooses_and_runs_nothing(client: Client) -> None:
    answer = client.get(f"{PAGE}?store=signed_cookie&denylist=on&lifetime=10&algorithm=EdDSA&asks=introspected")
    assert selected(answer) == ["signed_cookie", "EdDSA", "on", "10", "introspected"]
    assert kept.of(name_of(client)) is None
    link = re.search(r'href="([^"]+)" id="compare-link"', answer.content.decode())
    assert link
    assert selected(client.get(html.unescape(link[1]))) == selected(answer), "the link on the page is such a link"


def test_a_link_that_names_what_does_not_exist_says_so(client: Client) -> None:
    answer = client.get(f"{PAGE}?store=paper&algorithm=none&lifetime=1e9&denylist=on")
    assert answer.status_code == 200
    assert "The link names a choice that does not exist." in words(answer)
    assert selected(answer) == ["db", "RS256", "on", "", "opaque"]


def test_a_store_that_is_not_there_cannot_be_chosen(client: Client, settings: Any) -> None:
    settings.CACHES = {
        name: one for name, one in settings.CACHES.items() if name not in {"lab_redis", "lab_cached_db"}
    }
    page = client.get(PAGE).content.decode()
    assert '<option value="redis" disabled>Redis or Valkey (needs Redis)</option>' in page


def test_step_by_step_there_is_more_time(client: Client, alice: User) -> None:
    for sent, life in (({}, 300), ({"all": "1"}, 30), ({"lifetime": "20"}, 20), ({"all": "1", "lifetime": "60"}, 60)):
        client.post(f"{PAGE}run/", CHOSEN | sent)
        scenario = kept.of(name_of(client))
        assert scenario is not None
        assert scenario.run.choices.lifetime == life


def test_the_address_says_what_was_chosen(client: Client, alice: User) -> None:
    sent = CHOSEN | {"store": "file", "denylist": "on"}
    assert client.post(f"{PAGE}run/", sent)["Location"] == f"{PAGE}?store=file&denylist=on"
    assert client.post(f"{PAGE}run/", sent, headers=HTMX)["HX-Replace-Url"] == f"{PAGE}?store=file&denylist=on"
    assert client.post(f"{PAGE}run/", CHOSEN)["Location"] == PAGE
    assert client.post(f"{PAGE}forget/", sent)["Location"] == f"{PAGE}?store=file&denylist=on"
    assert kept.of(name_of(client)) is None


@pytest.mark.parametrize("sent", [{"store": "paper"}, {"algorithm": "none"}, {"lifetime": "1"}, {"asks": ""}])
def test_what_cannot_be_chosen_is_refused(client: Client, sent: dict[str, str]) -> None:
    assert client.post(f"{PAGE}run/", CHOSEN | sent).status_code == 400


# ---- Playing, where nobody answers


def step(client: Client, slug: str, **fields: Any) -> HttpResponse:
    return client.post(f"{PAGE}step/", {"step": slug, **fields}, headers=HTMX)  # type: ignore[return-value]


def test_one_step_a_request(client: Client, alice: User) -> None:
    client.post(f"{PAGE}run/", CHOSEN)
    assert "Step 1 of 11, the user: Sign in" in words(client.get(PAGE))
    answer = step(client, "sign-in")
    assert "Step 2 of 11, the user: Call instance A" in words(answer)
    assert "<html" not in answer.content.decode()
    assert cells(answer, "sign-in") == ["! not tried no answer"] + ["! not tried no answer"] * 2


def test_a_prediction_is_asked_for_and_kept(client: Client, alice: User) -> None:
    client.post(f"{PAGE}run/", CHOSEN)
    step(client, "sign-in")
    step(client, "call")
    answer = step(client, "instance-b")
    assert answer.status_code == 400
    assert "Guess first: tick who will be let in, or “none of them”." in words(answer)
    assert step(client, "instance-b", prediction=["rubbish", "\0"]).status_code == 400, "that is no guess"
    answer = step(client, "instance-b", prediction=["sessions", "rubbish"])
    assert "You expected Sessions." in words(answer)
    answer = step(client, "independent", prediction="none")
    scenario = kept.of(name_of(client))
    assert scenario is not None
    assert [one.predicted for one in scenario.run.played] == [None, None, ["sessions"], []]


def test_a_step_that_another_tab_has_played_is_not_played_twice(client: Client, alice: User) -> None:
    client.post(f"{PAGE}run/", CHOSEN)
    step(client, "sign-in")
    answer = step(client, "sign-in")
    assert answer.status_code == 503
    assert "That step was played already, in another tab perhaps." in words(answer)
    assert "Step 2 of 11" in words(answer)
    assert step(client, "sign-in", all="1").status_code == 200, "who only watches is not bothered"
    scenario = kept.of(name_of(client))
    assert scenario is not None
    assert len(scenario.run.played) == 1


def test_without_htmx_all_that_is_left_comes_at_once(client: Client, alice: User) -> None:
    answer = client.post(f"{PAGE}run/", CHOSEN | {"all": "1"}, follow=True)
    assert "All three" not in words(answer)
    assert "Not all could be tried: Sessions, JWT and OAuth2." in words(answer), (
        "no token was made, so none is waited for"
    )
    scenario = kept.of(name_of(client))
    assert scenario is not None
    assert scenario.run.next_step is None


def test_while_it_waits_the_last_step_is_not_played(client: Client) -> None:
    has(client, a_run("after-revoke"))
    answer = client.post(f"{PAGE}step/", {"step": "expiry", "all": "1"}, follow=True)
    assert "The thief goes on calling until the tokens expire:" in words(answer)


def test_meanwhile_only_the_clocks_come(client: Client) -> None:
    has(client, a_run("after-revoke"))
    answer = client.post(f"{PAGE}meanwhile/", headers=HTMX)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "JWT Let in when he last called, after 2.5 s." in text(page)
    assert "<table" not in page
    assert "<form" not in page


def test_the_thief_does_not_call_more_often_than_once_a_second(client: Client) -> None:
    """Each call is kept: who asks all the time would else make the row, and the page, as long as they like."""
    has(client, a_run("after-revoke", began=time.time() - 10))
    for _ in range(3):
        client.post(f"{PAGE}meanwhile/", headers=HTMX)
    scenario = kept.of(name_of(client))
    assert scenario is not None
    assert len(scenario.run.meanwhile) == 1


def test_a_step_that_was_broken_off_ends_the_run_and_is_not_played_again(client: Client) -> None:
    """The first column has signed out already. Once more, and the table would say that nobody could."""
    has(client, a_run("stolen"))  # its JWT column holds no token that could be ended
    client.raise_request_exception = False
    assert step(client, "sign-out", all="1").status_code == 500
    answer = step(client, "sign-out", all="1")
    assert answer.status_code == 200
    assert cells(answer, "sign-out") == ["! not tried"] * 3
    said = "The step “The user signs out” was broken off half-way, so nobody knows what it has done. Begin again."
    assert words(answer).count(said) == 2, "on the page, and read out"
    assert 'id="compare-again"' in answer.content.decode()
    assert 'hx-trigger="load' not in answer.content.decode(), "it does not go on by itself"
    assert "Later" not in words(answer), "nothing comes any more"
    assert words(answer).count("It could not be tried to the end: This step was broken off half-way") == 3
    scenario = kept.of(name_of(client))
    assert scenario is not None
    assert scenario.held == {column: {} for column in COLUMNS}
    assert step(client, "after-sign-out", all="1").status_code == 200
    assert kept.of(name_of(client)) == scenario, "nothing is played after it"


def test_a_run_that_is_gone_is_a_sentence(client: Client) -> None:
    name_of(client)
    assert "There is no run any more" in words(step(client, "sign-in"))
    assert client.post(f"{PAGE}meanwhile/", headers=HTMX).status_code == 404


# ---- Why nothing was tried


@pytest.mark.parametrize("path", ["run/", "step/", "meanwhile/", "forget/"])
def test_without_labs_the_page_says_what_starts_it_and_nothing_can_be_sent(
    client: Client, settings: Any, path: str
) -> None:
    has(client, a_run())
    settings.LABS = False
    assert client.post(PAGE + path, CHOSEN).status_code == 404
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "LABS=true" in words(answer)
    assert "/compare/run/" not in answer.content.decode()
    assert "<table" not in answer.content.decode()


@pytest.mark.parametrize("path", ["run/", "step/", "meanwhile/", "forget/"])
def test_it_is_played_by_a_form_of_this_site_only(client: Client, path: str) -> None:
    assert client.get(PAGE + path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(PAGE + path, CHOSEN).status_code == 403


def test_from_another_machine_it_signs_nobody_in(client: Client, alice: User) -> None:
    answer = client.post(f"{PAGE}run/", CHOSEN, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert "who sits at the machine" in words(answer)
    assert 'id="compare-all" disabled' in client.get(PAGE, REMOTE_ADDR="192.0.2.7").content.decode()


def test_an_alice_with_another_password_is_left_alone(client: Client) -> None:
    User.objects.create_user("alice", "alice@example.com", "another password")
    for answer in (
        client.post(f"{PAGE}run/", CHOSEN | {"all": "1"}),
        client.post(f"{PAGE}run/", CHOSEN | {"all": "1"}, headers=HTMX),
    ):
        assert answer.status_code == 409
        assert "alice has another password than the demo's by now" in words(answer)
        assert 'hx-trigger="load' not in answer.content.decode(), "it does not try again by itself"


def test_a_second_tab_waits(client: Client, alice: User) -> None:
    with kept.one_at_a_time(name_of(client)):
        answer = client.post(f"{PAGE}run/", CHOSEN, headers=HTMX)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert "in another tab perhaps" in words(answer)


def test_a_busy_moment_is_tried_again_by_itself(client: Client) -> None:
    has(client, a_run("stolen"))
    with kept.one_at_a_time(name_of(client)):
        answer = step(client, "sign-out", all="1")
    assert answer.status_code == 503
    assert 'hx-trigger="load delay:2000ms, submit"' in answer.content.decode()


def test_a_cache_that_is_down_is_a_sentence(client: Client, settings: Any) -> None:
    has(client, a_run("stolen"))
    gone = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": gone}
    assert client.get(PAGE).status_code == 200
    answer = step(client, "sign-out", all="1")
    assert answer.status_code == 503
    assert "does not answer" in words(answer)


def test_a_run_belongs_to_one_browser_and_ends_with_start_over(client: Client) -> None:
    has(client, a_run())
    assert "After the sign-out" in words(client.get(PAGE))
    assert "After the sign-out, the" not in words(Client().get(PAGE))
    client.post("/start-over/")
    assert "After the sign-out, the" not in words(client.get(PAGE))
    assert not KeptRun.objects.exists(), "with what it holds"


def test_an_hour_later_it_is_forgotten(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    has(client, a_run(began=time.time() - 7200))
    KeptRun.objects.update(ends_at="2020-01-01T00:00:00Z")
    assert "Each call is really sent" in words(client.get(PAGE))
