"""Who has an account here? Neither text, status, counts nor time of a refusal tell."""

from __future__ import annotations

import re
from time import thread_time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from authdemo.accounts.models import User
from authdemo.guard.models import Failures
from tests.guard.conftest import HERE, PASSWORD, WAYS_IN
from tests.wire.instruments import Timing

pytestmark = pytest.mark.django_db
ways_in = pytest.mark.parametrize("way_in", WAYS_IN)
# Each is tried as far as its lock, and once more.
NAMES = ("alice", "alice@example.com", "social", "closed", "nobody", "nobody@example.com")


@pytest.fixture
def people(alice: User) -> None:
    """alice, who has a password; somebody who only ever came by a provider; somebody whose account is closed."""
    User.objects.create_user("social", "social@example.com")  # without a password that could be used
    User.objects.create_user("closed", "closed@example.com", PASSWORD, is_active=False)
    EmailAddress.objects.create(user=alice, email="second@example.com", verified=True)


def seen(answer: Any, name: str) -> tuple[Any, ...]:
    """All that a stranger sees of it, without what differs each time."""
    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode().replace(f'value="{name}"', ""))
    text = re.sub(r"\d+ (second|minute)s?|data-seconds=\"\d+\"", "", text)
    headers = {key: value for key, value in answer.items() if key not in {"Server-Timing", "Retry-After", "Expires"}}
    headers["Content-Length"] = ""
    return answer.status_code, text, str(headers), Timing.of(answer).counts


@ways_in
def test_text_status_headers_and_counts_are_alike(people, visitor, way_in):
    stories = []
    for number, name in enumerate(NAMES):
        guesser = visitor(f"203.0.113.{number}")
        stories.append([seen(guesser.tries(name, way_in=way_in), name) for _ in range(7)])
    for name, story in zip(NAMES, stories, strict=True):
        assert story == stories[0], name
    assert [step[0] for step in stories[0]] == [{"/admin/login/": 200}.get(way_in, 401)] * 4 + [429] * 3


@pytest.mark.parametrize("way_in", ["/jwt/api/token/", "/admin/login/"])  # the site's own form sends them away
def test_somebody_signed_in_learns_no_more(people, visitor, way_in):
    """For an administrator's event the admin asks who is at work: that must not show which names exist."""
    counts = set()
    for name in ("alice", "nobody"):
        guesser = visitor()
        guesser.client.force_login(User.objects.get(username="social"))
        counts.add(Timing.of(guesser.tries(name, way_in=way_in)).counts)
    assert len(counts) == 1


class QuarterHasher(PBKDF2PasswordHasher):
    """The site's, with a quarter of its work: still by far the most that a request costs."""

    iterations = PBKDF2PasswordHasher.iterations // 4


@pytest.mark.parametrize("way_in", ["/sessions/login/", "/jwt/api/token/"])
def test_a_refusal_takes_as_long_for_a_name_that_nobody_has(people, visitor, settings, way_in):
    """With the site's hasher. The processor's time, since what else runs on a machine is only noise."""
    settings.PASSWORD_HASHERS = [f"{__name__}.QuarterHasher"]
    for name in ("alice", "closed"):
        user = User.objects.get(username=name)
        user.set_password(PASSWORD)
        user.save()
    times: dict[str, list[float]] = {name: [] for name in NAMES}
    for turn in range(4):
        for name in NAMES:
            guesser = visitor(f"203.0.113.{turn}")
            start = thread_time()
            assert guesser.tries(name, way_in=way_in).status_code == 401
            times[name].append(thread_time() - start)
    typical = {name: min(measured) for name, measured in times.items()}
    assert max(typical.values()) < 1.5 * min(typical.values()), typical
    assert min(typical.values()) > 0.02, f"no password was hashed: {typical}"


def test_the_lock_of_an_account_from_everywhere_is_alike_too(people, visitor):
    stories = []
    for name in ("alice", "nobody"):
        for number in range(13):
            for _ in range(4):
                answer = visitor(f"203.0.113.{number}").tries(name)
        stories.append(seen(visitor(HERE).tries(name), name))
        assert answer.status_code == 429
    assert stories[0] == stories[1]


@pytest.mark.parametrize(
    ("first", "second"),
    [("boss", "\uff42\uff4f\uff53\uff53"), ("boss", "bo\xdf"), ("boss", "BOSS"), ("boss", "bo\u017fs"),
     ("kate@example.com", "\u212aate@example.com"), ("kate@example.com", "kate\uff20example.com")],
)  # fmt: skip
@pytest.mark.parametrize("way_in", ["/sessions/login/", "/jwt/api/token/"])
def test_a_lock_tells_nothing_by_another_spelling_of_the_name(visitor, way_in, first, second):
    """Tried until it is locked, then spelled with other letters: the answer is the same, whether it is somebody's."""
    answers = []
    for somebody_has_it in (False, True):
        if somebody_has_it:
            User.objects.create_user("boss", "kate@example.com", PASSWORD)
        Failures.objects.all().delete()
        assert [visitor().tries(first, way_in=way_in).status_code for _ in range(5)] == [401] * 4 + [429]
        answers.append(visitor().tries(second, way_in=way_in).status_code)
    assert answers[0] == answers[1]


def test_no_letter_that_only_looks_like_another_one_gives_five_more_guesses(visitor):
    """allauth takes the sign of the Kelvin for a k, in an e-mail address."""
    User.objects.create_user("boss", "kate@example.com", PASSWORD)
    for name in ("kate@example.com", "\u212aate@example.com"):
        for _ in range(4):
            visitor().tries(name, way_in="/jwt/api/token/")
    assert visitor().tries("\u212aate@example.com", PASSWORD, "/jwt/api/token/").status_code == 429
