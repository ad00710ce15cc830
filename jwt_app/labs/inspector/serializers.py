"""What the API takes."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxLengthValidator
from rest_framework import serializers

from .given import FORMATS


class AnyText(serializers.CharField):
    """Text as it came: what cannot be in a token is for the inspector to say, and no reason not to look at it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **kwargs)
        self.validators = [one for one in self.validators if isinstance(one, MaxLengthValidator)]

    def to_internal_value(self, data: Any) -> str:
        """Take text only. REST framework would take numbers for it."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class InspectSerializer(serializers.Serializer):
    """A token, perhaps a key, and how far the key may be used."""

    token = AnyText()
    key = AnyText(required=False, allow_null=True)
    key_format = serializers.ChoiceField(list(FORMATS), required=False, allow_null=True)
    algorithms = serializers.ListField(child=AnyText(max_length=64), max_length=32, required=False, allow_null=True)
