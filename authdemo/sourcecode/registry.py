"""What ran for which page: names of views, library calls and settings, by the name of the page's URL.

A page that is another for each argument of its address may have a list for one: "workshop:step 3".

The apps know nothing of it: `base.html` asks for the page that was resolved. Every name in `pages/` is tested.
"""

from __future__ import annotations

from .pages import app_attacks, costs, jwt, jwt_attacks, oauth, oauth_attacks, project, provider, sessions
from .parts import ENGINE, Part

__all__ = ["ENGINE", "LISTS", "PAGES", "Part"]

LISTS = (
    sessions.PAGES,
    jwt.PAGES,
    jwt_attacks.PAGES,
    oauth.PAGES,
    oauth_attacks.PAGES,
    app_attacks.PAGES,
    provider.PAGES,
    project.PAGES,
    costs.PAGES,
)
PAGES: dict[str, tuple[Part, ...]] = {name: parts for pages in LISTS for name, parts in pages.items()}
