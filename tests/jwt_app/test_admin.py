"""The admin shows who holds what, nothing that could be used, and can end it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_app.admin import RefreshFamilyAdmin
from jwt_app.models import RefreshFamily

from .conftest import API, refused

pytestmark = pytest.mark.django_db
LIST, BLACK, FAMILIES = (
    reverse(f"admin:{name}_changelist")
    for name in ("token_blacklist_outstandingtoken", "token_blacklist_blacklistedtoken", "jwt_app_refreshfamily")
)


@pytest.fixture
def teacher(db: None) -> Client:
    user = get_user_model().objects.create_superuser("teacher", "teacher@example.com", "x")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def tokens(api: API, alice: Any) -> list[str]:
    """Two refresh tokens of one family: the first is used."""
    first = api.sign_in()["refresh"]
    return [first, api.refresh(first).json()["refresh"]]


def test_no_page_shows_a_token_or_what_is_stored_of_it(teacher: Client, tokens: list[str]) -> None:
    family = RefreshFamily.objects.get()
    pages = [LIST, BLACK, FAMILIES, reverse("admin:jwt_app_refreshfamily_change", args=[family.pk])]
    for model in (OutstandingToken, BlacklistedToken):
        name = f"admin:token_blacklist_{model.__name__.lower()}_change"
        pages += [reverse(name, args=[row.pk]) for row in model.objects.all()]

    secrets = [*tokens, *(row.token for row in OutstandingToken.objects.all()), family.session_auth_hash]
    assert len(pages) == 7
    for page in pages:
        html = teacher.get(page).content.decode()
        assert "alice" in html
        assert not [secret for secret in secrets if secret in html]
        assert 'name="_save"' not in html
        assert not teacher.post(page, {"token": "x"}).content.decode().count("was changed")


def test_rows_are_neither_added_nor_deleted_one_by_one(teacher: Client, tokens: list[str]) -> None:
    token, black = OutstandingToken.objects.latest("id"), BlacklistedToken.objects.get()
    for row, name in ((token, "outstandingtoken"), (black, "blacklistedtoken")):
        url = reverse(f"admin:token_blacklist_{name}_delete", args=[row.pk])
        assert teacher.post(url, {"post": "yes"}).status_code == 403
        assert teacher.get(reverse(f"admin:token_blacklist_{name}_add")).status_code == 403
    assert teacher.get(reverse("admin:jwt_app_refreshfamily_add")).status_code == 403


@pytest.mark.parametrize(("state", "index"), [("used", 0), ("usable", 1), ("expired", None)])
def test_filter_by_state(teacher: Client, tokens: list[str], state: str, index: int | None) -> None:
    jtis = [row.jti for row in OutstandingToken.objects.order_by("id")]
    html = teacher.get(LIST, {"state": state}).content.decode()

    assert [jti in html for jti in jtis] == [position == index for position in range(2)]


def test_a_token_past_its_time_is_expired(teacher: Client, tokens: list[str]) -> None:
    OutstandingToken.objects.filter(blacklistedtoken=None).update(expires_at="2020-01-01T00:00:00Z")
    jti = OutstandingToken.objects.get(blacklistedtoken=None).jti

    assert jti in teacher.get(LIST, {"state": "expired"}).content.decode()
    assert jti not in teacher.get(LIST, {"state": "usable"}).content.decode()


def test_search_is_exact(teacher: Client, tokens: list[str]) -> None:
    row = OutstandingToken.objects.latest("id")
    cell = f">{row.jti}</a>"

    def found(query: str) -> bool:
        with CaptureQueriesContext(connection) as queries:
            html = teacher.get(LIST, {"q": query}).content.decode()
        assert not [q for q in queries.captured_queries if "UPPER(" in q["sql"] or "LOWER(" in q["sql"]]
        return cell in html

    assert found(row.jti)
    assert not found(row.jti[:20])
    assert not found(row.jti.upper())
    assert found("alice")
    assert not found("ali")
    assert teacher.get(LIST, {"q": "x\x00y"}).status_code == 200
    assert cell not in teacher.get(BLACK, {"q": row.jti}).content.decode()
    assert teacher.get(FAMILIES, {"q": "alice"}).content.decode().count("action-checkbox") >= 1


@pytest.mark.parametrize(
    ("page", "lookup"), [(LIST, "token__startswith"), (LIST, "token"), (BLACK, "token__token__startswith")]
)
def test_no_lookup_spells_the_digest_letter_by_letter(
    teacher: Client, tokens: list[str], page: str, lookup: str
) -> None:
    digest = OutstandingToken.objects.earliest("id").token

    right, wrong = teacher.get(page, {lookup: digest}), teacher.get(page, {lookup: "x"})

    assert (right.status_code, wrong.status_code) == (400, 400)
    assert teacher.get(LIST, {"jti__exact": "x"}).status_code == 200


@pytest.mark.parametrize("lookup", ["session_auth_hash", "session_auth_hash__startswith"])
def test_no_lookup_spells_the_mark_of_a_password(teacher: Client, tokens: list[str], lookup: str) -> None:
    mark = RefreshFamily.objects.get().session_auth_hash

    right, wrong = teacher.get(FAMILIES, {lookup: mark}), teacher.get(FAMILIES, {lookup: "x"})

    assert (right.status_code, wrong.status_code) == (400, 400)
    assert teacher.get(FAMILIES, {"reason__exact": "reuse"}).status_code == 200


def test_ending_a_family_ends_its_tokens(teacher: Client, api: API, tokens: list[str]) -> None:
    family = RefreshFamily.objects.get()
    form = {"action": "end_families", "index": "0", "_selected_action": [str(family.pk)]}

    assert "1 ended. Access tokens go on" in teacher.post(FAMILIES, form, follow=True).content.decode()
    refused(api.refresh(tokens[1]), "token_revoked")
    family.refresh_from_db()
    assert family.reason == RefreshFamily.Reason.ADMIN
    assert "0 ended." in teacher.post(FAMILIES, form, follow=True).content.decode()


def test_a_familys_page_has_its_tokens_one_after_the_other(teacher: Client, api: API, tokens: list[str]) -> None:
    last, first = OutstandingToken.objects.order_by("-id")
    page = reverse("admin:jwt_app_refreshfamily_change", args=[RefreshFamily.objects.get().pk])

    html = teacher.get(page).content.decode()
    lines = [line.split("</div>")[0] for line in html.split("<div><a href=")[1:]]
    assert [f">{row.jti}</a>" in line for row, line in zip((last, first), lines, strict=True)] == [True, True]
    assert ["<b>usable</b>" in lines[0], "<b>used or ended</b>, the first that is known" in lines[1]] == [True, True]
    token = teacher.get(reverse("admin:token_blacklist_outstandingtoken_change", args=[last.pk])).content.decode()
    assert f'<a href="{page}">' in token


def test_a_long_family_shows_its_newest_and_asks_no_more(teacher: Client, api: API, tokens: list[str]) -> None:
    page = reverse("admin:jwt_app_refreshfamily_change", args=[RefreshFamily.objects.get().pk])

    def questions() -> int:
        with CaptureQueriesContext(connection) as found:
            teacher.get(page)
        return len(found)

    questions()  # Django remembers some of the answers, for this process
    before, token = questions(), tokens[1]
    for _ in range(RefreshFamilyAdmin.SHOWN):
        token = api.refresh(token).json()["refresh"]
    assert questions() == before
    assert "and 2 older" in teacher.get(page).content.decode()


def test_to_end_families_needs_the_permission_to_change_them(api: API, tokens: list[str]) -> None:
    helper = get_user_model().objects.create_user("helper", "", "x", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_refreshfamily"))
    client = Client()
    client.force_login(helper)
    form = {"action": "end_families", "_selected_action": [str(RefreshFamily.objects.get().pk)]}

    assert client.get(FAMILIES).status_code == 200
    client.post(FAMILIES, form)
    assert RefreshFamily.objects.get().revoked_at is None


def test_deleting_a_user_works_and_leaves_no_usable_token(
    teacher: Client, api: API, alice: Any, tokens: list[str]
) -> None:
    url = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert teacher.post(url, {"post": "yes"}).status_code == 302

    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    refused(api.refresh(tokens[1]), "token_revoked")
    # The rows outlive the user, and their pages must say so without failing.
    for row in OutstandingToken.objects.all():
        page = teacher.get(reverse("admin:token_blacklist_outstandingtoken_change", args=[row.pk]))
        assert "gone" in page.content.decode()
    assert teacher.get(BLACK).status_code == teacher.get(LIST).status_code == 200


def test_deleting_a_family_leaves_no_usable_token(teacher: Client, api: API, tokens: list[str]) -> None:
    url = reverse("admin:jwt_app_refreshfamily_delete", args=[RefreshFamily.objects.get().pk])
    assert teacher.post(url, {"post": "yes"}).status_code == 302

    refused(api.refresh(tokens[1]), "token_revoked")


def test_lists_ask_the_same_number_of_questions_for_many_rows(teacher: Client, api: API, alice: Any) -> None:
    def questions(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            teacher.get(url)
        return len(queries)

    def use() -> None:
        first = api.sign_in()["refresh"]
        api.refresh(first)

    use()
    before = [questions(url) for url in (LIST, BLACK, FAMILIES)]
    for _ in range(3):
        use()
    assert [questions(url) for url in (LIST, BLACK, FAMILIES)] == before
