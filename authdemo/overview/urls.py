"""The overview: what each mechanism is for, and which one to choose."""

from django.urls import path

from . import views

app_name = "overview"
urlpatterns = [
    path("", views.index, name="index"),
    path("choose/", views.choose, name="choose"),
]
