"""The overview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .comparison import ROWS
from .decision import TREE


def index(request: HttpRequest) -> HttpResponse:
    """Show the three mechanisms, the decision tree and the comparison."""
    return render(request, "overview/index.html", {"tree": TREE, "rows": ROWS})
