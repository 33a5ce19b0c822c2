# SPDX-License-Identifier: Apache-2.0
"""Commands for organisations, their first administrators, staff and API keys; the rest administrators do on their pages."""

from __future__ import annotations

import click

from core.errors import NotFound
from core.identity import operations, queries, second_factors, staff
from core.identity.model import OrganisationKind, Role
from core.uow import Actor, Store
from web import login, wiring
from web.migrate import migrate

SYSTEM = Actor.system()


def open_store() -> Store:
    """The store of the configured, migrated database."""
    parts = wiring.build(wiring.read_config())
    migrate(parts.engine)
    return parts.store


@click.group()
def organisations() -> None:
    """Tenants: awarding bodies and assessment agencies."""


@organisations.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), required=True)
def add_organisation(name: str, kind: str) -> None:
    """Register an organisation called NAME and print its id."""
    with open_store().write(SYSTEM) as uow:
        click.echo(operations.add_organisation(uow, name=name, kind=OrganisationKind(kind)).id)


@organisations.command("list")
def list_organisations() -> None:
    """List the organisations."""
    with open_store().read(SYSTEM) as uow:
        for organisation in queries.organisations(uow):
            click.echo(f"{organisation.id}  {organisation.kind.value}  {organisation.name}")


@click.group()
def users() -> None:
    """Staff accounts: invite, add, list, password, second factor, disable."""


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--organisation", required=True, help="Id of the organisation.")
@click.option(
    "--role", "roles", type=click.Choice([role.value for role in Role]), multiple=True, required=True
)
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", show_default=True)
@click.password_option(help="Asked for when not given.")
def add_user(  # noqa: PLR0917 - click passes by name
    email: str, name: str, organisation: str, roles: tuple[str, ...], language: str, password: str
) -> None:
    """Add a member of staff who signs in with EMAIL."""
    with open_store().write(SYSTEM) as uow:
        person = operations.add_person(
            uow,
            organisation_id=organisation,
            name=name,
            email=email,
            password=password,
            roles=[Role(role) for role in roles],
            language=language,
        )
        click.echo(person.id)


@users.command("invite")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--organisation", required=True, help="Id of the organisation.")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    default=[Role.ADMINISTRATOR.value],
    show_default=True,
)
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", show_default=True)
def invite_user(email: str, name: str, organisation: str, roles: tuple[str, ...], language: str) -> None:
    """Print a one-time link with which EMAIL makes an account; good for 72 hours, sent to nobody."""
    config = wiring.read_config()
    with open_store().write(SYSTEM) as uow:
        made = staff.invite(
            uow, organisation, name=name, email=email, roles=[Role(role) for role in roles], language=language
        )
    click.echo(f"{config.base_url}/invitation/{made.token}")


@users.command("reset")
@click.argument("person_id")
def reset_second_factor(person_id: str) -> None:
    """Take the second factor of PERSON_ID away, for an administrator who lost the phone and the codes."""
    with open_store().write(SYSTEM) as uow:
        person = queries.person(uow, person_id)
        if person is None:
            raise NotFound("person_unknown")
        second_factors.remove_second_factor(uow, person_id)
        login.end_logins(uow, person_id, organisation_id=person.organisation_id)


@users.command("list")
def list_users() -> None:
    """List the active staff of every organisation."""
    with open_store().read(SYSTEM) as uow:
        for person in queries.all_people(uow):
            roles = ", ".join(sorted(role.value for role in person.roles))
            click.echo(f"{person.id}  {person.email}  {person.organisation_name}  {roles}")


@users.command("password")
@click.argument("person_id")
@click.password_option(help="Asked for when not given.")
def change_password(person_id: str, password: str) -> None:
    """Set a new password for PERSON_ID."""
    with open_store().write(SYSTEM) as uow:
        operations.set_password(uow, person_id, password=password)


@users.command("disable")
@click.argument("person_id")
def disable_user(person_id: str) -> None:
    """Close the account of PERSON_ID; its history stays."""
    with open_store().write(SYSTEM) as uow:
        person = queries.person(uow, person_id)
        operations.disable_person(uow, person_id)
        if person is not None:
            login.end_logins(uow, person_id, organisation_id=person.organisation_id)


@click.group()
def keys() -> None:
    """API keys of awarding bodies."""


@keys.command("issue")
@click.argument("organisation_id")
@click.option("--label", required=True, help="What the key is for.")
def issue_key(organisation_id: str, label: str) -> None:
    """Make a key for ORGANISATION_ID and print its secret, once."""
    with open_store().write(SYSTEM) as uow:
        click.echo(operations.issue_api_key(uow, organisation_id, label=label).secret)


@keys.command("list")
@click.argument("organisation_id")
def list_keys(organisation_id: str) -> None:
    """List the keys of ORGANISATION_ID, newest first, without their secrets."""
    with open_store().read(SYSTEM) as uow:
        for key in queries.api_keys(uow, organisation_id):
            state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "live"
            click.echo(f"{key.id}  {key.prefix}…  {state}  {key.label}")


@keys.command("revoke")
@click.argument("organisation_id")
@click.argument("key_id")
def revoke_key(organisation_id: str, key_id: str) -> None:
    """End KEY_ID of ORGANISATION_ID at once; repeating it changes nothing."""
    with open_store().write(SYSTEM) as uow:
        operations.revoke_api_key(uow, organisation_id, key_id)
