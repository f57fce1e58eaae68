"""Pages of somebody signed in are kept by nobody else."""

from django.utils.cache import add_never_cache_headers


def private_pages(get_response):
    """Tell browsers and proxies not to store what a signed-in person sees."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware
