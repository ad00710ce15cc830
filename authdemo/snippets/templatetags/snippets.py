"""`{% snippets_of_page %}`: what base.html shows below a page that has some."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.accounts.demo import ACCOUNTS
from authdemo.snippets import browser, program, shell
from authdemo.snippets.calls import Var
from authdemo.snippets.pages import PAGES, Reader
from authdemo.sourcecode.highlight import highlighted
from authdemo.sourcecode.source import of_object

register = template.Library()


@register.inclusion_tag("snippets/fold.html", takes_context=True)
def snippets_of_page(context: template.RequestContext) -> dict[str, Any]:
    """Show each action of this page in each language. Nothing for a page that nobody has listed."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    make = PAGES.get(match.view_name) if match else None
    if request is None or make is None:
        return {}
    site = f"{request.scheme}://{request.get_host()}"
    snippets = make(reader(request, shows_password=not context.get("no_users")))
    needed = {name for snippet in snippets for call in snippet.calls for name in call.variables}
    return {
        "needed": sorted(needed),
        "snippets": [
            {
                "label": snippet.label,
                "takes_cookies": any(call.takes_cookies for call in snippet.calls),
                "shell": shell.script(site, snippet.calls),
                "python": highlighted(program.script(site, snippet.calls), 1),
                "javascript": browser.script(site, snippet.calls),
                "django": [of_object(name) for name in snippet.django],
            }
            for snippet in snippets
        ],
    }


def reader(request: HttpRequest, *, shows_password: bool) -> Reader:
    """Return who reads. A password is written out only where the page shows it anyway: the demo's, on the form."""
    if request.user.is_authenticated:
        return Reader(request.user.get_username(), Var("PASSWORD"))
    if shows_password and asked_on_this_machine(request):
        return Reader(ACCOUNTS[0].username, settings.DEMO_PASSWORD)
    return Reader(Var("NAME"), Var("PASSWORD"))
