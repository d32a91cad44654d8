"""The entry point of a web server: reads the environment once and makes the application."""

import os
from pathlib import Path

from outreach.app import create_app
from outreach.config import from_environment
from outreach.microcache import MicroCache

app = create_app(from_environment(os.environ, Path(__file__).resolve().parent / "instance"))
app.wsgi_app = MicroCache(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to wrap
