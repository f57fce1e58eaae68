"""What happens when two people write at the same time, on any page, and what one request writes."""

from django.db import IntegrityError
from django.shortcuts import render

from .acts import one_act
from .records import LostUpdate, YearIsClosed


def acts(get_response):
    """What one request writes is one act in the history."""

    def middleware(request):
        with one_act():
            return get_response(request)

    return middleware


class lost_updates:
    """Answer again a write that another one overtook; say so (409) if that does not help.

    Of two that write at the same moment the second finds, when it is stored, what it had not read.
    Nothing of it is kept, and it is taken once more as if it had come a moment later: then the page
    itself shows both texts, finds what the first submission made or says at its field that a name
    is taken. A write to a closed year is answered with what stands in its way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request._view = view, args, kwargs

    def process_exception(self, request, exception):
        overtaken = isinstance(exception, (LostUpdate, IntegrityError))
        if overtaken and request.method == "POST":
            try:
                return self._again(request)
            except (LostUpdate, YearIsClosed) as error:
                exception = error
        if isinstance(exception, (LostUpdate, YearIsClosed)):
            closed = exception if isinstance(exception, YearIsClosed) else None
            return render(request, "409.html", {"closed": closed}, status=409)
        return None

    def _again(self, request):
        view, args, kwargs = request._view
        for _name, files in request.FILES.lists():
            for file in files:
                file.seek(0)
        return view(request, *args, **kwargs)
