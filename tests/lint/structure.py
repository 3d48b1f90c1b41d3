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
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_DIRS = {'.git', 'build', '__pycache__', '.pytest_cache'}
C_SUFFIXES = {'.c', '.h'}
NASM_SUFFIXES = {'.asm', '.inc'}
SOURCE_SUFFIXES = C_SUFFIXES | NASM_SUFFIXES | {'.py'}
TEXT_SUFFIXES = C_SUFFIXES | NASM_SUFFIXES | {'.py', '.sh', '.mk', '.ld', '.lds', '.S', '.ini', '.cfg'}
TEXT_NAMES = {'Makefile', 'Kbuild', 'run', 'init', '.clang-format', '.gitignore'}

SPDX_LINES = 5
LONGEST_FUNCTION = 60
LONGEST_SHOWN = 5
MOST_FILES = 30  # of sources in a folder

# What a folder may include, besides its own headers and those of include/ and lib/: a folder stands
# for those below it, too, and a header for itself. Each names only what stands above it, so that the
# order is the project's: from what knows nobody to what knows all.
MAY_INCLUDE = {
    'include': [],
    'lib': [],
    # The machine, part by part.
    'arch/x86/cpu': [],
    'arch/x86/keyboard': ['arch/x86/cpu'],
    'arch/x86/memory': ['arch/x86/cpu'],
    'arch/x86/time': ['arch/x86/cpu'],
    'arch/x86/interrupt': ['arch/x86/cpu', 'arch/x86/time'],
    'arch/x86/pci': ['arch/x86/cpu', 'arch/x86/memory', 'arch/x86/time'],
    'arch/x86/screen': ['arch/x86/cpu', 'arch/x86/memory', 'arch/x86/pci'],
    'arch/x86/serial': ['arch/x86/cpu', 'arch/x86/time'],
    'arch/x86/acpi': ['arch/x86/cpu', 'arch/x86/keyboard', 'arch/x86/memory', 'arch/x86/time',
                      'arch/x86/interrupt'],
    'arch/x86/iommu': ['arch/x86/cpu', 'arch/x86/memory', 'arch/x86/time', 'arch/x86/acpi'],
    'arch/x86/watchdog': ['arch/x86/cpu', 'arch/x86/memory', 'arch/x86/time', 'arch/x86/pci',
                          'arch/x86/acpi'],
    # In and out of a kernel, and all that a slot keeps of the machine.
    'arch/x86/gate': ['arch/x86/cpu', 'arch/x86/keyboard', 'arch/x86/memory', 'arch/x86/time',
                      'arch/x86/interrupt', 'arch/x86/pci', 'arch/x86/screen', 'arch/x86/serial',
                      'arch/x86/acpi'],
    'arch/x86/platform': ['arch/x86'],
    # Policy, which knows no user interface.
    'monitor/slot': [],
    'monitor/log': ['arch/x86/time'],
    'monitor/config': ['monitor/slot', 'monitor/log'],
    'monitor/plan': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config'],
    'monitor/owner': ['arch/x86/pci', 'monitor/slot'],
    'monitor/storage': ['monitor/slot'],
    # What is read in the memory of a kernel that does not run.
    'monitor/core': ['arch/x86/cpu', 'arch/x86/memory', 'arch/x86/gate/cpu_context.h', 'monitor/slot'],
    'monitor/load': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config', 'monitor/plan'],
    'monitor/dump': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config', 'monitor/plan', 'monitor/core',
                     'monitor/load'],
    # The memory of a slot, kept.
    'monitor/snapshot': ['arch/x86/cpu/library_call.h', 'arch/x86/memory', 'monitor/slot', 'monitor/plan', 'monitor/core', 'monitor/storage'],
    'monitor/check': ['arch/x86'],
    'monitor/switch': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config', 'monitor/plan',
                       'monitor/core', 'monitor/load', 'monitor/dump', 'monitor/owner', 'monitor/storage', 'monitor/snapshot',
                       'monitor/check'],
    # A slot that a guest has in a file.
    'monitor/file': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/plan', 'monitor/dump', 'monitor/storage',
                     'monitor/snapshot', 'monitor/switch'],
    # What guests ask for.
    'monitor/call': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config', 'monitor/plan',
                     'monitor/core', 'monitor/load', 'monitor/dump', 'monitor/owner', 'monitor/storage', 'monitor/snapshot',
                     'monitor/check', 'monitor/switch', 'monitor/file'],
    # The user interface: the terminal knows no policy but its own options.
    'monitor/terminal': ['arch/x86', 'monitor/config'],
    'monitor/console': ['arch/x86', 'monitor/slot', 'monitor/log', 'monitor/config', 'monitor/plan',
                        'monitor/core', 'monitor/load', 'monitor/owner', 'monitor/storage', 'monitor/snapshot', 'monitor/check',
                        'monitor/switch', 'monitor/terminal'],
    # The start.
    'monitor': ['arch/x86', 'monitor'],
    'boot/report': [],
    'boot/multiboot2': ['arch/x86', 'monitor/main.h', 'boot/report'],
    'boot/efi_entry': ['arch/x86', 'monitor/main.h'],
    'boot/efi': ['arch/x86', 'monitor/main.h', 'boot/report'],
}
FOR_EVERYBODY = ['include', 'lib']
DIRECTED = {'arch', 'boot', 'include', 'lib', 'monitor'}
# In these, a header's own file defines what it declares.
HOMES = {'arch', 'boot', 'lib', 'monitor'}
# What monitor and guests share lies with the guests, and everybody may include it.
SHARED_WITH_GUESTS = re.compile(r'guest/linux/(switchyard(_check|_ioctl|_names)?|version|format/(core_(notes|registers)|unit))\.h')
# These need a kernel's headers: the driver's build compiles them.
KERNEL_HEADERS = {'block.h', 'compat.h', 'core.h', 'hooks.h', 'plug.h', 'linux_switchyard.h', 'nmi.h', 'slot_files.h', 'stock.h', 'switchyard_core.h'}


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
        # What NASM includes may be made of a C file.
        for folder in (path.parent, ROOT, ROOT / 'include'):
            target = (folder / match[1]).resolve()
            if path.suffix in NASM_SUFFIXES and not target.is_file():
                target = target.with_suffix('.c')
            if target.is_file():
                yield number, target
                break


