"""What a running application holds beside its database: its settings, its vault and its clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from outreach.clock import Clock
from outreach.config import Settings
from outreach.vault import Vault

#: What a command gets instead of an application: one that makes it when it is needed.
AppMaker = Callable[[], Flask]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Made once by `create_app`."""

    settings: Settings
    vault: Vault
    clock: Clock


def runtime() -> Runtime:
    """The current application's runtime."""
    found: Runtime = current_app.extensions["outreach"]
    return found


def settings() -> Settings:
    """The current application's settings."""
    return runtime().settings


def vault() -> Vault:
    """The current application's vault."""
    return runtime().vault


def now() -> datetime:
    """The current application's present instant; edges ask, services are told."""
    return runtime().clock()
