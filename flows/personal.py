"""Columns that identify a person, told by their names in the survey languages. Their cells are never stored."""

from __future__ import annotations

import re

from taxonomy.folding import fold

_LISTED = """
Qualtrics: IPAddress; RecipientEmail; RecipientFirstName; RecipientLastName; LocationLatitude; LocationLongitude; ExternalReference;
  ExternalDataReference; ResponseIP; Recipient; RecipientName; RecipientPhone
English: name; full name; first name; last name; middle name; family name; given name; surname; forename; nickname; username;
  user name; respondent name; name of respondent; participant name; contact; contact name; contact details; mail; mail address;
  postal address; address; home address; street; street address; postcode; postal code; zip; zip code; location; geolocation;
  coordinates; lat; lon; lng; long; phone; mobile; cell; fax; skype; twitter; signature; passport; passport number;
  date of birth; birth date; birthdate; birthday; dob; ip; device id; user agent
Spanish: nombre; nombres; nombre completo; nombre y apellido; nombre y apellidos; primer nombre; apellido; apellidos; dirección;
  domicilio; código postal; ubicación; localización; móvil; celular; fecha de nacimiento; cédula; DNI; contacto
French: nom; noms; nom complet; nom et prénom; nom de famille; prénom; prénoms; adresse; adresse postale; adresse mail; mél;
  localisation; emplacement; portable; tél; date de naissance; coordonnées
Portuguese: nome; nome completo; primeiro nome; sobrenome; apelido; endereço; morada; localização; CEP; telemóvel;
  data de nascimento; CPF; contato
Korean: 이름; 성명; 성함; 성; 응답자 이름; 응답자 성명; 주소; 위치; 위도; 경도; 핸드폰; 휴대폰; 휴대전화; 연락처;
  생년월일; 주민등록번호; 우편번호
"""


def _joined(name: str) -> str:
    return fold(name).replace(" ", "")


# Whole names, without their blanks: so spaced, dashed and camel-cased forms are one.
_NAMES = frozenset(_joined(name) for line in re.split(r"\n(?=\w)", _LISTED) for name in line.partition(":")[2].split(";")) - {""}

# Words that make any short name personal.
_WORDS = frozenset(
    fold(
        "email emails courriel correo correos telephone teléfono telefone phone whatsapp ip latitude latitud longitude longitud gps "
        "geolocation firstname lastname surname"
    ).split()
)
_STEMS = ("이메일", "메일주소", "전자우편", "전화번호", "아이피")
_YOURS = re.compile(
    r"\b(?:your|tu|su|votre|seu|sua) (?:\w+ )?(?:name|nombre|nom|nome|mail|email|phone|address|correo|telefono|telefone|courriel|adresse)\b"
)
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_SHORT, _LONG = 4, 8  # longer names are questions, which may speak of e-mail or of phones


def is_personal(column: str) -> bool:
    """Return whether a column's name says that it holds who or where a respondent is."""
    if _joined(column) in _NAMES:
        return True
    words = fold(_JOINED.sub(" ", column)).replace("e mail", "email").split()
    joined = "".join(words)
    if joined in _NAMES:
        return True
    if len(words) <= _SHORT and (not _WORDS.isdisjoint(words) or any(stem in joined for stem in _STEMS)):
        return True
    return len(words) <= _LONG and _YOURS.search(" ".join(words)) is not None
