"""Logins: who may open this node's pages. What they may do there is the ledger's to say, at every request."""

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
