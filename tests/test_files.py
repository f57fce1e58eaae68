"""Files on records: what may be kept, who gets it, and what is left when it is taken away."""

import io
import time
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities import uploads
from activities.attachments import MOST_FILES
from activities.file_kinds import MOST_BYTES, recognise, shown_name
from activities.models import Attachment
from programmes import formats
from programmes.models import ClosedYear

from .factories import (
    PDF,
    EventFactory,
    GroupFactory,
    MilestoneFactory,
    PublicationFactory,
    file_on,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
OFFICE = "application/vnd.openxmlformats-officedocument"
OWNERS = {
    "event": EventFactory,
    "publication": PublicationFactory,
    "milestone": MilestoneFactory,
    "group": GroupFactory,
}


def archive(parts, **how):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content, **how)
    return stream.getvalue()


def office(main="wordprocessingml.document", **more):
    types = f'<Types><Override ContentType="{OFFICE}.{main}.main+xml"/></Types>'
    return archive({"[Content_Types].xml": types, "word/document.xml": "<w/>", **more})


def locked():
    """An archive whose parts are marked as encrypted."""
    content = bytearray(office())
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    return bytes(content)


MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
NUMBERED = "application/vnd.ms-office.&#118;baProject"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 20
KEPT = {
    "program.pdf": (PDF, "application/pdf"),
    "brev.docx": (office(), f"{OFFICE}.wordprocessingml.document"),
    "tal.xlsx": (office("spreadsheetml.sheet"), f"{OFFICE}.spreadsheetml.sheet"),
    "bilder.pptx": (
        office("presentationml.presentation"),
        f"{OFFICE}.presentationml.presentation",
    ),
    "brev.odt": (
        archive({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    "FOTO.JPG": (JPEG, "image/jpeg"),
    "foto.jpeg": (JPEG, "image/jpeg"),
    "karta.png": (PNG, "image/png"),
    "bild.gif": (b"GIF89a" + b"\0" * 20, "image/gif"),
    "bild.webp": (b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 20, "image/webp"),
    "bild.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
    "film.mp4": (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "video/mp4"),
    "podd.mp3": (b"ID3\x03\0\0\0\0\0\x21" + b"\0" * 40, "audio/mpeg"),
    "anteckning.txt": ("Hej på er åäö\r\n".encode(), "text/plain"),
    "windows.txt": ("Räksmörgås".encode("cp1252"), "text/plain"),
    "lista.csv": ("\ufeffKommun;Antal\nOckelbo;3\n".encode(), "text/csv"),
}
REFUSED = {
    "tom.pdf": (b"", "empty"),
    "stor.pdf": (PDF + b" " * MOST_BYTES, "too_large"),
    "sida.html": (b"<!DOCTYPE html><p>Hej</p>", "unknown"),
    "sida.txt": (b"Hej <script>alert(1)</script>", "unknown"),
    "logga.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unknown"),
    "logga.csv": (b'<?xml version="1.0"?><x/>', "unknown"),
    "prog.exe": (b"MZ\x90\0" + b"\0" * 60, "unknown"),
    "kommando.txt": (b"#!/bin/sh\nrm", "unknown"),
    "sexton.csv": ("a;b".encode("utf-16"), "unknown"),
    "paket.zip": (archive({"a.txt": "hej"}), "unknown"),
    "halv.pdf": (b"%PDF-1.4", "unknown"),
    "halv.docx": (office()[:60], "damaged"),
    "gammal.doc": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old"),
    "last med losen.docx": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old"),
    "bild.png": (JPEG, "misnamed"),
    "brev.pdf": (office(), "misnamed"),
    "makro.docm": (office(**{"word/vbaProject.bin": "x"}), "macros"),
    "makro.docx": (office(**{"word/vbaProject.bin": "x"}), "macros"),
    "dold.docx": (office(main=f'x+xml"/><Override ContentType="{MACRO}"/><A a="x'), "macros"),
    "talad.docx": (office(main=f'x+xml"/><Override ContentType="{NUMBERED}"/><A a="x'), "macros"),
    "last.docx": (locked(), "locked"),
    "bomb.xlsx": (office("spreadsheetml.sheet", **{"x.xml": b"0" * 3_000_000}), "bomb"),
    "delar.docx": (office(**{f"{n}.xml": "" for n in range(5_000)}), "bomb"),
    "ut.docx": (office(**{"../../etc/x": "x"}), "outside"),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_may_be_kept_is_told_by_its_content(name):
    content, content_type = KEPT[name]

    shown, kind = recognise(name, content)

    assert (shown, kind.content_type) == (name, content_type)


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_kept_is_refused(name):
    content, why = REFUSED[name]

    with pytest.raises(ValidationError) as refused:
        recognise(name, content)

    assert refused.value.code == why


def test_blanks_after_a_mark_are_read_in_no_time():
    content = b"<" + b" " * 1_000_000
    started = time.process_time()

    recognise("blanka.txt", content)

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/program.pdf", "program.pdf"),
        ("C:\\Temp\\program.pdf", "program.pdf"),
        ("pro\x00gram.pdf", "pro gram.pdf"),
        ("program\u202efdp.pdf", "program fdp.pdf"),
        ("=cmd.pdf", "=cmd.pdf"),
        ("  a \t b .pdf", "a b.pdf"),
        (".pdf", "pdf"),
        ("", "fil"),
        ("å" * 300 + ".pdf", "å" * 196 + ".pdf"),
    ],
)
def test_a_name_is_shown_without_folders_and_what_cannot_be_seen(name, shown):
    assert shown_name(name) == shown


def test_a_name_without_ending_gets_that_of_its_kind():
    assert [recognise("program", PDF)[0], recognise("Protokoll nr.3", PDF)[0]] == [
        "program.pdf",
        "Protokoll nr.3.pdf",
    ]


def test_a_file_is_as_large_as_people_say():
    assert [formats.bytes_of(n) for n in (0, 1, 1024 * 340, 1_258_291, MOST_BYTES)] == [
        "0\xa0kB",
        "1\xa0kB",
        "340\xa0kB",
        "1,2\xa0MB",
        "10\xa0MB",
    ]


# Putting files on records


@pytest.fixture
def leader(programme, client):
    """The process leader, signed in."""
    user = member_of(programme, Role.PROCESS_LEADER)
    client.force_login(user)
    return user


@pytest.fixture
def event(programme):
    return EventFactory(programme=programme)


def sent(name, content=PDF):
    return SimpleUploadedFile(name, content)


def add(client, record, *files, owner="event", **more):
    where = reverse(f"activities:{owner}_file_add", args=[record.programme.slug, record.pk])
    return client.post(where, {"files": files, **more})


@pytest.mark.parametrize("owner", OWNERS)
def test_files_are_put_on_each_kind_of_record(client, programme, leader, owner):
    record = OWNERS[owner](programme=programme)

    response = add(client, record, sent("inbjudan.pdf"), sent("karta.png", PNG), owner=owner)
    page = client.get(record.get_absolute_url()).content.decode()

    assert response.url == f"{record.get_absolute_url()}#files"
    assert [row.name for row in record.attachments.all()] == ["inbjudan.pdf", "karta.png"]
    assert ["inbjudan.pdf" in page, "Bild, 1\xa0kB" in page, "2 filer är tillagda" in page] == [
        True
    ] * 3


def test_the_stored_name_tells_nothing(event):
    row = file_on(event)

    assert row.file.name.startswith("attachments/")
    assert len(row.file.name) == len("attachments/") + 32
    assert "inbjudan" not in row.file.path


def test_each_file_that_is_refused_says_why_and_the_others_are_kept(client, leader, event):
    response = add(
        client, event, sent("ok.pdf"), sent("sida.html", b"<html>"), sent("tom.txt", b"")
    )

    assert [row.name for row in event.attachments.all()] == ["ok.pdf"]
    html, empty = response.context["form"].errors["files"]
    assert html.startswith("”sida.html”: Innehållet är inget av det som kan sparas: PDF, Word")
    assert empty == "”tom.txt”: Filen är tom."


@pytest.mark.parametrize("content", [PDF + b" " * MOST_BYTES, b"\0" * (MOST_BYTES + 1)])
def test_a_file_too_large_is_let_go_of_and_told(client, leader, event, content):
    response = add(client, event, sent("stor.pdf", content), sent("ok.pdf"))

    assert response.context["form"].errors["files"] == ["”stor.pdf”: Filen är större än 10\xa0MB."]
    assert [row.name for row in event.attachments.all()] == ["ok.pdf"]


def test_a_file_of_just_ten_megabytes_is_kept(client, leader, event):
    add(client, event, sent("stor.pdf", PDF.ljust(MOST_BYTES - 10) + b"\n%%EOF\n   "))

    assert event.attachments.get().size == MOST_BYTES


def test_no_more_is_stored_of_a_request_than_may_be(client, leader, event, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 100)

    response = add(client, event, sent("a.pdf"), sent("b.pdf", PDF + b" "), sent("c.pdf", PDF * 9))

    assert response.context["form"].errors["files"] == [
        "”c.pdf”: Filerna är tillsammans större än 1\xa0kB. Skicka några i taget."
    ]
    assert event.attachments.count() == 2


def test_what_is_far_too_large_is_not_read(client, leader, event, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_READ", 100)

    response = add(client, event, sent("a.pdf"), sent("b.pdf"))

    assert response.status_code == 200
    assert len(response.context["form"].errors["files"]) == 1
    assert event.attachments.count() == 0


def test_choosing_no_file_says_so(client, leader, event):
    assert add(client, event).context["form"].errors["files"] == ["Välj minst en fil."]


def test_a_record_has_at_most_so_many_files(client, leader, event):
    for number in range(MOST_FILES):
        file_on(event, f"{number}.pdf")

    response = add(client, event, sent("en till.pdf"))

    assert response.context["form"].errors["files"] == [
        "”en till.pdf”: Här finns redan 20 filer, och fler får inte plats."
    ]


def test_a_personal_identity_number_in_a_name_is_refused(client, leader, event):
    response = add(client, event, sent("intyg 811228-9874.pdf"))

    assert "ser ut som ett personnummer" in response.context["form"].errors["files"][0]
    assert event.attachments.count() == 0


def test_two_files_of_one_name_are_two_files(client, leader, event):
    add(client, event, sent("program.pdf"))
    add(client, event, sent("program.pdf"))

    first, second = event.attachments.all()
    assert (first.name, second.name) == ("program.pdf", "program.pdf")
    assert first.file.name != second.file.name


def test_the_same_form_sent_twice_makes_one_file(client, leader, event):
    key = str(uuid.uuid4())
    for _time in range(2):
        response = add(client, event, sent("program.pdf"), form_key=key)

    assert response.status_code == 302
    assert event.attachments.count() == 1


def test_one_key_on_two_records_makes_two_files(client, programme, leader, event):
    key = str(uuid.uuid4())
    for record in (event, EventFactory(programme=programme)):
        add(client, record, sent("program.pdf"), form_key=key)

    assert Attachment.objects.count() == 2


def test_bytes_are_taken_back_when_the_row_cannot_be_stored(event):
    def fail(**_signal):
        raise ZeroDivisionError

    post_save.connect(fail, sender=Attachment)
    try:
        with pytest.raises(ZeroDivisionError):
            file_on(event)
    finally:
        post_save.disconnect(fail, sender=Attachment)

    assert (event.attachments.count(), default_storage.listdir("attachments")[1]) == (0, [])


def test_a_file_is_no_figure_so_a_closed_year_takes_it(client, leader, event):
    ClosedYear.objects.create(programme=event.programme, year=event.year)
    add(client, event, sent("protokoll.pdf"))
    client.post(
        reverse("activities:file_delete", args=[event.programme.slug, event.attachments.get().pk])
    )

    assert event.attachments.count() == 0


# Getting them


def address(name, file, programme=None):
    return reverse(f"activities:{name}", args=[(programme or file.programme).slug, file.pk])


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PARTNER, Role.BOARD, Role.AUDITOR])
def test_members_get_it_as_an_attachment(client, programme, event, role):
    file = file_on(event, "Inbjudan till mötet åäö.pdf")
    client.force_login(member_of(programme, role))

    response = client.get(address("file", file))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Inbjudan%20till%20m%C3%B6tet%20%C3%A5%C3%A4%C3%B6.pdf"
    )


