"""Serves the application: web by gunicorn, and the worker beside it; knows processes, no feature."""

import ctypes
import gc
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

#: Answers waiting for the database or a slow phone cost a thread, not a process.
THREADS = 8
REQUEST_SECONDS = 30
#: How long answers on their way may take to finish after Ctrl-C.
GRACE_SECONDS = 10

#: Of <malloc.h>: from which size on a block stands alone and goes back at once, and how many heaps there
#: may be.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_LARGE_BYTES = 128 * 1024

Work = Callable[[Flask, threading.Event], None]


class Server(BaseApplication):  # type: ignore[misc]  # the library has no types
    """A gunicorn that is set up from here and not from files or the environment."""

    def __init__(self, app: Flask, *, host: str, port: int, workers: int, work: Work | None) -> None:
        self.app = app
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.workers = workers
        self.work = work
        super().__init__()

    def load_config(self) -> None:
        """Tells gunicorn what it needs to know."""
        settings: dict[str, Any] = {
            "bind": self.address,
            "workers": self.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": REQUEST_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "preload_app": True,
            "keepalive": 5,
            "loglevel": "warning",
            # No access log: addresses of passes and doors are secrets.
            "accesslog": None,
            # No front server may say that we live below some path: whoever can reach us could say so.
            "forwarder_headers": "",
            "when_ready": self.settle,
            "post_worker_init": self.start_work,
            "worker_exit": self.end_work,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application that gunicorn serves."""
        return self.app

    def settle(self, server: object) -> None:
        """Sets what was loaded aside from the garbage collector, so that all processes go on sharing it."""
        gc.collect()
        gc.freeze()
        _keep_one_heap()
        logging.getLogger("gunicorn.error").addFilter(_tells_of_no_visitor)

    def start_work(self, worker: object) -> None:
        """Starts the messages' worker as a thread of a web process."""
        self.stop = threading.Event()
        self.thread = None
        if self.work is not None:
            self.thread = threading.Thread(target=self.work, args=(self.app, self.stop), daemon=True)
            self.thread.start()

    def end_work(self, server: object, worker: object) -> None:
        """Lets the worker finish what it has begun."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(GRACE_SECONDS)
        logging.shutdown()


def _tells_of_no_visitor(record: logging.LogRecord) -> bool:
    """Whether a line may be logged: of what it cannot read, gunicorn quotes the sender and the address."""
    return not record.getMessage().startswith("Invalid request from")


def _keep_one_heap() -> None:
    """Spares some ten megabytes a process: glibc would give each thread a heap, and none gives back.

    Threads of Python take turns anyway. Said aloud, the size of large blocks no longer grows with the
    largest that was freed, which would leave a hole in the heap for each feed that was ever made. Other
    C libraries have no such settings (mallopt(3)).
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
