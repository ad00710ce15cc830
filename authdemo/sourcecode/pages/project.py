"""The pages of the project: the tour, and "Start over"."""

from __future__ import annotations

from ..parts import ENGINE, WHO_IS_IT, Part

ANSWER = ("authdemo.overview.decision.answer_to", "authdemo.overview.decision._parts")

PAGES: dict[str, tuple[Part, ...]] = {
    "workshop:step 1": (
        Part("When you press “Sign in”", ("django.contrib.auth.authenticate", "django.contrib.auth.login")),
        Part("When you press “Who am I?”", (*WHO_IS_IT, "sessions_app.views.whoami"), ("SESSION_ENGINE",)),
        Part("To show the record", ("sessions_app.record.describe",)),
    ),
    "workshop:step 2": (
        Part("When you press “Get tokens”", ("jwt_app.tokens.RefreshToken.for_user",), ("SIMPLE_JWT",)),
        Part(
            "When you press “Who am I?”",
            (
                "jwt_app.views.WhoAmIView",
                "jwt_app.authentication.AccessTokenMixin.get_validated_token",
                "rest_framework_simplejwt.backends.TokenBackend.decode",
            ),
        ),
    ),
    "workshop:step 3": (
        Part(
            "When you let the thief try",
            (
                "authdemo.workshop.replay.steal_and_sign_out",
                "django.contrib.auth.logout",
                "jwt_app.tokens.RefreshToken.revoke",
            ),
        ),
        Part("Why the cookie stays out", (f"{ENGINE}SessionStore.load",)),
        Part("Why the token gets in", ("rest_framework_simplejwt.backends.TokenBackend.decode",)),
    ),
    "workshop:step 4": (
        Part(
            "When the provider sends you back",
            (
                "oauth_app.client.views.callback",
                "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
                "allauth.socialaccount.providers.github.views.GitHubOAuth2Adapter.complete_login",
                "allauth.socialaccount.providers.google.views.GoogleOAuth2Adapter.complete_login",
            ),
        ),
        Part("How this page knows", ("authdemo.workshop.evidence.Journey",)),
    ),
    "overview:choose": (Part("To find your answer", ANSWER),),
    "workshop:step 5": (Part("To find your answer", ANSWER),),
    "compare:index": (
        Part(
            "When you press “Run it all”",
            (
                "authdemo.compare.play.play_next",
                "authdemo.compare.columns.base.Column.play",
                "authdemo.compare.steps.Step",
            ),
        ),
        Part(
            "In the columns, when the thief calls",
            (
                "authdemo.compare.columns.sessions.SessionsColumn.use",
                "authdemo.compare.columns.base.Column.seen",
                "authdemo.compare.clients.Caller._note",
            ),
        ),
        Part("Who decides: for a session", (*WHO_IS_IT, "sessions_app.views.whoami")),
        Part("For a JWT", ("rest_framework_simplejwt.backends.TokenBackend.decode",)),
        Part("For the clocks", ("authdemo.compare.story.Run.clock",)),
    ),
    "start_over": (
        Part("For this page", ("authdemo.start_over.views.start_over",)),
        Part(
            "When you press “Start over”",
            (
                "authdemo.start_over.ending.end_session",
                "authdemo.start_over.ending.end_tokens",
                "authdemo.start_over.ending.forget_cookies",
            ),
        ),
    ),
}
