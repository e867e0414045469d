"""The version of this package; it must equal WABIZ_VERSION of include/wabiz.h, and a test compares them."""

__version__ = "0.1.0"
