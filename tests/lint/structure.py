#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks of how the sources are built up, which no compiler makes. Run by `make lint`.

Each check is a function that yields one line per fault. See docs/TESTING.md.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_DIRS = {'.git', 'build', '__pycache__', '.pytest_cache'}
C_SUFFIXES = {'.c', '.h'}
NASM_SUFFIXES = {'.asm', '.inc'}
TEXT_SUFFIXES = C_SUFFIXES | NASM_SUFFIXES | {'.py', '.sh', '.mk', '.ld', '.lds', '.S', '.ini', '.cfg'}
TEXT_NAMES = {'Makefile', 'Kbuild', 'run', 'init', '.clang-format', '.gitignore'}

SPDX_LINES = 5
LONGEST_FUNCTION = 100
LONGEST_SHOWN = 5

# A folder may include headers of those folders only (and of itself).
MAY_INCLUDE = {
    'include': set(),
    'lib': set(),
    'arch': {'include', 'lib'},
    'monitor': {'include', 'lib', 'arch'},
    'boot': {'include', 'lib', 'arch', 'monitor'},
}


def source_files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED_DIRS)
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith('.mod.c'):  # a build of the driver by hand leaves it
                continue
            if path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES:
                yield path


def shown(path):
    return str(path.relative_to(ROOT))


def check_licence(paths):
    for path in paths:
        head = path.read_text().split('\n')[:SPDX_LINES]
        if not any('SPDX-License-Identifier: ' in line for line in head):
            yield f'{shown(path)}: no SPDX-License-Identifier in its first {SPDX_LINES} lines'


def check_blanks(paths):
    for path in paths:
        text = path.read_text()
        if text and not text.endswith('\n'):
            yield f'{shown(path)}: no newline at its end'
        if text.endswith('\n\n'):
            yield f'{shown(path)}: empty lines at its end'
        for number, line in enumerate(text.split('\n'), 1):
            if line != line.rstrip():
                yield f'{shown(path)}:{number}: blanks at the end of the line'
            if path.suffix == '.py' and '\t' in line:
                yield f'{shown(path)}:{number}: tab in Python'
            if re.match(r' +\t', line):
                yield f'{shown(path)}:{number}: blanks before a tab'


def includes(path):
    """The project's files that a C or NASM file includes by name: (line number, path)."""
    pattern = r'\s*#\s*include\s+"([^"]+)"' if path.suffix in C_SUFFIXES \
        else r'\s*%include\s+"([^"]+)"'
    for number, line in enumerate(path.read_text().split('\n'), 1):
        match = re.match(pattern, line)
        if not match:
            continue
        for folder in (path.parent, ROOT, ROOT / 'include'):
            target = (folder / match[1]).resolve()
            if target.is_file():
                yield number, target
                break


def check_directions(paths):
    for path in paths:
        folder = path.relative_to(ROOT).parts[0]
        if folder not in MAY_INCLUDE:
            continue
        for number, target in includes(path):
            to = target.relative_to(ROOT).parts[0]
            if to != folder and to not in MAY_INCLUDE[folder]:
                yield f'{shown(path)}:{number}: {folder}/ must not include {shown(target)}'


def check_circles(paths):
    graph = {path: [target for _, target in includes(path)] for path in paths}
    state = {}

    def visit(path, trail):
        if state.get(path) == 'done':
            return
        if path in trail:
            circle = trail[trail.index(path):] + [path]
            yield 'include circle: ' + ' -> '.join(shown(p) for p in circle)
            return
        for target in graph.get(path, []):
            yield from visit(target, trail + [path])
        state[path] = 'done'

    for path in graph:
        yield from visit(path, [])


def check_headers_alone(paths):
    """Each header compiles with nothing before it. Those of the driver need a kernel tree: the driver's
    build compiles them."""
    for path in paths:
        if path.suffix != '.h' or path.name in ('driver.h', 'compat.h'):
            continue
        result = subprocess.run(
            ['gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-x', 'c',
             '-I.', '-Iinclude', '-Iguest/linux', '-isystem', '/usr/include/efi',
             '-isystem', '/usr/include/efi/x86_64', '-'],
            input=f'#include "{shown(path)}"\n', cwd=ROOT, capture_output=True, text=True,
            check=False)
        if result.returncode:
            yield f'{shown(path)}: does not compile alone:\n{result.stderr.rstrip()}'


def check_portable(paths):
    """monitor/ leaves differences of machines to folders and the linker."""
    for path in paths:
        if path.relative_to(ROOT).parts[0] != 'monitor':
            continue
        for number, line in enumerate(path.read_text().split('\n'), 1):
            if re.match(r'\s*#\s*(el)?if.*(__x86_64__|__i386__|__aarch64__|__amd64__)', line):
                yield f'{shown(path)}:{number}: architecture #if in portable code'


def check_assembly_offsets(paths):
    """Offsets in assembly come from generated names, never from bare numbers."""
    register = r'(?:[re]?(?:ax|bx|cx|dx|si|di|bp|sp)|r(?:8|9|1[0-5])d?)'
    bare = re.compile(rf'\[[^\]]*\b{register}\s*[+-]\s*(?:0x[0-9a-f]+|\d[0-9a-f]*h?)\s*\]', re.I)
    for path in paths:
        for number, line in enumerate(path.read_text().split('\n'), 1):
            if bare.search(line.split(';')[0]):
                yield f'{shown(path)}:{number}: [register + bare number]: give the offset a name'


def c_functions(path):
    """(name, first line, lines) of each function; relies on clang-format's layout: braces in column 0."""
    lines = path.read_text().split('\n')
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{':
            start = number
        elif line.startswith('}') and start is not None:
            head = ' '.join(lines[max(0, start - 6):start - 1])
            names = re.findall(r'(\w+)\s*\(', head)
            yield names[-1] if names else '?', start, number - start + 1
            start = None


def python_functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def all_functions(paths):
    for path in paths:
        if path.suffix in C_SUFFIXES:
            found = c_functions(path)
        elif path.suffix == '.py':
            found = python_functions(path)
        else:
            continue
        for name, line, length in found:
            yield length, f'{shown(path)}:{line}: {name}'


def check_lengths(functions):
    for length, name in functions:
        if length > LONGEST_FUNCTION:
            yield f'{name} has {length} lines; {LONGEST_FUNCTION} is the most'


def main():
    paths = list(source_files())
    c_and_nasm = [p for p in paths if p.suffix in C_SUFFIXES | NASM_SUFFIXES]
    nasm = [p for p in paths if p.suffix in NASM_SUFFIXES]
    functions = sorted(all_functions(paths), reverse=True)
    faults = [
        *check_licence(paths), *check_blanks(paths), *check_directions(c_and_nasm),
        *check_circles(c_and_nasm), *check_headers_alone(paths), *check_portable(c_and_nasm),
        *check_assembly_offsets(nasm), *check_lengths(functions),
    ]
    print(f'structure: {len(paths)} files, {len(functions)} functions; the longest:')
    for length, name in functions[:LONGEST_SHOWN]:
        print(f'  {length:4}  {name}')
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
