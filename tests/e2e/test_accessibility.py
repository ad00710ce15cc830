"""axe-core finds nothing on any page, in both themes, signed in and out; no page is wider than a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.steps import get_token, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.live]

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SITE_PAGES = [
    "/",
    "/compare/",
    "/compare/?store=signed_cookie&denylist=on",
    "/sessions/login/",
    "/jwt/",
    "/jwt/api/docs/",
    "/jwt/inspector/",
    "/jwt/attacks/",
    "/jwt/attacks/alg-none/",
    "/oauth/",
    "/oauth/set-up/",
    "/oauth/accounts/google/login/",
    "/oauth/behalf/",
    "/oauth/flow/",
    "/oauth/id-token/",
    "/oauth/third-party/",
    "/oauth/attacks/",
    "/oauth/attacks/wrong-nonce/",
    "/oauth/attacks/naive/",
    "/oauth/attacks/apps/",
    "/oauth/attacks/apps/redirect-uri/",
    "/choose/",
    "/choose/?passwords=own",
    "/choose/?calls=pages",
    "/choose/?calls=pages&calls=spa&calls=phone&calls=services&calls=asking&calls=apps&passwords=both&end=now",
    "/compare/costs/",
    "/no/such/page/",
]
SIGNED_IN_PAGES = [
    "/",
    "/sessions/",
    "/sessions/devices/",
    "/sessions/password/",
    "/sessions/stores/",
    "/sessions/instances/",
    "/sessions/stores/db/login/",
    "/jwt/",
    "/jwt/keys/",
    "/jwt/role/",
    "/jwt/families/",
    "/jwt/storage/",
    "/jwt/denylist/",
    "/oauth/",
    "/oauth/connections/",
    "/oauth/behalf/",
    "/oauth/apps/",
    "/oauth/notes/",
    "/oauth/introspection/",
    "/oauth/clients/",
    "/oauth/clients/add/",
    "/identity/o/device",
    "/identity/o/authorize",
    "/wire/",
    "/device/",
    "/start-over/",
]
PROVIDER_PAGES = ["/", "/github/", "/google/", "/oidc/"]
# One of each of these lets somebody in as this user, or did.
SOMEBODY = """
from datetime import timedelta
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from jwt_app.models import Denial
from oauth_app.client.stored import Grant, keep
from oauth_app.provider.models import Consent
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
user, new = User.objects.get_or_create(username="looked.at")
if new:
    EmailAddress.objects.create(user=user, email="looked.at@example.com")
    account = SocialAccount.objects.create(user=user, provider="github", uid="looked.at", extra_data={"login": "a"})
    keep(account, Grant("gho_looked", "ghr_looked", "user:email", None))
    Consent.objects.create(user=user, client=Client.objects.first(), scopes="notes:read")
    Denial.objects.create(identifier="1" * 32, user=user, expires_at=timezone.now() + timedelta(days=1))
    token = OutstandingToken.objects.create(
        user=user, jti="1" * 32, token="none", created_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1)
    )
    BlacklistedToken.objects.create(token=token)
