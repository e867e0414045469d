"""What a rough client does: long bodies, garbage, kept-alive and broken connections, many at once; and a clean end."""
import json
import os
import signal
import socket
import subprocess
import threading

from harness import BEARER, COMMAND, PATIENCE, Receiver, Sandbox, expect, text


def raw(sandbox, data: bytes) -> bytes:
    """What is answered to bytes, until the sandbox closes or we give up."""
    with socket.create_connection((sandbox.host, sandbox.port), timeout=1) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := line.recv(65536):
                answer += chunk
            return answer
        except (ConnectionError, TimeoutError):
            return b""


def test_long_bodies_are_refused_and_the_line_goes_on():
    with Sandbox() as sandbox:
        connection = sandbox.connection()
        connection.request("POST", "/v25.0/1/messages", b" " * (12 << 20), BEARER)
        response = connection.getresponse()
        expect((response.status, json.loads(response.read())["error"]["code"]), (413, 100))
        connection.request("POST", "/v25.0/1/messages", json.dumps(text("+15550001234")), BEARER)
        expect(connection.getresponse().status, 200)


def test_chunked_bodies():
    with Sandbox() as sandbox:
        connection = sandbox.connection()
        whole = json.dumps(text("+15550001234")).encode()
        for _ in range(2):
            connection.request("POST", "/v25.0/1/messages", iter([whole[:10], whole[10:]]), BEARER, encode_chunked=True)
            response = connection.getresponse()
            expect(response.status, 200)
            response.read()


def test_kept_alive_connections():
    with Sandbox("--quiet") as sandbox:
        connection = sandbox.connection()
        connection.connect()
        line = connection.sock
        for _ in range(200):
            connection.request("POST", "/v25.0/1/messages", json.dumps(text("+15550001234")), BEARER)
            response = connection.getresponse()
            expect(response.status, 200)
            response.read()
        assert connection.sock is line, "the connection was not kept"
        expect(len(sandbox.messages()), 200)


def test_garbage_does_not_end_it():
    rubbish = [
        b"", b"\r\n\r\n", b"GET\r\n\r\n", b"\0" * 5000 + b"\n", os.urandom(4000) + b"\n\n", b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\nabc", b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFF\r\nabc", b"GET /%zz/%00/%ff HTTP/1.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n", b"GET /v1/%2e%2e HTTP/1.1\r\n: x\r\nx\r\n\r\n", b"GET /?%&=&a HTTP/1.0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
    ]
    with Sandbox() as sandbox:
        for bytes in rubbish:
            raw(sandbox, bytes)
        expect(sandbox.send(text("+15550001234"))[0], 200)
        expect(sandbox.process.poll(), None)


def test_clients_that_go_away():
    with Receiver() as receiver, Sandbox("--slow-seconds", "0.2", receiver=receiver) as sandbox:
        body = json.dumps(text("+15550009707")).encode()
        for _ in range(20):
            with socket.create_connection((sandbox.host, sandbox.port)) as line:
                line.sendall(b"POST /v25.0/1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n"
                             + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        receiver.wait(60)
        expect(sandbox.send(text("+15550001234"))[0], 200)


def test_many_at_once():
    with Sandbox("--quiet") as sandbox:
        failures = []

        def work(number):
            try:
                for _ in range(10):
                    expect(sandbox.send(text(f"+1555000{number:04}"))[0], 200)
            except Exception as failure:  # noqa: BLE001 - told below
                failures.append(failure)
        threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(failures, [])
        expect(len(sandbox.messages()), 200)


def test_it_listens_on_loopback_only():
    with Sandbox() as sandbox:
        expect(sandbox.host, "127.0.0.1")
        sockets = open(f"/proc/{sandbox.process.pid}/net/tcp").read()
        assert f"0100007F:{sandbox.port:04X} 00000000:0000 0A" in sockets, "it listens elsewhere"


def test_other_addresses():
    with Sandbox("--host", "::1") as sandbox:
        expect(sandbox.host, "::1")
        expect(sandbox.send(text("+15550001234"))[0], 200)


def test_a_taken_port_is_explained():
    with Sandbox() as sandbox:
        done = subprocess.run([COMMAND, "sandbox", "--port", str(sandbox.port)], capture_output=True, text=True, timeout=PATIENCE)
        expect((done.returncode, done.stdout), (1, ""))
        assert "Choose another --port" in done.stderr, done.stderr


def test_it_ends_cleanly():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Sandbox() as sandbox:
            idle = sandbox.connection()
            idle.connect()  # an open, idle connection must not hold it
            sandbox.send(text("+15550009800"))
            sandbox.process.send_signal(number)
            expect(sandbox.process.wait(PATIENCE), 0)
            idle.close()


def test_bad_options_are_refused():
    for options in (["--port", "70000"], ["--host", "example.com"], ["--webhook", "ftp://x"], ["--webhook", "nonsense"],
                    ["--app-secret", " "], ["--delay-ms", "-1"], ["--slow-seconds", "nan"]):
        done = subprocess.run([COMMAND, "sandbox", *options], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode != 0 and done.stderr and not done.stdout, (options, done)
