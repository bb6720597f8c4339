"""Every address: the pages below their language, made from the table of who may open them; logins; the policy's ear."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from repatria.web import pages
from repatria.web.access import PAGES
from repatria.web.api import api
from repatria.web.policy import heard

for each in iter_modules(pages.__path__):
    import_module(f"{pages.__name__}.{each.name}")

urlpatterns = [
    path("csp", heard, name="csp"),
    path("api/", api.urls),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        *[path(each.path, each.view, name=each.name) for each in PAGES.values()],
    ),
]
handler404 = "repatria.web.pages.frame.absent"
handler500 = "repatria.web.pages.frame.failed"
