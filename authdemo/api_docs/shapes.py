"""The shapes of the answers. The views answer with dicts; these are only for the description, and a test compares."""

from __future__ import annotations

from rest_framework import serializers


class Refusal(serializers.Serializer):
    """Every error: a sentence for people, and a word for programs."""

    detail = serializers.CharField()
    code = serializers.CharField()


class FieldErrors(Refusal):
    """A body that does not fit. `errors` has a list of sentences for each field at fault; of a list, by index."""

    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # a field here, no property


class Pair(serializers.Serializer):
    """Two tokens."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class Access(serializers.Serializer):
    """An access token. The refresh token is in the cookie that comes along."""

    access = serializers.CharField()


class Kind(serializers.Serializer):
    """Which kind of token it is."""

    token_type = serializers.ChoiceField(["access", "refresh"])


class Empty(serializers.Serializer):
    """Nothing more to say."""


class User(serializers.Serializer):
    """Who."""

    id = serializers.CharField()
    username = serializers.CharField()


class UserWithRole(User):
    """Who, and as what, by the database."""

    role = serializers.ChoiceField(["staff", "user"])


class Credential(serializers.Serializer):
    """By which credential."""

    kind = serializers.CharField()
    issued_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    revocable = serializers.BooleanField()


class WhoAmI(serializers.Serializer):
    """Who the token speaks for."""

    mechanism = serializers.ChoiceField(["jwt"])
    user = User()
    credential = Credential()
    served_by = serializers.ChoiceField(["A", "B"])


class Me(WhoAmI):
    """Who the user is."""

    user = UserWithRole()


class Keys(serializers.Serializer):
    """A JWK Set (RFC 7517 §5)."""

    keys = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class Check(serializers.Serializer):
    """One check of the inspector."""

    name = serializers.CharField()
    ok = serializers.BooleanField(allow_null=True)
    detail = serializers.CharField()


class Inspected(serializers.Serializer):
    """What the inspector found. Header and payload are whatever the token says."""

    header = serializers.JSONField()
    payload = serializers.JSONField()
    payload_text = serializers.CharField(allow_null=True)
    signature_valid = serializers.BooleanField(allow_null=True)
    checks = Check(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