print(user.pk)
"""
ADMIN_LISTS = [
    "accounts/user",
    "usersessions/usersession",
    "token_blacklist/outstandingtoken",
    "token_blacklist/blacklistedtoken",
    "jwt_app/refreshfamily",
    "jwt_app/denial",
    "socialaccount/socialaccount",
    "oauth_client/providertoken",
    "allauth_idp_oidc/client",
    "oauth_provider/consent",
    "account/emailaddress",
    "guard/failures",
    "events/authevent",
]
ADMIN_PAGES = [
    "/admin/",
    *(f"/admin/{each}/" for each in ADMIN_LISTS),
    "/admin/usersessions/usersession/?q=nobody.at.all",
    "/admin/events/authevent/?mechanism__exact=session&verb__exact=sign_in_failed",
    "/admin/accounts/",
]


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def sweep(page: Page, base: str, paths: list[str]) -> list[str]:
    """Look at each page with axe, in both themes, and at its width on a phone."""
    faults = []
    for path in paths:
        for theme in THEMES:
            # Before the page is there: a colour half-way through a transition is no finding.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.goto(base + path)
            faults += [f"{path} {theme}: {violation}" for violation in violations(page)]
        page.set_viewport_size({"width": 360, "height": 740})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            faults.append(f"{path}: {width} px wide on a phone of 360 px")
        page.set_viewport_size({"width": 1280, "height": 800})
    return faults


def test_pages_for_everybody(demo, page):
    assert sweep(page, demo.site, SITE_PAGES) == []


def test_pages_while_signed_in_by_session_and_token(demo, page):
    sign_in(page, demo.site)
    get_token(page, demo.site)
    assert sweep(page, demo.site, SIGNED_IN_PAGES) == []


def test_pages_of_the_admin(demo, page):
    sign_in(page, demo.site, "teacher")
    assert sweep(page, demo.site, ADMIN_PAGES) == []


def test_pages_of_one_row_in_the_admin(demo, new_context):
    # axe tries styles of its own on these forms, which the site's policy refuses: not what is looked at here.
    page = new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True).new_page()
    user = demo.shell(SOMEBODY).split()[-1]
    page.goto(f"{demo.site}/sessions/login/")
    page.get_by_label("User name").fill("looked.at")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    get_token(page, demo.site, "bob")
    sign_in(page, demo.site, "teacher")
    rows = []
    for each in ADMIN_LISTS:
        page.goto(f"{demo.site}/admin/{each}/")
        link = page.locator("#result_list tbody a[href*='/change/']").first
        rows.append((link.get_attribute("href") or "").split("?")[0].removesuffix("change/"))
    assert all(rows)
    session = next(row for row in rows if "usersession" in row)
    found = [f"{row}change/" for row in rows]
    found += ["/admin/accounts/user/add/", "/admin/allauth_idp_oidc/client/add/"]
    found += [f"{session}history/", f"{session}delete/", f"/admin/accounts/user/{user}/delete/"]
    found += [f"/admin/accounts/user/{user}/access/", f"/admin/accounts/user/{user}/access/end/"]
    assert sweep(page, demo.site, found) == []
    page.goto(f"{demo.site}/admin/usersessions/usersession/")
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("delete_selected")
    page.get_by_role("button", name="Go").click()
    page.locator("body.delete-selected-confirmation").wait_for()
    assert violations(page) == []


def test_the_sign_in_page_of_the_admin(demo, page):
    assert sweep(page, demo.site, ["/admin/login/"]) == []


def test_a_theme_holds_in_the_site_and_in_its_admin(demo, page):
    sign_in(page, demo.site, "teacher")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor"))

    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    dark = ground()
    page.goto(f"{demo.site}/admin/")
    assert ground() == dark
    page.get_by_role("button", name="Toggle theme").click()  # on to "auto", which is light here
    light = ground()
    assert light != dark
    page.goto(f"{demo.site}/")
    assert ground() == light


def test_pages_of_the_providers(demo, page):
    assert sweep(page, demo.providers, PROVIDER_PAGES) == []


def test_the_sign_in_form_with_an_error(demo, page):
    page.goto(f"{demo.site}/sessions/login/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.locator(".errorlist").wait_for()
    assert violations(page) == []


def test_the_sign_in_page_of_a_provider(demo, page):
    page.goto(f"{demo.site}/oauth/")
    page.get_by_role("button", name="GitHub").first.click()
    page.wait_for_url(f"{demo.providers}/**")
    assert violations(page) == []


def test_a_stored_token_at_work_and_what_remains(demo, page):
    page.goto(f"{demo.site}/oauth/")
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_label("User name or e-mail").fill("mallory.outside")
    page.get_by_label("Password").fill("workshop-2026")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{demo.site}/**")
    page.goto(f"{demo.site}/oauth/behalf/")
    page.get_by_role("button", name="My calendars").click()
    page.locator(".outcome").wait_for()
    page.goto(f"{demo.site}/oauth/connections/")
    page.get_by_role("button", name="Try it: Delete the account here").click()
    page.get_by_text("remains", exact=False).first.wait_for()
    assert sweep(page, demo.site, ["/oauth/behalf/", "/oauth/connections/"]) == []
    assert sweep(page, demo.providers, ["/google/apps"]) == []


def test_the_third_party_app(demo, page):
    sign_in(page, demo.site)
    app = demo.third_party
    assert sweep(page, app, ["/", "/notes/", "/callback/?code=a&state=b", "/denied/", "/export/", "/nothing/"]) == []
    page.goto(app)
    page.get_by_role("button", name="Connect my notes").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{app}/notes/")
    page.get_by_label("Add a note from here").fill("Readable by everybody")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Ask for notes:write").wait_for()
    assert violations(page) == []
    page.goto(f"{app}/export/")
    page.get_by_role("button", name="Run it now").click()
    page.get_by_role("heading", name="The run of").wait_for()
    page.goto(f"{app}/television/")
    assert violations(page) == []
    page.get_by_role("button", name="Switch on").click()
    assert sweep(page, app, ["/", "/notes/", "/export/", "/television/"]) == []
    page.goto(f"{demo.site}/oauth/apps/")
    page.get_by_role("button", name="Take back the access of Paper & Ink").click()
    assert sweep(page, app, ["/notes/"]) == []
