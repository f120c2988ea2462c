"""Pictures of people and teams: served to everybody, for ever, and their words for templates."""

from flask import Flask, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from ..images import LARGEST_BYTES
from ..models import Link
from ..services.picture import content_of, picture_for

# The file, and what the form around it takes.
UPLOAD_BYTES = LARGEST_BYTES + 1024 * 1024
UPLOADS = ("workspace.own_picture", "workspace.link_picture")
FOR_EVER = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Binds the address of pictures, the template helpers, and what the forms that send pictures may weigh."""
    app.add_url_rule("/picture/<name>.webp", "picture", show)
    app.jinja_env.globals.update(picture_address=picture_address, picture_of=picture_of, initials=initials)
    # Before anything looks into the form, as the check of its token does.
    app.url_value_preprocessor(_take_more)


def show(name: str) -> ResponseReturnValue:
    """A picture. Its name is the hash of its content: what was fetched once need not be asked for again."""
    content = content_of(name) if name.isalnum() else None
    if content is None:
        abort(404)
    answer = Response(content, content_type="image/webp")
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def picture_address(name: str) -> str:
    """The address of a picture by its name, empty for none."""
    return url_for("picture", name=name) if name else ""


def picture_of(link: Link) -> str:
    """The address of the picture that stands for a link, empty for none."""
    return picture_address(picture_for(link))


def initials(name: str) -> str:
    """What stands for somebody without a picture: the first letters of the first and the last name."""
    words = name.split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


def _take_more(endpoint: str | None, values: object) -> None:
    if endpoint in UPLOADS:
        request.max_content_length = UPLOAD_BYTES
