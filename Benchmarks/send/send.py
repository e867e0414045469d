"""A blocking send from Python over a kept connection: wabiz against http.client with json, and requests where it is
installed, in one process and in turn. Run by `run`, which names the server's port and the number of rounds."""
import http.client
import json
import statistics
import sys
import time

import wabiz

MESSAGE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550001234", "type": "text",
           "text": {"body": "Hello Ada, your order #4217 has left our warehouse."}}
PATH = "/v25.0/100200300/messages"
HEADERS = {"Authorization": "Bearer token", "Content-Type": "application/json"}
SENDS = 300


def ways(port):
    client = wabiz.Client(access_token="token", phone_number_id="100200300", base_url=f"http://127.0.0.1:{port}", proxy="", messages_per_second=0, pair_interval_ms=0)
    plain = http.client.HTTPConnection("127.0.0.1", port)
    plain.connect()

    def send_plain():
        plain.request("POST", PATH, json.dumps(MESSAGE), HEADERS)
        return json.loads(plain.getresponse().read())["messages"][0]["id"]

    found = {"http.client and json": send_plain, "wabiz": lambda: client.send(MESSAGE)["message_id"]}
    try:
        import requests
    except ImportError:
        return found
    session = requests.Session()
    session.trust_env = False
    found["requests"] = lambda: session.post(f"http://127.0.0.1:{port}{PATH}", json=MESSAGE, headers=HEADERS).json()["messages"][0]["id"]
    return found


def middle(values):
    """The median, and how far the middle half of the values lies apart in percent of it."""
    low, median, high = statistics.quantiles(values, n=4)
    return median, 100 * (high - low) / median


def main():
    port, rounds = int(sys.argv[1]), int(sys.argv[2])
    senders = ways(port)
    wall, cpu = ({name: [] for name in senders} for _ in range(2))
    for turn in range(-1, rounds):
        names = list(senders)
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            send = senders[name]
            clock, busy = time.perf_counter(), time.process_time()
            for _ in range(SENDS):
                send()
            if turn >= 0:
                wall[name].append((time.perf_counter() - clock) / SENDS)
                cpu[name].append((time.process_time() - busy) / SENDS)
    first = next(iter(senders))
    print(f"{'Python ' + sys.version.split()[0] + ', one at a time':<26} {'sends/s':>15} {'rate ratio':>16} {'CPU us/send':>15} {'CPU ratio':>15}")
    for name in senders:
        rates = middle([bare / ours for bare, ours in zip(wall[first], wall[name])])
        loads = middle([ours / bare for bare, ours in zip(cpu[first], cpu[name])])
        (clock, clock_spread), (busy, busy_spread) = middle(wall[name]), middle(cpu[name])
        print(f"{name:<26} {1 / clock:9.0f} {clock_spread:4.0f}% {rates[0]:10.3f} {rates[1]:4.0f}% {busy * 1e6:9.1f} {busy_spread:4.0f}% {loads[0]:9.3f} {loads[1]:4.0f}%")


main()
