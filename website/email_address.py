"""What counts as an e-mail address, wherever one is typed or read."""

from email_validator import EmailNotValidError, validate_email

LONGEST_EMAIL = 254


def is_email(address: str) -> bool:
    """Whether an address is well formed; nobody is asked whether it exists."""
    if len(address) > LONGEST_EMAIL or not address.isprintable():
        return False
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
