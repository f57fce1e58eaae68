"""Where enterprises answer by their personal links: outside every programme, for who has no account."""

from django.urls import path

from .views import links

app_name = "answers"
urlpatterns = [
    path("", links.answer, name="answer"),
    path("tack/", links.receipt, name="receipt"),
    path("oppnad/", links.opened, name="opened"),
]
