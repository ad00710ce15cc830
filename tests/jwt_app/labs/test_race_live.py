"""The race of many tabs, by the running demo: what the lab says is what happened."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests

from tests.fixtures.tokens import tokens_in

pytestmark = pytest.mark.live


def race(demo: Any, **body: int) -> dict[str, Any]:
    response = requests.post(f"{demo.site}/jwt/labs/race/", json=body, timeout=60)
    assert response.status_code == 200, response.text
    assert not tokens_in(response.text)
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("times", [2, 24])
@pytest.mark.parametrize("grace", [0, 5])
def test_one_tab_wins_and_the_grace_decides_whether_it_can_go_on(demo: Any, grace: int, times: int) -> None:
    found = race(demo, grace=grace, times=times)

    assert Counter(answer["status"] for answer in found["answers"]) == {200: 1, 401: times - 1}
    assert {answer["to"] for answer in found["answers"]} == {"A", "B"}
    codes = Counter(answer["code"] for answer in found["answers"] if answer["status"] == 401)
    if grace:
        assert codes == {"token_used": times - 1}
        assert found["alive"]
        assert found["after"] == {"status": 200, "code": ""}
    else:
        assert codes["token_reused"] == 1
        assert not found["alive"]
        assert found["after"] == {"status": 401, "code": "token_revoked"}


def test_nothing_is_left_of_a_race(demo: Any) -> None:
    def theirs() -> set[str]:
        """Alice's families and tokens by name: others may be signed in to this demo, too."""
        code = (
            "from jwt_app.models import RefreshFamily\n"
            "from rest_framework_simplejwt.token_blacklist.models import OutstandingToken\n"
            "print(*(f'family:{one.pk}' for one in RefreshFamily.objects.filter(user__username='alice')))\n"
            "print(*(f'token:{one.jti}' for one in OutstandingToken.objects.filter(user__username='alice')))"
        )
        return {word for word in demo.shell(code).split() if word.startswith(("family:", "token:"))}

    before = theirs()
    found = race(demo, grace=5, times=4)

    assert (found["account"], found["alive"]) == ("alice", True)
    assert theirs() - before == set()
