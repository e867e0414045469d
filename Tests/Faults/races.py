"""Runs a program that was built with ThreadSanitizer against a server of each kind: races.py PROGRAM. Started by `tsan`."""
import json
import subprocess
import sys

import lab

passed, failed = 0, 0
for transport in lab.TRANSPORTS:
    with lab.start(transport) as server:
        config = {"access_token": "t", "phone_number_id": "1", "base_url": server.url, "proxy": "", "messages_per_second": 1000, "max_attempts": 2,
                  "timeout_ms": 10000, **lab.config(transport)}
        done = subprocess.run([sys.argv[1], json.dumps(config), "300"], capture_output=True, text=True, timeout=600,
                              env={"TSAN_OPTIONS": "halt_on_error=0:exitcode=66", "PATH": "/usr/bin"})
        if done.returncode == 0 and done.stdout == "done\n" and "ThreadSanitizer" not in done.stderr:
            passed += 1
        else:
            failed += 1
            print(f"FAILED: {transport}: status {done.returncode}\n{done.stderr[-6000:]}")
print(f"tsan: {passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
