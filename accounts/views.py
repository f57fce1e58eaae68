"""Pages about the service itself, open to everybody, and the pages of errors."""

import logging
import secrets

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .context import THEMES
from .forms import AccountForm

log = logging.getLogger("asf_tracker.errors")


A_YEAR = 365 * 24 * 3600


def account(request):
    """One's own name, programmes and the ways to password and second factor."""
    form = AccountForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("accounts:account")
    memberships = request.user.memberships_by_programme.values()
    return render(request, "accounts/account.html", {"form": form, "memberships": memberships})


@login_not_required
@require_POST
def set_language(request):
    """Show the pages in the language chosen, from the page one came from."""
    response = redirect(_back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@login_not_required
@require_POST
def set_theme(request):
    """Show the pages in light or dark; anything else follows the device again."""
    response = redirect(_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _remember(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


def _back(request):
    """The page one came from, if it is ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if ours else "/"


def _remember(response, name, value):
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )


@login_not_required
def accessibility(request):
    return render(request, "accounts/accessibility.html")


@login_not_required
def privacy(request):
    return render(request, "accounts/privacy.html")


@login_not_required
def favicon(request):
    return redirect(static("mark.svg"))


@login_not_required
def bad_request(request, exception=None):
    return _error(request, 400, exception)


@login_not_required
def forbidden(request, exception=None):
    return _error(request, 403, exception)


@login_not_required
def not_found(request, exception=None):
    return _error(request, 404, exception)


@login_not_required
def csrf_failure(request, reason=""):
    return _error(request, 403, reason)


@login_not_required
def server_error(request):
    return _error(request, 500)


def _error(request, status, exception=None):
    """A page in the reader's language with a reference that also stands in the log."""
    reference = secrets.token_hex(4)
    log.warning("%s %s %s: %s", status, reference, request.path, type(exception).__name__)
    try:
        return render(request, f"{status}.html", {"reference": reference}, status=status)
    except Exception:  # the page itself must not need what has just failed
        log.exception("the page of error %s", status)
        return HttpResponse(f"Fel {status}. {reference}", status=status, content_type="text/plain")
