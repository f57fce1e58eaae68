from django.urls import path

from .views import grants, outcomes, placements, slips

app_name = "placements"
urlpatterns = [
    path("platser/", grants.grant_list, name="list"),
    path("platser.<slug:format>", grants.grant_file, name="list_file"),
    path("platser/ny/", grants.grant_add, name="add"),
    path("platser/som-forra-aret/", grants.grant_forward, name="forward"),
    path("platser/<int:pk>/", grants.grant_detail, name="detail"),
    path(
        "platser/<int:pk>/placeringar.<slug:format>",
        placements.placement_file,
        name="placements_file",
    ),
    path("platser/<int:pk>/andra/", grants.grant_edit, name="edit"),
    path("platser/<int:pk>/ta-bort/", grants.grant_delete, name="delete"),
    path(
        "platser/delbetalning/<int:pk>/betald/",
        grants.instalment_paid,
        name="instalment_paid",
    ),
    path("platser/placeringar/", placements.placement_list, name="placement_list"),
    path(
        "platser/placeringar.<slug:format>",
        placements.placement_list_file,
        name="placement_list_file",
    ),
    path("platser/placeringar/kod/", placements.placement_find, name="placement_find"),
    path("platser/att-folja-upp/", outcomes.due_list, name="due"),
    path("platser/<int:pk>/lappar/", slips.slips, name="slips"),
    path("platser/placering/<int:pk>/lapp/", slips.slip, name="slip"),
    path("platser/placering/<int:pk>/inte-nadd/", outcomes.not_reached, name="not_reached"),
    path("platser/<int:pk>/placering/ny/", placements.placement_add, name="placement_add"),
    path("platser/placering/<int:pk>/", placements.placement_detail, name="placement"),
    path("platser/placering/<int:pk>/andra/", placements.placement_edit, name="placement_edit"),
    path(
        "platser/placering/<int:pk>/ta-bort/", placements.placement_delete, name="placement_delete"
    ),
    path("platser/placering/<int:pk>/utfall/nytt/", outcomes.outcome_add, name="outcome_add"),
    path("platser/utfall/<int:pk>/ratta/", outcomes.outcome_correct, name="outcome_correct"),
]
