"""The programme's own list of industries: what its enterprises live by."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete

from ..forms.register import IndustryForm
from ..models import Industry

A_PAGE = 100


def industry_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    industries = Industry.objects.visible_to(request.user).filter(programme=programme)
    industries = industries.annotate(used=Count("enterprises")).order_by("sort_name", "pk")
    page = Paginator(industries, A_PAGE).get_page(request.GET.get("page"))
    context = {"programme": programme, "page": page}
    return render(request, "enterprises/industry_list.html", context)


def industry_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = IndustryForm(request.POST or None, programme=programme)
    return _industry_page(request, form, _("New industry"))


def industry_edit(request, programme, pk):
    industry = _editable_industry(request, programme, pk)
    form = IndustryForm(request.POST or None, instance=industry, programme=industry.programme)
    return _industry_page(request, form, _("Change the industry"))


def industry_delete(request, programme, pk):
    industry = _editable_industry(request, programme, pk)
    industries = reverse("enterprises:industries", args=[programme])
    return confirm_delete(
        request,
        industry,
        programme=industry.programme,
        title=_("Delete “%(name)s”?") % {"name": industry},
        consequence=_("The enterprises stay, without this industry."),
        back=industries,
        back_label=_("Industries"),
        onward=industries,
        done=_("The industry is deleted."),
    )


def _editable_industry(request, programme, pk):
    return get_object_or_404(
        Industry.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )


def _industry_page(request, form, title):
    industries = reverse("enterprises:industries", args=[form.programme.slug])
    if form.is_valid():
        form.save()
        messages.success(request, _("The industry is saved."))
        return redirect(industries)
    context = {
        "programme": form.programme,
        "form": form,
        "title": title,
        "back_url": industries,
        "back_label": _("Industries"),
    }
    return render(request, "form_page.html", context)
