"""Builds a platform wheel that carries libwabiz.so.

The library comes from WABIZ_LIBRARY, or from build/lib of the checkout, where `make` stages it.
"""

import os
import shutil
import tempfile
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

STAGED = Path(__file__).resolve().parents[2] / "build" / "lib" / "libwabiz.so"


def library() -> Path:
    """The real file behind the links of the staged tree."""
    given = os.environ.get("WABIZ_LIBRARY")
    path = Path(given) if given else STAGED
    if not path.is_file():
        advice = "WABIZ_LIBRARY must name a file" if given else "run make first"
        raise SystemExit(f"wabiz: {path} is missing: {advice}")
    return path.resolve()


class BuildWithLibrary(build_py):
    def run(self) -> None:
        # An editable install stays in the checkout and finds the library in build/lib.
        found = None if getattr(self, "editable_mode", False) else library()
        super().run()
        if found:
            shutil.copyfile(found, Path(self.build_lib) / "wabiz" / "libwabiz.so")


class PlatformWheel(bdist_wheel):
    def get_tag(self):
        # The library binds to no Python ABI, but to a platform.
        return ("py3", "none", super().get_tag()[2])


class BinaryDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return True


# Build products go to a folder of this run: what an older build left must not slip into a wheel.
with tempfile.TemporaryDirectory(prefix="wabiz-wheel-") as scratch:
    setup(
        distclass=BinaryDistribution,
        cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
        options={"build": {"build_base": scratch}, "egg_info": {"egg_base": scratch}},
    )
