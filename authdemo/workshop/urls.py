"""The workshop's paths. Each is 404 unless LABS or DEBUG is on."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "workshop"
urlpatterns = [
    path("", views.workshop, name="index"),
    path("tour/", views.tour, name="tour"),
    path("tour/start/", views.start, name="start"),
    path("tour/<int:number>/", views.step, name="step"),
    path("tour/status/<int:number>/", views.status, name="status"),
    path("tour/1/sign-in/", views.sign_in, name="sign-in"),
    path("tour/3/predict/", views.predict, name="predict"),
    path("tour/3/replay/", views.replay, name="replay"),
    path("tour/5/choose/", views.choose, name="choose"),
    path("tour/end/", views.end, name="end"),
]
