"""Read the texts that expressions of a Python file stand for, without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path

PLACE = re.compile("‹[^›]*›")
MOST_FORMS = 12  # of one text, if parts of it come in several forms


class Module:
    """A file of the library, and the texts that its expressions stand for."""

    def __init__(self, path: Path, library: dict[str, Module], root: Path) -> None:
        self.file = path.relative_to(root).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.others = library
        self.functions: dict[str, ast.FunctionDef] = {}
        self.imports: dict[str, str] = {}
        self.constants: dict[str, ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name] = node
            elif isinstance(node, ast.ImportFrom) and node.module:
                self.imports |= {alias.name: node.module for alias in node.names}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.constants[node.targets[0].id] = node.value

    def constant(self, name: str) -> ast.expr | None:
        """Find what a name stands for in this file, or in one that it comes from."""
        home = self.others.get(self.imports.get(name, ""), self)
        return self.constants.get(name, home.constants.get(name))

    def answers(self, name: str, depth: int, place: int | None = None) -> list[str]:
        """Give the texts that a function of this file, or one that it imports, returns."""
        home = self if name in self.functions else self.others.get(self.imports.get(name, ""))
        function = home.functions.get(name) if home is not None else None
        if home is None or function is None:
            return []
        returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
        if place is not None:
            returned = [v.elts[place] for v in returned if isinstance(v, ast.Tuple)]
        return home.any_of(returned, function, depth + 1)

    def texts(self, node: ast.expr | None, inside: ast.AST, depth: int = 0) -> list[str]:
        """Give every form of a text; none if the expression holds no words of its own."""
        found: list[str] = []
        if depth > 6:
            return found
        match node:
            case ast.Constant(value=str(words)):
                found = [words]
            case ast.JoinedStr(values=values):
                forms = [self._piece(value, inside, depth) for value in values]
                found = ["".join(form) for form in product(*forms)]
            case ast.FormattedValue(value=value):
                found = self.texts(value, inside, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                forms = [self._piece(side, inside, depth) for side in (left, right)]
                found = ["".join(form) for form in product(*forms)] if has_words(node) else []
            case ast.IfExp(body=body, orelse=orelse):
                found = self.any_of([body, orelse], inside, depth)
            case ast.BoolOp(values=values):
                found = self.any_of(values, inside, depth)
            case ast.Name(id=name):
                given = assigned(name, inside) or [self.constant(name)]
                found = self.any_of(given, inside, depth + 1)
                found = found or (self.answers(name, depth) if depth == 0 else [])
            case ast.Subscript(value=ast.Dict(values=values)):
                found = self.any_of(values, inside, depth)
            case ast.Call(func=ast.Attribute(value=ast.Dict(values=values), attr="get"), args=args):
                found = self.any_of([*values, *args[1:]], inside, depth)
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)),
                slice=ast.Constant(value=int(place)),
            ):
                found = self.answers(name, depth, place)
            case ast.Subscript(value=ast.Tuple(elts=parts), slice=ast.Constant(value=int(place))):
                found = self.texts(parts[place], inside, depth)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name != "brief":
                found = self.answers(name, depth)
            case ast.Lambda(body=body):
                found = self.texts(body, inside, depth)
        return list(dict.fromkeys(found))[:MOST_FORMS]

    def any_of(self, values: Sequence[ast.expr | None], inside: ast.AST, depth: int) -> list[str]:
        """Give the texts of several expressions, one of which it will be; none if none has any."""
        forms = [(value, self.texts(value, inside, depth)) for value in values]
        if not any(texts for _, texts in forms):
            return []
        return [
            text
            for value, texts in forms
            for text in texts or ([] if is_nothing(value) else [f"‹{called(value)}›"])
        ]

    def _piece(self, node: ast.expr, inside: ast.AST, depth: int) -> list[str]:
        """Give the forms of a part: its words where it has some, or else a placeholder."""
        forms = [text for text in self.texts(node, inside, depth + 1) if text]
        value = node.value if isinstance(node, ast.FormattedValue) else node
        if not any(re.search(r"[A-Za-z]", form) for form in forms):
            forms = forms if isinstance(node, ast.Constant) else [f"‹{called(value)}›"]
        if len(forms) > 1:  # what has no words anyway says no more than its name
            bare = [form for form in forms if not re.search(r"\w\w", PLACE.sub("", form))]
            if len(bare) == len(forms) or (bare and isinstance(value, ast.Call)):
                return [f"‹{called(value)}›"]
        return forms


def is_nothing(node: ast.expr | None) -> bool:
    """Whether an expression is None, or missing."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def has_words(node: ast.AST) -> bool:
    """Whether there is any text in an expression."""
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))


def assigned(name: str, inside: ast.AST) -> Sequence[ast.expr | None]:
    """Find what a function gives a name."""
    found: list[ast.expr | None] = []
    for node in ast.walk(inside) if not isinstance(inside, ast.Module) else ():
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            parts = target.elts if isinstance(target, ast.Tuple) else []
            if isinstance(target, ast.Name) and target.id == name:
                found += [node.value] if node.value is not None else []
            for place, part in enumerate(parts):
                if isinstance(part, ast.Name) and part.id == name:
                    found += [ast.Subscript(node.value, ast.Constant(place))] if node.value else []
    return found


def called(node: ast.AST | None) -> str:
    """Name an expression for a reader: ``type(x).__name__`` is "type of x"."""
    match node:
        case ast.Name(id="asked_by" | "who" | "WHO") | ast.Attribute(attr="asked_by"):
            return "who"
        case ast.Name(id=name):
            return name.strip("_").replace("_", " ")
        case ast.Attribute(value=ast.Call(func=ast.Name(id="type"), args=[x]), attr="__name__"):
            return "class" if called(x) == "self" else f"type of {called(x)}"
        case ast.Attribute(value=ast.Name(id="self" | "np" | "os"), attr=name):
            return name.strip("_").replace("_", " ")
        case ast.Attribute(value=value, attr=name):
            return f"{called(value)}.{name.strip('_')}"
        case ast.Call(func=ast.Name(id="len"), args=[x]):
            return f"number of {called(x)}"
        case ast.Call(func=ast.Attribute(attr="join"), args=[x]) | ast.Starred(value=x):
            return called(x)
        case ast.Call(func=ast.Attribute(attr="check")):
            return "what does not fit"
        case ast.Call(func=ast.Attribute(value=value), args=[ast.Constant(), *_]):
            return called(value)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]):
            return f"{name} of {called(value)}" if name in ("min", "max") else called(value)
        case ast.Call(args=[*_, x]):
            return called(x)
        case ast.GeneratorExp(generators=[one, *_]) | ast.ListComp(generators=[one, *_]):
            return called(one.iter)
        case ast.Subscript(value=value) | ast.BoolOp(values=[value, *_]) | ast.IfExp(body=value):
            return called(value)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "·"}[type(node.op)]
            return f"{called(left)} {sign} {called(right)}"
        case ast.Constant(value=value):
            return str(value)
    return "…"
