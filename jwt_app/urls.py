from django.http import HttpResponse
from django.urls import path

app_name = "jwt"
urlpatterns = [
    path("client/", lambda r: HttpResponse(), name="client"),
]
