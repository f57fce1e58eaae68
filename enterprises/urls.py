from django.urls import path

from .views import (
    answers,
    census,
    census_table,
    industries,
    letters,
    merging,
    parts,
    register,
    retention,
    sent_answers,
)

app_name = "enterprises"
urlpatterns = [
    path("foretag/", register.enterprise_list, name="list"),
    path("foretag.<slug:format>", register.enterprise_file, name="list_file"),
    path("foretag/nytt/", register.enterprise_add, name="add"),
    path("foretag/<int:pk>/", register.enterprise_detail, name="detail"),
    path("foretag/<int:pk>/andra/", register.enterprise_edit, name="edit"),
    path("foretag/<int:pk>/ta-bort/", register.enterprise_delete, name="delete"),
    path("foretag/<int:pk>/sla-ihop/", merging.merge, name="merge"),
    path("foretag/<int:pk>/status/ny/", parts.status_add, name="status_add"),
    path("foretag/status/<int:pk>/andra/", parts.status_edit, name="status_edit"),
    path("foretag/status/<int:pk>/ta-bort/", parts.status_delete, name="status_delete"),
    path("foretag/<int:pk>/kontakt/ny/", parts.contact_add, name="contact_add"),
    path("foretag/kontakt/<int:pk>/andra/", parts.contact_edit, name="contact_edit"),
    path("foretag/kontakt/<int:pk>/ta-bort/", parts.contact_delete, name="contact_delete"),
    path("foretag/kontakter/", retention.contacts, name="contacts"),
    path("foretag/kontakt/<int:pk>/gallra/", retention.contact_erase, name="contact_erase"),
    path("foretag/branscher/", industries.industry_list, name="industries"),
    path("foretag/branscher/ny/", industries.industry_add, name="industry_add"),
    path("foretag/branscher/<int:pk>/andra/", industries.industry_edit, name="industry_edit"),
    path("foretag/branscher/<int:pk>/ta-bort/", industries.industry_delete, name="industry_delete"),
    path("foretag/inventering/ny/", census.census_open, name="census_open"),
    path("foretag/inventering/<int:year>/", census_table.census, name="census"),
    path(
        "foretag/inventering/<int:year>/svar/", census_table.census_answers, name="census_answers"
    ),
    path("foretag/inventering/<int:year>/andra/", census.census_edit, name="census_edit"),
    path("foretag/inventering/<int:year>/fraga/", census.census_ask, name="census_ask"),
    path("foretag/inventering/<int:year>/stang/", census.census_close, name="census_close"),
    path("foretag/inventering/<int:year>/oppna/", census.census_reopen, name="census_reopen"),
    path("foretag/inventering/<int:year>/ta-bort/", census.census_delete, name="census_delete"),
    path("foretag/svar/<int:pk>/", answers.return_edit, name="return_edit"),
    path("foretag/svar/<int:pk>/rad/", census_table.row_save, name="row_save"),
    path("foretag/inventering/<int:year>/utskick/", letters.letters, name="letters"),
    path(
        "foretag/inventering/<int:year>/utskick/aterkalla/",
        letters.links_revoke,
        name="links_revoke",
    ),
    path(
        "foretag/inventering/<int:year>/utskick/<slug:kind>/",
        letters.letters_send,
        name="letters_send",
    ),
    path(
        "foretag/inventering/<int:year>/kontakt/<int:pk>/skicka/",
        letters.letter_send,
        name="letter_send",
    ),
    path(
        "foretag/inventering/<int:year>/kontakt/<int:pk>/lank/",
        letters.link_show,
        name="link_show",
    ),
    path(
        "foretag/inventering/<int:year>/kontakt/<int:pk>/aterkalla/",
        letters.link_revoke,
        name="link_revoke",
    ),
    path("foretag/inventering/<int:year>/insant/", sent_answers.sent, name="sent"),
    path(
        "foretag/inventering/<int:year>/insant/godkann/",
        sent_answers.sent_accept_all,
        name="sent_accept_all",
    ),
    path("foretag/svar/<int:pk>/insant/", sent_answers.sent_answer, name="sent_answer"),
    path("foretag/svar/<int:pk>/insant/godkann/", sent_answers.sent_accept, name="sent_accept"),
    path(
        "foretag/svar/<int:pk>/insant/skicka-tillbaka/",
        sent_answers.sent_decline,
        name="sent_decline",
    ),
    path("foretag/brev/<int:pk>/", letters.letter, name="letter"),
]
