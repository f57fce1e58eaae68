"""Settings: one file, safe by default, read from the environment and from `data/settings.env`.

`make setup` writes `data/settings.env` with a random secret and the demo on, so that the commands
run as they stand. Everywhere else SECRET_KEY and ALLOWED_HOSTS are required.
"""

from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "data"

env = Env()
env.read_env(DATA_DIR / "settings.env", recurse=False)

# The demo: two programmes, users with one known password, plain http on this machine.
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)

SECRET_KEY = env.str("SECRET_KEY", "")
if len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 10 or "example" in SECRET_KEY.lower():
    raise ImproperlyConfigured(
        "Set SECRET_KEY to at least 40 random characters, or run `make setup`, which makes one."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "programmes",
    "accounts",
    "activities",
    "enterprises",
    "placements",
    "reports",
]

MIDDLEWARE = [
    "enterprises.middleware.unlisted_links",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "accounts.middleware.private_pages",
    "accounts.middleware.kept_drafts",
    "programmes.middleware.acts",
    "programmes.middleware.lost_updates",
]

ROOT_URLCONF = "asf_tracker.urls"
WSGI_APPLICATION = "asf_tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.surroundings",
            ],
            "builtins": [
                "programmes.templatetags.look",
                "accounts.templatetags.access",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


def sqlite(path):
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # A write takes its lock at once and waits for others; what is acknowledged is on disk,
            # and what is erased is overwritten there.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
            ),
        },
    }


if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60)}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        DATABASES = {"default": sqlite(DATABASES["default"]["NAME"])}
else:
    DATABASES = {"default": sqlite(DATA_DIR / "asf_tracker.sqlite3")}
# The index that covers attendance covers it on PostgreSQL; SQLite takes its key alone.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by the workers and kept over a restart: the counts of failed sign-ins live here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        # When it is full a part is thrown out: that must not be the counts, whoever tries to fill it.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "asf_tracker.finders.PackagedFiles",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Outside the web root: what is uploaded is given out through the access rule alone.
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_HANDLERS = ["activities.uploads.LimitedUpload"]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Sign-in: by e-mail, accounts by invitation only.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.adapter.DemoAwareBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:home"
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "reset_password": "accounts.sign_in_forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.NewPasswordForm",
    "change_password": "accounts.sign_in_forms.PasswordForm",
    "set_password": "accounts.sign_in_forms.FirstPasswordForm",
    "add_email": "accounts.sign_in_forms.EmailForm",
    "reauthenticate": "accounts.sign_in_forms.AgainForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "ASF Tracker"
# Accounts are by invitation: nobody locks another out by an address that is not theirs.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.CodeForm",
    "reauthenticate": "accounts.sign_in_forms.CodeAgainForm",
    "activate_totp": "accounts.sign_in_forms.FirstCodeForm",
}

# Sessions end after a working day, or with the browser.
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# https, unless somebody says that it is served in the clear on one's own machine.
HTTPS = env.bool("HTTPS", not DEMO)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console:")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ASF Tracker <asf-tracker@example.se>")
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]
EMAIL_TIMEOUT = EMAIL_CONFIG.get("EMAIL_TIMEOUT") or 20
# Where the installation is reached, for mails that a command sends: there is no page to tell it.
PUBLIC_URL = env.str("PUBLIC_URL", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"tokens": {"()": "asf_tracker.logs.WithoutTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
