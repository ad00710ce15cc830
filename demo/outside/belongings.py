"""What an account has at each company: a few repositories, calendars, lessons. Made from its name, stored nowhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from .models import Account

REPOSITORIES = (
    ("sourdough", "Notes and timings of a baker who weighs everything", "Markdown"),
    ("night-trains", "Where one can still sleep on the way", "Python"),
    ("garden", "What was sown, and what came up", "Jupyter Notebook"),
)
CALENDARS = (("Choir", "Europe/Vienna"), ("Allotment", "Europe/Vienna"), ("Birthdays", "UTC"))
LESSONS = (("Monday", "09:00", "Networks"), ("Tuesday", "11:00", "Databases"), ("Thursday", "14:00", "Security"))


def repositories(account: Account) -> list[dict[str, Any]]:
    """Return them as `GET /user/repos` does, as far as anybody looks."""
    return [
        {
            "id": account.pk * 10 + number,
            "name": name,
            "full_name": f"{account.username}/{name}",
            "private": False,
            "description": description,
            "language": language,
            "html_url": f"{settings.PROVIDERS_URL}/github/{account.username}/{name}",
        }
        for number, (name, description, language) in enumerate(REPOSITORIES)
    ]


def calendars(account: Account) -> dict[str, Any]:
    """Return them as `GET /calendar/v3/users/me/calendarList` does."""
    own: dict[str, Any] = {"id": account.email, "summary": account.get_full_name(), "timeZone": "UTC", "primary": True}
    others: list[dict[str, Any]] = [
        {"id": f"{name.lower()}@group.calendar.example", "summary": name, "timeZone": zone} for name, zone in CALENDARS
    ]
    items = [{"kind": "calendar#calendarListEntry", "accessRole": "reader"} | one for one in (own, *others)]
    return {"kind": "calendar#calendarList", "items": items}


def timetable(account: Account) -> dict[str, Any]:
    """Return the lessons of a week."""
    lessons = [{"day": day, "at": at, "lesson": lesson} for day, at, lesson in LESSONS]
    return {"name": account.get_full_name(), "lessons": lessons}
