"""The second's memory before the application: what it gives again, and what it must never keep."""

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client

from outreach.microcache import MicroCache


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app():
    app = Flask(__name__)
    app.asked, app.roots = [], []

    @app.route("/<path:path>", methods=["GET", "POST"])
    def page(path: str) -> Response:
        app.asked.append((request.method, path))
        app.roots.append(request.root_path + "/")
        response = Response(f"{path} {len(app.asked)}")
        response.headers["Cache-Control"] = "public, max-age=60"
        response.set_etag(path, weak=True)
        for header in request.args.getlist("header"):
            name, _, value = header.partition(":")
            response.headers[name] = value
        if "status" in request.args:
            response.status_code = int(request.args["status"])
        return response.make_conditional(request)

    return app


@pytest.fixture
def client(app, clock):
    return Client(MicroCache(app, capacity_bytes=20_000, clock=clock))


def test_answer_is_given_again_for_a_second(client, app, clock):
    first = client.get("/a")
    clock.at += 0.9
    assert client.get("/a").text == first.text == "a 1"
    clock.at += 0.1
    assert client.get("/a").text == "a 2"
    assert len(app.asked) == 2


@pytest.mark.parametrize("other", ["/b", "/a?page=2"])
def test_other_address_is_another_answer(client, app, other):
    client.get("/a")
    client.get(other)
    assert len(app.asked) == 2


def test_answer_for_another_packing_is_another_answer(client, app):
    client.get("/a")
    client.get("/a", headers={"Accept-Encoding": "gzip"})
    assert len(app.asked) == 2


@pytest.mark.parametrize(
    "query",
    [
        "header=Cache-Control:no-store",
        "header=Cache-Control:private",
        "header=Set-Cookie:session=1",
        "header=Vary:Cookie",
        "header=Vary:Accept-Encoding, Cookie",
        "status=404",
        "status=302",
    ],
)
def test_answer_that_is_not_for_everybody_is_never_kept(client, app, query):
    client.get(f"/a?{query}")
    client.get(f"/a?{query}")
    assert len(app.asked) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic eA=="},
        {"Cache-Control": "no-cache"},
        {"Range": "bytes=0-1"},
        {"If-Modified-Since": "Sat, 07 Nov 2026 00:00:00 GMT"},
    ],
)
def test_reader_who_wants_it_fresh_or_in_part_gets_it_from_the_application(client, app, headers):
    client.get("/a")
    client.get("/a", headers=headers)
    assert len(app.asked) == 2


def test_post_reaches_the_application_each_time(client, app):
    client.post("/a")
    client.post("/a")
    assert [method for method, _ in app.asked] == ["POST", "POST"]


def test_reader_whose_copy_is_this_one_is_told_so_and_warms_it_for_others(client, app):
    first = client.get("/a", headers={"If-None-Match": 'W/"a"'})
    second = client.get("/a", headers={"If-None-Match": '"z", W/"a"'})
    third = client.get("/a", headers={"If-None-Match": '"z"'})

    assert [each.status_code for each in (first, second, third)] == [304, 304, 200]
    assert (first.data, third.text) == (b"", "a 1")
    assert first.headers["ETag"] == 'W/"a"'
    assert "Content-Length" not in first.headers
    assert "Content-Type" not in first.headers
    assert len(app.asked) == 1


def test_kept_answers_stay_within_their_room(app, clock):
    cache = MicroCache(app, capacity_bytes=5_000, clock=clock)
    client = Client(cache)
    for number in range(20):
        client.get(f"/{number}")

    assert cache._used_bytes <= 5_000
    client.get("/19")
    assert len(app.asked) == 20
    client.get("/0")
    assert len(app.asked) == 21


def test_nobody_can_say_that_we_live_below_some_path(client, app):
    client.get("/a", environ_overrides={"SCRIPT_NAME": "//evil.example"})

    assert app.roots == ["/"]


def test_error_of_the_application_reaches_the_server(app, clock):
    def broken(environ, start_response):
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        Client(MicroCache(broken, clock=clock)).get("/a")
