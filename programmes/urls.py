from django.urls import path

from . import restoring_views, views
from .parts import PARTS

app_name = "programmes"
ROOM = "installningar/"


def addresses(part):
    """The list of a part, and the ways to add, change and delete one of its rows."""
    where, given = f"{ROOM}{part.path}/", {"part": part}
    return [
        path(where, views.part_list, given, name=part.name),
        path(f"{where}ny/", views.part_add, given, name=f"{part.name}_add"),
        path(f"{where}<int:pk>/andra/", views.part_edit, given, name=f"{part.name}_edit"),
        path(f"{where}<int:pk>/ta-bort/", views.part_delete, given, name=f"{part.name}_delete"),
    ]


urlpatterns = [
    path(ROOM, views.settings, name="settings"),
    path(f"{ROOM}program/", views.programme_edit, name="programme_edit"),
    *(address for part in PARTS for address in addresses(part)),
    path(f"{ROOM}fullstandighet/", views.completeness, name="completeness"),
    path(
        f"{ROOM}fullstandighet/<int:year>/<slug:area>/",
        views.completeness_edit,
        name="completeness_edit",
    ),
    path(f"{ROOM}stangda-ar/", views.closed_years, name="closed_years"),
    path(f"{ROOM}stangda-ar/<int:pk>/oppna/", views.closed_year_reopen, name="closed_year_reopen"),
    path(f"{ROOM}stangda-ar/<int:pk>/stang/", views.closed_year_close, name="closed_year_close"),
    path("borttaget/", restoring_views.deleted, name="deleted"),
    path("historik/<slug:kind>/<int:change>/aterstall/", restoring_views.restore, name="restore"),
    path(
        "historik/<slug:kind>/<int:change>/angra-allt/", restoring_views.undo_all, name="undo_all"
    ),
]
