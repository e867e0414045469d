"""A raw HTTP server on loopback that fails on demand: HTTP/1.1 plain and over TLS here, HTTP/2 in server2.py. It lives in a thread of
its own with an asyncio loop, writes down what it read and what it answered (record.py), and can be killed and come back on its port."""
import asyncio
import logging
import signal
import socket
import struct
import threading

import acts
from record import Record

ENDLESS = 256  # pieces of 64 KiB: far more than any answer of Meta's, and then the end without an end
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() then sends RST in place of FIN


logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a client that is gone is what is tested


class Server:
    """`tls` is an ssl.SSLContext or None."""

    def __init__(self, tls=None):
        self.tls, self.record, self.port = tls, Record(), 0
        self.here, self.all_here = 0, asyncio.Event()
        self.loop, self.listener, self.writers = asyncio.new_event_loop(), None, set()
        self.released = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.open()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def _run(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGUSR1})  # storms are for the thread that is tested
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def open(self):
        """Listens, again on the port that it had."""
        async def listen():
            self.listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls, backlog=1024)
            self.port = self.listener.sockets[0].getsockname()[1]
        self._call(listen())

    def release(self):
        """Answers what is "held", and from then on at once."""
        self.released = True

    async def wait_for_release(self):
        while not self.released:
            await asyncio.sleep(0.005)

    def kill(self):
        """As if the process had been killed: nobody listens, every connection is reset."""
        async def end():
            self.listener.close()
            for writer in list(self.writers):
                self.reset(writer)
            await asyncio.sleep(0)
        self._call(end())

    def close(self):
        self.kill()
        self._call(self._abandon())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _abandon(self):
        """Ends whoever still waits to answer."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    async def _serve(self, reader, writer):
        with self.record.lock:
            self.record.connections += 1
        self.writers.add(writer)
        try:
            await self.serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the peer is gone, or was cut off
        finally:
            self.writers.discard(writer)
            writer.close()

    @staticmethod
    def reset(writer):
        if writer.transport.is_closing():
            return writer.transport.abort()
        found = writer.get_extra_info("socket")
        if found and found.fileno() >= 0:  # else it is closed already
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()

    # ------------------------------------------------------------ HTTP/1.1

    async def serve(self, reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
            self.record.paths.append(lines[0].split()[1])
            number = lines[0].split("/")[2]
            if number.startswith(HEAD_ONLY):  # its body is never read, so that the number must name the message
                self.record.post(number.removeprefix(HEAD_ONLY), "head-reset")
                return self.reset(writer)
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            name, todo = acts.read(body)
            before = len(self.record.posts.get(name, []))
            post = self.record.post(name, todo[min(before, len(todo) - 1)] if todo else "take")
            if not await self.play(post, name, before + 1, writer):
                return

    async def play(self, post, name, attempt, writer):
        """Does what the message asks for; False when the connection is over."""
        self.record.tell(post, whole=True)
        word, _, rest = post.act.partition(":")
        identity, body = acts.accepted(name, attempt)
        whole = answer(200, body)
        if word == "e":
            status, code, body, wait = acts.refusal(post.act)
            self.record.tell(post, refused=(status, code))  # said before it is written: whoever reads it finds it here
            return await say(writer, answer(status, body, f"Retry-After: {wait}\r\n".encode() if wait else b""))
        if acts.ACCEPTED in acts.EXPECTED[word] or word.startswith("half") or word in ("cut-json", "endless"):
            self.record.tell(post, accepted=identity)
        if word == "late":
            await asyncio.sleep(int(rest) / 1000)
        if word == "together":
            await self.gather(int(rest))
        if word == "held":
            await self.wait_for_release()
        if word in ("take", "late", "together", "held"):
            return await say(writer, whole)
        if word in ("slow-head", "slow-body", "trickle"):
            return await slowly(writer, whole, word)
        if word == "redirect":
            self.record.tell(post, refused=(307, None))
            return await say(writer, answer(307, b"", f"Location: {self.url}/elsewhere\r\n".encode()))
        return await self.end(word, whole, body, writer)

    async def gather(self, count):
        self.here += 1
        if self.here == count:
            self.all_here.set()
        await self.all_here.wait()

    async def end(self, word, whole, body, writer):
        head = whole[:len(whole) - len(body)]
        if word == "silent-body":
            await say(writer, whole[:-10])
        if word in ("silent", "silent-body"):
            await asyncio.sleep(3600)
        elif word == "take-close":
            await say(writer, answer(200, body, b"Connection: close\r\n"))
        elif word == "no-length":
            await say(writer, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
        elif word == "half-head":
            await say(writer, head[:30])
        elif word in ("half-body", "half-reset"):
            await say(writer, whole[:-10])
        elif word == "garbage":
            await say(writer, b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        elif word == "endless":
            await say(writer, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(ENDLESS):
                await say(writer, b"10000\r\n" + b" " * 65536 + b"\r\n")
        elif word in BODIES:
            return await say(writer, answer(200, BODIES[word]))
        elif word == "cut-json":
            return await say(writer, answer(200, body[:-10]))
        if word.endswith("reset"):
            self.reset(writer)
        return False


HEAD_ONLY = "666"  # numbers that begin so: the connection is reset once the head was read
BODIES = {"html": b"<html>Welcome</html>", "empty": b"", "no-id": b'{"messaging_product":"whatsapp"}'}


def answer(status, body, more=b""):
    return b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (status, more, len(body), body)


async def say(writer, data):
    if writer.transport.is_closing():
        raise ConnectionResetError
    writer.write(data)
    await writer.drain()
    return True


async def slowly(writer, whole, word):
    """A head or a body in pieces, or both byte by byte."""
    split = whole.index(b"\r\n\r\n") + 4
    fast, slow = (b"", whole) if word != "slow-body" else (whole[:split], whole[split:])
    size = 1 if word == "trickle" else 24
    await say(writer, fast)
    for at in range(0, len(slow), size):
        await asyncio.sleep(0.001 if size == 1 else 0.02)
        await say(writer, slow[at:at + size])
    return True
