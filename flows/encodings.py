"""Bytes to text: which encoding a file is in, and where it is not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from flows.raw import UNDECODABLE
from taxonomy.errors import RawFileError

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# What UTF-8 makes of accented Latin letters and typographic marks, and a Western single-byte file never holds.
_UTF8_AMID_WESTERN = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x90-\xbf]")
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTERS = re.compile(rb"[A-Za-z]+")
_HIGH = re.compile(r"[^\x00-\x7f]")

_LETTERS = frozenset("áàâäãåéèêëíìîïóòôöõúùûüñçœæøßýÿ")
_CAPITALS = frozenset(letter.upper() for letter in _LETTERS if letter != "ß")
_MARKS = frozenset("“”„‘’–—…«»¿¡°ºª§€£·•½\N{NO-BREAK SPACE}")
_SAMPLE = 200_000


@dataclass(frozen=True)
class Decoded:
    """A file's text, its encoding, and how many places could not be decoded (each marked in the text)."""

    text: str
    encoding: str
    undecodable: int


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error("suasion-mark", _mark)


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Return the text of a file; what is in another encoding than the rest is marked, not guessed."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding)
    if declared is not None:
        try:
            return _decoded(data, codecs.lookup(declared).name)
        except LookupError:
            raise RawFileError(f"reading.encoding: no encoding is called {declared!r}; leave the key out to have it detected") from None
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 0)
    except UnicodeDecodeError:
        pass
    encoding = _guess(data)
    if encoding in ("cp1252", "mac-roman"):
        pieces = _UTF8_AMID_WESTERN.split(data)
        text = UNDECODABLE.join(piece.decode(encoding, "suasion-mark") for piece in pieces)
        return Decoded(text, encoding, text.count(UNDECODABLE))
    return _decoded(data, encoding)


def looks_like_utf16(data: bytes) -> str | None:
    """Return the byte order of UTF-16 without its mark, told by where the zero bytes of Latin text stand."""
    sample = data[:4000]
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "suasion-mark")
    return Decoded(text, encoding, text.count(UNDECODABLE))


def _guess(data: bytes) -> str:
    utf16 = looks_like_utf16(data)
    if utf16:
        return utf16
    multibyte = len(_MULTIBYTE.findall(data))
    if multibyte > data.decode("utf-8", "suasion-mark").count(UNDECODABLE):
        return "utf-8"
    sample = data[:_SAMPLE] if _HIGH_RUNS.search(data, 0, _SAMPLE) else data
    if _is_korean(sample):
        return "cp949"
    if not _is_mostly_ascii(sample) and (found := _detected(sample)):
        return found
    scores = {encoding: _western(sample, encoding) for encoding in ("cp1252", "mac-roman")}
    best = max(scores, key=lambda encoding: scores[encoding])  # cp1252 on a tie: it stands first
    return best if scores[best] >= 0.4 else _detected(sample) or best


def _is_korean(sample: bytes) -> bool:
    """Korean fills whole words with pairs of high bytes, the first of the Hangul rows; accented Latin letters stand alone."""
    runs = _HIGH_RUNS.findall(sample)
    pairs = sum(len(run) // 2 for run in runs if len(run) % 2 == 0)
    hangul = sum(1 for run in runs if len(run) % 2 == 0 for lead in run[0::2] if 0xB0 <= lead <= 0xC8)
    high = sum(map(len, runs))
    return 2 * pairs > 0.8 * high and hangul > 0.6 * pairs


def _is_mostly_ascii(sample: bytes) -> bool:
    """Western European text has an accented letter here and there; other scripts have little else than high bytes."""
    high = sum(map(len, _HIGH_RUNS.findall(sample)))
    return high < 20 or high < sum(map(len, _ASCII_LETTERS.findall(sample)))


def _western(sample: bytes, encoding: str) -> float:
    """Return how much the high characters look like Western European text, from -1 to 1."""
    text = sample.decode(encoding, "suasion-mark")
    score = count = 0
    for match in _HIGH.finditer(text):
        at, char = match.start(), match.group()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        within = before.isalpha() and after.isalpha()
        count += 1
        if char in _LETTERS or (char in _CAPITALS and not before.islower()):
            score += 1 if before.isalpha() or after.isalpha() else 0
        elif char == "’" or (char in _MARKS and not within):
            score += 1
        else:
            score -= 1
    return score / count if count else 0.0


def _detected(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:50_000]).best()
    return best.encoding if best else None
