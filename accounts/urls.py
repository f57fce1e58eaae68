from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("konto/", views.account, name="account"),
    path("utseende/", views.set_theme, name="theme"),
    path("sprak/", views.set_language, name="language"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("favicon.ico", views.favicon, name="favicon"),
]
