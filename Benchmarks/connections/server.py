"""A TLS server on loopback that answers every post as Meta does and then closes: each post costs a new connection.

Prints its port. Ends when its standard input does."""

import os
import socket
import ssl
import sys
import threading

ANSWER = b'{"messages":[{"id":"wamid.B"}]}'
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)


def serve(connection):
    try:
        with context.wrap_socket(connection, server_side=True) as stream:
            request = b""
            while b"}" not in request:
                piece = stream.recv(65536)
                if not piece:
                    return
                request += piece
            stream.sendall(HEAD + ANSWER)
            stream.unwrap()
    except OSError:
        pass  # The client does not trust us, or is gone: that is part of the measurement.


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + "/server.pem", sys.argv[1] + "/key.pem")
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(listener.getsockname()[1], flush=True)
while True:
    serve(listener.accept()[0])
