"""A CONNECT proxy on loopback that refuses on demand. It lives in threads of its own and keeps every byte that came to it from the
client's side, so that a test can say what a proxy on the way gets to see."""
import contextlib
import select
import socket
import ssl
import threading

PATIENCE = 60  # seconds until a peer that says nothing is given up


class Proxy:
    """`says` is None, for a tunnel; or the bytes with which every request is answered before the connection is closed. `tls` is an
    ssl.SSLContext for an https proxy, or None."""

    def __init__(self, says=None, tls=None):
        self.says, self.tls = says, tls
        self.heads = []  # of each request, as it came
        self.carried = []  # what went through each tunnel to the server
        self.held = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, who=""):
        return f"{'https' if self.tls else 'http'}://{who}127.0.0.1:{self.port}"

    def seen(self):
        """Everything that came from the client."""
        return b"".join([*self.heads, *map(bytes, self.carried)])

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError):
            client.settimeout(PATIENCE)
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
            self.held.append(client)
            head = b""
            while not head.endswith(b"\r\n\r\n"):  # byte by byte: what comes behind it belongs to the tunnel
                if not (byte := client.recv(1)):
                    return
                head += byte
            self.heads.append(head)
            if self.says is not None:
                client.sendall(self.says)
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):
                    pass
                return client.close()
            host, _, port = head.split(b" ", 2)[1].decode().rpartition(":")
            server = socket.create_connection((host, int(port)), PATIENCE)
            self.held.append(server)
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            kept = bytearray()
            self.carried.append(kept)
            self._carry(client, server, kept)
            client.close()
            server.close()

    @staticmethod
    def _carry(client, server, kept):
        """In one thread: an SSLSocket must not be read and written by two at once."""
        sources = [client, server]
        while server in sources:
            waiting = [source for source in sources if isinstance(source, ssl.SSLSocket) and source.pending()]
            ready = waiting or select.select(sources, [], [], PATIENCE)[0]
            if not ready:
                return
            for source in ready:
                piece = source.recv(65536)
                if source is client:
                    kept += piece
                    if piece:
                        server.sendall(piece)
                    else:
                        server.shutdown(socket.SHUT_WR)
                elif piece:
                    client.sendall(piece)
                if not piece:
                    sources.remove(source)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self.listener.close()
        for connection in self.held:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def refusal(status, more=""):
    return f"HTTP/1.1 {status} No\r\nContent-Type: text/html\r\n{more}Content-Length: 9\r\n\r\n<b>No</b>".encode()
