from django.urls import path

from .views import events

app_name = "activities"
urlpatterns = [
    path("handelser/", events.event_list, name="list"),
    path("handelser/ny/", events.event_add, name="add"),
    path("handelser/<int:pk>/", events.event_detail, name="detail"),
    path("handelser/<int:pk>/andra/", events.event_edit, name="edit"),
    path("handelser/<int:pk>/ta-bort/", events.event_delete, name="delete"),
]
