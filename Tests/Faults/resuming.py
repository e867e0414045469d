"""New connections take up the TLS session of an old one, which spares both sides most of the handshake; and do without where the server
has forgotten it. Whether one was taken up is the server's word."""
import ssl

import lab
from acts import message
from engine import Batch, Engine, word
from lab import certificates
from proxy import Proxy
from server import Server


class Resumed(Server):
    """Writes down of every connection whether its session was one that the server knew."""

    def __init__(self, tls):
        self.resumed = []
        super().__init__(tls)

    async def serve(self, reader, writer):
        self.resumed.append(writer.get_extra_info("ssl_object").session_reused)
        await super().serve(reader, writer)


def context(version):
    made = certificates.context()
    made.minimum_version = made.maximum_version = version
    return made


VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def send_one_by_one(engine, names):
    """Each over a connection of its own."""
    for name in names:
        status, document = engine.send(message(name, "take-close"))
        assert status == 0, document


def test_a_new_connection_takes_up_the_session():
    for version in VERSIONS:
        with Resumed(context(version)) as server, Engine(server.url, **lab.config("tls")) as engine:
            send_one_by_one(engine, range(4))
            assert server.resumed == [False, True, True, True], (version, server.resumed)


def test_a_tunnel_takes_up_the_session_too():
    with Proxy() as proxy, Resumed(context(ssl.TLSVersion.TLSv1_3)) as server:
        with Engine(server.url, **lab.config("tls", proxy=proxy.url())) as engine:
            send_one_by_one(engine, range(3))
        assert server.resumed == [False, True, True] and len(proxy.heads) == 3


def test_transfers_side_by_side_share_sessions():
    """Whoever made the session, another one may take it up. A session of TLS 1.3 serves once, and a server hands out two."""
    with Resumed(context(ssl.TLSVersion.TLSv1_2)) as server, Engine(server.url, **lab.config("tls", max_in_flight=6)) as engine:
        send_one_by_one(engine, ["first"])
        batch = Batch(engine, server.record)
        for i in range(6):
            batch.submit(i, message(i, "together:6"))
        assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}
        assert server.resumed == [False] + [True] * 6, server.resumed


def test_another_client_has_sessions_of_its_own():
    """Handles share nothing."""
    with Resumed(context(ssl.TLSVersion.TLSv1_3)) as server:
        for _ in range(2):
            with Engine(server.url, **lab.config("tls")) as engine:
                send_one_by_one(engine, ["a", "b"])
        assert server.resumed == [False, True, False, True], server.resumed


def test_a_server_that_forgot_the_session_costs_a_handshake_and_nothing_else():
    for version in VERSIONS:
        with Resumed(context(version)) as server, Engine(server.url, **lab.config("tls")) as engine:
            send_one_by_one(engine, ["a", "b"])
            server.kill()
            server.tls = context(version)  # as after a restart: new keys for its tickets
            server.open()
            send_one_by_one(engine, ["c", "d"])
            assert server.resumed == [False, True, False, True], (version, server.resumed)
            assert all(len(posts) == 1 for posts in server.record.posts.values())
