"""What every test gets: servers of each kind with their certificates, clients that fit, and listeners that are no HTTP servers at all."""
import contextlib
import socket
import struct
import tempfile
import threading
import time
from pathlib import Path

from certificates import Certificates
from engine import Engine
from server import Server
from server2 import Server2

TRANSPORTS = ("plain", "tls", "h2")
_folder = tempfile.TemporaryDirectory()
folder = Path(_folder.name)
certificates = Certificates(folder)


def start(transport, certificate="good"):
    if transport == "plain":
        return Server()
    if transport == "tls":
        return Server(certificates.context(certificate))
    return Server2(certificates.context(certificate, "h2"))


def config(transport, **more):
    """What the client must be told to talk to such a server."""
    return {"ca_file": certificates.authority, "http": "2" if transport == "h2" else "1.1", **more}


@contextlib.contextmanager
def pair(transport, **more):
    """A server and a client of it."""
    with start(transport) as server, Engine(server.url, **config(transport, **more)) as engine:
        yield server, engine


class Odd:
    """A listener on loopback that treats every connection as `treat(socket)` says; it counts connections and bytes that it read."""

    def __init__(self, treat):
        self.treat, self.connections, self.read, self.held = treat, 0, b"", []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def was_reached(self):
        """True once a connection is there: the system takes one before this listener's thread hears of it."""
        deadline = time.monotonic() + 60
        while not self.connections and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.connections > 0

    def _serve(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return  # closed
            self.connections += 1
            with contextlib.suppress(OSError):
                self.treat(self, connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self.listener.close()
        for connection in self.held:
            connection.close()


def reset(odd, connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(odd, connection):
    connection.close()


def hold(odd, connection):
    odd.held.append(connection)


def babble(odd, connection):
    connection.sendall(b"220 mail.example.com is no web server\r\n")
    odd.held.append(connection)


def reset_in_the_handshake(odd, connection):
    odd.read += connection.recv(65536)  # a part of the client's hello, nothing of a request
    reset(odd, connection)


def alert_in_the_handshake(odd, connection):
    odd.read += connection.recv(65536)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # fatal, handshake_failure
    connection.close()


def nobody():
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