@pytest.mark.parametrize("name", ["file", "file_edit", "file_delete"])
def test_strangers_and_deleted_users_get_nothing(client, programme, event, name):
    file, answers = file_on(event), []
    for role in (None, Role.ADMINISTRATOR):
        user = member_of(programme, role)
        client.force_login(user)
        if role:
            user.delete()
        answers.append(client.get(address(name, file)).status_code)

    assert answers == [404, 302]


def test_a_foreign_file_is_not_got_through_ones_own_programme(client, programme, leader):
    elsewhere = file_on(EventFactory())

    answers = [
        client.get(address("file", elsewhere)).status_code,
        client.get(address("file", elsewhere, programme)).status_code,
    ]

    assert answers == [404, 404]


def test_the_address_of_the_stored_bytes_is_nothing(client, leader, event):
    name = file_on(event).file.name

    answers = {client.get(f"{prefix}{name}").status_code for prefix in ("/", "/media/", "/static/")}

    assert answers == {404}


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_change_nothing(client, programme, event, role):
    file = file_on(event)
    client.force_login(member_of(programme, role))

    answers = [
        add(client, event, sent("x.pdf")).status_code,
        client.post(address("file_edit", file), {"name": "x.pdf"}).status_code,
        client.post(address("file_delete", file)).status_code,
    ]

    assert (answers, event.attachments.get().name) == ([404] * 3, "inbjudan.pdf")


