"""Finding and loading the library, versions, and what the wheel carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Optional

import pytest

import wabiz
from conftest import ROOT
from wabiz import _library, errors

HEADER = (ROOT / "include" / "wabiz.h").read_text()
PACKAGE = Path(wabiz.__file__).parent


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs code in an interpreter of its own: a library is loaded once in a process."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, **environment}, cwd="/")


def loaded_file() -> str:
    """The file that this process has mapped."""
    wabiz.version()
    maps = Path("/proc/self/maps").read_text()
    return next(line.split(maxsplit=5)[-1] for line in maps.splitlines() if "libwabiz" in line)  # a path may hold spaces


def test_one_version_everywhere() -> None:
    header = re.search(r'#define WABIZ_VERSION "([^"]+)"', HEADER)
    assert header and header[1] == wabiz.version() == wabiz.__version__


def test_one_exception_class_for_each_failure_of_the_header() -> None:
    numbers = {name.lower(): int(number) for name, number in re.findall(r"WABIZ_(\w+) = (-\d+)", HEADER)}
    assert set(numbers) == set(errors.CLASSES)
    for word, number in numbers.items():
        assert _library.status_name(number) == word
        assert errors.CLASSES[word].__name__.lower() == word.replace("_", "")


def test_every_function_of_the_header_is_declared() -> None:
    exported = set(re.findall(r"\b(wabiz_\w+)\(", re.sub(r"/\*.*?\*/", "", HEADER, flags=re.S)))
    declared = set(_library._STATUS_FUNCTIONS) | {
        "wabiz_version", "wabiz_status_name", "wabiz_free", "wabiz_client_close", "wabiz_client_descriptor", "wabiz_seen_close",
        "wabiz_outbox_close", "wabiz_outbox_descriptor"}
    assert declared == exported


def test_the_environment_names_the_library(tmp_path: Path) -> None:
    copy = shutil.copy(loaded_file(), tmp_path / "elsewhere.so")
    shown = python("import wabiz; wabiz.version(); print(open('/proc/self/maps').read())", WABIZ_LIBRARY=str(copy))
    assert str(copy) in shown.stdout, shown.stderr


@pytest.mark.parametrize("content", [None, b"", b"not a shared object"])
def test_a_bad_environment_says_what_to_do(tmp_path: Path, content: Optional[bytes]) -> None:
    path = tmp_path / "libwabiz.so"
    if content is not None:
        path.write_bytes(content)
    failed = python("import wabiz; wabiz.version()", WABIZ_LIBRARY=str(path))
    assert failed.returncode == 1
    assert "LibraryNotFound" in failed.stderr and "WABIZ_LIBRARY" in failed.stderr and str(path) in failed.stderr


def test_another_library_is_no_wabiz() -> None:
    failed = python("import wabiz; wabiz.version()", WABIZ_LIBRARY="libc.so.6")
    assert "LibraryNotFound" in failed.stderr and "wabiz_describe" in failed.stderr


def test_the_package_is_searched_before_the_checkout_and_the_system(monkeypatch: pytest.MonkeyPatch,
                                                                    tmp_path: Path) -> None:
    package = tmp_path / "bindings" / "python" / "wabiz"
    package.mkdir(parents=True)
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "wabiz.h").touch()
    monkeypatch.setattr(_library, "__file__", str(package / "_library.py"))
    monkeypatch.delenv("WABIZ_LIBRARY", raising=False)
    assert list(_library.candidates())[:3] == [str(package / "libwabiz.so"),
                                               str(tmp_path / "build" / "lib" / "libwabiz.so"), "libwabiz.so.0"]


def test_the_checkout_is_used_from_its_sources() -> None:
    source = ROOT / "bindings" / "python"
    shown = python(f"import sys; sys.path.insert(0, {str(source)!r}); import wabiz; wabiz.version(); "
                   "print(wabiz.__file__); print(open('/proc/self/maps').read())")
    assert str(source) in shown.stdout and str(ROOT / "build" / "lib") in shown.stdout, shown.stderr


@pytest.mark.skipif("site-packages" not in str(PACKAGE), reason="runs from the sources")
def test_the_installed_package_uses_its_own_library() -> None:
    assert Path(loaded_file()).parent == PACKAGE
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.skipif("WABIZ_WHEEL" not in os.environ, reason="run-tests builds the wheel")
def test_the_wheel_carries_the_library_and_a_platform_tag() -> None:
    wheel = Path(os.environ["WABIZ_WHEEL"])
    names = zipfile.ZipFile(wheel).namelist()
    assert "wabiz/libwabiz.so" in names and "wabiz/py.typed" in names
    assert re.fullmatch(r"wabiz-[0-9.]+-py3-none-linux_\w+\.whl", wheel.name)


@pytest.mark.skipif("WABIZ_WHEEL" not in os.environ, reason="run-tests builds the wheel")
def test_the_wheel_works_without_its_dependency(tmp_path: Path) -> None:
    """As `pip install --no-deps` leaves it, in an environment that has nothing else."""
    empty = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(empty)], check=True)
    subprocess.run([sys.executable, "-m", "pip", "--python", str(empty / "bin" / "python"), "--disable-pip-version-check", "install", "--quiet",
                    "--no-deps", "--no-index", os.environ["WABIZ_WHEEL"]], check=True)
    code = ("import importlib.metadata as m, importlib.util as u, wabiz; body = b'{\"entry\":[]}'; print(m.requires('wabiz'), "
            "u.find_spec('msgspec'), wabiz.receive(body, wabiz.sign(body, 's'), 's'))")
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "WABIZ_LIBRARY")}
    shown = subprocess.run([str(empty / "bin" / "python"), "-c", code], capture_output=True, text=True, env=environment, cwd="/")
    assert shown.stdout.startswith("['msgspec") and shown.stdout.endswith(" None []\n"), shown.stdout + shown.stderr


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_documents_are_freed() -> None:
    """A thousand results of 100 kB that were not freed could not be overlooked."""
    def work(times: int) -> None:
        body = "x" * 100_000
        for _ in range(times):
            wabiz.build({"to": "+15550001234", "text": "Hello", "unknown": body})
            wabiz.check({"to": "+15550001234", "type": body})
            with pytest.raises(wabiz.Error):
                wabiz.build(wabiz.text("+15550001234", "", tag=body))

    work(100)
    before = resident()
    work(1000)
    assert resident() - before < 30_000_000


def test_import_needs_no_library() -> None:
    shown = python("import wabiz; print(wabiz.text('+1', 'x')['text'])", WABIZ_LIBRARY="/nowhere/libwabiz.so")
    assert shown.stdout == "{'body': 'x'}\n", shown.stderr


def test_unknown_status_words_are_still_errors() -> None:
    assert type(errors.failure("unknown", None)) is wabiz.Error
    assert isinstance(errors.failure("no_memory", None), wabiz.NoMemory)
