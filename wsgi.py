"""The WSGI entry point for any production server."""

from near_learn import create_app

app = create_app()
