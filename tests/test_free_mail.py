import pytest

from website.free_mail import _DOMAINS, is_free_mail


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.fr", "hotmail.co.uk", "gmx.de", "web.de", "mail.ru"])
def test_where_anybody_may_have_an_address_is_no_company(domain: str) -> None:
    assert is_free_mail(domain)


@pytest.mark.parametrize("domain", ["acme.example", "live.example", "live", "gmail.com.acme.example", ""])
def test_all_other_domains_may_be_a_company(domain: str) -> None:
    assert not is_free_mail(domain)


def test_domains_are_written_as_addresses_are_compared() -> None:
    assert all(domain == domain.lower() and "." in domain for domain in _DOMAINS)
