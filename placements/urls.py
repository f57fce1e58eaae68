from django.urls import path

from . import views

app_name = "placements"
urlpatterns = [
    path("platser/", views.grant_list, name="list"),
    path("platser.<slug:format>", views.grant_file, name="list_file"),
    path("platser/ny/", views.grant_add, name="add"),
    path("platser/<int:pk>/", views.grant_detail, name="detail"),
    path(
        "platser/<int:pk>/placeringar.<slug:format>",
        views.placement_file,
        name="placements_file",
    ),
    path("platser/<int:pk>/andra/", views.grant_edit, name="edit"),
    path("platser/<int:pk>/ta-bort/", views.grant_delete, name="delete"),
    path("platser/<int:pk>/delbetalning/ny/", views.instalment_add, name="instalment_add"),
    path("platser/delbetalning/<int:pk>/andra/", views.instalment_edit, name="instalment_edit"),
    path(
        "platser/delbetalning/<int:pk>/ta-bort/",
        views.instalment_delete,
        name="instalment_delete",
    ),
    path("platser/<int:pk>/placering/ny/", views.placement_add, name="placement_add"),
    path("platser/placering/<int:pk>/", views.placement_detail, name="placement"),
    path("platser/placering/<int:pk>/andra/", views.placement_edit, name="placement_edit"),
    path("platser/placering/<int:pk>/ta-bort/", views.placement_delete, name="placement_delete"),
    path("platser/placering/<int:pk>/utfall/nytt/", views.outcome_add, name="outcome_add"),
    path("platser/utfall/<int:pk>/ratta/", views.outcome_correct, name="outcome_correct"),
]
