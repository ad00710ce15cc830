from django.http import HttpResponse
from django.urls import path

app_name = "sessions"
urlpatterns = [
    path("dashboard/", lambda r: HttpResponse(), name="dashboard"),
    path("login/", lambda r: HttpResponse(), name="login"),
    path("logout/", lambda r: HttpResponse(), name="logout"),
    path("devices/", lambda r: HttpResponse(), name="devices"),
]
