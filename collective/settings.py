"""All settings, read from the environment; `.env.example` names every variable.

A missing or malformed variable stops the start. Numbers of the subject (fees, places, hours) are
rows, not settings.
"""

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pghistory
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from js_asset import static_lazy
from psycopg2.extensions import parse_dsn

from collective import environment, switches
from collective.environment import BASE_DIR, DEBUG, env, number, refusals
from collective.seeing import lines

if refused := refusals():
    raise ImproperlyConfigured("\n".join(["This cannot start:", *refused]))
SECRET_KEY = env("SECRET_KEY")
# Newest first: "id:key,id:key". The first encrypts, all decrypt: collective/safety/encryption.py.
FIELD_KEYS = [row.strip() for row in env.list("FIELD_KEYS") if row.strip()]
SITE_URL = env("SITE_URL").rstrip("/")
REDIS_URL = env("REDIS_URL")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname, *env.list("EXTRA_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# How many proxies of ours stand in front; the visitor's address is that many from the end of
# X-Forwarded-For. We speak no HTTPS ourselves: where the address is https, there is one at least.
PROXIES_SET = env("TRUSTED_PROXIES", default="").strip()
TRUSTED_PROXIES = number("TRUSTED_PROXIES") if PROXIES_SET else int(HTTPS)

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_prose_editor",
    "js_asset",
    "pgtrigger",
    "pghistory",
    "events.apps.EventsConfig",
    "policy_drafts.apps.PolicyDraftsConfig",
    "payments.apps.PaymentsConfig",
    "collective.apps.CollectiveConfig",  # after allauth: it takes allauth's admin away
    "portal.apps.PortalConfig",  # last: it registers what the others do
]

MIDDLEWARE = [
    "portal.seen.see_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.middleware.refuse_what_is_too_large",
    "portal.middleware.refuse_what_no_browser_sends",
    "portal.pasted_addresses.mend_pasted_addresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.HistoryMiddleware",
    "portal.middleware.keep_private_pages_out_of_caches",
    "portal.middleware.let_used_sessions_last",
    "portal.interruptions.lead_back_to_the_button",
    "portal.middleware.EmptiedMeanwhile",
]

if HTTPS and not TRUSTED_PROXIES:  # every page would lead to itself for ever
    MIDDLEWARE.insert(0, "portal.middleware.say_that_no_proxy_is_trusted")
if DEBUG:
    MIDDLEWARE.insert(0, "dev.views.plain_pages")
    DEFAULT_EXCEPTION_REPORTER = "dev.reporter.Reporter"

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "collective.wsgi.application"
FORMS_URLFIELD_ASSUME_HTTPS = True  # what Django 6 does anyway
FORM_RENDERER = "collective.pages.bound_fields.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "collective.pages.templates.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collective.pages.context_processors.community",
            ],
            "builtins": [
                "collective.templatetags.collective",
                "payments.templatetags.payments",
                "events.templatetags.events",
                "policy_drafts.templatetags.policy_drafts",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["forms"]
CRISPY_TEMPLATE_PACK = "forms"  # our own: templates/forms/


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL address (a URI, a socket folder in `?host=` included)."""
    dsn = parse_dsn(url)
    names = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    known = {names[key]: value for key, value in dsn.items() if key in names}
    options = {key: value for key, value in dsn.items() if key not in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer's transaction pooling
        "OPTIONS": {"connect_timeout": "3", **options},
        **known,
    }


DATABASES = {"default": database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()  # in the row itself: one insert less
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ["POST"]  # nothing else changes anything, nor has to know who asks

AUTH_USER_MODEL = "collective.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
ACCOUNT_ADAPTER = "collective.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # our code has proved the address before allauth hears of it
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "collective.people.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "collective.pages.second_step_forms.SecondStepForm",
    "reauthenticate": "collective.pages.second_step_forms.SecondStepAgainForm",
    "activate_totp": "collective.pages.second_step_forms.SetUpSecondStepForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TRUST_ENABLED = False
MFA_TOTP_TOLERANCE = 1  # a code that ran out while it was typed counts: RFC 6238, 5.2

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
DATE_FORMAT = "l j F Y"
LOCALE_PATHS = [BASE_DIR / "collective" / "locale"]  # stock sentences of Django, in our words
FORMAT_MODULE_PATH = ["collective.formats"]

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / ".local" / "media")
manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else manifest,
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# Days that a backup is kept: people who are forgotten are told, and `backup` deletes older ones.
BACKUP_DAYS = number("BACKUP_DAYS")
BACKUP_TO = env("BACKUP_TO", default="")  # a folder, or s3://bucket/prefix
BACKUP_ENCRYPT_TO = env.list("BACKUP_AGE_RECIPIENT", default=[])  # public keys of age
BACKUP_IDENTITY = env("BACKUP_AGE_IDENTITY", default="")  # a file with the private one
BACKUP_S3_ENDPOINT = env("BACKUP_S3_ENDPOINT", default="")
BACKUP_S3_REGION = env("BACKUP_S3_REGION", default="us-east-1")
BACKUP_S3_KEY_ID = env("BACKUP_S3_KEY_ID", default="")
BACKUP_S3_SECRET = env("BACKUP_S3_SECRET", default="")
COMMIT = env("COMMIT", default="")  # which one runs, where there is no git to ask

globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("FROM_EMAIL")
BOUNCES_URL = env("BOUNCES_URL", default="")
BOUNCES_DELETE = switches.is_on("BOUNCES_DELETE")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Without a key, nothing goes through Stripe and everything is paid by hand (docs/payments.md).
STRIPE_API_KEY = env("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_FINANCIAL_ACCOUNT = env("STRIPE_FINANCIAL_ACCOUNT", default="")
STRIPE_API_BASE = env("STRIPE_API_BASE", default="")  # a fake Stripe, for development and tests

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# What the editor of policies has beyond the library's own: static/js/editor-parts.js
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/editor-parts.js")],
        "extensions": dict.fromkeys(
            ("Definitions", "Term", "Definition", "QuoteButton", "Languages", "TidyPaste"),
            "policy_drafts.text.markup.add_our_tags",
        ),
    }
]
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb")
}
# Not "no-referrer": with it browsers send "Origin: null" with our own forms, which the CSRF check
# must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SESSION_ENGINE = "collective.people.browser_sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # idle; the admin asks for the second step again each day
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 7_500_000  # bytes, of the page that takes most: portal/limits.py
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # attendance of a large session

LOGGING = lines.config(environment.LOG_FORMAT, environment.LOG_LEVEL)

# Who asks for /metrics from another machine shows this as a bearer token.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Asked for once a minute while all is well: whoever misses it raises the alarm (healthchecks.io).
HEARTBEAT_URL = env("HEARTBEAT_URL", default="")
# Where faults are reported to, without anything about anybody (collective/seeing/reports.py).
if SENTRY_DSN := env("SENTRY_DSN", default=""):
    import_module("collective.seeing.reports").start(SENTRY_DSN, LOGGING)
