"""What holds for every page: its language, that nobody else keeps it, and which drafts are saved."""

import re

from django.conf import settings
from django.utils import translation
from django.utils.cache import add_never_cache_headers


def chosen_language(get_response):
    """Swedish, unless the reader chose another language here.

    What a browser asks for is often its maker's language, not its owner's, so it does not count.
    """

    def middleware(request):
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = language in dict(settings.LANGUAGES)
        request.LANGUAGE_CODE = language if known else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


def private_pages(get_response):
    """Tell browsers and proxies not to store what a signed-in person sees."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


class kept_drafts:
    """Tell the browser which of the drafts it keeps on the device are saved now.

    A form that is kept carries the number of its draft. Only an answer that leads on has saved it:
    one that shows the form again has not, and for who is not signed in any more no view was asked.
    The numbers stand in a cookie until the next page lets go of those drafts.
    """

    COOKIE = "saved_drafts"
    FIELD = "kept_draft"
    NUMBER = re.compile("[0-9a-f]{32}", re.ASCII)
    MOST = 20
    DAYS = 7  # as long as a device keeps a draft

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.kept_draft = ""
        response = self.get_response(request)
        if request.kept_draft and response.status_code in (302, 303):
            before = self.NUMBER.findall(request.COOKIES.get(self.COOKIE, ""))
            response.set_cookie(
                self.COOKIE,
                ".".join([*before, request.kept_draft][-self.MOST :]),
                max_age=self.DAYS * 24 * 3600,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    def process_view(self, request, view, args, kwargs):
        if request.method == "POST" and request.user.is_authenticated:
            number = request.POST.get(self.FIELD, "")
            request.kept_draft = number if self.NUMBER.fullmatch(number) else ""