def test_those_who_only_read_see_no_form_and_not_who_added(client, programme, event):
    by = member_of(programme, Role.PROCESS_LEADER)
    file_on(event, by=by)
    client.force_login(member_of(programme, Role.BOARD))

    page = client.get(event.get_absolute_url()).content.decode()

    assert ["inbjudan.pdf" in page, 'type="file"' in page, by.email in page] == [True, False, False]


def test_lost_bytes_are_told_in_words(client, leader, event):
    file = file_on(event)
    default_storage.delete(file.file.name)

    response = client.get(address("file", file))

    assert response.status_code == 404
    assert "”inbjudan.pdf” hör till posten, men innehållet går inte att hitta" in (
        response.content.decode()
    )


def test_an_unknown_stored_type_is_given_out_as_bytes(client, leader, event):
    file = file_on(event)
    Attachment.objects.update(content_type="text/html")

    assert client.get(address("file", file))["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Program", "Program.pdf"), ("b.PDF", "b.PDF"), ("b.exe", "b.exe.pdf"), ("../b.pdf", "b.pdf")],
)
def test_a_new_name_keeps_the_ending(client, leader, event, typed, name):
    file = file_on(event)

    client.post(address("file_edit", file), {"name": typed, "version": file.version})

    assert event.attachments.get().name == name


