"""Filled by its own views."""

from flask import Flask


def register(app: Flask) -> None:
    """Binds the area's addresses."""
