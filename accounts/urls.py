from django.urls import path

from . import saved_filters, views

app_name = "accounts"
PROGRAMME = "p/<slug:programme>/"
MEMBERS = f"{PROGRAMME}medlemmar/"
INVITATION = f"{MEMBERS}inbjudan/<int:pk>/"
FILTERS = f"{PROGRAMME}urval/"
urlpatterns = [
    path(MEMBERS, views.members, name="members"),
    path(f"{MEMBERS}<int:pk>/andra/", views.member_edit, name="member_edit"),
    path(f"{MEMBERS}<int:pk>/ta-bort/", views.member_remove, name="member_remove"),
    path(f"{MEMBERS}bjud-in/", views.invite, name="invite"),
    path(f"{INVITATION}skicka-igen/", views.invitation_resend, name="invitation_resend"),
    path(f"{INVITATION}dra-tillbaka/", views.invitation_withdraw, name="invitation_withdraw"),
    path(f"{INVITATION}brevet/", views.invitation_mail_shown, name="invitation_mail"),
    path(FILTERS, saved_filters.filters, name="filters"),
    path(f"{FILTERS}<str:page>/nytt/", saved_filters.filter_add, name="filter_add"),
    path(f"{FILTERS}<int:pk>/andra/", saved_filters.filter_edit, name="filter_edit"),
    path(f"{FILTERS}<int:pk>/ta-bort/", saved_filters.filter_delete, name="filter_delete"),
    path("inbjudan/<str:token>/", views.accept, name="accept"),
    path("konto/", views.account, name="account"),
    path("utseende/", views.set_theme, name="theme"),
    path("sprak/", views.set_language, name="language"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("har/", views.here, name="here"),
    path("favicon.ico", views.favicon, name="favicon"),
]
