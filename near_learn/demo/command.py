"""near-learn demo: an empty database becomes the demo world, and the production server shows it."""

from __future__ import annotations

import ipaddress
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from near_learn.config import Settings, SettingsError, variable
from near_learn.server import AddressTaken, check_free, serve_after


@click.command()
@click.option("--host", help="Address to listen on; only this machine's own.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: NEAR_LEARN_PORT or 8000]"
)
def demo(host: str | None, port: int | None) -> None:
    """Fill an empty database with the demo world and serve it."""
    try:
        settings = Settings.from_environment()
        settings = replace(settings, host=host or settings.host, port=port or settings.port, demo=True)
        require_loopback(settings.host)
        check_free(settings.host, settings.port)
        settings = replace(settings, secret_key=settings.secret_key or kept_secret(settings.data))
    except (SettingsError, AddressTaken) as error:
        raise click.ClickException(str(error)) from error
    os.environ[variable("secret_key")] = settings.secret_key
    os.environ[variable("demo")] = "1"
    serve_after(prepare, settings)


def require_loopback(host: str) -> None:
    """Raises SettingsError for an address that others reach: the demo's passwords are public."""
    if host != "localhost" and not _is_loopback(host):
        raise SettingsError(
            f"The demo's passwords are public, so it listens on this machine only (127.0.0.1), "
            f"not on {host}. For a real installation see docs/operators.md."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def kept_secret(folder: Path) -> str:
    """The demo's own secret key, made at the first start and kept in FOLDER: people stay signed in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo-secret-key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()


def prepare(settings: Settings) -> None:
    """Migrates the database and, when nobody is in it, builds the demo world; says how to sign in."""
    from near_learn import create_app, schema
    from near_learn.demo import world
    from near_learn.publishing import publish_first

    try:
        app = create_app(settings, serving=False)
        with app.app_context():
            schema.upgrade()
            publish_first(app)
            if not world.exists():
                click.echo(
                    "Building the demo world: about 200 fictional people and their history "
                    "(once, some seconds) …"
                )
                world.build(app, datetime.now(UTC))
    except (SettingsError, world.NotEmpty) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\nNEAR Learn is on http://{settings.host}:{settings.port} (Ctrl+C stops it)\n\nSign in as:")
    for sign_in in world.SIGN_INS:
        click.echo(f"  {sign_in.role:<13} {sign_in.email:<30} {world.PASSWORD}")
    click.echo("")
