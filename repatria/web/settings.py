"""Django's settings for one served node, made when the server starts: there is no settings module to go wrong.

Tables of Django hold logins, sessions, jobs and caches, and nothing that the ledger or the vault does not give again.
Every page comes from here: no other host is asked for anything, no script stands in a page (THREATS 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from repatria.problem import Problem, Problems
from repatria.report.language import CODES

# Each in its own language, so that whoever looks for it finds it.
LANGUAGES = {"en": "English", "uk": "Українська", "ru": "Русский", "tr": "Türkçe", "ar": "العربية"}
SESSION_SECONDS = 30 * 60  # of no use
SESSION_SECONDS_MOST = 12 * 3600  # in all
UPLOAD_MOST = 64 * 2**20  # bytes of a file; a list of 200,000 people is well below

POLICY = {
    "default-src": ("'none'",),
    "script-src": ("'self'", "'wasm-unsafe-eval'"),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "worker-src": ("'self'",),
    "manifest-src": ("'self'",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
    "report-uri": ("/csp",),
}


@dataclass(frozen=True)
class Options:
    """How a node is served."""

    folder: Path  # the node's; the database of the pages stands in it unless `database` names another
    secret: str
    host: str = "localhost"  # the name in the address: a passkey is bound to it
    tls: bool = True
    database: str | None = None  # postgresql://user:password@host:port/name
    names: Sequence[str] = ()  # further names of this machine


def settings_of(options: Options) -> dict[str, Any]:
    """What `django.conf.settings.configure` takes.

    Raises:
        Problems: `web.database` for an address that names no database of a kind that is understood.
    """
    return {
        "SECRET_KEY": options.secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": [options.host, *options.names],
        "ROOT_URLCONF": "repatria.web.urls",
        "INSTALLED_APPS": [
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
            "django.contrib.staticfiles", "django.contrib.humanize", "repatria.web", "allauth", "allauth.account",
            "allauth.mfa", "axes",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "repatria.web.accounts.Doorway",
            "repatria.web.access.Gate",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages", "repatria.web.pages.frame.around",
            ], "builtins": ["repatria.web.templatetags.words"]},
        }],
        "DATABASES": {"default": database_of(options.folder, options.database)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "web.Login",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        # Names, not addresses: nobody signs up, and no mail is sent.
        "ACCOUNT_ADAPTER": "repatria.web.accounts.Adapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": "name",
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
        # Wider than the lockout, which speaks first and says how long.
        "ACCOUNT_RATE_LIMITS": {"login": "60/m/ip", "login_failed": "60/m/ip,30/5m/key", "reauthenticate": "30/m/user"},
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_FORMS": {
            "login": "repatria.web.accounts.LogIn", "reauthenticate": "repatria.web.accounts.PasswordAgain",
            "set_password": "repatria.web.accounts.SetPassword",
            "change_password": "repatria.web.accounts.ChangePassword",
        },
        "MFA_ADAPTER": "repatria.web.accounts.MfaAdapter",
        "MFA_FORMS": {
            "authenticate": "repatria.web.accounts.CodeAtLogin", "reauthenticate": "repatria.web.accounts.CodeAgain",
            "activate_totp": "repatria.web.accounts.NewApp", "add_webauthn": "repatria.web.accounts.NewPasskey",
        },
        "MFA_SUPPORTED_TYPES": ["webauthn", "totp", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not options.tls,
        "MFA_TOTP_TOLERANCE": 1,  # a step before and after: clocks in the field differ
        "MFA_RECOVERY_CODE_DIGITS": 16,  # hard to guess by itself: it may stand alone (`accounts.Recovery`)
        "MFA_TOTP_ISSUER": "Repatria",
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": 0.25,  # hours
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_USERNAME_FORM_FIELD": "username",  # as allauth calls it when it authenticates
        "AXES_LOCKOUT_CALLABLE": "repatria.web.accounts.locked",
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_SENSITIVE_PARAMETERS": ["login", "code", "credential", "csrfmiddlewaretoken"],
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_SECONDS_MOST": SESSION_SECONDS_MOST,
        "SESSION_SAVE_EVERY_REQUEST": True,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_SECURE": options.tls,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_NAME": "repatria",
        "CSRF_COOKIE_SECURE": options.tls,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        # Not "no-referrer": browsers then send a form's origin as null, and every form is refused.
        "SECURE_REFERRER_POLICY": "same-origin",
        "CSRF_FAILURE_VIEW": "repatria.web.pages.frame.stale",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31536000 if options.tls else 0,
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [(code, LANGUAGES[code]) for code in CODES],
        "LANGUAGE_COOKIE_SAMESITE": "Strict",
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 3600,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2**20,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": UPLOAD_MOST,  # never on a disk in clear
        "FILE_UPLOAD_HANDLERS": ["repatria.web.uploads.InMemory"],
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        # What Django logs names addresses and exceptions: neither leaves the process (`web.faults`).
        "LOGGING_CONFIG": None,
        "SILENCED_SYSTEM_CHECKS": ["account.W001"],
    }


def database_of(folder: Path, address: str | None) -> dict[str, Any]:
    """One database: a file in the node's folder, or the PostgreSQL that the address names."""
    if address is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "web" / "pages.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    found = urlparse(address)
    socket = parse_qs(found.query).get("host", [""])[0]  # a folder, as libpq writes it
    if found.scheme not in ("postgres", "postgresql") or not found.path.strip("/"):
        do = "give one such as postgresql://repatria@localhost/repatria"
        raise Problems([Problem("web.database", "--database", "not the address of a PostgreSQL database", do)])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(found.path.strip("/")),
        "USER": unquote(found.username or ""),
        "PASSWORD": unquote(found.password or ""),
        "HOST": unquote(found.hostname or "") or socket,
        "PORT": str(found.port or ""),
        "CONN_MAX_AGE": 600,
    }
