"""Numbers of rows as they come in addresses and forms."""

LARGEST = 2**31 - 1


def row_number(text: str) -> int:
    """A number that a row can have. Raises ValueError for any other, larger than the database holds included."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST)) and int(text) <= LARGEST):
        raise ValueError(text[:20])
    return int(text)
