"""Who has access, take it back; my notes."""

from __future__ import annotations

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from oauth_app.provider.models import Consent, Grant, Note
from tests.fixtures.people import signed_in

pytestmark = pytest.mark.django_db
APPS, NOTES = "/oauth/apps/", "/oauth/notes/"


def test_strangers_sign_in_first(alice):
    for path in (APPS, NOTES):
        assert Client().get(path)["Location"].startswith("/sessions/login/")
    for path in (f"{APPS}1/revoke/", f"{NOTES}1/delete/"):
        assert Client().post(path)["Location"].startswith("/sessions/login/")


def test_nobody_has_access(alices):
    page = alices.get(APPS).content.decode()
    assert "Nobody but you" in page
    assert "What ends what" in page


def test_who_has_access_to_what_since_when(app, alices, bobs):
    app.tokens(alices, scope="profile notes:read")
    page = alices.get(APPS).content.decode()
    for text in ("The printer", "see your user name", "read your notes", "Never", "Yes"):
        assert text in page
    assert "The printer" not in bobs.get(APPS).content.decode()


def test_an_app_that_was_allowed_and_never_came_for_its_tokens(app, alices):
    app.code(alices)
    assert "it has to send you here to get one" in alices.get(APPS).content.decode()


def test_taken_back_the_next_call_is_refused_and_the_session_lives_on(app, register, alices):
    other = register("other")
    kept = other.tokens(alices)
    code = app.code(alices)
    tokens = [app.tokens(alices), app.tokens(alices)]
    tokens.append(app.refresh(tokens[0]["refresh_token"]).json())

    response = alices.post(f"{APPS}{Consent.objects.get(client=app.row).pk}/revoke/", follow=True)
    assert "The printer has no access any more" in response.content.decode()
    for one in tokens:
        assert not app.works(one["access_token"])
        assert app.refresh(one["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert alices.get("/sessions/api/whoami/").status_code == 200
    assert other.works(kept["access_token"])
    assert app.ask(alices).status_code == 200  # asked again


def test_nobody_takes_back_what_another_user_has_allowed(app, alices, bobs):
    tokens = app.tokens(alices)
    pk = Consent.objects.get().pk
    assert bobs.post(f"{APPS}{pk}/revoke/").status_code == 302
    assert app.works(tokens["access_token"])
    assert alices.get(f"{APPS}{pk}/revoke/").status_code == 405


@pytest.mark.parametrize("path", [f"{APPS}{{}}/revoke/", f"{NOTES}{{}}/delete/", NOTES])
def test_forged_forms(app, alices, alice, path):
    tokens = app.tokens(alices)
    note = Note.objects.create(user=alice, text="keep me")
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(alice)
    pk = Consent.objects.get().pk if "apps" in path else note.pk
    assert forged.post(path.format(pk), {"text": "forged"}).status_code == 403
    assert app.works(tokens["access_token"])
    assert [one.text for one in Note.objects.all()] == ["keep me"]


def test_what_ends_nothing_and_what_does(app, alices, alice):
    """As the page says: a sign-out and a new password end no app's access."""
    tokens = app.tokens(alices)
    alices.post("/sessions/logout/")
    assert app.works(tokens["access_token"])
    alice.set_password("another horse")
    alice.save()
    assert app.works(tokens["access_token"])
    second = app.refresh(tokens["refresh_token"]).json()
    alice.is_active = False
    alice.save()
    assert not app.works(second["access_token"])


def test_notes_are_added_and_deleted(alices, bobs):
    assert "No notes yet" in alices.get(NOTES).content.decode()
    assert alices.post(NOTES, {"text": "Buy <milk>"}).status_code == 302
    page = alices.get(NOTES).content.decode()
    assert "Buy &lt;milk&gt;" in page
    assert "Buy" not in bobs.get(NOTES).content.decode()
    note = Note.objects.get()
    assert bobs.post(f"{NOTES}{note.pk}/delete/").status_code == 404
    assert alices.post(f"{NOTES}{note.pk}/delete/").status_code == 302
    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\0b"])
def test_a_wrong_note(alices, text):
    response = alices.post(NOTES, {"text": text})
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert not Note.objects.exists()


def test_in_the_admin_deleting_a_consent_ends_the_access(app, register, alices, db):
    User.objects.create_superuser("teacher", "teacher@example.com", "correct horse")
    staff = Client()
    staff.force_login(User.objects.get(username="teacher"))
    one, other = app.tokens(alices), register("other").tokens(alices)
    first, second = Consent.objects.order_by("pk")
    assert staff.post(f"/admin/oauth_provider/consent/{first.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not app.works(one["access_token"])
    assert app.works(other["access_token"])
    action = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert staff.post("/admin/oauth_provider/consent/", action).status_code == 302
    assert not app.works(other["access_token"])
    assert not Grant.objects.exists()
    assert [event.reason for event in AuthEvent.objects.filter(verb="revoked")] == ["admin", "admin"]


@pytest.mark.parametrize("by", ["its page", "the list"])
def test_in_the_admin_deleting_an_app_ends_and_tells_each_access(app, alices, by):
    User.objects.create_superuser("teacher", "teacher@example.com", "correct horse")
    staff, access = signed_in(User.objects.get(username="teacher")), app.tokens(alices)["access_token"]
    if by == "its page":
        answer = staff.post(f"/admin/allauth_idp_oidc/client/{app.row.pk}/delete/", {"post": "yes"})
    else:
        action = {"action": "delete_selected", "_selected_action": [app.row.pk], "post": "yes"}
        answer = staff.post("/admin/allauth_idp_oidc/client/", action)
    assert answer.status_code == 302
    assert app.call(access).status_code == 401
    assert AuthEvent.objects.get(verb="revoked").reason == "client_deleted"


def test_taken_back_twice_is_told_once(app, alices):
    app.tokens(alices)
    [first], [second] = Consent.objects.all(), Consent.objects.all()
    first.revoke()
    second.revoke()
    assert AuthEvent.objects.filter(verb="revoked").count() == 1


def test_the_page_costs_the_same_for_one_app_and_for_many(register, alices, django_assert_num_queries):
    for number in range(5):
        app = register(f"app{number}")
        code = app.code(alices)
        assert [app.exchange(code).status_code for _ in range(2)] == [200, 400]  # ended: the page says why
    with django_assert_num_queries(4):  # session, user, apps, how each ended last
        assert alices.get(APPS).content.decode().count("its code was used twice") == 5


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://app.example/", "https://a/#x"])
def test_in_the_admin_no_address_is_a_script(app, address):
    User.objects.create_superuser("teacher", "teacher@example.com", "correct horse")
    page = f"/admin/allauth_idp_oidc/client/{app.row.pk}/change/"
    form = {"name": "x", "type": "public", "scopes": "openid", "grant_types": "authorization_code", "id": app.row.pk}
    staff = signed_in(User.objects.get(username="teacher"))
    for addresses, status in ((address, 200), ("org.example.app:/callback", 302), ("https://app.example/", 302)):
        assert staff.post(page, form | {"redirect_uris": addresses}).status_code == status


@pytest.mark.parametrize("query", ["secret__startswith=m", "owner__password__startswith=m"])
def test_in_the_admin_no_filter_spells_out_a_secret(app, query):
    User.objects.create_superuser("teacher", "teacher@example.com", "correct horse")
    staff = Client()
    staff.force_login(User.objects.get(username="teacher"))
    assert staff.get(f"/admin/allauth_idp_oidc/client/?{query}").status_code == 400


@pytest.mark.parametrize("path", [APPS, NOTES, "/oauth/"])
def test_an_app_to_try_it_with_where_one_runs(alices, settings, path):
    settings.THIRDPARTY_URL = "http://127.0.0.1:4711"
    assert 'href="http://127.0.0.1:4711/"' in alices.get(path).content.decode()
    settings.THIRDPARTY_URL = ""
    assert "Paper &amp; Ink" not in alices.get(path).content.decode()
