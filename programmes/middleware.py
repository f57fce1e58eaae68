"""What happens when two people write at the same time, on any page."""

from django.shortcuts import render

from .records import LostUpdate, YearIsClosed


class lost_updates:
    """Answer a lost update, or a write to a closed year, with a page that says so (409)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, (LostUpdate, YearIsClosed)):
            closed = exception if isinstance(exception, YearIsClosed) else None
            return render(request, "409.html", {"closed": closed}, status=409)
        return None
