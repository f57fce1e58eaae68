"""What holds for every page under a personal link, also where no view was asked."""

from django.urls import reverse
from django.utils.cache import add_never_cache_headers


def unlisted_links(get_response):
    """No search engine finds them, no cache keeps them, and no other page learns their address."""
    beginning, _token = reverse("answers:answer", args=["token"]).split("token")

    def middleware(request):
        response = get_response(request)
        if request.path_info.startswith(beginning):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            # The origin alone: with "no-referrer" a browser would not even tell us where a form comes from.
            response["Referrer-Policy"] = "strict-origin"
        return response

    return middleware
