"""An On-Premises client on loopback that fails on demand: it gives out tokens at the login, ends them when the test says so, and plays an
act at each login, look-up and question of health. Messages are as in server.py, behind a token that holds."""
import asyncio
import json

import acts
from server import Server, answer

# What is said in place of a good answer, by act: (status, body).
SAID = {"html": (200, b"<html>Welcome</html>"), "empty": (200, b""), "nonsense": (200, b"{\"users\":7,\"contacts\":true,\"health\":[]}"),
        "cut-json": (200, b"{\"users\":[{\"token\":\"T"), "no-token": (200, b"{\"users\":[{}]}"), "odd-token": (200, b"{\"users\":[{\"token\":\"a\\r\\nX: b\"}]}"),
        "no": (401, b"{\"errors\":[{\"code\":1005,\"title\":\"Access denied\"}]}"), "broken": (500, b"{\"errors\":[{\"code\":1014,\"title\":\"Internal error\"}]}"),
        "busy": (503, b"<html>503</html>"), "redirect": (307, b"")}


class Gateway(Server):
    """`logins`, `contacts` and `healths` are acts, one per request; the last one stays. `None` is the good answer."""

    def __init__(self, tls=None, logins=(None,), contacts=(None,), healths=(None,)):
        self.todo = {"login": list(logins), "contacts": list(contacts), "health": list(healths)}
        self.asked = {"login": 0, "contacts": 0, "health": 0}
        self.tokens, self.denied = set(), 0
        self.ends_after = None  # so many messages end every token that was given out until then, once
        self.trusts = True  # False: no token ever holds
        super().__init__(tls)

    async def serve(self, reader, writer):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            path = head[0].split()[1]
            self.record.paths.append(path)
            if not await self.reply(path, fields.get("authorization", ""), body, writer):
                return

    async def reply(self, path, authorization, body, writer):
        what = path.rsplit("/", 1)[-1]
        if what == "login":
            return await self.play_one(what, self.log_in, writer)
        if not self.trusts or authorization.removeprefix("Bearer ") not in self.tokens:
            self.denied += 1
            return await self.speak(writer, *SAID["no"])
        if what == "contacts":
            return await self.play_one(what, lambda: {"contacts": [{"input": "1", "status": "valid", "wa_id": "1"}]}, writer)
        if what == "health":
            return await self.play_one(what, lambda: {"health": {"gateway_status": "connected"}}, writer)
        return await self.take(body, writer)

    async def take(self, body, writer):
        """A message, with a token that holds."""
        name, todo = acts.read(body)
        before = len(self.record.posts.get(name, []))
        post = self.record.post(name, todo[min(before, len(todo) - 1)] if todo else "take")
        if self.record.count() == self.ends_after:
            self.tokens.clear()
        return await self.play(post, name, before + 1, writer)

    def log_in(self):
        token = f"T{self.asked['login']}"
        self.tokens.add(token)
        return {"users": [{"token": token, "expires_after": "2999-01-01 00:00:00+00:00"}], "meta": {}}

    async def play_one(self, what, good, writer):
        act = self.todo[what][min(self.asked[what], len(self.todo[what]) - 1)]
        self.asked[what] += 1
        if act in SAID:
            return await self.speak(writer, *SAID[act])
        if act in (None, "late"):
            await asyncio.sleep(0.3 if act else 0)
            return await self.speak(writer, 200, json.dumps(good()).encode())
        if act in ("half-body", "half-reset"):
            writer.write(answer(200, json.dumps(good()).encode())[:-10])
            await writer.drain()
        if act == "silent":
            await asyncio.sleep(3600)
        if act.endswith("reset"):
            self.reset(writer)
        return False

    async def speak(self, writer, status, body):
        writer.write(answer(status, body, f"Location: {self.url}/elsewhere\r\n".encode() if status == 307 else b""))
        await writer.drain()
        return True
