"""What a server saw and said of every message, and what that allows its outcome to be. The server's word is the truth here; the
library's receipts are held against it."""
import threading
import time


class Post:
    """One request of one message, as far as the server read it."""

    def __init__(self, act):
        self.act, self.at = act, time.monotonic()
        self.whole = False  # the body was read to its end
        self.accepted = None  # the message id that an answer named, even if only a part of the answer went out
        self.refused = None  # (http status, graph code) of a complete answer with an error
        self.disowned = False  # the server said that it did nothing with it: REFUSED_STREAM, or a GOAWAY before its stream

    def __repr__(self):
        return f"{self.act}(whole={self.whole}, accepted={self.accepted}, refused={self.refused}, disowned={self.disowned})"


class Record:
    """Posts by message, in the order in which they came. Filled by the server's thread, read by the test's."""

    def __init__(self):
        self.posts, self.connections, self.paths = {}, 0, []
        self.lock = threading.Lock()

    def post(self, name, act):
        with self.lock:
            post = Post(act)
            self.posts.setdefault(name, []).append(post)
            return post

    def tell(self, post, **facts):
        with self.lock:
            vars(post).update(facts)

    def count(self):
        with self.lock:  # the server adds to it meanwhile
            return sum(len(posts) for posts in self.posts.values())


class Disagreement(AssertionError):
    pass


def judge(record, name, outcome, resend=False):
    """Holds one outcome against what the server saw of that message; `resend`: the caller allowed repeats after an unknown end."""
    posts = record.posts.get(name, [])
    accepted = [post.accepted for post in posts if post.accepted]

    def must(holds, what):
        if not holds:
            raise Disagreement(f"message {name}: {what}: {outcome} against {posts}")

    must(("receipt" in outcome) != ("error" in outcome), "an outcome is a receipt or an error")
    must(outcome["attempts"] >= len(posts), "more posts came than attempts are told of")
    if "receipt" in outcome:
        must(outcome["receipt"]["message_id"] in accepted, "a receipt for what the server did not accept")
    else:
        code = outcome["error"]["code"]
        must(code in ("unreachable", "refused", "uncertain", "cancelled"), "no such end")
        if code in ("unreachable", "cancelled"):
            must(all(post.disowned or post.refused for post in posts), "told as not sent, and the server read it")
        if code == "refused":
            must(posts and posts[-1].refused, "told as refused, and the server said no such thing")
        must(code == "uncertain" or not accepted, "accepted, and told as lost")
    # A message is repeated only after a clear no, or when its caller said that it may be.
    must(resend or all(post.refused or post.disowned for post in posts[:-1]), "posted again although it may have gone out")
    must(resend or len(accepted) <= 1, "accepted twice")
