"""Start over, in a project without a namespace for it: `{% url "start_over" %}`."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("start-over/", views.start_over, name="start_over")]
