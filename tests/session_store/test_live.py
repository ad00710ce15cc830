"""Against the running demo, with its two instances and its Valkey: sign-outs amid requests that save the session.

Whether a round hits the moment is chance; test_ended.py has the same moments for certain.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sessions_app.test_live import sign_in, whoami

pytestmark = pytest.mark.live
ROUNDS = 10


def test_a_sign_out_amid_saves_over_two_instances_is_the_end(demo):
    sites = [demo.site, demo.site_b]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(ROUNDS):
            browser = sign_in(demo.site)
            cookies, token = dict(browser.cookies), {"X-CSRFToken": browser.cookies["authdemo_csrf"]}

            def post(site: str, path: str, cookies=cookies, token=token) -> int:
                answer = requests.post(site + path, cookies=cookies, headers=token, allow_redirects=False, timeout=30)
                return answer.status_code

            connect = "/oauth/accounts/github/login/?process=connect"
            saves = [pool.submit(post, sites[number % 2], connect) for number in range(4)]
            end = pool.submit(post, demo.site, "/sessions/logout/")
            saves += [pool.submit(post, sites[number % 2], connect) for number in range(3)]
            assert end.result() == 302
            assert all(save.result() < 500 for save in saves)
            for site in sites:
                assert whoami(browser, site).status_code == 401
