"""The command that serves."""

import click

from outreach import schema
from outreach.database import db
from outreach.demo.people import PASSWORD, STAFF
from outreach.installation import is_demo
from outreach.messaging.worker import run as run_worker
from outreach.microcache import MicroCache
from outreach.runtime import AppMaker
from outreach.serving import Server
from outreach.web import warm_up


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=1, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Send no messages from here; `outreach worker` does.")
@click.pass_obj
def serve(make_app: AppMaker, host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the pages, and send messages from the same processes."""
    app = make_app()
    with app.app_context():
        schema.require_current()
        _greet(f"http://{host}:{port}", has_demo=is_demo())
        # The web processes must not share this one's connections.
        db.session.remove()
        db.engine.dispose()
    warm_up(app)
    app.wsgi_app = MicroCache(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to wrap
    # Each web process has a worker; they share the sender's rate.
    Server(app, host=host, port=port, workers=workers, work=None if no_worker else run_worker).run()


def _greet(address: str, *, has_demo: bool) -> None:
    click.echo(f"Outreach serves at {address} (Ctrl-C ends it).")
    if has_demo:
        click.echo(f"This is the demo. A phone to try texts with: {address}/simulator")
        click.echo(f"Staff sign in at {address}/staff/ with the password “{PASSWORD}”:")
        for person in STAFF:
            click.echo(f"  {person.email:26} {person.name}")
