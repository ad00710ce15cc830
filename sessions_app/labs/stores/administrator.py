"""`POST /sessions/stores/end/`: an administrator ends a session on one of the stores, as far as that can be done."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from authdemo.device.store import NO_CACHE
from sessions_app.middleware import KEY

from .middleware import SILENT
from .stores import BY_NAME


@never_cache
@require_POST
def end(request: HttpRequest) -> JsonResponse:
    """Delete the record of the session `key` on `store`. Returns `{"ended": bool}`: false where there was none.

    For staff, by the site's session. 409 where the store has no records, 503 where it is not there.
    """
    if not (request.user.is_active and request.user.is_staff):
        return refused(HTTPStatus.FORBIDDEN, "not_staff", "Only staff may end other people's sessions.")
    store, key = BY_NAME.get(request.POST.get("store", "")), request.POST.get("key", "")
    if store is None:
        return refused(HTTPStatus.BAD_REQUEST, "unknown_store", f"The store must be one of: {', '.join(BY_NAME)}.")
    if store.missing:
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable", store.missing)
    if not store.keeps_records:
        return refused(HTTPStatus.CONFLICT, "no_record", "The cookie is the session. There is no record to delete.")
    if not KEY.fullmatch(key):
        return JsonResponse({"ended": False})
    try:
        session = store.engine(key)
        ended = bool(session.exists(key))
        session.delete()
    except NO_CACHE:
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable", SILENT)
    return JsonResponse({"ended": ended})


def refused(status: HTTPStatus, code: str, detail: str) -> JsonResponse:
    """Return an error as every API of this site has it."""
    return JsonResponse({"detail": detail, "code": code}, status=status)
