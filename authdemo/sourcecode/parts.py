"""What a list of code is made of."""

from __future__ import annotations

from dataclasses import dataclass

ENGINE = "SESSION_ENGINE:"  # before the name of something in the session engine that the settings choose


@dataclass(frozen=True)
class Part:
    """When something runs, and what: dotted names, and names of settings. The one that decides stands first."""

    when: str
    names: tuple[str, ...]
    settings: tuple[str, ...] = ()


WHO_IS_IT = (
    "django.contrib.sessions.middleware.SessionMiddleware.process_request",
    f"{ENGINE}SessionStore.load",
    "django.contrib.auth.get_user",
)
