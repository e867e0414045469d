"""The other subcommands: check, build, send, describe, sign, parse; their exit statuses and their help."""
import json
import os
import tempfile
from pathlib import Path

from harness import SECRET, Sandbox, expect, run, signature

SHORT = '{"to":"+15550001234","text":"Hello"}'


def test_version_is_the_headers():
    header = Path(__file__).resolve().parents[2] / "include" / "wabiz.h"
    version = header.read_text().split('#define WABIZ_VERSION "')[1].split('"')[0]
    expect(run("--version")[:2], (0, version + "\n"))


def test_help_shows_examples():
    for subcommand in ("sandbox", "check", "build", "send", "listen", "describe", "sign", "parse"):
        status, out, _ = run(subcommand, "--help")
        assert status == 0 and "EXAMPLES:" in out, (subcommand, out)


def test_check_says_what_is_wrong():
    expect(run("check", stdin=SHORT)[:2], (0, "standard input: valid, text\n"))
    status, out, _ = run("check", stdin='{"to":"+15550001234","text":""}')
    assert status == 1 and "invalid, text" in out and "/text" in out and "too_short" in out, out
    status, out, _ = run("check", stdin="{")
    assert status == 1 and "bad_json" in out, out


def test_check_reads_several_files():
    with tempfile.TemporaryDirectory() as folder:
        good, bad = os.path.join(folder, "good.json"), os.path.join(folder, "bad.json")
        Path(good).write_text(SHORT)
        Path(bad).write_text('{"to":"+15550001234","text":1}')
        expect(run("check", good, good)[0], 0)
        status, out, _ = run("check", "--json", good, bad)
        expect(status, 1)
        reports = [json.loads(line) for line in out.splitlines()]
        expect([(report["valid"], report["file"]) for report in reports], [(True, good), (False, bad)])
        expect(run("check", "-", bad, stdin=SHORT)[0], 1)
        lines = os.path.join(folder, "lines.jsonl")
        with open(lines, "w", encoding="utf-8") as file:
            file.write(SHORT.strip() + "\n\n" + '{"to":"+15550001234","text":""}\n{"to":\n')
        status, out, _ = run("check", lines)
        expect(status, 1)
        expect([line.rsplit(":", 2)[-2:] for line in out.splitlines() if line.startswith(lines)][:2], [["1", " valid, text"], ["3", " invalid, text"]])
        status, out, _ = run("check", "--json", lines)
        expect([json.loads(line).get("valid") for line in out.splitlines()], [True, False, None])
        status, out, _ = run("build", lines)
        expect((status, len(out.splitlines())), (1, 1))
        status, _, wrong = run("check", os.path.join(folder, "none.json"))
        assert status == 1 and "cannot be read" in wrong, wrong


def test_check_minds_the_dialect_and_strictness():
    legacy = '{"to":"15550001234","type":"text","text":{"body":"x"}}'
    expect((run("check", stdin=legacy)[0], run("check", "--api", "on_premises", stdin=legacy)[0]), (1, 0))
    expect(run("check", stdin='{"to":"+15550001234","text":"x","foo":1}')[0], 0)
    expect(run("check", "--strict", stdin='{"to":"+15550001234","text":"x","foo":1}')[0], 1)
    assert run("check", "--api", "telegram", stdin=SHORT)[0] not in (0, 1)


TEMPLATES = {"data": [{"id": "1", "name": "order_shipped", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
                       "components": [{"type": "BODY", "text": "Hi {{1}}, {{2}} is on its way."}]}]}


def test_check_and_build_hold_templates_against_their_definitions():
    one = '{"to":"+15550001234","template":"order_shipped","language":"en_US","body":["Ada"]}'
    two = '{"to":"+15550001234","template":"order_shipped","language":"en_US","body":["Ada","42"]}'
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "templates.json")
        for definitions in (TEMPLATES, TEMPLATES["data"]):
            Path(file).write_text(json.dumps(definitions))
            for subcommand in ("check", "build"):
                expect(run(subcommand, stdin=one)[0], 0)
                expect(run(subcommand, "--templates", file, stdin=two)[0], 0)
                expect(run(subcommand, "--templates", file, stdin=one)[0], 1)
        status, out, _ = run("check", "--json", "--templates", file, stdin=one)
        expect((status, [(issue["path"], issue["graph_code"]) for issue in json.loads(out)["issues"]]), (1, [("/body", 132000)]))
        status, out, _ = run("check", "--json", "--templates", file, stdin=two.replace("en_US", "de"))
        expect((status, json.loads(out)["issues"][0]["graph_code"]), (1, 132001))
        for wrong, said in (("{", "ends too early"), ('{"paging":{}}', "list"), ('[{"name":"a"}]', "Entry 0")):
            Path(file).write_text(wrong)
            for subcommand in ("check", "build"):
                status, out, error = run(subcommand, "--templates", file, stdin=two)
                assert (status, out) == (1, "") and file in error and said in error, error
        status, _, error = run("check", "--templates", os.path.join(folder, "none.json"), stdin=two)
        assert status == 1 and "cannot be read" in error, error


