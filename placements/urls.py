from django.urls import path

from .views import grants, placements

app_name = "placements"
urlpatterns = [
    path("platser/", grants.grant_list, name="list"),
    path("platser.<slug:format>", grants.grant_file, name="list_file"),
    path("platser/ny/", grants.grant_add, name="add"),
    path("platser/<int:pk>/", grants.grant_detail, name="detail"),
    path(
        "platser/<int:pk>/placeringar.<slug:format>",
        placements.placement_file,
        name="placements_file",
    ),
    path("platser/<int:pk>/andra/", grants.grant_edit, name="edit"),
    path("platser/<int:pk>/ta-bort/", grants.grant_delete, name="delete"),
    path("platser/<int:pk>/delbetalning/ny/", grants.instalment_add, name="instalment_add"),
    path("platser/delbetalning/<int:pk>/andra/", grants.instalment_edit, name="instalment_edit"),
    path(
        "platser/delbetalning/<int:pk>/ta-bort/",
        grants.instalment_delete,
        name="instalment_delete",
    ),
    path("platser/<int:pk>/placering/ny/", placements.placement_add, name="placement_add"),
    path("platser/placering/<int:pk>/", placements.placement_detail, name="placement"),
    path("platser/placering/<int:pk>/andra/", placements.placement_edit, name="placement_edit"),
    path(
        "platser/placering/<int:pk>/ta-bort/", placements.placement_delete, name="placement_delete"
    ),
    path("platser/placering/<int:pk>/utfall/nytt/", placements.outcome_add, name="outcome_add"),
    path("platser/utfall/<int:pk>/ratta/", placements.outcome_correct, name="outcome_correct"),
]
