"""`manage.py load_demo`: the two demo programmes and their five users, in an empty database."""

import os
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from programmes.models import Programme
from reports.demo import gavleborg, practice

Role = Membership.Role
USERS = {
    "administrator@example.se": (Role.ADMINISTRATOR, "Demo, administratör"),
    "processledare@example.se": (Role.PROCESS_LEADER, "Demo, processledare"),
    "part@example.se": (Role.PARTNER, "Demo, part"),
    "styrelse@example.se": (Role.BOARD, "Demo, styrelse"),
    "revisor@example.se": (Role.AUDITOR, "Demo, revisor"),
}
PARTNERS_ORGANISATION = "soderhamns-kommun"
SLUGS = {gavleborg.SLUG, practice.SLUG}
# Sixteen letters, some 50 bits: read out without trouble, guessed by nobody.
CONSONANTS, VOWELS = "bdfghklmnprstv", "aeiouy"


class Command(BaseCommand):
    help = "Load the two demo programmes and the demo users into an empty database."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do nothing if the demo is there")
        parser.add_argument("--sign-ins", action="store_true", help="print addresses and password")

    def handle(self, *args, once, sign_ins, **options):
        if not settings.DEMO:
            raise CommandError("The demo is off here. Set DEMO=true to load it.")
        if sign_ins:
            self.print_sign_ins()
        elif once and is_loaded() and password_file().exists():
            return
        elif once and is_loaded():
            set_passwords()
        else:
            refuse_other_contents()
            load(timezone.localdate())

    def print_sign_ins(self):
        if not is_loaded() or not password_file().exists():
            raise CommandError("The demo is not loaded. Run `manage.py load_demo` first.")
        self.stdout.write("  Sign in as")
        for email, (role, _name) in USERS.items():
            self.stdout.write(f"    {email:<28}{role.label}")
        self.stdout.write(f"  with the password {password()}")


def is_loaded():
    return set(Programme.objects.filter(slug__in=SLUGS).values_list("slug", flat=True)) == SLUGS


def refuse_other_contents():
    """The demo is for a database of its own: its users have a password that is printed."""
    if is_loaded():
        raise CommandError("The demo is loaded already. With --once nothing is done then.")
    if User.objects.filter(is_demo=False).exists():
        raise CommandError("There are other users in this database. The demo needs one of its own.")
    if Programme.objects.exists():
        raise CommandError(
            "There are other programmes in this database. The demo needs one of its own."
        )


@transaction.atomic
def load(today):
    """Both programmes, and the users as members of both. All or nothing."""
    users = make_users()
    leader = users["processledare@example.se"]
    for programme in (gavleborg.load(by=leader), practice.load(today, by=leader)):
        partners = programme.organisations.get(slug=PARTNERS_ORGANISATION)
        for email, (role, _name) in USERS.items():
            membership = Membership(user=users[email], programme=programme, role=role)
            membership.organisation = partners if role == Role.PARTNER else None
            membership._history_user = users["administrator@example.se"]
            membership.save()


def make_users():
    User.objects.filter(email__in=USERS).delete()
    secret = password()
    return {
        email: User.objects.create_user(email, secret, name=name, is_demo=True)
        for email, (_role, name) in USERS.items()
    }


def set_passwords():
    """Give the demo users the password of this installation anew."""
    secret = password()
    for user in User.objects.filter(is_demo=True):
        user.set_password(secret)
        user.save(update_fields=["password"])


def password_file():
    return settings.DATA_DIR / "demo-password"


def password():
    """The demo users' one password: random, made once an installation, read by its owner alone."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("-".join(_syllables() for _part in range(4)) + "\n")
    return path.read_text().strip()


def _syllables():
    letters = (CONSONANTS, VOWELS, CONSONANTS, VOWELS)
    return "".join(secrets.choice(alphabet) for alphabet in letters)
