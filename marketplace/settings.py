"""The settings of the marketplace; what differs between machines is in ENVIRONMENT."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from environ import Env
from oscar import defaults as oscar

for _name in dir(oscar):
    if _name.startswith("OSCAR_"):
        globals()[_name] = getattr(oscar, _name)

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

# --- The environment -----------------------------------------------------------------

INVOICE_PROVIDERS = {"file": "marketplace.accounting.providers.issue_to_file"}
"""The scheme of INVOICE_URL to the function that issues an invoice there."""


def matching(pattern: str, shape: str) -> Callable[[str], str]:
    """Return a cast that gives the pattern's group, or else its whole match."""

    def cast(text: str) -> str:
        if found := re.fullmatch(pattern, text):
            return found[found.lastindex or 0]
        raise ValueError(f"it does not look like {shape}")

    return cast


def boolean(text: str) -> bool:
    true_or_false = matching("(?i)true|yes|on|1|false|no|off|0", "true or false")
    return bool(Env.parse_value(true_or_false(text), bool))


def database(text: str) -> dict[str, Any]:
    is_known = matching(
        r"(?:sqlite|postgres|postgresql):.*", "sqlite:// or postgres://"
    )
    return Env.db_url_config(is_known(text))


def whole_number(text: str) -> int:
    return int(matching(r"[1-9][0-9]{0,8}", "a whole number from 1")(text))


web_address = matching(r"(https?://[^/\s]\S*?)/*", "http(s)://host")

ENVIRONMENT = Env(
    SECRET_KEY=(str, None),
    DEBUG=(boolean, "false"),
    ALLOWED_HOSTS=([str.strip], "localhost,127.0.0.1,[::1]"),
    BASE_URL=(web_address, "http://127.0.0.1:8000"),
    DATABASE_URL=(database, f"sqlite:///{VAR}/shop.sqlite3"),
    CACHE_URL=(Env.cache_url_config, "locmemcache://"),
    ELASTICSEARCH_URL=(web_address, None),
    EMAIL_URL=(Env.email_url_config, "consolemail://"),
    MEDIA_URL=(matching(r"/|/.*/|https?://[^/\s]\S*", "/path/ or https://"), "/media/"),
    STORAGE_URL=(matching("file://(/.+)", "file:///folder"), f"file://{VAR}/media"),
    TILE_URL=(
        matching(
            r"(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})https?://[^/\s]\S*", "…/{z}/{x}/{y}.png"
        ),
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    ),
    STRIPE_SECRET_KEY=(matching(r"[sr]k_\w+", "sk_… or rk_…"), None),
    STRIPE_WEBHOOK_SECRET=(matching(r"whsec_\S+", "whsec_…"), None),
    STRIPE_API_BASE=(web_address, "https://api.stripe.com"),
    VIETQR_BANK_BIN=(matching(r"\d{6}", "six digits"), None),
    VIETQR_ACCOUNT=(matching("[0-9A-Za-z]{1,19}", "1 to 19 digits or letters"), None),
    VIETQR_ACCOUNT_NAME=(matching(r"[^\n\x00]{1,70}", "1 to 70 letters"), None),
    INVOICE_URL=(
        matching(f"(?:{'|'.join(INVOICE_PROVIDERS)})://.+", "file:///folder"),
        f"file://{VAR}/invoices",
    ),
    BANK_WEBHOOK_SECRET=(matching(r"\S{16,}", "16 signs or more, no blanks"), None),
    UNPAID_ORDERS_PER_BUYER=(whole_number, "5"),
    UNPAID_UNITS_PER_PRODUCT=(whole_number, "20"),
)
"""Name to (cast, default as it would be written). README and .env.example follow it."""

TOGETHER = [
    ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"),
    ("VIETQR_BANK_BIN", "VIETQR_ACCOUNT"),
]
"""One of these without the other would be a payment method that does not work."""