def test_the_history_tells_of_files_that_came_and_went(client, leader, event):
    add(client, event, sent("program.pdf"))
    client.post(address("file_delete", event.attachments.get()))

    changes = client.get(event.get_absolute_url()).context["changes"]

    told = [(str(change.what), change.subject, change.who) for change in changes[:2]]
    assert told == [("Borttagen", "program.pdf", leader), ("Skapad", "program.pdf", leader)]
    assert "attachments/" not in str(changes)


def test_a_page_asks_as_often_for_three_files_as_for_one(client, leader, event):
    asked = []
    for number in (1, 2):
        for _time in range(number):
            file_on(event, by=leader)
        with CaptureQueriesContext(connection) as queries:
            client.get(event.get_absolute_url())
        asked.append(len(queries))

    assert asked[0] == asked[1]


# What is left


@pytest.fixture
def gone(event):
    """The stored name of a file that was deleted today."""
    file = file_on(event)
    name = file.file.name
    file.delete()
    return name


def erase(capsys, monkeypatch, days, **how):
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("activities.management.commands.erase_files.timezone.now", lambda: later)
    call_command("erase_files", **{"decision": "§ 3"} | how)
    return capsys.readouterr().out


def test_the_bytes_outlive_the_row_for_thirty_days(gone, capsys, monkeypatch):
    erase(capsys, monkeypatch, 29)
    kept = default_storage.exists(gone)
    said = erase(capsys, monkeypatch, 31)

    assert (kept, default_storage.exists(gone)) == (True, False)
    assert said == "1 file, 1\xa0kB, erased.\n"


def test_a_dry_run_erases_nothing(gone, capsys, monkeypatch):
    said = erase(capsys, monkeypatch, 31, dry_run=True)

    assert said == f"{gone}\n1 file, 1\xa0kB, would be erased.\n"
    assert default_storage.exists(gone)


def test_what_is_on_a_record_is_never_erased(event, capsys, monkeypatch):
    file = file_on(event)

    assert erase(capsys, monkeypatch, 400) == "0 files, 0\xa0kB, erased.\n"
    assert default_storage.exists(file.file.name)


def test_bytes_left_by_a_write_broken_off_are_erased(event, capsys, monkeypatch):
    with transaction.atomic():
        name = file_on(event).file.name
        transaction.set_rollback(True)

    erase(capsys, monkeypatch, 31)

    assert not default_storage.exists(name)


def test_a_record_deleted_takes_its_files_along_but_not_their_bytes(event):
    name = file_on(event).file.name
    event.delete()

    assert (Attachment.objects.count(), default_storage.exists(name)) == (0, True)


def test_an_upload_without_a_token_is_refused(programme, event):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    assert add(client, event, sent("a.pdf")).status_code == 403
