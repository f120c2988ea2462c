"""Companies: who owns everybody whose address lies in a domain, where a link heeds it (R20)."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from ..email_addresses import normal_domain
from ..extensions import db
from ..free_mail import is_free_mail
from ..models import Company, User
from ..sentences import Sentence
from .errors import Invalid, NotAllowed, UnknownCompany
from .listing import A_PAGE
from .transaction import in_transaction

FREE_MAIL = Sentence("Anybody may have an address in this domain: it is nobody's company.")


@dataclass(frozen=True, slots=True)
class CompanyValues:
    """What a company is to be; `owner_id` None is nobody."""

    domain: str
    name: str = ""
    owner_id: int | None = None


def companies_like(words: str, page: int) -> tuple[list[Company], bool]:
    """A page of the companies whose name or domain holds the words, by domain, and whether more follow; pages count
    from 1."""
    found = select(Company).order_by(Company.domain).options(joinedload(Company.owner))
    if words:
        fields = (Company.name, Company.domain)
        found = found.where(or_(*(field.icontains(words, autoescape=True) for field in fields)))
    rows = list(db.session.scalars(found.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return rows[:A_PAGE], len(rows) > A_PAGE


def company_by_id(company_id: int) -> Company:
    """The company with this number. Raises UnknownCompany."""
    company = db.session.get(Company, company_id)
    if company is None:
        raise UnknownCompany
    return company


def company_of_domain(domain: str) -> Company | None:
    """The company whose addresses lie in a domain, which is written as `normal_email` has it."""
    return db.session.scalar(select(Company).where(Company.domain == domain))


def save_company(company_id: int | None, values: CompanyValues, *, by: User) -> None:
    """Adds a company, or changes it. Raises NotAllowed for who is no admin, UnknownCompany, Invalid."""
    _admin(by)
    try:
        in_transaction(lambda: _save(company_id, values))
    except IntegrityError:
        in_transaction(lambda: _save(company_id, values))


def remove_company(company_id: int, *, by: User) -> None:
    """Forgets a company; its contacts stay. Raises NotAllowed for who is no admin, UnknownCompany."""
    _admin(by)
    in_transaction(lambda: db.session.delete(company_by_id(company_id)))


def _save(company_id: int | None, values: CompanyValues) -> None:
    company = company_by_id(company_id) if company_id is not None else Company()
    domain = normal_domain(values.domain)
    known = company_of_domain(domain)
    if is_free_mail(domain):
        raise Invalid({"domain": [FREE_MAIL]})
    if known is not None and known is not company:
        raise Invalid({"domain": [Sentence("There is a company with this domain already.")]})
    owner = db.session.get(User, values.owner_id) if values.owner_id is not None else None
    if owner is None and values.owner_id is not None:
        raise Invalid({"owner": [Sentence("There is no such user.")]})
    company.domain, company.name, company.owner = domain, values.name, owner
    db.session.add(company)


def _admin(by: User) -> None:
    if not by.is_admin:
        raise NotAllowed
