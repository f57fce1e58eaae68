from django.urls import path

from .views import rooms

app_name = "reports"
PROGRAMME = "p/<slug:programme>/"
urlpatterns = [
    path("", rooms.home, name="home"),
    path(PROGRAMME, rooms.overview, name="overview"),
    path(f"{PROGRAMME}forsta-stegen/", rooms.first_steps, name="first_steps"),
]
