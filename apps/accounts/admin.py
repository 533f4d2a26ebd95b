"""Learners in the admin: their accounts, and how much they have; never what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import PrivateAdmin, ShownOnlyAdmin, count_of
from apps.accounts.models import User

if TYPE_CHECKING:
    UserAdminBase = DjangoUserAdmin[User]
    CreationForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
else:
    UserAdminBase, CreationForm, ChangeForm = DjangoUserAdmin, AdminUserCreationForm, UserChangeForm


def _address(email: str, pk: Any) -> str:
    """The address in lower case; raises ValidationError if another learner has it."""
    email = email.lower()
    if User.objects.filter(email=email).exclude(pk=pk).exists():
        raise ValidationError("There is a learner with this address.", code="unique")
    return email


class LearnerCreationForm(CreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return _address(self.cleaned_data["email"], None)


class LearnerChangeForm(ChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return _address(self.cleaned_data["email"], self.instance.pk)


@admin.register(User)
class UserAdmin(UserAdminBase):
    form = LearnerChangeForm
    add_form = LearnerCreationForm
    list_display = ("email", "name", "is_staff", "is_active", "joined_at", "plans", "checks")
    list_filter = ("is_staff", "is_active", "level")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = (
        *("joined_at", "last_login", "onboarded_at", "plans", "checks"),
        *("check_size", "review_limit", "scheduler"),  # another scheduler takes a replay of cards
    )
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (
            "Study",
            {
                "fields": (
                    *("level", "time_zone", "plans", "checks"),
                    *("check_size", "review_limit", "scheduler"),
                )
            },
        ),
        (
            "Permissions",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("joined_at", "onboarded_at", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        # By name: these apps stand above this one, and may not be imported here.
        plans = apps.get_model("plans", "Plan")._default_manager.filter(deleted_at=None)
        checks = apps.get_model("checks", "Check")._default_manager.filter(deleted_at=None)
        return (
            super()
            .get_queryset(request)
            .annotate(plan_count=count_of(plans, "owner"), check_count=count_of(checks, "user"))
        )

    @admin.display(ordering="plan_count")
    def plans(self, learner: User) -> int:
        return int(getattr(learner, "plan_count", 0))

    @admin.display(description="knowledge checks", ordering="check_count")
    def checks(self, learner: User) -> int:
        return int(getattr(learner, "check_count", 0))

    def get_deleted_objects(  # type: ignore[override] # the stubs' own types are narrower
        self, objs: QuerySet[User], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Counts of what goes with a learner. Django would list every note by its text."""
        learners = list(objs)
        collector = NestedObjects(using=router.db_for_write(User), origin=objs)
        collector.collect(learners)
        counts = {
            str(next(iter(rows))._meta.verbose_name_plural): len(rows)
            for rows in collector.model_objs.values()
        }
        needed = set() if self.has_delete_permission(request) else {"learner"}
        kept = {str(row._meta.verbose_name_plural) for row in collector.protected}
        return [str(learner) for learner in learners], counts, needed, sorted(kept)


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(PrivateAdmin):
    """Second factors, without their secrets. Deleting one lets a locked-out learner in again."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(ShownOnlyAdmin, self).has_delete_permission(request, obj)
