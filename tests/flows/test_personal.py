from __future__ import annotations

import pytest

from flows.personal import is_personal

PERSONAL = [
    *("IPAddress", "RecipientEmail", "RecipientFirstName", "RecipientLastName", "LocationLatitude", "LocationLongitude"),
    *("ExternalReference", "ipAddress", "recipientEmail", "_locationLatitude", "ip", "IP", "ip_address", "email", "E-mail", "e-mail"),
    *("EMAIL ADDRESS", "Q12_email", "userEmail", "Work e-mail", "name", "Full Name", "first_name", "lastName", "phone", "Phone number"),
    *("Your name", "What is your full name?", "Please give your e-mail address", "date of birth", "GPS", "lat", "Longitude"),
    *("nombre", "Nombre completo", "correo", "Correo electrónico", "teléfono", "Su nombre", "dirección", "ubicación"),
    *("nom", "Nom et prénom", "Prénom", "courriel", "Adresse e-mail", "Votre nom", "numéro de téléphone", "adresse IP"),
    *("nome", "Sobrenome", "e-mail", "Endereço", "telefone celular", "Seu nome"),
    *("이름", "성명", "이메일", "이메일 주소", "전화번호", "연락처", "주소", "위치", "IP 주소"),
]
HARMLESS = [
    *("", "Country", "Country name", "Name of the company", "Q4", "language", "gender", "성별", "연령", "profession", "ResponseId"),
    *("StartDate", "RecordedDate", "UserLanguage", "ship", "nomination", "número de empleados", "nombre de salariés", "locationType"),
    "Have telephone companies handed over e-mail or call records of their customers to the police, and if so how?",
    "In (your country), have banks or companies affected the right to a good name?",
]


@pytest.mark.parametrize("column", PERSONAL)
def test_personal_columns_are_known_by_name(column: str) -> None:
    assert is_personal(column)


@pytest.mark.parametrize("column", HARMLESS)
def test_other_columns_and_questions_are_not(column: str) -> None:
    assert not is_personal(column)
