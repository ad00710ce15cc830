"""Authdemo: Django sessions, JSON Web Tokens and OAuth2 side by side on one user model."""
