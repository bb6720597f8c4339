"""What the pages keep besides: logins, and how far background work is. Both can be dropped.

Who may open this node's pages is a login; what they may do there is the ledger's to say, at every request.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Logins(BaseUserManager):
    def create_user(self, name: str, password: str | None = None, **rest: Any) -> Login:
        login = self.model(name=name, **rest)
        login.set_password(password)
        login.save(using=self._db)
        return login


class Login(AbstractBaseUser):
    """One person: `name` is their name as a delegate of this node's member, so that `north/clerk` logs in as clerk."""

    name = models.CharField(max_length=32, unique=True)
    keeper = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="en")
    created = models.DateTimeField(auto_now_add=True)

    objects = Logins()

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """Background work (jobs.py): who asked for what, how far it is, and counts of what came of it; nobody's name."""

    name = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=16)
    by = models.CharField(max_length=32)
    about = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, db_index=True)
    what = models.CharField(max_length=64, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    asked = models.DateTimeField(auto_now_add=True)
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
