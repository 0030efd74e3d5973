"""What the rooms can answer, read from their source: every call that makes an answer names its status literally."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

MAKERS = {"problem": "problem", "problem_document": "problem", "text_answer": "text", "json_answer": "json"}


@dataclass(frozen=True, slots=True, order=True)
class Given:
    """One answer that the code can give."""

    status: int
    form: str
    """`problem`, `text` or `json`."""
    name: str = ""
    """Of a problem: what ends its type's URI."""
    title: str = ""


def answers(module: ModuleType, functions: Iterable[str] = ()) -> set[Given]:
    """Of the named functions; of all when none is named. Raises ValueError on a status that is not written out."""
    chosen = set(functions)
    tree = ast.parse(inspect.getsource(module))
    if not chosen:
        return {given for call in ast.walk(tree) for given in _given(module, call)}
    bodies = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in chosen]
    if chosen - {body.name for body in bodies}:
        raise ValueError(f"{module.__name__} has no {', '.join(sorted(chosen - {body.name for body in bodies}))}")
    return {given for body in bodies for call in ast.walk(body) for given in _given(module, call)}


def _given(module: ModuleType, call: ast.AST) -> Iterator[Given]:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in MAKERS:
        return
    words = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
    statuses = [status for status in map(_number, _branches(call.args[0])) if status]
    if not statuses:
        raise ValueError(f"{module.__name__}, line {call.lineno}: the status of an answer is a number, written out")
    for status in statuses:
        name, title = (str(words.get(key, "")) for key in ("name", "title"))
        yield Given(status, MAKERS[call.func.id], name, title)


def _branches(value: ast.expr) -> tuple[ast.expr, ...]:
    """Both of `403 if … else 400`."""
    return (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)


def _number(value: ast.expr) -> int:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else 0
