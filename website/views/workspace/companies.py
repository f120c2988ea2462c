"""Companies: everybody sees them; admins add, change and remove them."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...forms.contact import CompanyForm
from ...models import Company
from ...services.company import CompanyValues, companies_like, company_by_id, remove_company, save_company
from ...services.errors import Invalid
from ..access import admin_only, me, signed_in
from ..languages import translated
from ..responses import see_other
from .lists import page_asked, words_asked
from .owner_choice import chosen, owner_choices


@signed_in
def index() -> ResponseReturnValue:
    words, page = words_asked(), page_asked()
    rows, more = companies_like(words, page)
    return render_template("workspace/companies/index.html", rows=rows, words=words, page=page, more=more)


@admin_only
def new() -> ResponseReturnValue:
    form = CompanyForm(request.form)
    form.owner.choices = owner_choices(None)
    return _page(form, None) if request.method != "POST" else _saved(form, None)


@admin_only
def edit(company_id: int) -> ResponseReturnValue:
    company = company_by_id(company_id)
    known = {"domain": company.domain, "name": company.name, "owner": str(company.owner_id or "")}
    form = CompanyForm(request.form, **known)
    form.owner.choices = owner_choices(company.owner)
    return _page(form, company) if request.method != "POST" else _saved(form, company)


@admin_only
def remove(company_id: int) -> ResponseReturnValue:
    company = company_by_id(company_id)
    if request.method != "POST":
        return render_template("workspace/companies/remove.html", company=company)
    remove_company(company_id, by=me())
    return see_other("/companies?said=company_removed")


def _saved(form: CompanyForm, company: Company | None) -> ResponseReturnValue:
    if not form.validate():
        return _page(form, company), 422
    values = CompanyValues(form.domain.data, form.name.data, chosen(form.owner.data))
    try:
        save_company(company.id if company else None, values, by=me())
    except Invalid as refused:
        return _page(form, company, refused.errors), 422
    return see_other("/companies?said=saved")


def _page(
    form: CompanyForm, company: Company | None, errors: Mapping[str, Sequence[str]] | None = None
) -> str:
    for name, texts in (errors or {}).items():
        form[name].errors = [translated(text) for text in texts]
    action = f"/companies/{company.id}/edit" if company else "/companies/new"
    return render_template("workspace/companies/form.html", form=form, company=company, action=action)
