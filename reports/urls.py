from django.urls import path

from .views import (
    card,
    census_change,
    documents,
    figures,
    national,
    printed,
    quality,
    retention,
    rooms,
)

app_name = "reports"
PROGRAMME = "p/<slug:programme>/"
PRINTED = f"{PROGRAMME}tryckta-uppgifter/"
REPORTS = f"{PROGRAMME}rapporter/"
NATIONAL = f"{PROGRAMME}uppfoljning-finsam/"
ERASURE = f"{PROGRAMME}gallring/"
urlpatterns = [
    path("", rooms.home, name="home"),
    path(PROGRAMME, rooms.overview, name="overview"),
    path(f"{PROGRAMME}forsta-stegen/", rooms.first_steps, name="first_steps"),
    path(f"{PROGRAMME}siffror/", figures.figure_list, name="figures"),
    path(f"{PROGRAMME}siffror.csv", figures.figures_csv, name="figures_csv"),
    path(f"{PROGRAMME}siffror/<str:code>/", card.card, name="figure"),
    path(
        f"{PROGRAMME}foretag/inventering/<int:year>/forandring/",
        census_change.census_change,
        name="census_change",
    ),
    path(f"{PROGRAMME}kvalitet/", quality.quality, name="quality"),
    path(PRINTED, printed.printed_list, name="printed"),
    path(f"{PRINTED}ny/", printed.printed_add, name="printed_add"),
    path(f"{PRINTED}<int:pk>/andra/", printed.printed_edit, name="printed_edit"),
    path(f"{PRINTED}<int:pk>/ta-bort/", printed.printed_delete, name="printed_delete"),
    path(NATIONAL, national.national_follow_up, name="national_follow_up"),
    path(
        f"{PROGRAMME}uppfoljning-finsam.<slug:format>",
        national.national_follow_up_file,
        name="national_follow_up_file",
    ),
    path(f"{NATIONAL}<int:year>/<int:pk>/", national.national_tick, name="national_tick"),
    path(
        f"{NATIONAL}<int:year>/<int:pk>/avmarkera/",
        national.national_untick,
        name="national_untick",
    ),
    path(ERASURE, retention.retention, name="retention"),
    path(f"{ERASURE}koder/", retention.retention_codes, name="retention_codes"),
    path(f"{ERASURE}kontakter/", retention.retention_contacts, name="retention_contacts"),
    path(f"{ERASURE}logg/", retention.erasures, name="erasures"),
    path(f"{ERASURE}logg.<slug:format>", retention.erasures_file, name="erasures_file"),
    path(REPORTS, documents.report_list, name="reports"),
    path(f"{REPORTS}<int:first>/", documents.report, name="report"),
    path(f"{REPORTS}<int:first>-<int:last>/", documents.report, name="report"),
    path(f"{REPORTS}<int:first>/<slug:format>/", documents.report_file, name="report_file"),
    path(
        f"{REPORTS}<int:first>-<int:last>/<slug:format>/",
        documents.report_file,
        name="report_file",
    ),
]
