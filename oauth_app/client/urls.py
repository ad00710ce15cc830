from django.http import HttpResponse
from django.urls import path

app_name = "oauth"
urlpatterns = [
    path("index/", lambda r: HttpResponse(), name="index"),
]
