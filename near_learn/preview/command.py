"""near-learn preview: serves the preview on this machine, and on no other."""

from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from near_learn.content.check_command import courses_setting
from near_learn.preview.app import create_preview
from near_learn.preview.work import Work
from near_learn.server import AddressTaken, check_free

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """Says nothing about single requests: the terminal is for people."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Port on this machine."
)
def preview(path: Path | None, port: int) -> None:
    """Show courses in the browser as learners will see them, and again at every save.

    PATH is a folder of courses, a course, a module or one text. Needs no database and no sign-in, records
    nothing, and answers this machine only.
    """
    work = Work.of(path or courses_setting())
    if not work.folders():
        raise click.ClickException(
            f"there is no course in {work.courses}; begin one: near-learn new course ID"
        )
    try:
        check_free(HOST, port)
    except AddressTaken as error:
        raise click.ClickException(
            f"Port {port} is taken by another program; choose another: near-learn preview --port {port + 1}"
        ) from error
    server = make_server(HOST, port, create_preview(work), threaded=True, request_handler=_Quiet)
    # Pages that wait for news keep a thread each; these threads end with the program.
    click.echo(f"Preview of {work.courses} on http://{HOST}:{port} (Ctrl+C stops it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
