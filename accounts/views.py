"""One's account, members and invitations, pages about the service, and the pages of errors."""

import logging
import secrets

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from programmes.deletion import DeletedMeanwhile, confirm_delete
from programmes.models import Programme

from .actions import become_member, invitation_mail, make_account, send
from .context import THEMES
from .forms import AccountForm, InvitationForm, MemberForm, NewAccountForm
from .middleware import kept_drafts
from .models import Invitation, Membership, User

log = logging.getLogger("asf_tracker.errors")


A_PAGE = 100
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


def members(request, programme):
    """Who is in the programme with which role, and who is invited."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    rows = programme.memberships.select_related("user", "organisation").order_by(
        "user__name", "user__email"
    )
    invitations = programme.invitations.filter(accepted_at=None).select_related("organisation")
    context = {
        "programme": programme,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "invitations": invitations,
        "now": timezone.now(),
    }
    return render(request, "accounts/members.html", context)


def member_edit(request, programme, pk):
    member, programme = _member(request, programme, pk)
    form = MemberForm(request.POST or None, instance=member, programme=programme)
    if form.is_bound and _saved_alone(form, programme):
        messages.success(request, _("%(member)s is saved.") % {"member": member.user})
        myself = member.user_id == request.user.pk
        return redirect("reports:home") if myself else redirect("accounts:members", programme.slug)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Change the role of %(member)s") % {"member": member.user},
        "intro": member.user.email if member.user.name else "",
        "crumb": member.user,
        "back_url": reverse("accounts:members", args=[programme.slug]),
        "back_label": _("Members"),
    }
    return render(request, "form_page.html", context)


def _saved_alone(form, programme):
    """Save if sound, one at a time, so that two cannot each remove the last administrator but one."""
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        return bool(form.is_valid() and form.save())


@transaction.atomic
def member_remove(request, programme, pk):
    member, programme = _member(request, programme, pk)
    if request.method == "POST":
        Programme.objects.select_for_update().get(pk=programme.pk)
    if member.is_last_administrator:
        messages.error(
            request, _("This is the only administrator. Give somebody else that role first.")
        )
        return redirect("accounts:members", programme.slug)
    myself = member.user_id == request.user.pk
    back = reverse("accounts:members", args=[programme.slug])
    return confirm_delete(
        request,
        member,
        programme=programme,
        title=_("Take %(member)s out of the programme?") % {"member": member.user},
        consequence=_("They see nothing of it any more. What they wrote stays, with their name."),
        back=back,
        back_label=_("Members"),
        onward=reverse("reports:home") if myself else back,
        done=_("%(member)s is no longer a member.") % {"member": member.user},
    )


def _member(request, programme, pk):
    member = get_object_or_404(
        Membership.objects.editable_by(request.user).select_related("user", "programme"),
        programme__slug=programme,
        pk=pk,
    )
    return member, member.programme


def invite(request, programme):
    programme = get_object_or_404(request.user.managed_programmes(), slug=programme)
    invitation = Invitation(programme=programme, invited_by=request.user)
    token = invitation.issue_token()
    form = InvitationForm(request.POST or None, instance=invitation, programme=programme)
    if form.is_valid():
        invitation = form.save()
        if form.repeated:
            return redirect("accounts:members", programme.slug)
        return _sent(request, invitation, token)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Invite a member"),
        "intro": _("They get a link by e-mail. It works once, for 14 days."),
        "submit": _("Send the invitation"),
        "back_url": reverse("accounts:members", args=[programme.slug]),
        "back_label": _("Members"),
    }
    return render(request, "form_page.html", context)


@require_POST
def invitation_resend(request, programme, pk):
    """A new link for the same person; the old one stops working."""
    invitation = _invitation(request, programme, pk)
    token = invitation.issue_token()
    invitation.save()
    return _sent(request, invitation, token)


def invitation_withdraw(request, programme, pk):
    invitation = _invitation(request, programme, pk)
    back = reverse("accounts:members", args=[programme])
    return confirm_delete(
        request,
        invitation,
        programme=invitation.programme,
        title=_("Withdraw the invitation to %(email)s?") % {"email": invitation.email},
        consequence=_("The link in the mail stops working."),
        back=back,
        back_label=_("Members"),
        onward=back,
        done=_("The invitation is withdrawn."),
    )


def _invitation(request, programme, pk):
    return get_object_or_404(
        Invitation.objects.editable_by(request.user)
        .filter(accepted_at=None)
        .select_related("programme", "organisation"),
        programme__slug=programme,
        pk=pk,
    )


def _sent(request, invitation, token):
    """Send the link and say so. In the demo no mail leaves, so its text is shown instead."""
    mail = invitation_mail(invitation, token, request=request)
    if settings.DEMO:
        request.session["invitation_mail"] = [invitation.pk, mail.subject, mail.body]
    if send(mail):
        messages.success(request, _("%(email)s is invited.") % {"email": invitation.email})
    else:
        messages.error(
            request, _("The mail could not be sent. Try “Send again” in the list in a while.")
        )
    if settings.DEMO:
        return redirect("accounts:invitation_mail", invitation.programme.slug, invitation.pk)
    return redirect("accounts:members", invitation.programme.slug)


def invitation_mail_shown(request, programme, pk):
    """In the demo: the mail that was just sent, for the one who sent it."""
    invitation = _invitation(request, programme, pk)
    shown, *mail = request.session.get("invitation_mail", [None])
    if not settings.DEMO or shown != invitation.pk:
        raise Http404
    subject, body = mail
    context = {
        "programme": invitation.programme,
        "invitation": invitation,
        "subject": subject,
        "body": body,
    }
    return render(request, "accounts/invitation_mail.html", context)


@never_cache
@login_not_required
def accept(request, token):
    """What the link of an invitation leads to: a new account, or a role for the one there is."""
    invitation = (
        Invitation.objects.for_token(token).select_related("programme", "organisation").first()
    )
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    user = request.user if request.user.is_authenticated else None
    mine = user is not None and user.email == invitation.email
    known = User.objects.filter(email=invitation.email).exists()
    form = None
    if user is None and not known:
        form = NewAccountForm(request.POST or None, email=invitation.email)
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="signup")
        if limited:
            return limited
        if mine or (form and form.is_valid()):
            return _accepted(request, token, form)
    context = {"invitation": invitation, "form": form, "mine": mine, "known": known}
    return render(request, "accounts/accept.html", context)


@transaction.atomic
def _accepted(request, token, form):
    """The role is theirs; of two answers at once the second finds the link used up."""
    invitation = Invitation.objects.select_for_update().for_token(token).first()
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    if form is None:
        become_member(invitation, by=request.user)
    else:
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        make_account(invitation, name=name, password=password, request=request)
    messages.success(request, _("Welcome to %(programme)s.") % {"programme": invitation.programme})
    return redirect("reports:overview", invitation.programme.slug)


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


def here(request):
    """Whether one can be reached and is still signed in, asked before a form is sent.

    The token is the one that holds now: a sign-in in another window has given a new one.
    """
    return JsonResponse({"reader": request.user.device_key, "token": get_token(request)})


@login_not_required
def favicon(request):
    return redirect(static("mark.svg"))


@login_not_required
def bad_request(request, exception=None):
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _error(request, 400, exception, too_large=too_large)


@login_not_required
def forbidden(request, exception=None):
    return _error(request, 403, exception)


@login_not_required
def not_found(request, exception=None):
    if isinstance(exception, DeletedMeanwhile):
        room = exception.programme
        context = {"programme": room, "gone": exception, "kept": _kept_number(request)}
        return _error(request, 404, exception, template="deleted_meanwhile.html", **context)
    return _error(request, 404, exception)


@login_not_required
def csrf_failure(request, reason=""):
    """What was typed is still on the device: the way leads back to its form, where it is offered."""
    return _error(request, 403, reason, form_url=request.path if _kept_number(request) else "")


def _kept_number(request):
    """The number of the draft that the device keeps of what was sent; None where it keeps none."""
    return kept_drafts.NUMBER.fullmatch(request.POST.get(kept_drafts.FIELD, ""))


@login_not_required
def server_error(request):
    return _error(request, 500)


def _error(request, status, exception=None, template=None, **context):
    """A page in the reader's language with a reference that also stands in the log."""
    reference = secrets.token_hex(4)
    log.warning("%s %s %s: %s", status, reference, request.path, type(exception).__name__)
    try:
        page = template or f"{status}.html"
        return render(request, page, {"reference": reference} | context, status=status)
    except Exception:  # the page itself must not need what has just failed
        log.exception("the page of error %s", status)
        return HttpResponse(f"Fel {status}. {reference}", status=status, content_type="text/plain")
