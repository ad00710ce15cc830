"""Puts `operations.py` in the place of what drf-spectacular would guess from a view."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string
from drf_spectacular import openapi
from drf_spectacular.utils import OpenApiResponse

from .operations import GROUPS, OPERATIONS, Operation

BEARER = "bearer"  # as SPECTACULAR_SETTINGS calls the access token in the Authorization header
Endpoint = tuple[str, str, str, Any]  # path, pattern, method, view


def described(path: str) -> Operation | None:
    """Return the entry for a path without variables, None where nobody has written one."""
    return OPERATIONS.get(get_resolver().resolve(path).view_name)


def only_what_is_there(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out what only a page of an experiment asks, and what answers 404 since LABS is off.

    A hook, before the schema is made.
    """
    entries = ((one, described(one[0])) for one in endpoints)
    return [one for one, entry in entries if entry and (settings.LABS or not entry.labs)]


def in_order(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Name the groups in the order of a first visit. A hook, when the schema is made."""
    used = {tag for methods in result["paths"].values() for one in methods.values() for tag in one["tags"]}
    result["tags"] = [{"name": group} for group in GROUPS if group in used]
    return result


class AutoSchema(openapi.AutoSchema):
    """REST_FRAMEWORK names it. What has no entry is left to drf-spectacular; a test says that everything has one."""

    @property
    def entry(self) -> Operation | None:
        """The entry of this endpoint."""
        return described(self.path)

    def get_operation_id(self) -> str:
        """Return the name for programs."""
        return self.entry.name if self.entry else super().get_operation_id()

    def get_summary(self) -> str | None:
        """Return the line for people."""
        return self.entry.summary if self.entry else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """Return nothing: docstrings are for who reads the code."""
        return "" if self.entry else super().get_description()

    def get_tags(self) -> list[str]:
        """Return the group that it stands in."""
        return [self.entry.tag] if self.entry else super().get_tags()

    def get_request_serializer(self) -> Any:
        """Return what reads the body."""
        if self.entry is None:
            return super().get_request_serializer()
        return import_string(self.entry.takes) if self.entry.takes else None

    def get_response_serializers(self) -> Any:
        """Return each answer, by its status."""
        if self.entry is None:
            return super().get_response_serializers()
        return {
            status: OpenApiResponse(shape, description=says) for status, (shape, says) in self.entry.answers().items()
        }

    def get_auth(self) -> list[dict[str, Any]]:
        """Return how to say who you are: an access token, or nothing where the view asks nobody."""
        return [{BEARER: []}] if self.view.get_authenticators() else []
