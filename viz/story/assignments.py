"""Where a name was assigned, read from the source alone; in doubt it says nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_NEW_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BRANCHES = (*_LOOPS, ast.If, ast.IfExp, ast.Try, ast.BoolOp, ast.Match)


@dataclass(frozen=True)
class Binding:
    """One place where a name gets its object.

    Attributes:
        line: the statement's first line.
        value: the expression assigned; None for loop variables, imports, definitions and the like.
        loops: the loops around it, from outside inwards, as (first line, last line).
        perhaps: whether it stands in a branch or a loop, and so need not have run.
    """

    line: int
    value: ast.expr | None
    loops: tuple[tuple[int, int], ...] = ()
    perhaps: bool = False


class Scope:
    """The bindings of one function, or of a module outside its functions.

    Args:
        source: the whole text of the file or cell.
        function: name of the function; "<module>" for the module.
        first_line: the line where the function (or its first decorator) begins.
    """

    def __init__(self, source: str, function: str = "<module>", first_line: int = 1) -> None:
        self.bindings: dict[str, list[Binding]] = {}
        self.changed: set[str] = set()  # lists and dicts that are written to after they were made
        try:
            module = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        body = module.body
        if function != "<module>":
            made = _definition(module, function, first_line)
            body = made.body if made is not None else []
            for name in _parameters(made) if made is not None else ():
                self.bindings[name] = [Binding(first_line, None)]
        for statement in body:
            self._read(statement, (), False)
        for node in ast.walk(module):
            if isinstance(node, ast.Global | ast.Nonlocal):
                self.changed |= set(node.names)  # assigned from elsewhere

    def line_of(self, name: str, before: int) -> int | None:
        r"""Find the line that gave a name its object.

        Args:
            name: a variable such as "h", or an item such as "w[2]".
            before: the line that is being executed.

        Returns:
            The line, or None if there is more than one candidate, or none.

        Example:
            >>> Scope("a = 1\nb = a * 2\nshow(b)").line_of("b", before=3)
            2
        """
        variable, is_item, _ = name.partition("[")
        found = [b for b in self.bindings.get(variable, ()) if _may_have_run(b, before)]
        if len(found) != 1 or variable in self.changed:
            return None
        value = found[0].value
        if value is None or isinstance(value, ast.Name):
            return None  # a second name for something made elsewhere
        made_here = isinstance(value, ast.List | ast.Tuple | ast.ListComp)
        return None if is_item and not made_here else found[0].line

    def is_certain(self, name: str) -> bool:
        """Say whether every assignment to a name has run, if this code has run."""
        return not any(binding.perhaps for binding in self.bindings.get(name, ()))

    def _read(self, node: ast.AST, loops: tuple[tuple[int, int], ...], perhaps: bool) -> None:
        """Note what a statement binds, and what is inside it."""
        for name, value in _bound(node):
            line = getattr(node, "lineno", 1)
            self.bindings.setdefault(name, []).append(Binding(line, value, loops, perhaps))
        self.changed |= _written_to(node)
        if isinstance(node, _NEW_SCOPES):
            return
        if isinstance(node, _LOOPS):
            loops = (*loops, (node.lineno, node.end_lineno or node.lineno))
        for child in ast.iter_child_nodes(node):
            self._read(child, loops, perhaps or isinstance(node, _BRANCHES))


def _definition(
    module: ast.Module, function: str, first_line: int
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            starts = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
            if min(starts) == first_line:
                return node
    return None


def _parameters(made: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = made.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [argument.arg for argument in named if argument is not None]


def _may_have_run(binding: Binding, before: int) -> bool:
    """Say whether an assignment may lie behind us: it stands above, or in a loop around us."""
    around = any(first <= before <= last for first, last in binding.loops)
    return binding.line <= before or around


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """List the names that one statement or expression binds, with what they are given."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _unpacked(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        if node.value is not None:
            yield from _unpacked(node.target, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from _unpacked(node.target, None)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _unpacked(node.optional_vars, None)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, None
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0], None
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name, None
    elif isinstance(node, ast.Delete):
        for target in node.targets:
            yield from _unpacked(target, None)
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, None


def _unpacked(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from _unpacked(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        parts: list[ast.expr | None] = [value] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            parts = list(value.elts)
        for part, given in zip(target.elts, parts, strict=True):
            yield from _unpacked(part, given)


def _written_to(node: ast.AST) -> set[str]:
    """Find lists whose items are set, or that have one of their methods called."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return {node.value.id} if isinstance(node.value, ast.Name) else set()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        grows = node.func.attr in ("append", "extend", "insert", "pop", "sort", "reverse", "clear")
        return {owner.id} if grows and isinstance(owner, ast.Name) else set()
    return set()
