"""Lists as somebody narrowed them, kept under a name: save, find again, rename, delete. One's own alone."""

from urllib.parse import unquote_plus

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.deletion import confirm_delete
from programmes.filters import LISTS
from programmes.forms import RecordForm
from programmes.text import refuse_identity_number

from .models import SavedFilter

MOST = 20  # saved filters of one list, for one person


def saved_for(user, programme, filters):
    """What somebody saved for the list that `filters` narrow."""
    return _own(user).filter(programme=programme, page=filters.PAGE)


def _own(user):
    return SavedFilter.objects.visible_to(user).filter(user=user).select_related("programme")


class SavedFilterForm(RecordForm):
    """The name a narrowed list is kept under."""

    UNWRITTEN = {"name": gettext_lazy("Write a name, such as “Seminars in Ockelbo”.")}

    class Meta:
        model = SavedFilter
        fields = ["name"]
        labels = {"name": gettext_lazy("Name")}

    def clean(self):
        filters = self.instance
        refuse_identity_number(unquote_plus(filters.query))
        if not filters.query:
            self.add_error(None, _("Narrow the list first: there is nothing to save."))
        theirs = SavedFilter.objects.filter(
            user=filters.user, programme=filters.programme, page=filters.page
        )
        if self.is_new and theirs.count() >= MOST:
            self.add_error(
                None,
                _("You have saved %(most)s for this list. Delete one first.") % {"most": MOST},
            )
        return super().clean()

    def _get_validation_exclusions(self):
        """A name is taken for one list alone, which the view sets."""
        return super()._get_validation_exclusions() - {"page"}


def filters(request, programme):
    """What one has saved in the programme, by list."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    rows = _own(request.user).filter(programme=programme).order_by("page", "name", "pk")
    by_page = {}
    for row in rows:
        if row.page in LISTS:
            by_page.setdefault(row.page, []).append(row)
    lists = [
        (LISTS[page].TITLE, reverse(page, args=[programme.slug]), found)
        for page, found in by_page.items()
    ]
    return render(request, "accounts/filters.html", {"programme": programme, "lists": lists})


def filter_add(request, programme, page):
    """Save what the list `page` is narrowed to by the address; what the list does not know is left out."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    if page not in LISTS:
        raise Http404
    new = SavedFilter(
        user=request.user, programme=programme, page=page, query=LISTS[page].known(request.GET)
    )
    form = SavedFilterForm(request.POST or None, instance=new, programme=programme)
    if form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved above the list.") % {"name": saved})
        return redirect(_address(saved))
    context = {
        "programme": programme,
        "form": form,
        "title": _("Save the filters"),
        "intro": _("You alone see what you save."),
        "back_url": _address(new),
        "back_label": LISTS[page].TITLE,
    }
    return render(request, "form_page.html", context)


def _address(saved):
    address = reverse(saved.page, args=[saved.programme.slug])
    return f"{address}?{saved.query}" if saved.query else address


def filter_edit(request, programme, pk):
    saved = get_object_or_404(_own(request.user), programme__slug=programme, pk=pk)
    form = SavedFilterForm(request.POST or None, instance=saved, programme=saved.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The name is saved."))
        return redirect("accounts:filters", programme)
    context = {
        "programme": saved.programme,
        "form": form,
        "title": _("Rename the saved filters"),
        "back_url": reverse("accounts:filters", args=[programme]),
        "back_label": _("Saved filters"),
        "crumb": _("Rename"),
        "delete_url": reverse("accounts:filter_delete", args=[programme, pk]),
    }
    return render(request, "form_page.html", context)


def filter_delete(request, programme, pk):
    saved = get_object_or_404(_own(request.user), programme__slug=programme, pk=pk)
    back = reverse("accounts:filters", args=[programme])
    return confirm_delete(
        request,
        saved,
        programme=saved.programme,
        title=_("Delete “%(name)s”?") % {"name": saved},
        consequence=_("Only the saved filters disappear. The records in the list stay."),
        back=back,
        back_label=_("Saved filters"),
        onward=back,
        done=_("The saved filters are deleted."),
    )