def read_environment() -> dict[str, Any]:
    """Return every setting of ENVIRONMENT, cast; a blank one has its default.

    Raises ImproperlyConfigured with a sentence that names the first one that is wrong.
    """
    values = {}
    for name, (cast, default) in ENVIRONMENT.scheme.items():
        text = ENVIRONMENT.ENVIRON.get(name, "").strip() or default
        try:  # parse_value and not env(name), which reads “$x” as another variable
            values[name] = text and ENVIRONMENT.parse_value(text, cast)
        except Exception as error:
            raise ImproperlyConfigured(f"{name} is set but wrong: {error}") from error
    for pair in TOGETHER:
        missing, *others = sorted(pair, key=lambda name: bool(values[name]))
        if not values[missing] and values[others[0]]:
            raise ImproperlyConfigured(f"{missing} is not set, and {others[0]} is")
    values["SECRET_KEY"] = values["SECRET_KEY"] or get_or_create_secret_key()
    return values


def get_or_create_secret_key() -> str:
    """Return the key in `var/`, made at the first start, readable by its owner only."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text()


env = read_environment()

# --- The machine ---------------------------------------------------------------------

SECRET_KEY = env["SECRET_KEY"]
DEBUG = env["DEBUG"]
ALLOWED_HOSTS = env["ALLOWED_HOSTS"]
BASE_URL = env["BASE_URL"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

DATABASES = {"default": env["DATABASE_URL"]}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # writers queue instead of failing
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif not DEBUG:  # runserver makes a thread a visitor, and leaves what each has open
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # to connect costs more than to ask
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": env["CACHE_URL"],
    "pages": {  # of marketplace.page_cache; each process has its own
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}
ELASTICSEARCH_URL = env["ELASTICSEARCH_URL"]
vars().update(env["EMAIL_URL"])
DEFAULT_FROM_EMAIL = OSCAR_FROM_EMAIL = "OCOP Quảng Nam <cho@ocop-quangnam.example>"
EMAIL_TIMEOUT = 10  # seconds; a letter's claim lasts longer
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "marketplace" / "static"]
MEDIA_URL = env["MEDIA_URL"].rstrip("/") + "/"
MEDIA_ROOT = env["STORAGE_URL"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

HTTPS = urlsplit(BASE_URL).scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OSCAR_BASKET_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"  # Wagtail itself lets its previews be framed

TILE_URL = env["TILE_URL"]
TILE_HOST = "{0.scheme}://{0.netloc}".format(urlsplit(TILE_URL))
FORM_TARGETS = ["'self'"]
if env["STRIPE_SECRET_KEY"]:  # our form is answered with a redirect to its page
    FORM_TARGETS.append("https://checkout.stripe.com")
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/editor/", "/dashboard/", "/en/dashboard/"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", TILE_HOST],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": FORM_TARGETS,
        "frame-ancestors": ["'self'"],  # the editor previews pages in a frame
    },
}

STRIPE_SECRET_KEY = env["STRIPE_SECRET_KEY"]
STRIPE_WEBHOOK_SECRET = env["STRIPE_WEBHOOK_SECRET"]
STRIPE_API_BASE = env["STRIPE_API_BASE"]
VIETQR_BANK_BIN = env["VIETQR_BANK_BIN"]
VIETQR_ACCOUNT = env["VIETQR_ACCOUNT"]
VIETQR_ACCOUNT_NAME = env["VIETQR_ACCOUNT_NAME"]
INVOICE_URL = env["INVOICE_URL"]
BANK_WEBHOOK_SECRET = env["BANK_WEBHOOK_SECRET"]
UNPAID_ORDERS_PER_BUYER = env["UNPAID_ORDERS_PER_BUYER"]
UNPAID_UNITS_PER_PRODUCT = env["UNPAID_UNITS_PER_PRODUCT"]

# --- The parts -----------------------------------------------------------------------

SITE_ID = 1
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "marketplace.accounts.backends.EmailBackend",
]
AXES_FAILURE_LIMIT = 10  # wrong passwords for one account from one machine
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # so nobody shuts others out
AXES_USERNAME_CALLABLE = "marketplace.accounts.backends.get_attempted_address"
AXES_LOCKOUT_CALLABLE = "marketplace.accounts.views.too_many_tries"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"  # who tried is not kept
AXES_DISABLE_ACCESS_LOG = True
SILENCED_SYSTEM_CHECKS = ["axes.W001"]  # in local memory each process counts its own
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in (
        "UserAttributeSimilarity",
        "MinimumLength",
        "CommonPassword",
        "NumericPassword",
    )
]

OUR_APPS = [
    "marketplace",
    "marketplace.accounts",
    "marketplace.payments",
    "marketplace.accounting",
    "marketplace.rates",
    "marketplace.tasks",
    "stores",
    "search",
    "cms",
]
OSCAR_APPS = [  # ours in place of the forked ones; Oscar allows none to be left out
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "stores.partner.apps.PartnerConfig",
    "marketplace.checkout.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "marketplace.orders.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "marketplace.office.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "django.contrib.flatpages",  # the dashboard's page editor asks for it
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *OUR_APPS,
    *OSCAR_APPS,
    "widget_tweaks",
    "treebeard",
    "django_tables2",
    "django_htmx",
    "leaflet",
    "axes",
    "ninja",  # its page of the API's documentation
    "django_tasks_db",
    "csp",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",  # its menus are part of the editor's frame
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
MIGRATION_MODULES = {  # Oscar's own take 115 files to the same tables
    label: f"marketplace.oscar_migrations.{label}"
    for label in (
        "address",
        "analytics",
        "communication",
        "customer",
        "offer",
        "payment",
        "reviews",
        "shipping",
        "voucher",
        "wishlists",
    )
}
MIDDLEWARE = [
    "marketplace.middleware.only_utf8",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.checkout.basket.middleware.BasketMiddleware",
    "stores.middleware.PlaceMiddleware",
    "marketplace.middleware.not_allowed",
    "marketplace.middleware.ImpossibleValues",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "marketplace.context_processors.shell",
            ],
            "builtins": [
                "marketplace.templatetags.formatting",
                "marketplace.templatetags.letters",
                "marketplace.templatetags.shop",
                "marketplace.templatetags.statuses",
            ],
        },
    }
]
CSRF_FAILURE_VIEW = "marketplace.views.csrf_failure"

# --- Language and money --------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [
    ROOT / "marketplace" / "locale",
    ROOT / "marketplace" / "wagtail_locale",  # what Wagtail and Oscar lack
]
FORMAT_MODULE_PATH = "marketplace.formats"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True

OSCAR_SHOP_NAME = WAGTAIL_SITE_NAME = "OCOP Quảng Nam"
OSCAR_DEFAULT_CURRENCY = "VND"
OSCAR_CURRENCY_FORMAT = {"VND": {"format": "#,##0\u00a0¤"}}
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_DYNAMIC_CLASS_LOADER = "marketplace.loading.class_loader"
OSCAR_SLUG_FUNCTION = "catalogue.text.slugify"
OSCAR_THUMBNAILER = "marketplace.loading.NoThumbnailer"
OSCAR_EAGER_ALERTS = False
OSCAR_SAVE_SENT_EMAILS_TO_DB = False
OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 99
OSCAR_HIDDEN_FEATURES = ["reviews", "wishlists"]
OSCAR_URL_SCHEMA = urlsplit(BASE_URL).scheme
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "confirmed"
# No pipeline: an order follows its fulfilments (`set_fulfilment_status`).
OSCAR_DASHBOARD_NAVIGATION = [
    {"label": _("Orders"), "url_name": "dashboard:order-list"},
    {"label": _("Statistics"), "url_name": "dashboard:order-stats"},
    {"label": _("Reports"), "url_name": "dashboard:reports-index"},
]

# --- Wagtail -------------------------------------------------------------------------

WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_USER_LOGIN_FORM = "marketplace.accounts.forms.EditorSignIn"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.PictureForm"
WAGTAILIMAGES_WEBP_QUALITY = 80
WAGTAILIMAGES_AVIF_QUALITY = 62
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None

DEMO_DOMAIN = "@demo.test"
"""Accounts under it exist for demonstrations and are refused when DEBUG is off."""
DEMO_NOTICE = _("Demonstration with sample data")
