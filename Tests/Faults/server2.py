"""The raw server's HTTP/2 side: the same acts by stream, and what only HTTP/2 knows, RST_STREAM and GOAWAY."""
import asyncio

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

import acts
from server import BODIES, Server


class Server2(Server):
    """Always over TLS; its context offers "h2" by ALPN."""

    async def serve(self, reader, writer):
        await Connection(self, reader, writer).serve()


class Connection:
    def __init__(self, server, reader, writer):
        self.server, self.record, self.reader, self.writer = server, server.record, reader, writer
        self.frames = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.bodies, self.tasks = {}, set()

    async def serve(self):
        self.frames.initiate_connection()
        self.flush()
        try:
            while data := await self.reader.read(65536):
                for event in self.frames.receive_data(data):
                    self.take(event)
                self.flush()
        except h2.exceptions.ProtocolError:
            pass  # frames on a connection that a GOAWAY ended: whoever sends them learns it by the reset
        finally:
            for task in self.tasks:
                task.cancel()

    def flush(self):
        if data := self.frames.data_to_send():
            self.writer.write(data)

    def take(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.bodies[event.stream_id] = b""
            self.record.paths.append(dict(event.headers)[":path"])
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[event.stream_id] += event.data
            self.frames.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            task = asyncio.ensure_future(self.play(event.stream_id, self.bodies.pop(event.stream_id)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.writer.close()

    async def play(self, stream, data):
        name, todo = acts.read(data)
        before = len(self.record.posts.get(name, []))
        post = self.record.post(name, todo[min(before, len(todo) - 1)] if todo else "take")
        self.record.tell(post, whole=True)
        word, _, rest = post.act.partition(":")
        identity, body = acts.accepted(name, before + 1)
        if acts.ACCEPTED in acts.EXPECTED[word] or word.startswith("half") or word in ("cut-json", "endless", "goaway-cut"):
            self.record.tell(post, accepted=identity)
        try:
            await self.do(word, rest, post, stream, body)
            self.flush()
        except (h2.exceptions.ProtocolError, OSError):
            pass  # the stream, or its connection, ended meanwhile

    async def do(self, word, rest, post, stream, body):
        if word == "late":
            await asyncio.sleep(int(rest) / 1000)
        if word == "held":
            await self.server.wait_for_release()
        if word == "e":
            status, code, body, wait = acts.refusal(post.act)
            self.record.tell(post, refused=(status, code))
            self.answer(stream, status, body, [("retry-after", wait)] if wait else [])
        elif word == "redirect":
            self.record.tell(post, refused=(307, None))
            self.frames.send_headers(stream, [(":status", "307"), ("location", f"{self.server.url}/elsewhere"), ("content-length", "0")], end_stream=True)
        elif word == "slow-body":
            await self.slowly(stream, body)
        elif word in ("take", "late", "held", "goaway-after"):
            self.answer(stream, 200, body)
            if word == "goaway-after":
                self.frames.close_connection(last_stream_id=self.frames.highest_inbound_stream_id)
        elif word in BODIES:
            self.answer(stream, 200, BODIES[word])
        elif word == "cut-json":
            self.answer(stream, 200, body[:-10])
        elif word == "endless":
            await self.endless(stream)
        elif word == "silent-body":
            self.head(stream, 200, len(body))
            self.frames.send_data(stream, body[:-10])
        elif word != "silent":
            self.break_off(word, post, stream, body)

    def answer(self, stream, status, body, more=()):
        self.head(stream, status, len(body), more)
        self.frames.send_data(stream, body, end_stream=True)

    def head(self, stream, status, length, more=()):
        self.frames.send_headers(stream, [(":status", str(status)), ("content-type", "application/json"), ("content-length", str(length)), *more])

    async def slowly(self, stream, body):
        self.head(stream, 200, len(body))
        for at in range(0, len(body), 24):
            self.flush()
            await asyncio.sleep(0.02)
            self.frames.send_data(stream, body[at:at + 24])
        self.frames.end_stream(stream)

    async def endless(self, stream):
        self.frames.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
        while not self.writer.transport.is_closing():
            room = min(self.frames.local_flow_control_window(stream), self.frames.max_outbound_frame_size)
            if room:
                self.frames.send_data(stream, b" " * room)
            self.flush()
            await self.writer.drain()
            await asyncio.sleep(0.001)

    def break_off(self, word, post, stream, body):
        """Everything that ends a stream or the connection before the answer is whole."""
        if word in ("half-stream", "half-body", "half-reset"):
            self.head(stream, 200, len(body))
            self.frames.send_data(stream, body[:-10])
        if word in ("stream-reset", "half-stream"):
            self.frames.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        elif word == "stream-refused":
            self.record.tell(post, disowned=True)
            self.frames.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
        elif word == "goaway-without":
            self.record.tell(post, disowned=True)
            self.frames.close_connection(last_stream_id=stream - 2 if stream > 2 else 0)
            self.flush()
            self.writer.close()
        elif word == "goaway-cut":
            self.frames.close_connection(last_stream_id=stream)
            self.flush()
            self.writer.close()
        else:
            self.flush()
            self.server.reset(self.writer) if word.endswith("reset") else self.writer.close()
