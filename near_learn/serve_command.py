"""near-learn serve: the production server."""

from __future__ import annotations

from dataclasses import replace

import click

from near_learn.config import Settings, SettingsError
from near_learn.server import AddressTaken, check_free, serve_after


@click.command()
@click.option("--host", help="Address to listen on.  [default: NEAR_LEARN_HOST or 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: NEAR_LEARN_PORT or 8000]"
)
def serve(host: str | None, port: int | None) -> None:
    """Run the production server: the application, with the record store at /xapi."""
    try:
        settings = Settings.from_environment()
        settings = replace(settings, host=host or settings.host, port=port or settings.port)
        settings.check_serving()
        check_free(settings.host, settings.port)
    except (SettingsError, AddressTaken) as error:
        raise click.ClickException(str(error)) from error
    serve_after(prepare, settings)


def prepare(settings: Settings) -> None:
    """Sees that the database is as this program needs it, and publishes what never was."""
    from near_learn import create_app, schema
    from near_learn.publishing import publish_first

    try:
        # This process serves nobody: those that do read the courses themselves.
        app = create_app(settings, serving=False)
        with app.app_context():
            schema.require_current()
        publish_first(app)
    except (SettingsError, schema.DatabaseBehind) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"NEAR Learn on http://{settings.host}:{settings.port} (Ctrl+C stops it)")
