"""Commands about staff."""

import secrets
import sys

import click

from outreach.accounts.service import add_staff, organization_named
from outreach.database import transaction
from outreach.policy import Role
from outreach.runtime import AppMaker, now


@click.group()
def staff() -> None:
    """Look after the people who sign in."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--organization", help="Name of the organization, for an organizer.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def add(
    make_app: AppMaker, email: str, name: str, role: str, organization: str | None, password_stdin: bool
) -> None:
    """Add somebody who may sign in; prints a password when none is given."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    with make_app().app_context(), transaction():
        body = organization_named(organization) if organization else None
        add_staff(email, password, name=name, role=Role(role), organization=body, now=now())
    click.echo(f"{email} may sign in now." if password_stdin else f"{email} may sign in with: {password}")
