"""What holds for every page: its language, and that nobody else keeps those of somebody signed in."""

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
