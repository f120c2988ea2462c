"""A strict stand-in for Google: sign-in and calendar, judged by Google's own description of its API."""

from .google import Google

__all__ = ["Google"]
