"""Every address of the site, app by app."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from apps.accounts.views import healthz

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # as allauth's manual says

urlpatterns = [
    path("", include("apps.dashboard.urls")),
    path("", include("apps.plans.urls")),
    path("", include("apps.checks.urls")),
    path("", include("apps.exchange.urls")),
    path("", include("apps.assessments.urls")),
    path("", include("apps.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
