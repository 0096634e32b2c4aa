"""What the code may not do at all, read from its syntax: unpickle, run text, render text as markup, or speak to a network."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("taxonomy", "models", "store", "flows", "explorer", "benchmarks")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
EXPLORER = [path for path in FILES if path.is_relative_to(ROOT / "explorer")]

PICKLES = {"pickle", "_pickle", "cPickle", "pickletools", "joblib", "dill", "cloudpickle", "shelve", "marshal", "copyreg", "jsonpickle"}
#: Methods that unpickle or run what they read, whosever they are.
UNPICKLING = {"read_pickle", "to_pickle", "unsafe_load", "unsafe_load_all", "full_load", "full_load_all", "load_module", "exec_module"}
RUNNING = {"eval", "exec", "compile", "__import__", "execfile"}

NETWORK = {
    *("socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "webbrowser"),
    *("asyncio", "requests", "httpx", "aiohttp", "urllib3", "websockets", "websocket", "tornado", "uvicorn", "paramiko", "boto3"),
    *("huggingface_hub", "wandb", "sentry_sdk", "openai", "anthropic", "dask", "distributed", "prefect_dask"),
}
#: Modules that may, and why. The explorer's own server is Streamlit's, on 127.0.0.1 (tests/explorer/test_server.py).
SPEAKERS: Mapping[str, str] = {
    "flows/prefect_server.py": "starts Prefect's server on 127.0.0.1 and waits until it answers",
    "flows/machine_checks.py": "looks whether the explorer's port on 127.0.0.1 is free",
    "flows/notice_delivery.py": "sends notices, which hold no word of an answer, where a person's own notices.toml says; none ships",
    "flows/dask_cluster.py": "opens a run's cluster: worker processes on 127.0.0.1, or a person's own scheduler over TLS",
    "flows/dask_stages.py": "sends paths of partitions, and no text, to that cluster",
    "store/lock.py": "the machine's name, for the message that a second writer gets",
    "models/encoders.py": "fetches an encoder where a person's own registry says `download = true`; what ships never does",
    "benchmarks/scale.py": "starts worker processes on 127.0.0.1",
    "benchmarks/browsing.py": "measures the explorer on 127.0.0.1",
    "benchmarks/crowd.py": "asks the explorer on 127.0.0.1 as many people at once",
}
#: Parts of these that read and write words alone.
WORDS_ALONE = {"urllib.parse"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


@cache
def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the top module of every import, written as a statement or given to ``import_module``."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names if alias.name not in WORDS_ALONE)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module not in WORDS_ALONE:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and called(node) == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value).split(".")[0]


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in nodes(path) if isinstance(node, ast.Call))


def all_calls(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.Call]]:
    return ((path, call) for path in paths for call in calls(path))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def given(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def is_literally(value: ast.expr | None, wanted: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def test_nothing_is_pickled() -> None:
    assert [named(path) for path in FILES if not PICKLES.isdisjoint(imports(path))] == []


def test_nothing_is_unpickled_or_run() -> None:
    for path, call in all_calls(FILES):
        place = f"{named(path)}:{call.lineno}"
        name = called(call)
        assert name not in UNPICKLING, place
        if isinstance(call.func, ast.Name):
            assert name not in RUNNING, place
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            whose = call.func.value.id
            assert (whose, name) not in {("os", "system"), ("os", "popen"), ("builtins", "eval"), ("builtins", "exec")}, place
            if (whose, name) == ("torch", "load"):
                assert is_literally(given(call, "weights_only"), True), place
            if (whose, name) == ("yaml", "load"):
                assert "SafeLoader" in ast.unparse(given(call, "Loader") or ast.Constant("")), place
        for keyword in call.keywords:
            if keyword.arg in {"trust_remote_code", "allow_pickle", "shell"}:
                assert is_literally(keyword.value, False), place


def test_only_declared_modules_can_reach_a_network() -> None:
    assert [named(path) for path in FILES if not NETWORK.isdisjoint(imports(path)) and named(path) not in SPEAKERS] == []


def test_every_declared_module_is_there_and_speaks_to_this_machine_alone() -> None:
    for name in SPEAKERS:
        path = ROOT / name
        assert not NETWORK.isdisjoint(imports(path)), f"{name} is declared for nothing"
        text = path.read_text("utf-8")
        assert "0.0.0.0" not in text
        assert "https://" not in text
    entries = tomllib.loads((ROOT / "models/encoders.toml").read_text("utf-8"))
    assert "True" not in [str(entry.get("download")) for entry in entries.values() if isinstance(entry, dict)]


def test_duckdb_installs_and_loads_nothing() -> None:
    """Extensions are programs from the network, and ``COPY … TO 'https://…'`` needs one."""
    for path, node in ((where, node) for where in FILES for node in nodes(where)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.upper().split()
            assert words[:1] != ["INSTALL"], f"{named(path)}:{node.lineno}"
            assert not (words[:1] == ["LOAD"] and len(words) == 2 and node.value.isupper()), f"{named(path)}:{node.lineno}"


#: What Streamlit reads as Markdown: the first argument of these, and whatever is given as one of the names below.
MARKDOWN = {
    *("markdown", "write", "write_stream", "caption", "title", "header", "subheader", "latex", "html", "badge", "metric", "exception"),
    *("error", "warning", "info", "success", "toast", "spinner", "status", "progress", "expander", "popover", "tabs", "dialog"),
    *("button", "download_button", "form_submit_button", "link_button", "page_link", "checkbox", "toggle", "radio", "selectbox"),
    *("multiselect", "pills", "segmented_control", "slider", "select_slider", "text_input", "text_area", "number_input", "date_input"),
    *("file_uploader", "feedback", "data_editor", "menu_button"),
}
MARKDOWN_NAMES = {"body", "label", "help", "text", "captions", "delta"}
#: Of these the options are Markdown too.
MARKDOWN_OPTIONS = {"radio", "pills", "segmented_control"}
#: So called on nothing but parts of a page.
OF_A_PAGE = {
    "markdown",
    "caption",
    "subheader",
    "latex",
    "badge",
    "metric",
    "toast",
    "write_stream",
    "expander",
    "download_button",
    "popover",
}
FORBIDDEN = {"unsafe_allow_html", "unsafe_allow_javascript"}

#: Where something else than a literal is given, by the page and what is given, with the reason why no text of an answer can be in it.
KNOWN: Mapping[tuple[str, str], str] = {
    ("door.py", "refusal.title"): "one of the refusals that stand in explorer/access.py",
    ("downloads.py", "label"): "literals in every call, which the test below looks at",
    ("downloads.py", "help"): "literals in every call, which the test below looks at",
    ("states.py", "advice"): "literals in every call, which the test below looks at",
    ("home.py", "f'screens/{screen.id}.py'"): "the name of a file of explorer/screens",
    ("home.py", "door.title"): "one of the doors that stand in explorer/access.py",
    ("search_box.py", "list(HOW)"): "literals of explorer/searching.py",
    ("search_box.py", "HOW.__getitem__"): "literals of explorer/searching.py",
    ("figure.py", "literal(drawn.title)"): "every sign of Markdown in it is escaped",
    ("quality.py", "title"): "a literal of the tuple above it",
    ("quality.py", "meaning"): "a literal of the tuple above it",
    ("quality.py", "names.facet(facet.facet)"): "a facet's label in the codebook",
    ("quality.py", "known"): "facets of the codebook",
    ("quality.py", "names.facet"): "a facet's label in the codebook",
    ("quality.py", "list(quality_view.GROUPINGS)"): "literals of explorer/quality_view.py",
    ("quality.py", "quality_view.GROUPINGS.__getitem__"): "literals of explorer/quality_view.py",
    ("influence.py", "offered"): "facets of the codebook",
    ("influence.py", "names.facet"): "a facet's label in the codebook",
    ("codebook.py", "known"): "facets of the codebook",
    ("codebook.py", "lambda facet: literal(library.names.facet(facet))"): "every sign of Markdown in it is escaped",
    ("numbers.py", "list(values)"): "effects that are told, which stand in store/declared.py",
    ("numbers.py", "lambda value: literal(values[value])"): "every sign of Markdown in it is escaped",
    ("declared_beside.py", "list(tables)"): "facets that the page asks for, which stand in explorer/profile_page.py",
    ("declared_beside.py", "DIMENSIONS.__getitem__"): "literals of explorer/number_shapes.py",
    ("release.py", "STAGES"): "literals of explorer/release_shelf.py",
    ("release.py", "lambda name: _named(name, queues[name])"): "one of these stages, and a number or the mark of one that is not told",
    ("release_card.py", "label"): "literals in every call, which the test below looks at",
    ("release_card.py", "f'The {form}, marked as such'"): "one of two forms that stand in the module",
    ("paging.py", "label"): "literals in every call, which the test below looks at",
    ("topics.py", "offered"): "facets of the codebook",
    ("topics.py", "names.facet"): "a facet's label in the codebook",
    ("topic_page.py", "of"): "a number between literals",
    ("topic_page.py", "label"): "a topic's number between literals",
}
#: Functions of the explorer that pass a parameter on as Markdown: the place of each such parameter, and its name.
PASSED_ON: Mapping[str, tuple[tuple[int, str], ...]] = {
    "download": ((2, "label"), (-1, "help")),
    "nothing_found": ((1, "advice"),),
    "_button": ((1, "label"),),
}


def markdown_given(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """Yield what is given to Streamlit as Markdown, with its line."""
    for call in calls(path):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in MARKDOWN:
            continue
        on_page = isinstance(call.func.value, ast.Name) and call.func.value.id == "st"
        if not on_page and call.func.attr not in OF_A_PAGE:
            continue
        if call.func.attr != "data_editor":
            yield from ((call.lineno, argument) for argument in call.args[:1])
        yield from ((call.lineno, keyword.value) for keyword in call.keywords if keyword.arg in MARKDOWN_NAMES)
        if call.func.attr in MARKDOWN_OPTIONS:
            yield from ((call.lineno, argument) for argument in call.args[1:2])
            yield from ((call.lineno, keyword.value) for keyword in call.keywords if keyword.arg in {"options", "format_func"})


def is_literal(value: ast.expr, constants: set[str]) -> bool:
    """Whether a value is made of nothing but what stands in the code: texts, constants of the module, choices between them."""
    match value:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="get" | "__getitem__"):
            return name in constants
        case ast.Subscript(value=ast.Name(id=name)):
            return name in constants
        case ast.IfExp(body=one, orelse=other):
            return is_literal(one, constants) and is_literal(other, constants)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            return is_literal(one, constants) and is_literal(other, constants)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.JoinedStr(values=parts):
            return all(is_literal(part, constants) for part in parts)
        case ast.Call(func=ast.Name(id="literal"), args=[_], keywords=[]):
            return True  # explorer.literal: every sign of Markdown is escaped
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=[one], keywords=[]):
            return is_literal(one, constants)
        case ast.FormattedValue(value=one):
            return is_literal(one, constants)
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and is_literal(key, constants) for key in keys) and all(
                is_literal(each, constants) for each in values
            )
    return False


@cache
def constants_of(path: Path) -> set[str]:
    """Return the names that a module gives to literals once and for all."""
    found: set[str] = set()
    for node in tree(path).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(target, ast.Name) and value is not None and is_literal(value, found):
            found.add(target.id)
    return found


def test_nothing_but_literals_is_rendered_as_markdown() -> None:
    told = [
        (path, line, ast.unparse(value))
        for path in EXPLORER
        for line, value in markdown_given(path)
        if not is_literal(value, constants_of(path))
    ]
    assert [f"{named(path)}:{line}: {value}" for path, line, value in told if (path.name, value) not in KNOWN] == []


def test_what_is_passed_on_as_markdown_is_a_literal_too() -> None:
    for path, call in all_calls(EXPLORER):
        for place, name in PASSED_ON.get(called(call), ()):
            value = given(call, name) or (call.args[place] if 0 <= place < len(call.args) else ast.Constant(""))
            assert is_literal(value, constants_of(path)), f"{named(path)}:{call.lineno}: {ast.unparse(value)}"


def test_no_markup_is_let_through() -> None:
    for path, call in all_calls(EXPLORER):
        assert FORBIDDEN.isdisjoint({keyword.arg for keyword in call.keywords}), f"{named(path)}:{call.lineno}"


def test_every_known_exception_is_still_there() -> None:
    met = {(path.name, ast.unparse(value)) for path in EXPLORER for _, value in markdown_given(path)}
    assert set(KNOWN) <= met


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ("st.write('a')", True), ("st.write(C)", True), ("st.caption(f'{C} b')", True), ("st.html('a' if x else 'b')", True),
        ("st.write(x)", False), ("st.markdown(f'{x}')", False), ("column.metric(x, 1)", False), ("st.warning(str(error))", False),
        ("st.button('a', help=x)", False), ("st.radio('a', x)", False), ("st.pills('a', C)", True), ("st.text(x)", True),
        ("st.tabs([x])", False), ("st.title('a'.format(x))", False), ("st.html('a' + x)", False), ("st.write('a' % x)", False),
        ("st.title(literal(x))", True), ("st.title(f'{literal(x)} {x}')", False),
    ],
)  # fmt: skip
def test_the_rule_itself(code: str, safe: bool, tmp_path: Path) -> None:
    path = tmp_path / "page.py"
    path.write_text(f"C = 'constant'\n{code}\n", "utf-8")
    assert all(is_literal(value, constants_of(path)) for _, value in markdown_given(path)) is safe