def test_check_minds_category_time_and_unknown_members():
    code = '{"to":"+15550001234","template":"login","language":"en","body":["1234567890123456"],"buttons":[{"url":"1234567890123456"}]}'
    expect([run("check", *more, stdin=code)[0] for more in ((), ("--template-category", "authentication"))], [0, 1])
    offer = '{"to":"+15550001234","template":"sale","language":"en","limited_time_offer":1893456000000}'
    expect([run("check", *more, stdin=offer)[0] for more in ((), ("--now", "1893455999"), ("--now", "1893456000"))], [0, 0, 1])
    past = offer.replace("1893456000000", "1000000000000")
    expect([run(subcommand, *more, stdin=past)[0] for subcommand in ("check", "build") for more in ((), ("--now", "1"))], [1, 0, 1, 0])
    unknown = '{"to":"+15550001234","text":"x","foo":1}'
    expect([run("check", "--unknown-members", word, stdin=unknown)[0] for word in ("warn", "error")], [0, 1])
    for wrong in (("--now", "-1"), ("--now", "soon"), ("--unknown-members", "never"), ("--template-category", "news")):
        assert run("check", *wrong, stdin=SHORT)[0] not in (0, 1), wrong


def test_build_writes_the_payload():
    status, out, _ = run("build", stdin=SHORT)
    payload = json.loads(out)
    expect((status, payload["messaging_product"], payload["to"], payload["text"]), (0, "whatsapp", "+15550001234", {"body": "Hello"}))
    status, out, wrong = run("build", stdin='{"to":"+15550001234","text":""}')
    assert (status, out) == (1, "") and "/text" in wrong, (out, wrong)
    status, out, _ = run("build", "--json", stdin="{")
    expect((status, json.loads(out)["error"]["code"]), (1, "bad_json"))


def test_describe():
    assert len(json.loads(run("describe", "errors")[1])["errors"]) > 200
    assert json.loads(run("describe", "limits")[1])["limits"]
    status, _, wrong = run("describe", "nothing")
    assert status != 0 and "messages" in wrong, wrong


def test_sign_and_parse():
    body = '{"object":"whatsapp_business_account","entry":[]}'
    secret = {"WABIZ_APP_SECRET": SECRET}
    expect(run("sign", stdin=body, environment=secret)[:2], (0, signature(body.encode()) + "\n"))
    expect(run("sign", stdin=body)[0], 1)
    expect(run("sign", stdin=body, environment={"WABIZ_APP_SECRET": " "})[0], 1)
    expect(run("parse", "--signature", signature(body.encode()), stdin=body, environment=secret)[0], 0)
    status, out, _ = run("parse", "--signature", signature(b"other"), stdin=body, environment=secret)
    expect((status, json.loads(out)["error"]["code"]), (1, "unauthentic"))
    expect(run("parse", stdin="[")[0], 1)


def test_send():
    with Sandbox() as sandbox:
        account = {"WABIZ_ACCESS_TOKEN": "top-secret", "WABIZ_PHONE_NUMBER_ID": "42", "WABIZ_BASE_URL": sandbox.url}
        status, out, _ = run("send", SHORT, environment=account)
        expect(status, 0)
        assert json.loads(out)["message_id"].startswith("wamid."), out
        expect(sandbox.messages()[0]["path"], "/v25.0/42/messages")
        expect(run("send", stdin=SHORT, environment=account)[0], 0)
        for number, wanted in (("+15550131056", 2), ("+15550009700", 4), ("+15550009704", 4), ("12", 0)):
            status, out, wrong = run("send", json.dumps({"to": number, "text": "x"}), environment=account)
            expect(status, wanted)
            assert "top-secret" not in out + wrong
        status, out, _ = run("send", "--json", '{"to":"+15550131056","text":"x"}', environment=account)
        expect((status, json.loads(out)["error"]["graph"]["code"]), (2, 131056))
        expect(run("send", '{"to":"","text":"x"}', environment=account)[0], 1)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"access_token": "x", "base_url": sandbox.url, "api": "on_premises"}, file)
            file.flush()
            expect(run("send", "--config", file.name, '{"to":"15550001234","text":"x"}')[0], 0)
        expect(sandbox.messages()[-1]["path"], "/v1/messages")
    expect(run("send", SHORT, environment=account)[0], 3)
    status, _, wrong = run("send", SHORT)
    assert status == 1 and "access_token" in wrong, wrong
