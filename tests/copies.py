"""Programmes that take long to make: made once, and copied row by row for every test after that."""

from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from programmes.models import Programme

OF_DJANGO = {"auth", "contenttypes", "sessions"}  # what was there before any test
AT_ONCE = 30_000  # values in one statement
KEPT = {}


def copy_of(name, make):
    """The programme that `make` makes, with all that came with it: rows, history and files.

    It is made anew where the database holds something else than it did the first time: the rows
    keep their numbers.
    """
    before = _rows()
    if name not in KEPT:
        programme, files = make(), _files()
        added = {model: found - before[model] for model, found in _rows().items()}
        KEPT[name] = programme.pk, before, added, files
        return programme
    number, before_then, added, files = KEPT[name]
    if before != before_then:
        return make()
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in added.items():
            _insert(cursor, model, list(rows))
    for path, content in files.items():
        path = settings.MEDIA_ROOT / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Programme.objects.get(pk=number)


@cache
def _tables():
    """The columns of each model's table that are not worked out by the database."""
    tables = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in OF_DJANGO and model._meta.managed:
            columns = [f.column for f in model._meta.local_concrete_fields if not f.generated]
            tables[model] = ", ".join(map(connection.ops.quote_name, columns))
    return tables


def _rows():
    """All rows by model, as the database gives them."""
    with connection.cursor() as cursor:
        return {model: _select(cursor, model, columns) for model, columns in _tables().items()}


def _select(cursor, model, columns):
    cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}")
    return frozenset(cursor.fetchall())


def _insert(cursor, model, rows):
    if not rows:
        return
    table, columns = connection.ops.quote_name(model._meta.db_table), _tables()[model]
    one, at_once = f"({', '.join(['%s'] * len(rows[0]))})", AT_ONCE // len(rows[0])
    for begin in range(0, len(rows), at_once):
        some = rows[begin : begin + at_once]
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([one] * len(some))}",
            [connection.ops.adapt_unknown_value(value) for row in some for value in row],
        )


def _files():
    found = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    return {path.relative_to(settings.MEDIA_ROOT): path.read_bytes() for path in found}
