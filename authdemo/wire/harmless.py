"""What is known to be harmless: names, words and public constants. All that is not here is masked (`redaction.py`)."""

from __future__ import annotations

from django.conf import settings

# What a name holds, in words for a reader. A name that stands here is shown, its value never.
SECRETS = {
    settings.SESSION_COOKIE_NAME: "session key",
    **{f"lab_{store}": "session key" for store in ("memory", "db", "cached_db", "redis", "file")},
    "lab_signed_cookie": "signed session",
    "lab_naive": "session key",
    "lab_oauth_naive": "session key",
    settings.CSRF_COOKIE_NAME: "CSRF token",
    settings.JWT_REFRESH_COOKIE_NAME: "refresh token",
    "csrfmiddlewaretoken": "CSRF token",
    "x-csrftoken": "CSRF token",
    "authdemo_wire": "this panel's own cookie",
    "authdemo-wire": "this panel's own header",
    "authdemo_device": "the other device's own cookie",
    "authorization": "credential",
    "proxy-authorization": "credential",
    "password": "password",
    "old_password": "password",
    "new_password1": "password",
    "new_password2": "password",
    "password1": "password",
    "password2": "password",
    "client_secret": "client secret",
    "username": "typed name",
    "login": "typed name",
    "email": "typed name",
    "access": "access token",
    "access_token": "access token",
    "refresh": "refresh token",
    "refresh_token": "refresh token",
    "id_token": "ID token",
    "token": "token",
    "key": "key",
    "code": "authorization code",
    "code_verifier": "PKCE verifier",
    "code_challenge": "PKCE challenge",
    "state": "state",
    "nonce": "nonce",
    "jti": "token ID",
    "sid": "session ID",
    "kid": "key ID",
    # What a provider says of a person.
    "name": "personal data",
    "given_name": "personal data",
    "family_name": "personal data",
    "preferred_username": "personal data",
    "picture": "personal data",
    "avatar_url": "personal data",
    "html_url": "personal data",
    "hd": "personal data",
    # The outside world's own cookies and field (demo/outside/settings.py). It reports their names, never a value.
    "outside_github": "session key at the provider",
    "outside_google": "session key at the provider",
    "outside_oidc": "session key at the provider",
    "outside_csrf": "CSRF token of the provider",
    # Those of the third-party app (demo/outside/third_party/settings.py). It tells their names, and never a value.
    "paper_session": "session key at the app",
    "paper_csrf": "CSRF token of the app",
    "request": "signed request of the provider",
}

# People choose these, so they may be short, guessable or used elsewhere: no character, no length, no fingerprint.
# What somebody types as a name may be a password in the wrong field.
CHOSEN = {"password", "client secret", "typed name", "personal data", "key"}

# What lets somebody in, as opposed to what only ties two requests together.
CREDENTIALS = {
    "session key", "signed session", "password", "access token", "refresh token", "ID token", "token",
    "authorization code", "credential", "client secret", "session key at the provider", "session key at the app",
}  # fmt: skip

# Names whose values may be shown when their shape is harmless, too.
NUMBERS = {
    "id",
    "user_id",
    "pk",
    "account",
    "page",
    "content-length",
    "expires_in",
    "key_fetches",
    "dnt",
    "upgrade-insecure-requests",
}
TIMES = {"issued_at", "expires_at"}
EPOCHS = {"exp", "iat", "nbf", "auth_time"}
URLS = {
    "next", "redirect_uri", "referer", "location", "origin", "iss", "hx-current-url", "post_logout_redirect_uri",
    # Discovery (OpenID Connect Discovery §3)
    "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint",
    "end_session_endpoint", "jwks_uri",
}  # fmt: skip
WORDS = {
    "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding",
    "content-disposition", "content-language", "content-type", "pragma", "vary", "allow", "host", "x-served-by",
    "x-frame-options", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "sec-fetch-dest",
    "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-ch-ua-mobile", "sec-ch-ua-platform", "te",
    "transfer-encoding", "x-requested-with", "hx-request", "priority", "save-data", "access-control-allow-origin",
    "scope", "response_type", "response_mode", "grant_type", "token_type", "code_challenge_method", "prompt", "error",
    "process", "action", "mechanism", "kind", "role", "served_by", "status", "database", "cache", "kty", "use", "alg",
    "oauth_provider", "oauth_slow", "provider", "colour", "access_type", "format", "visibility", "type",
    "response_types_supported",
    "grant_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported",
    "code_challenge_methods_supported", "token_endpoint_auth_methods_supported", "x-oauth-scopes",
    "x-accepted-oauth-scopes", "include_granted_scopes", "token_type_hint", "reason", "more", "scopes",
}  # fmt: skip
OTHERS = {
    # Shapes of their own (see redaction.SHAPES), values that are parts, and names whose values are masked.
    "user-agent", "server-timing", "www-authenticate", "user", "credential", "checks", "keys", "errors", "detail",
    "revocable", "n", "e", "x", "y", "crv", "client_id", "error_description", "date", "expires", "etag", "cookie",
    "last-modified", "if-none-match", "if-modified-since", "content-security-policy", "permissions-policy",
    "strict-transport-security", "retry-after", "sec-ch-ua", "x-forwarded-for", "x-forwarded-proto", "forwarded",
    "accept-charset", "range", "via", "set-cookie", "q", "o", "p", "sub", "aud",
    "azp", "at_hash", "email_verified", "verified", "primary", "node_id", "message", "server",
    "x-request-id", "notes", "text",
}  # fmt: skip
NAMES = {name.lower() for name in SECRETS} | NUMBERS | TIMES | EPOCHS | URLS | WORDS | OTHERS

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

