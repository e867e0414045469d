"""Closing a client in the middle of everything, under valgrind and AddressSanitizer: nothing is touched after it is freed, nothing leaks."""
import json
import os
import subprocess
from pathlib import Path

import lab
from lab import TRANSPORTS

HERE = Path(__file__).resolve().parent


def compile_program(name, *flags):
    """One of the C programs beside this file, linked with the library as it was before it was stripped: leaks are told by name."""
    root = HERE.parents[1]
    unstripped = lab.folder / "unstripped"
    if not unstripped.exists():
        unstripped.mkdir()
        (unstripped / "libwabiz.so.0").symlink_to(root / ".build/release/libwabiz.so")
    program = lab.folder / name
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", *flags, str(HERE / f"{name}.c"), "-o", str(program),
                    f"-I{root}/build/include", f"-L{root}/build/lib", "-lwabiz", f"-Wl,-rpath,{unstripped}", "-lpthread"], check=True)
    return program


def run_closing(transport, command, environment, turns):
    with lab.start(transport) as server:
        config = {"access_token": "t", "phone_number_id": "1", "base_url": server.url, "proxy": "", "timeout_ms": 5000, **lab.config(transport)}
        done = subprocess.run([*command, json.dumps(config), str(turns)], env={**os.environ, **environment}, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{transport}: {done.stdout[-1500:]}{done.stderr[-4000:]}"


def test_closing_in_the_middle_under_valgrind():
    program = compile_program("closing")
    command = ["valgrind", "--quiet", "--num-callers=60", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
               "--error-exitcode=98", f"--suppressions={HERE.parent}/Contract/valgrind.supp", program]
    for transport in ("tls", "h2"):
        run_closing(transport, command, {}, 3)


def test_closing_in_the_middle_under_a_sanitizer():
    program = compile_program("closing", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    for transport in TRANSPORTS:
        run_closing(transport, [program], {"LSAN_OPTIONS": f"suppressions='{HERE.parent}/Contract/lsan.supp':print_suppressions=0"}, 10)
