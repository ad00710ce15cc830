"""More attacks: by tokens that somebody else has, by more scope, by a false name, and by another kind of answer."""

from __future__ import annotations

from functools import partial

from authdemo.trials.lines import Line

from . import bearer_runs, consent_runs, door_runs, token_runs
from .making import OURS, STOCK, attack

more = partial(attack, more=True)
ATTEMPTS = (
    more(
        "refreshing",
        question="A refresh token was copied. Who can use it, and until when?",
        short="A copied refresh token",
        lead="A refresh token is good for weeks, and no user is asked. Each time it is used, the app gets the next "
        "one. If two have it, one of them comes with one that was used.",
        plan=(
            "Paper & Ink gets tokens and refreshes them once.",
            "Another app brings the refresh token, then somebody without a secret, then somebody with the app's own.",
            "And then: is the newest access token still good? At last an app that has not registered for them asks.",
        ),
        run=token_runs.refreshing,
        ours=(
            Line(
                f"{OURS}.grants._grant_of",
                "token__client=client",
                "Only this app's tokens are looked at (RFC 6749 §6). Another's end nothing.",
            ),
            Line(
                f"{OURS}.grants.by_refresh_token",
                "grant.end(Grant.Reason.REFRESH_REUSED)",
                "A used one that comes back: somebody has a copy. All that came of this Allow ends (RFC 9700 "
                "§4.14.2).",
            ),
            Line(
                f"{OURS}.engine.server_for",
                "refreshes = ",
                "A refresh token only for who is registered for it.",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}._prep_refresh_token",
                "rt.delete()",
                "allauth as it comes: a used one is deleted. When it comes back, nobody knows that it ever was one, "
                "and whose.",
            ),
        ),
    ),
    more(
        "giving-back",
        question="Can somebody else take an app's token away? And does taking back take all?",
        short="Revoked by the wrong one",
        lead="An app that does not need its tokens any more gives them back. The endpoint for that ends what it is "
        "told. Whose tokens may one end there, and does the access token end with the refresh token?",
        plan=(
            "Paper & Ink gets tokens. Another app tries to end them, then somebody without a secret.",
            "It is tried whether they still work.",
            "At last Paper & Ink itself gives its refresh token back, and its access token is tried.",
        ),
        run=token_runs.giving_back,
        ours=(
            Line(
                f"{OURS}.grants.revoke",
                "exclude(client=client)",
                "A token of another app: refused (RFC 7009 §2.1).",
            ),
            Line(
                f"{OURS}.grants.revoke",
                "grant.end(Grant.Reason.CLIENT)",
                "A refresh token ends with all access tokens of the same Allow (RFC 7009 §2.1).",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.revoke_token",
                "Token.objects.by_value(token)",
                "allauth as it comes: it ends the token of that value, whosever it is, and that one alone.",
            ),
        ),
    ),
    more(
        "more-scope",
        question="An app may read your notes. Can it get so far as to write?",
        short="More than was allowed",
        lead="You have allowed reading. An app can ask again in many places: in its request, in the form that you "
        "send, when it brings the code, and with each refresh.",
        plan=(
            "Paper & Ink asks for openid and notes:read, and tries in each place to get notes:write as well.",
            "It is read which scopes the tokens then have.",
        ),
        run=consent_runs.more_scope,
        ours=(
            Line(
                f"{OURS}.asking.ticked",
                "scope for scope in scopes if scope in",
                "What is ticked counts only where it was asked for.",
            ),
            Line(
                f"{OURS}.engine.Validator.get_original_scopes",
                "self.grant.current_scopes",
                "No exchange gets more than the user has allowed (RFC 6749 §6).",
            ),
            Line(
                f"{OURS}.api.HasScope.has_permission",
                "needed not in token.get_scopes()",
                "And the API compares each call with the token (RFC 6750 §3.1).",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.validate_scopes",
                "issubset(request.client.get_scopes())",
                "allauth as it comes: an app gets no scope that it is not registered for. The rest is as strict.",
            ),
        ),
    ),
    more(
        "impersonation",
        question="Somebody says they are Paper & Ink. Are they believed?",
        short="Posing as an app",
        lead="Mallory's server has a good code and even the verifier. What is left is the app's secret: she has none, "
        "or the wrong one, or one of an app of her own; and once she has it, and sends it where it will be read.",
        plan=(
            "A user allows Paper & Ink to read, once for each try.",
            "Each code is brought to the token endpoint, and each time something is wrong with who brings it.",
        ),
        run=door_runs.impersonation,
        ours=(
            Line(
                f"{OURS}.clients.authenticated",
                "not client.check_secret(secret)",
                "A confidential client proves who it is, each time (RFC 6749 §3.2.1).",
            ),
            Line(
                f"{OURS}.clients.authenticated",
                "if request.GET:",
                "No credentials in an address: servers and proxies write it down (RFC 6749 §2.3.1).",
            ),
            Line(
                f"{OURS}.clients.authenticated",
                "if secret is not None:  # RFC 6749 §2.3",
                "One proof in each request: of two, which would count?",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.authenticate_client",
                "httpkit.extract_basic_auth(",
                "allauth as it comes: what stands in the header counts, and a secret in the body beside it is not "
                "looked at.",
            ),
        ),
    ),
    more(
        "other-answers",
        question="May a request say how, and in whose name, we answer?",
        short="Another kind of answer",
        lead="The request may ask for tokens in the address, as apps without a server once did, or for the code in "
        "the fragment. It may hide its parameters. And who asks for our discovery page chooses by which name.",
        plan=(
            "Paper & Ink's request is sent with each of these, and Allow is pressed where one is asked.",
            "Discovery is asked for with other names in the headers, and its issuer is read.",
        ),
        run=door_runs.other_answers,
        ours=(
            Line(
                f"{OURS}.authorization.check",
                'if query["response_type"] != "code":',
                "A token in an address gets into histories and logs (RFC 9700 §2.1.2).",
            ),
            Line(
                f"{OURS}.authorization.known",
                "for name in KNOWN",
                "What we do not know is ignored (RFC 6749 §3.1), response_mode with it: the answer has one place.",
            ),
            Line(
                f"{OURS}.adapter.ProviderAdapter.get_issuer",
                "settings.OAUTH_ISSUER",
                "One issuer, whatever name the site is asked by. Apps know us by it (RFC 9207, OpenID Connect "
                "Discovery §4.3).",
            ),
        ),
        stock=(
            Line(
                "allauth.idp.oidc.adapter.DefaultOIDCAdapter.get_issuer",
                "build_absolute_uri",
                "allauth as it comes: the issuer is the name that the request came by. Django lets no foreign host "
                "through, but a port is anybody's.",
            ),
        ),
    ),
    more(
        "wrong-door",
        question="What else opens the door, besides an access token in the header?",
        short="Not an access token",
        lead="An ID token, a refresh token and a forged JWT look much like an access token. And a good access token "
        "can come where it should not: in the URL, which is written down everywhere, or in a form.",
        plan=(
            "Paper & Ink gets tokens. Each of these things is brought to user-info, some to the API.",
            "Another app asks by introspection about a token that is not its own. An ID token that was made for "
            "another app is read as Paper & Ink's own library reads it.",
        ),
        run=bearer_runs.wrong_door,
        ours=(
            Line(
                f"{OURS}.bearer.value_of",
                'scheme.lower() == "bearer"',
                "The header is the only place that is looked at (RFC 9700 §4.3.2).",
            ),
            Line(
                f"{OURS}.grants.access_token",
                "type=Token.Type.ACCESS_TOKEN",
                "A token is looked up by its hash, among the access tokens. A JWT is none of them, whoever signed it.",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.validate_bearer_token",
                'context.request.GET.get("access_token")',
                "allauth as it comes: it refuses a token in the URL, and takes one in a form (RFC 6750 §2.2 allows "
                "that; RFC 9700 would rather not have it).",
            ),
        ),
    ),
)
