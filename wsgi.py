"""The entry point of a web server: reads the environment once and makes the application."""

import os
from pathlib import Path

from outreach.app import create_app
from outreach.config import from_environment

app = create_app(from_environment(os.environ, Path(__file__).resolve().parent / "instance"))