def is_in(path, place):
    """Is that file the one that place names, or below that folder?"""
    return place in (path, *(str(parent) for parent in Path(path).parents))


def check_order(table):
    """Each folder names only folders that stand above it."""
    above = []
    for folder, named in table.items():
        for name in named:
            if not any(is_in(name, place) or is_in(place, name) for place in above):
                yield f'MAY_INCLUDE: {folder} names {name}, which does not stand above it'
            for below in (place for place in table if place not in [*above, folder]):
                if is_in(below, name):
                    yield f'MAY_INCLUDE: {folder} names {name}, but {below} stands below it'
        above.append(folder)


def check_directions(paths):
    for path in paths:
        folder = str(path.relative_to(ROOT).parent)
        if folder.split('/')[0] not in DIRECTED:
            continue
        if folder not in MAY_INCLUDE:
            yield f'{shown(path)}: MAY_INCLUDE does not say what {folder}/ may include'
            continue
        allowed = MAY_INCLUDE[folder] + ([] if folder in FOR_EVERYBODY else FOR_EVERYBODY)
        for number, target in includes(path):
            to = shown(target)
            if not (str(Path(to).parent) == folder or any(is_in(to, place) for place in allowed)
                    or SHARED_WITH_GUESTS.fullmatch(to)):
                yield f'{shown(path)}:{number}: {folder}/ must not include {to}'


def check_full_paths(paths):
    """An include says where the file lies, wherever it is read. Those of include/ have names of their own."""
    for path in paths:
        if shown(path).split('/')[0] not in DIRECTED:
            continue
        for number, target in includes(path):
            name = shown(target)
            written = path.read_text().split('\n')[number - 1].split('"')[1]
            if target.suffix == '.c' and path.suffix in NASM_SUFFIXES:  # what is made of it
                name = name.removesuffix('.c') + '.inc'
            if written not in (name, name.removeprefix('include/')):
                yield f'{shown(path)}:{number}: "{written}"; expected "{name}", from the root'


def check_folder_sizes(paths):
    """Folders are small enough to be read at a glance. Data, such as what fuzzing keeps, does not count."""
    files = Counter(path.parent for path in paths if path.suffix in SOURCE_SUFFIXES)
    for folder, count in sorted(files.items()):
        if count > MOST_FILES:
            yield f'{shown(folder)}/: {count} files of sources; {MOST_FILES} is the most'


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


def compile_alone(path):
    return subprocess.run(
        ['gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-x', 'c',
         '-I.', '-Iinclude', '-Iguest/linux', '-isystem', '/usr/include/efi',
         '-isystem', '/usr/include/efi/x86_64', '-'],
        input=f'#include "{shown(path)}"\n', cwd=ROOT, capture_output=True, text=True,
        check=False)


