"""The overview, and the answer to the questions on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from authdemo.mechanisms import MECHANISMS

from . import proofs
from .comparison import ROWS
from .decision import Answer
from .figures import measured
from .forms import CaseForm

IN_THE_TABLE = ("sessions.db", "jwt.RS256", "oauth.opaque")  # one a mechanism, left to right


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the three mechanisms, the questions and the comparison."""
    costs = measured(("bare", *IN_THE_TABLE))
    context = {
        "form": CaseForm(),
        "rows": ROWS,
        "costs": costs,
        "bare": costs.of("bare"),
        "cost_cells": list(zip(MECHANISMS, map(costs.of, IN_THE_TABLE), strict=True)),
        "compare": proofs.COMPARE,
    }
    return render(request, "overview/index.html", context)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Answer what was ticked. Without anything ticked: the questions; 400 for what none of them offers."""
    replied = any(name in request.GET for name in CaseForm.base_fields)
    form = CaseForm(request.GET) if replied else CaseForm()
    unknown = replied and form.is_unknown
    context = {"form": form} | answer_context(form.answer)
    return render(
        request, "overview/choose.html", context, status=HTTPStatus.BAD_REQUEST if unknown else HTTPStatus.OK
    )


def answer_context(answer: Answer | None) -> dict[str, Any]:
    """Return what `overview/answer.html` needs: the answer, and what its requests cost."""
    return {"answer": answer, "costs": measured(answer.costs if answer else ()), "compare": proofs.COMPARE}
