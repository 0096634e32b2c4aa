"""A story pack as Markdown and as a web page. Whatever stands in an answer stays text there: no markup, no link, no picture."""

from __future__ import annotations

import html
import re
import unicodedata

from explorer.citation import Cited, reference
from explorer.story import Story, Told

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+|<>~!&$^=-])")
#: What readers of Markdown turn into links by themselves, and numbers that would begin a list.
_LINKS = re.compile(r"(?i)(www)\.|(https?|ftp|mailto|xmpp):|(@)")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; font: 1.0625rem/1.6 Georgia, "Noto Serif", "Noto Serif KR", serif; }}
h1 {{ font-size: 1.9rem; line-height: 1.2; }}
h2 {{ font: 600 .95rem/1.4 system-ui, "Noto Sans KR", sans-serif; margin: 2.75rem 0 .5rem; }}
blockquote {{ margin: .75rem 0; padding-left: 1.1rem; border-left: 3px solid #17507a; unicode-bidi: isolate; overflow-wrap: anywhere; }}
blockquote.other {{ border-left-style: dotted; font-size: .97em; }}
:lang(ko) {{ word-break: keep-all; }}
p, li {{ overflow-wrap: anywhere; }}
.line {{ font: .85rem/1.5 system-ui, "Noto Sans KR", sans-serif; opacity: .85; }}
footer {{ margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid #8886; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{quotes}
</main>
<footer class="line">
<h2>Sources</h2>
<ul>
{sources}
</ul>
<h2>How this was made</h2>
{method}
<p>Snapshot {snapshot}</p>
</footer>
</body>
</html>
"""


def to_markdown(story: Story) -> bytes:
    """Return a pack as Markdown (CommonMark), in UTF-8."""
    lines = [f"# {_inline(story.title)}", ""]
    for number, told in enumerate(story.quotes, 1):
        lines += [f"## {number}. {_inline(_heading(told))}", ""]
        lines += [*_paragraphs(told.note), *_quoted(told.what), *_line(told.what)]
        lines += [f"{_inline(each)}  " for each in (told.stands_for, *told.caveats) if each]
        lines.append("")
        for other in told.counters:
            lines += [f"Set against it ({_inline(other.why)}):", "", *_quoted(other.what), *_line(other.what)]
    lines += ["## Sources", "", *(f"- {_inline(source)}" for source in story.sources), ""]
    lines += [
        "## How this was made",
        "",
        *(f"{_inline(sentence)}\n" for sentence in story.method),
        f"Snapshot {_inline(story.snapshot)}",
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def to_html(story: Story) -> bytes:
    """Return a pack as a web page of its own, which may load nothing and run nothing, in UTF-8."""
    page = _PAGE.format(
        title=_escaped(story.title),
        quotes="\n".join(_section(number, told) for number, told in enumerate(story.quotes, 1)),
        sources="\n".join(f"<li>{_escaped(source)}</li>" for source in story.sources),
        method="\n".join(f"<p>{_escaped(sentence)}</p>" for sentence in story.method),
        snapshot=_escaped(story.snapshot),
    )
    return page.encode("utf-8", "replace")


def _heading(told: Told) -> str:
    return ", ".join(part for part in (told.what.country, told.what.wave) if part) or "Country not known"


def _paragraphs(note: str) -> list[str]:
    return [line for part in note.splitlines() if part.strip() for line in (_inline(part), "")]


def _quoted(what: Cited) -> list[str]:
    return [*(f"> {_inline(part)}".rstrip() for part in what.text.splitlines() or [""]), ""]


def _line(what: Cited) -> list[str]:
    return [f"— {_inline(reference(what))}", ""]


def _inline(text: str) -> str:
    """Return text in which Markdown finds no sign of its own."""
    plain = " ".join(_written(text).split())
    escaped = _LINKS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", _SIGNS.sub(r"\\\1", plain))
    return _NUMBERED.sub(r"\1\\\2", escaped)


def _section(number: int, told: Told) -> str:
    parts = [f"<section>\n<h2>{number}. {_escaped(_heading(told))}</h2>"]
    parts += [f"<p>{_escaped(part)}</p>" for part in told.note.splitlines() if part.strip()]
    parts.append(_blockquote(told.what, ""))
    parts += [f'<p class="line">{_escaped(each)}</p>' for each in (told.stands_for, *told.caveats) if each]
    for other in told.counters:
        parts += [f'<p class="line">Set against it ({_escaped(other.why)}):</p>', _blockquote(other.what, ' class="other"')]
    return "\n".join([*parts, "</section>"])


def _blockquote(what: Cited, kind: str) -> str:
    language = f' lang="{what.language}"' if _LANGUAGE.fullmatch(what.language) else ""
    said = "<br>\n".join(_escaped(part) for part in what.text.splitlines())
    return f'<blockquote{kind}{language} dir="auto">{said}</blockquote>\n<p class="line">— {_escaped(reference(what))}</p>'


def _escaped(text: str) -> str:
    return html.escape(_written(text))


def _written(text: str) -> str:
    """Return text without signs that are no text: controls and halves of letters."""
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" else sign for sign in text)
