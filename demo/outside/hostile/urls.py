"""What is here, the attack on each of two addresses of the site, Mallory's quiz, and a key of an attacker's own."""

from __future__ import annotations

from django.urls import path

from . import quiz, signing, views

urlpatterns = [
    path("", views.index),
    path("shipped/", views.attack, {"target": "/sessions/attacks/colour/"}),
    path("unsafe/", views.attack, {"target": "/sessions/attacks/naive/colour/"}),
    path("quiz/", quiz.page),
    path("quiz/start/", quiz.start),
    path("jwks.json", signing.key_set),
    path("certificate.pem", signing.certificate),
    path("sign/", signing.sign),
    path("healthz", views.healthz),
]
handler400 = "demo.outside.hostile.views.bad_request"
handler404 = "demo.outside.hostile.views.page_not_found"