def check_headers_alone(paths):
    """Each header compiles with nothing before it."""
    headers = [path for path in paths if path.suffix == '.h' and path.name not in KERNEL_HEADERS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(headers, pool.map(compile_alone, headers)):
            if result.returncode:
                yield f'{shown(path)}: does not compile alone:\n{result.stderr.rstrip()}'


def check_header_names(paths):
    """No two headers share a name, so that the name alone says which one a line is about."""
    first = {}
    for path in paths:
        if path.suffix != '.h':
            continue
        other = first.setdefault(path.name, path)
        if other != path:
            yield f'{shown(path)}: {shown(other)} has the same name: say what this one is about'


def check_module_names(paths):
    """Nor do two modules that tests import from several folders: the folder that comes first would decide."""
    first = {}
    for path in paths:
        if path.suffix != '.py' or path.name == 'conftest.py' or path.name.startswith('test_'):
            continue
        other = first.setdefault(path.name, path)
        if other != path:
            yield f'{shown(path)}: {shown(other)} has the same name'


STATIC_FUNCTION = re.compile(r'^(?:__attribute__\(\(\w+\)\) )?static (?!inline)[^;={]*?\b(\w+)\(', re.MULTILINE)


def check_static_names(paths):
    """A backtrace prints static functions by name, so no two files of the monitor have one of a name."""
    first = {}
    for path in paths:
        if path.suffix != '.c' or shown(path).split('/')[0] not in HOMES:
            continue
        for name in sorted(set(STATIC_FUNCTION.findall(path.read_text()))):
            other = first.setdefault(name, path)
            if other != path:
                yield f'{shown(path)}: {name}() is a function of {shown(other)}, too'


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


def without_comments(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*', ' ', text, flags=re.DOTALL)


def statements(path):
    """What a header says outside of braces, each up to its semicolon. What only the fakes of unit tests have
    is left out, as are macros."""
    text = without_comments(path.read_text()).replace('\\\n', ' ')
    text = re.sub(r'#ifdef SWITCHYARD_HOST.*?#(else|endif)', '', text, flags=re.DOTALL)
    text = re.sub(r'^\s*#.*', '', text, flags=re.MULTILINE)
    text = re.sub(r'__attribute__\s*\(\(.*?\)\)', '', text)
    braces = re.compile(r'\{[^{}]*\}')
    while braces.search(text):
        text = braces.sub('@;', text)  # the end of a function's body, or of a type's
    return [' '.join(statement.split()) for statement in text.split(';')]


def declared(path):
    """Names of the functions and variables that a header promises."""
    for statement in statements(path):
        if '@' in statement or statement.startswith(('typedef', '_Static_assert')):
            continue
        if statement.startswith('extern '):
            yield from re.findall(r'(\w+)\s*(?:\[[^\]]*\]\s*)*(?:,|$)', statement)
        elif '(' in statement:
            yield re.match(r'.*?(\w+)\s*\(', statement)[1]


def defines(path, name):
    text = path.read_text()
    if path.suffix == '.asm':
        return re.search(rf'^{name}:', text, re.MULTILINE)
    if path.suffix == '.py':
        return re.search(rf'\b{name}\b', text)
    text = without_comments(text)
    return re.search(rf'^\w[\w\s*,]*\b{name}(\([^;{{]*\)\s*\{{|\s*[;,=\[])', text, re.MULTILINE)


def check_homes(paths):
    """What x.h declares, x.c, x.asm or x.py (which writes it in C) of its folder defines."""
    for path in paths:
        folders = {str(folder) for folder in path.relative_to(ROOT).parents}
        if path.suffix != '.h' or not folders & HOMES:
            continue
        files = [file for suffix in ('.c', '.asm', '.py') for file in [path.with_suffix(suffix)] if file.is_file()]
        for name in declared(path):
            if not any(defines(file, name) for file in files):
                yield f'{shown(path)}: declares {name}, which no {path.stem}.c or {path.stem}.asm beside it defines'


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


def nasm_functions(path):
    """A routine goes from its label to the next one that is not local (.name). What holds no instruction is
    a table, and how long that is does not matter."""
    data = re.compile(r'(\w+:)?\s*(times\s+.*\s)?(d[bwdqt]|res[bwdq]|align|section|global|extern|bits|%\w+)\b')
    name = start = end = None
    for number, line in enumerate(path.read_text().split('\n'), 1):
        code = line.split(';')[0].rstrip()
        label = re.match(r'(\w+):', code)
        if label:
            if end:
                yield name, start, end - start + 1
            name, start, end = label[1], number, None
            code = code[label.end():]
        if code.strip() and name and not data.match(code) and not re.match(r'\.\w+:$|\w+\s+equ\s', code):
            end = number
    if end:
        yield name, start, end - start + 1


def python_functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def all_functions(paths):
    for path in paths:
        if path.suffix in C_SUFFIXES:
            found = c_functions(path)
        elif path.suffix == '.asm':
            found = nasm_functions(path)
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
        *check_licence(paths), *check_blanks(paths), *check_folder_sizes(paths),
        *check_order(MAY_INCLUDE), *check_directions(c_and_nasm), *check_full_paths(c_and_nasm),
        *check_circles(c_and_nasm), *check_headers_alone(paths), *check_header_names(paths),
        *check_module_names(paths), *check_static_names(paths),
        *check_portable(c_and_nasm), *check_homes(paths),
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
