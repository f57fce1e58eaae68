from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("sprak/", views.set_language, name="language"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("favicon.ico", views.favicon, name="favicon"),
]
