"""What the columns of a file of contacts may be, and what they are called by those who write such files."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ..sentences import Sentence

LEFT_OUT = ""


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What a column may be. `names` are those by which it is recognised, the likeliest first; `many`: several columns
    may be that."""

    key: str
    label: Sentence
    names: tuple[str, ...]
    many: bool = False


_NUMBERED = tuple(f"email {number}{what}" for number in range(2, 10) for what in ("", " value", " address"))

# In the words of HubSpot, Salesforce, Google and Outlook, and of people, in the languages that we speak.
_KINDS = (
    ColumnKind(
        "email",
        Sentence("E-mail address"),
        (
            "email", "email address", "primary email", "email 1", "email 1 value", "email 1 address", "mail",
            "email id", "contact email", "work email", "business email", "emailadresse", "email adresse", "mailadresse",
            "adresse email", "courriel", "adresse electronique", "adresse courriel", "adresse de messagerie",
            "correo electronico", "direccion de correo electronico", "direccion de email", "correo",
            "البريد الإلكتروني", "عنوان البريد الإلكتروني", "بريد إلكتروني", "الإيميل",
        ),
    ),
    ColumnKind(
        "name",
        Sentence("Full name"),
        (
            "full name", "name", "contact name", "display name", "contact", "vollständiger name", "nom complet",
            "nom et prénom", "prénom et nom", "nombre completo", "nombre y apellidos", "الاسم الكامل", "الاسم",
        ),
    ),
    ColumnKind(
        "first_name",
        Sentence("First name"),
        ("first name", "firstname", "given name", "forename", "vorname", "prénom", "nombre", "الاسم الأول"),
    ),
    ColumnKind(
        "last_name",
        Sentence("Last name"),
        (
            "last name", "lastname", "family name", "surname", "nachname", "familienname", "nom de famille", "nom",
            "apellidos", "apellido", "الاسم الأخير", "اسم العائلة",
        ),
    ),
    ColumnKind(
        "phone",
        Sentence("Phone"),
        (
            "phone", "phone number", "telephone", "telephone number", "phone 1 value", "primary phone", "work phone",
            "business phone", "mobile", "mobile phone", "mobile phone number", "mobile number", "cell phone", "telefon",
            "telefonnummer", "handynummer", "handy", "mobiltelefon", "téléphone", "numéro de téléphone",
            "téléphone portable", "portable", "teléfono", "número de teléfono", "teléfono móvil", "móvil", "الهاتف",
            "رقم الهاتف", "الجوال",
        ),
    ),
    ColumnKind(
        "company",
        Sentence("Company"),
        (
            "company", "company name", "organization name", "organization 1 name", "organization", "organisation",
            "associated company", "account name", "account", "firma", "firmenname", "unternehmen", "unternehmensname",
            "entreprise", "société", "nom de l entreprise", "empresa", "nombre de la empresa", "الشركة", "اسم الشركة",
        ),
    ),
    ColumnKind(
        "owner",
        Sentence("Owner"),
        (
            "contact owner", "owner", "owner email", "contact owner email", "owner name", "contact owner full name",
            "contact owner name", "hubspot owner", "lead owner", "assigned to", "inhaber", "kontaktinhaber", "besitzer",
            "für kontakt zuständiger mitarbeiter", "zuständig", "propriétaire du contact", "propriétaire",
            "propietario del contacto", "propietario", "مالك جهة الاتصال", "المالك",
        ),
    ),
    ColumnKind(
        "further",
        Sentence("Further e-mail addresses"),
        (
            "addresses", "further addresses", "further email addresses", "additional email addresses",
            "additional emails", "additional email", "other email", "other emails",
            "secondary email", "second email", "alternate email", "alternative email", "personal email", "work email",
            "business email", "weitere email adressen", "weitere emailadressen", "zusätzliche email adressen",
            "autres adresses email", "adresses email supplémentaires", "otras direcciones de correo",
            "direcciones de correo electrónico adicionales", "عناوين بريد إلكتروني إضافية", *_NUMBERED,
        ),
        many=True,
    ),
)  # fmt: skip
COLUMN_KINDS = {one.key: one for one in _KINDS}

NO_EMAIL = Sentence("Say which column holds the e-mail address.")
TWICE = Sentence("Another column is that already. Choose something else for one of them.")
NAMED_TWICE = Sentence("Choose either the full name, or first and last name.")
UNKNOWN = Sentence("Choose one of the list.")


def plain_name(name: str) -> str:
    """The form in which names of columns are compared: small letters without accents, words with one blank between."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = re.split(r"[\W_]+", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return re.sub(r"\be mail", "email", " ".join(filter(None, words)))


_KNOWN_AS = {
    kind.key: {plain_name(name): rank for rank, name in reversed(list(enumerate(kind.names)))}
    for kind in _KINDS
}


def guessed(header: Sequence[str]) -> list[str]:
    """What each column of a header most likely is: a key of `COLUMN_KINDS`, or `LEFT_OUT`."""
    names, keys = [plain_name(name) for name in header], [LEFT_OUT] * len(header)
    for kind in _KINDS:
        ranks = _KNOWN_AS[kind.key]
        fit = [number for number, name in enumerate(names) if name in ranks and keys[number] == LEFT_OUT]
        fit.sort(key=lambda number: ranks[names[number]])
        for number in fit if kind.many else fit[:1]:
            keys[number] = kind.key
    return _one_name(keys)


def _one_name(keys: list[str]) -> list[str]:
    """Beside a first name, a mere name is the last one; beside both, neither is needed."""
    if "name" not in keys:
        return keys
    if "first_name" in keys and "last_name" not in keys:
        return ["last_name" if key == "name" else key for key in keys]
    return [LEFT_OUT if key in ("first_name", "last_name") else key for key in keys]


def column_problems(keys: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with what the columns are to be: sentences by field, `columns` for all of them, `column_3` for the
    one with that number, from 0."""
    problems = dict[str, list[str]]()
    for number, key in enumerate(keys):
        problem = _column_problem(keys, number, key)
        if problem:
            problems[f"column_{number}"] = [problem]
    if "email" not in keys:
        problems["columns"] = [NO_EMAIL]
    return problems


def _column_problem(keys: Sequence[str], number: int, key: str) -> Sentence | None:
    if key == LEFT_OUT:
        return None
    if key not in COLUMN_KINDS:
        return UNKNOWN
    if key in keys[:number] and not COLUMN_KINDS[key].many:
        return TWICE
    if key == "name" and {"first_name", "last_name"} & set(keys):
        return NAMED_TWICE
    return None
