"""OpenAPI for the API, made by drf-spectacular from authdemo/api_docs/operations.py."""

from __future__ import annotations

SPECTACULAR_SETTINGS = {
    "TITLE": "Authdemo: JSON Web Tokens",
    "DESCRIPTION": "Every error is `{detail, code}`. See jwt_app/README.md.",
    "VERSION": "1",
    "PREPROCESSING_HOOKS": ["authdemo.api_docs.schema.only_what_is_there"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "authdemo.api_docs.schema.in_order",
    ],
    # What goes in and what comes out are two shapes: a password goes in only.
    "COMPONENT_SPLIT_REQUEST": True,
    # RFC 6750 §2.1. It is the same for both ways to believe a token, with and without the user's row.
    "APPEND_COMPONENTS": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    },
    # The description needs no credential; a token that has expired must not hide it.
    "SERVE_AUTHENTICATION": [],
    # The page and the description describe the API, not themselves.
    "SERVE_INCLUDE_SCHEMA": False,
}
