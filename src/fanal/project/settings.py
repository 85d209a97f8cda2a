"""Django's settings. What an operator may choose comes from `fanal.kit.settings`; importing this starts nothing."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from fanal.kit import settings as operator
from fanal.project import database, logs, secret

_chosen = operator.read()
_address = urlsplit(_chosen.origin or "http://localhost")
_encrypted = _address.scheme == "https"

DEBUG = False
SECRET_KEY = lazy(secret.signing_key, str)()
DATABASES = {"default": database.django_database(_chosen)}

INSTALLED_APPS = [
    "fanal.core.audit",
    "fanal.core.access",
    "fanal.core.vault",
    "fanal.core.jobs",
    "fanal.core.approvals",
    "fanal.casework.evidence",
    "fanal.casework.prints",
    "fanal.casework.readings",
    "fanal.casework.leads",
    "fanal.casework.registry",
    "fanal.casework.sharing",
    "fanal.casework.entries",
    "fanal.casework.cases",
    "fanal.casework.alerts",
    "fanal.casework.notices",
    "fanal.casework.retention",
    "fanal.casework.dispatch",
    "fanal.doors.web",
    "fanal.doors.api",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "fanal.project.headers.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fanal.doors.web.officer.AskingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fanal.doors.web.problems.ProblemMiddleware",
    "fanal.doors.api.problems.plain_answers_as_problems",
]

ROOT_URLCONF = "fanal.project.urls"
WSGI_APPLICATION = "fanal.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fanal.doors.web.attention.waiting",
                "fanal.doors.web.officer.rights",
            ]
        },
    }
]

# People and sign-in
AUTH_USER_MODEL = "access.User"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:today"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Languages and time
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]

# Who may reach the desk, and how. Behind https a proxy ends the encryption and says so in X-Forwarded-Proto.
ALLOWED_HOSTS = [_address.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [_chosen.origin] if _chosen.origin else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _encrypted else None
SECURE_HSTS_SECONDS = 31_536_000 if _encrypted else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Glimpses, a few blurred pixels each, stand in the page itself: one request a grid instead of sixty.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Cookies
SESSION_ENGINE = "fanal.core.access.sessions"
SESSION_COOKIE_NAME = "__Host-session" if _encrypted else "fanal-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _encrypted
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "fanal.doors.web.problems.form_not_ours"
CSRF_COOKIE_NAME = "__Host-csrf" if _encrypted else "fanal-csrf"

# Static files are found in the apps and kept in memory by whitenoise: nothing to collect.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = logs.configuration(_chosen.log_level)
