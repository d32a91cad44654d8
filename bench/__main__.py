"""Runs the benchmarks: prints every figure with its ratio to the yardstick of the same run.

Nothing here fails because something is slow: the goals stand beside the figures, and
`docs/benchmarks.md` says how to read them.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import seed, yardstick
from bench.compare import Comparison, Databases, Effort
from bench.databases import Addresses, Server, key_store, postgresql, sqlite
from bench.load import LoadError
from bench.servers import WORKERS, ServerError
from outreach import __version__
from outreach.app import create_app
from outreach.config import Settings
from outreach.serving import THREADS

SMALL, LARGE = 1_000, 10_000

FULL = Effort(guests=80_000, rounds=3, seconds=1.5, warm_up_seconds=4.0, starts=3)
QUICK = Effort(guests=8_000, rounds=1, seconds=0.5, warm_up_seconds=0.5, starts=1)
_LIBRARIES = ("Flask", "Werkzeug", "Jinja2", "SQLAlchemy", "gunicorn", "psycopg", "cryptography")


def main() -> None:
    """Measures on the databases that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    given = parser.parse_args()
    began = time.monotonic()
    _print_machine()
    try:
        for kind, server in (("sqlite", sqlite), ("postgresql", postgresql)):
            if given.database in (None, kind):
                _measure(kind, server, QUICK if given.quick else FULL)
    except (LoadError, ServerError) as error:
        sys.exit(f"bench: {error}")
    print(f"\n{time.monotonic() - began:.0f} seconds in all.")


def _measure(kind: str, server: Server, effort: Effort) -> None:
    print(f"\n== {kind} ==", flush=True)
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        folder = Path(name)
        with server(folder) as address:
            Comparison(_filled(address, effort.guests), effort, folder).run()


def _filled(address: Addresses, guests: int) -> Databases:
    began = time.monotonic()
    urls = address("small"), address("large"), address("yardstick")
    small, large = (create_app(Settings(database_url=url, key_store=key_store(url))) for url in urls[:2])
    other = yardstick.create_app(urls[2])
    now = datetime.now(UTC)
    seeded = (
        seed.seed(small, other, events=SMALL, guests=guests, now=now),
        seed.seed(large, None, events=LARGE, guests=guests, now=now),
    )
    print(
        f"Databases with {SMALL:,} and with {LARGE:,} events to come, each with {guests:,} guests, "
        f"were filled in {time.monotonic() - began:.0f} s."
    )
    return Databases(*urls, *seeded)


def _print_machine() -> None:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; Outreach {__version__}")
    print(f"{os.cpu_count()} processors ({model or platform.machine()}), load {os.getloadavg()[0]:.1f}")
    print(
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    )
    print(
        f"Each application: gunicorn, {WORKERS} processes of {THREADS} threads; 8 visitors at a time from "
        "one process on the same machine."
    )


if __name__ == "__main__":
    main()
