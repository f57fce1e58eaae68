"""Every address. Pages of a programme stand under /p/<short name>/, sign-in under /konto/."""

from django.urls import include, path

from accounts import views as account_views

PROGRAMME = "p/<slug:programme>/"

urlpatterns = [
    path("konto/", include("allauth.account.urls")),
    path("konto/2fa/", include("allauth.mfa.urls")),
    path("", include("accounts.urls")),
    path("svara/<slug:token>/", include("enterprises.answer_urls")),
    path(PROGRAMME, include("activities.urls")),
    path(PROGRAMME, include("enterprises.urls")),
    path(PROGRAMME, include("placements.urls")),
    path(PROGRAMME, include("programmes.urls")),
    path("", include("reports.urls")),
]

handler400 = account_views.bad_request
handler403 = account_views.forbidden
handler404 = account_views.not_found
handler500 = account_views.server_error