# Public constants of the protocols and of this site. Nobody's secret looks like one of them.
CODES = {
    "access_denied", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type",
    "insufficient_scope", "invalid_token", "token_expired", "token_reused", "token_revoked", "token_not_valid",
    "token_wrong_type", "token_wrong_audience", "token_wrong_issuer", "password_changed", "user_inactive",
    "user_not_found", "no_active_account", "not_authenticated", "authentication_failed", "permission_denied",
    "not_found", "method_not_allowed", "parse_error", "too_large", "throttled", "charset", "invalid", "required",
    "blank", "null", "not_acceptable", "unsupported_media_type", "csrf_failed", "token_used",
    "token_denied", "denylist_unavailable",
    "broken_down", "wrong_audience", "wrong_issuer", "unknown_key", "algorithm_not_allowed", "wrong_token_type",
    "keys_unavailable",
}  # fmt: skip
CONSTANTS = CODES | {
    # HTTP
    "*", "*/*", "text/html", "text/plain", "text/css", "text/javascript", "application/json", "application/xml",
    "application/xhtml+xml", "application/signed-exchange", "application/javascript", "application/problem+json",
    "application/x-www-form-urlencoded", "application/jwt", "application/jwk-set+json", "multipart/form-data",
    "image/*", "image/avif", "image/webp", "image/apng", "image/png", "image/svg+xml", "charset=utf-8",
    "gzip", "deflate", "br", "zstd", "identity", "compress", "chunked", "close", "keep-alive", "trailers", "inline",
    "no-cache", "no-store", "no-transform", "must-revalidate", "private", "public", "immutable", "nosniff", "DENY",
    "SAMEORIGIN", "same-origin", "same-site", "cross-site", "none", "navigate", "cors", "no-cors", "document",
    "empty", "iframe", "image", "script", "style", "?0", "?1", "0", "1", "true", "false", "XMLHttpRequest", "Cookie",
    "Origin", "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "HX-Request", "u", "i", "v=b3",
    '"Linux"', '"Windows"', '"macOS"', '"Android"', '"iOS"', "en", "en-US", "en-GB", "de", "fr", "es", *METHODS,
    # OAuth2 and OpenID Connect
    "openid", "profile", "email", "user:email", "read:user", "offline_access", "offline", "online", "consent",
    "login", "select_account", "code", "query", "fragment", "form_post", "authorization_code", "refresh_token",
    "client_credentials", "password", "S256", "plain", "Bearer", "bearer", "notes:read", "notes:write", "notes:export",
    "User",
    "teal", "plum", "amber", "red",  # a learner's colour
    "client_secret_basic", "client_secret_post", "access_token", "public_repo", "repo", "timetable",
    "https://www.googleapis.com/auth/calendar.readonly", "PERMISSION_DENIED", "UNAUTHENTICATED", "authError",
    "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    # This site
    "session", "jwt", "oauth2", "session cookie", "access token", "user", "staff", "A", "B", "ok", "failed",
    "connect", "grant", "allow", "deny", "again", "github", "google", "outside",
    "RSA", "EC", "OKP", "sig", "RS256", "ES256", "EdDSA",
}  # fmt: skip

# Words of paths at the providers. Those of this site's own paths are read from its URLconf.
PROVIDER_PATHS = {
    "github", "google", "oidc", "login", "oauth", "authorize", "access_token", "o", "oauth2", "v2", "v3", "auth",
    "token", "userinfo", "certs", "identity", "api", "user", "emails", "jwks", "jwks.json", "logout", "healthz",
    "orders", ".well-known", "openid-configuration", "revoke", "repos", "applications", "calendar", "users", "me",
    "calendarList", "timetable", "apps", "signup", "tampering",
    # The third-party app (demo/outside/third_party/urls.py)
    "connect", "callback", "denied", "notes", "add", "renew", "disconnect",
}  # fmt: skip
