"""Runs every function test_* of the files beside this one; started by `run`, which brings what they import."""
import importlib
import sys
import time
import traceback

FILES = ["answers", "reaching", "proxies", "resuming", "verdicts", "restarts", "login", "waiting", "ending", "signals", "processes", "memory", "hostile"]


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed, failed = 0, []
    for file in FILES:
        for name, test in list(vars(importlib.import_module(file)).items()):
            label = f"{file}.{name.removeprefix('test_')}"
            if not name.startswith("test_") or wanted not in label:
                continue
            started = time.monotonic()
            try:
                test()
                passed += 1
                print(f"{label} ({time.monotonic() - started:.1f} s)", flush=True)
            except Exception:  # noqa: BLE001 - a test may fail in any way
                failed.append(label)
                print(f"FAILED: {label}", flush=True)
                traceback.print_exc(limit=-3)
    print(f"faults: {passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
