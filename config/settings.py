"""All settings, each from the environment with a default that suits one machine.

The two modes, local and production, are explained in `config/environment.py`.
"""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from config.databases import database_for
from config.environment import (
    LOOPBACK_HOSTS,
    data_folder,
    mode_of,
    read_secret_files,
    refuse_unsafe_production,
    secret_key_for,
)
from config.logs import configure_structlog, logging_for

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
read_secret_files()

# --- What kind of installation this is ------------------------------------------------------------
IS_PRODUCTION = mode_of(env) == "production"
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # the demo company's people, with a password everybody knows
APP_VAR = data_folder(env, BASE_DIR)
SECRET_KEY = secret_key_for(env, is_production=IS_PRODUCTION, var=APP_VAR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else LOOPBACK_HOSTS)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if IS_PRODUCTION:
    refuse_unsafe_production(is_debug=DEBUG, allowed_hosts=ALLOWED_HOSTS)

# --- Apps: ours in the order of an order's life, each may import only those before it -------------
LOCAL_APPS = ["core", "customers", "inventory", "orders", "credit", "fulfillment", "aftersales", "reports"]
LOCAL_APPS = [app for app in LOCAL_APPS if (BASE_DIR / app / "__init__.py").exists()]
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "simple_history",
    *LOCAL_APPS,
]
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it turns a locked-out sign-in into its answer
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------
DATABASES = {"default": database_for(env, APP_VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {  # shared by all processes and without Redis, so that no request waits for a broker
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"},
}
FILES_ROOT = APP_VAR / "files"
MEDIA_ROOT = FILES_ROOT  # private: there is no MEDIA_URL, files leave only through a view that checks
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(FILES_ROOT),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": (
            "config.staticfiles.StaticStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        ),
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a body that is not a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000  # an order of 1,000 lines typed on a page
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(APP_VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60 if IS_PRODUCTION else 0  # seconds, for names without a hash; others are for ever

# --- Language, time -------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "third_party"]  # the second for other packages
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]  # dates as 2026-11-21 in both languages
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- People and sign-in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
ROLES = "config.roles.ROLES"  # posts and permissions of the company
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8 if DEMO else 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # our own reverse proxies in front of gunicorn
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "config.network.client_address"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail records sign-ins
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

# --- Browser-side protection ----------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_PRODUCTION and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes speak plain HTTP inside the host
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [
            SELF,
            "data:",
            "blob:",
        ],  # vector images inside style sheets, previews of a file just chosen
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
CONTENT_SECURITY_POLICY_WIDER = {
    # The admin's own scripts evaluate expressions in attributes and set inline styles.
    "/admin/": {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]},
    # The bundled viewer of the API writes its styles inline.
    "/api/docs/": {"style-src": [UNSAFE_INLINE]},
}

# --- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.auth.BearerTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsers.SafeJSONParser",
        "core.api.parsers.SafeMultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.DocumentedSchema",
    "EXCEPTION_HANDLER": "core.api.errors.problem_handler",
    "UPLOADED_FILES_USE_URL": False,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shundan API",
    "VERSION": "v1",
    "DESCRIPTION": "Sales orders from the first word to the settled delivery. Money, prices and quantities are "
    "decimal strings. POSTs that create take an Idempotency-Key, changes the ETag of what was read as If-Match, "
    "and every refusal is problem+json with the ID of its rule.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CustomerKind": "customers.models.Customer.Kind",
        "OrderStatus": "orders.workflow.OrderStatus",
        "OrderChannel": "orders.models.Order.Channel",
        "EnquiryChannel": "orders.models.Enquiry.Channel",
        "PaperLanguage": "orders.models.Quote.PaperLanguage",
        "Language": "django.conf.settings.LANGUAGES",
        "Terms": "orders.models.Order.Terms",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.add_problem_schema",
    ],
}

# --- Work after commit ----------------------------------------------------------------------------
TASK_TIME_LIMIT = 600  # seconds; then the worker's child is ended
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {  # a task taken by a killed worker comes back after the timeout, swept for every few seconds
        "visibility_timeout": 2 * TASK_TIME_LIMIT,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(APP_VAR / "queue"),
        "data_folder_out": str(APP_VAR / "queue"),
        "processed_folder": str(APP_VAR / "queue-done"),
        "control_folder": str(APP_VAR / "queue-control"),
        "store_processed": False,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = TASK_TIME_LIMIT
CELERY_TASK_SOFT_TIME_LIMIT = TASK_TIME_LIMIT - 30
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "send what waits in the outbox": {"task": "core.tasks.drain_outbox", "schedule": timedelta(minutes=1)},
    "run waiting jobs": {"task": "core.tasks.run_jobs", "schedule": timedelta(minutes=1)},
    "verify the books": {"task": "core.tasks.verify_books", "schedule": crontab(minute="7")},
    "seal the audit trail": {"task": "core.tasks.seal_audit", "schedule": crontab(hour="0", minute="10")},
    "grade the customers": {
        "task": "customers.tasks.run_quarterly_grading",
        "schedule": crontab(month_of_year="1,4,7,10", day_of_month="1", hour="0", minute="20"),
    },
    "end the validity of quotations": {
        "task": "orders.tasks.expire_quotes",
        "schedule": crontab(hour="0", minute="5"),
    },
    "monthly report": {
        "task": "reports.tasks.build_monthly_report",
        "schedule": crontab(day_of_month="5", hour="6", minute="0"),
    },
}

# --- Mail -----------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "Shundan <noreply@example.com>"
EMAIL_BACKEND = "config.mail.FileAndConsoleBackend"
EMAIL_FILE_PATH = str(APP_VAR / "mail")
EMAIL_TIMEOUT = 10
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))

# --- Admin, history, logs, errors -----------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Shundan"),
    "SITE_HEADER": _("Shundan"),
    "SITE_URL": "/",
    "COLORS": {  # the one accent of the pages, in the steps the admin's sheet asks for
        "primary": {
            "50": "#f1f6fe",
            "100": "#e6f0fc",
            "200": "#c9ddf8",
            "300": "#a8c8fa",
            "400": "#8ab4f8",
            "500": "#4a86dd",
            "600": "#1f5fbf",
            "700": "#184d9c",
            "800": "#164a94",
            "900": "#162b47",
            "950": "#0f1d31",
        },
    },
}
SIMPLE_HISTORY_ENABLED = True
configure_structlog()
LOGGING = logging_for(is_json=IS_PRODUCTION, level=env.str("LOG_LEVEL", default="INFO"))
if env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    sentry_sdk.init(dsn=env.str("SENTRY_DSN"), send_default_pii=False)
