"""How a CRM gives no answer: the errors that every provider raises, and no others."""


class CrmError(Exception):
    """The CRM gave no answer. The text is one sentence that is safe to show to admins."""


class CrmRefused(CrmError):
    """The token is refused, or lacks a right: somebody must set another, or give it the right.

    `rights` are what it lacks, as the CRM calls them; any one of them is enough. Empty where the token as a whole is
    refused.
    """

    def __init__(self, text: str, rights: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.rights = rights


class CrmRejected(CrmError):
    """The CRM does not take what was to be written: asking again does not help."""


class CrmMissing(CrmError):
    """What was asked for, or was to be changed, is not there."""


class CrmUnreachable(CrmError):
    """No answer just now; `retry_after_seconds` is how long the CRM asks us to wait."""

    def __init__(self, text: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class CrmLimited(CrmUnreachable):
    """The CRM was asked too often."""


class CrmTooSlow(CrmUnreachable):
    """The CRM did not answer within the time it was given."""
