"""The same messages from Python, by one library per run: callers.py WHO URL CA N MESSAGES. WHO is wabiz, pywa, httpx, requests or
pycurl (one at a time; N is 1), or wabiz-async, pywa-async, httpx-async or aiohttp (asyncio, N in flight). Every one writes the
message from a dict and reads the id out of the answer. Prints one line of JSON."""
import asyncio
import io
import json
import resource
import ssl
import sys
import time

HEADERS = {"Authorization": "Bearer token", "Content-Type": "application/json"}
PER_NUMBER, FIRST_NUMBER = 500, 100000
FLYING = 0  # N, set below: how many callers there are


def number(i):
    return str(FIRST_NUMBER + i // PER_NUMBER)


def text(i):
    return f"Hello Ada, your order #{i} has left our warehouse."


def message(i):
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": f"+1555{i:07}", "type": "text", "text": {"body": text(i)}}


def path(i):
    return f"/v25.0/{number(i)}/messages"


def identity(answer):
    return answer["messages"][0]["id"]


def wabiz_config(url, authority):
    return {"access_token": "token", "phone_number_id": "1", "base_url": url, "ca_file": authority, "proxy": "", "messages_per_second": 1000,
            "deadline_ms": 600000}


# ------------------------------------------------------------ one at a time

def wabiz_sender(url, authority):
    import wabiz
    client = wabiz.Client(**{**wabiz_config(url, authority), "messages_per_second": 0})
    return lambda i: client.send(message(i))["message_id"]


def wabiz_numbers_sender(url, authority):
    import wabiz
    client = wabiz.Client(**wabiz_config(url, authority))
    return lambda i: client.send(message(i), account={"phone_number_id": number(i)})["message_id"]


def pywa_sender(url, authority):
    import httpx
    import pywa
    session = httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False)
    client = pywa.WhatsApp(phone_id="100000", token="token", session=session)
    session.base_url = f"{url}/v25.0"
    return lambda i: client.send_message(to=f"1555{i:07}", text=text(i)).id


def httpx_sender(url, authority):
    import httpx
    client = httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False, headers=HEADERS)
    return lambda i: identity(client.post(url + path(i), json=message(i)).json())


def requests_sender(url, authority):
    import requests
    session = requests.Session()
    session.trust_env, session.verify = False, authority
    session.headers.update(HEADERS)
    return lambda i: identity(session.post(url + path(i), json=message(i)).json())


def pycurl_sender(url, authority):
    import pycurl
    curl = pycurl.Curl()
    for option, value in ((pycurl.CAINFO, authority), (pycurl.PROXY, ""), (pycurl.NOSIGNAL, 1), (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
                          (pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()] + ["Expect:"])):
        curl.setopt(option, value)

    def send(i):
        taken = io.BytesIO()
        curl.setopt(pycurl.URL, url + path(i))
        curl.setopt(pycurl.POSTFIELDS, json.dumps(message(i)))
        curl.setopt(pycurl.WRITEDATA, taken)
        curl.perform()
        return identity(json.loads(taken.getvalue()))

    return send


# ----------------------------------------------------------------- asyncio

async def wabiz_async_sender(url, authority):
    import wabiz
    client = wabiz.AsyncClient(**wabiz_config(url, authority), max_in_flight=FLYING)

    async def send(i):
        return (await client.send(message(i), account={"phone_number_id": number(i)}))["message_id"]

    return send


async def pywa_async_sender(url, authority):
    import httpx
    from pywa_async import WhatsApp
    limits = httpx.Limits(max_connections=FLYING, max_keepalive_connections=FLYING)
    session = httpx.AsyncClient(verify=ssl.create_default_context(cafile=authority), trust_env=False, limits=limits)
    client = WhatsApp(phone_id="100000", token="token", session=session)
    session.base_url = f"{url}/v25.0"

    async def send(i):
        return (await client.send_message(to=f"1555{i:07}", text=text(i))).id

    return send


async def httpx_async_sender(url, authority):
    import httpx
    limits = httpx.Limits(max_connections=FLYING, max_keepalive_connections=FLYING)
    client = httpx.AsyncClient(verify=ssl.create_default_context(cafile=authority), trust_env=False, headers=HEADERS, limits=limits)

    async def send(i):
        return identity((await client.post(url + path(i), json=message(i))).json())

    return send


async def aiohttp_sender(url, authority):
    import aiohttp
    connector = aiohttp.TCPConnector(limit=FLYING, ssl=ssl.create_default_context(cafile=authority))
    session = aiohttp.ClientSession(connector=connector, headers=HEADERS)

    async def send(i):
        async with session.post(url + path(i), json=message(i)) as answer:
            return identity(await answer.json())

    return send


# ------------------------------------------------------------------ measure

def usage():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), used.ru_utime + used.ru_stime


def report(messages, before, after):
    with open("/proc/self/status", encoding="ascii") as status:  # getrusage would count what the process was before exec, too
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(json.dumps({"messages": messages, "wall": after[0] - before[0], "cpu": after[1] - before[1], "rss_kb": peak}), flush=True)


def run_blocking(send, messages):
    for i in range(100):
        send(i)
    before = usage()
    for i in range(100, 100 + messages):
        if not send(i):
            sys.exit("an answer without an id")
    report(messages, before, usage())


async def run_async(make, url, authority, messages):
    send = await make(url, authority)

    async def caller(each):
        for i in each:  # shared: whoever is free takes the next
            if not await send(i):
                sys.exit("an answer without an id")

    async def callers(first, count):
        each = iter(range(first, first + count))
        await asyncio.gather(*(caller(each) for _ in range(FLYING)))

    await callers(0, 100)
    before = usage()
    await callers(100, messages)
    report(messages, before, usage())
    sys.stdout.flush()
    import os
    os._exit(0)  # what closing costs is not measured, and not every library closes without a word


BLOCKING = {"wabiz": wabiz_sender, "wabiz-numbers": wabiz_numbers_sender, "pywa": pywa_sender, "httpx": httpx_sender,
            "requests": requests_sender, "pycurl": pycurl_sender}
ASYNC = {"wabiz-async": wabiz_async_sender, "pywa-async": pywa_async_sender, "httpx-async": httpx_async_sender, "aiohttp": aiohttp_sender}

if __name__ == "__main__":
    who, where, ca = sys.argv[1:4]
    FLYING = int(sys.argv[4])
    if who in BLOCKING:
        run_blocking(BLOCKING[who](where, ca), int(sys.argv[5]))
    else:
        asyncio.run(run_async(ASYNC[who], where, ca, int(sys.argv[5])))
