"""Python code in an interpreter of its own, for what may kill its host."""
import os
import subprocess
import sys
from pathlib import Path

from engine import LIBRARY

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE), "WABIZ_LIBRARY": LIBRARY, "PYTHONDONTWRITEBYTECODE": "1"}


def run_alone(code, *arguments):
    """Runs Python code with these modules at hand; its output when it ends well."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, *map(str, arguments)], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout
