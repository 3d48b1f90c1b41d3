# SPDX-License-Identifier: GPL-2.0-only
"""Each check of structure.py finds what it is there to find, and lets the right thing pass."""

import pytest

import structure

SPDX = '/* SPDX-License-Identifier: GPL-2.0-only */\n'
LONG_FUNCTION = SPDX + 'int long_one(void)\n{\n' + '\treturn 0;\n' * 60 + '}\n'


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Makes files below a root of their own; returns all paths."""
    monkeypatch.setattr(structure, 'ROOT', tmp_path)

    def make(files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return list(structure.source_files())

    return make


WRONG = [
    (structure.check_licence, {'a.c': 'int a;\n'}, 'no SPDX'),
    (structure.check_blanks, {'a.c': 'int a; \n'}, 'blanks at the end'),
    (structure.check_blanks, {'a.c': 'int a;'}, 'no newline'),
    (structure.check_blanks, {'a.c': 'int a;\n\n'}, 'empty lines'),
    (structure.check_blanks, {'a.c': '  \tint a;\n'}, 'before a tab'),
    (structure.check_blanks, {'a.py': 'a = 1\t# a\n'}, 'tab in Python'),
    (structure.check_directions,
     {'arch/x86/gate/a.c': '#include "monitor/slot/b.h"\n', 'monitor/slot/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'arch/x86/cpu/a.c': '#include "arch/x86/gate/b.h"\n', 'arch/x86/gate/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'arch/x86/gate/a.c': '#include "arch/x86/platform/b.h"\n', 'arch/x86/platform/b.h': ''}, 'must not'),
    (structure.check_directions,
     {'monitor/a.c': '#include "boot/efi/b.h"\n', 'boot/efi/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'monitor/switch/a.c': '#include "monitor/console/b.h"\n', 'monitor/console/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'monitor/plan/a.h': '#include "monitor/load/b.h"\n', 'monitor/load/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'monitor/terminal/a.h': '#include "monitor/switch/b.h"\n', 'monitor/switch/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'boot/efi/a.h': '#include "monitor/report.h"\n', 'monitor/report.h': ''}, 'must not include'),
    (structure.check_directions,
     {'include/a.h': '#include "lib/b.h"\n', 'lib/b.h': ''}, 'must not include'),
    (structure.check_directions,
     {'lib/a.h': '#include "b.h"\n', 'include/b.h': ''}, 'must not include'),
    (structure.check_directions, {'monitor/new/a.c': ''}, 'does not say what monitor/new/ may'),
    (structure.check_full_paths,
     {'monitor/plan/a.c': '#include "b.h"\n', 'monitor/plan/b.h': ''}, 'expected "monitor/plan/b.h"'),
    (structure.check_full_paths,
     {'boot/a.c': '#include "../lib/b.h"\n', 'lib/b.h': ''}, 'expected "lib/b.h"'),
    (structure.check_folder_sizes,
     {f'lib/{number}.c': '' for number in range(structure.MOST_FILES + 1)}, 'lib/: 35 files'),
    (structure.check_circles,
     {'a.h': '#include "b.h"\n', 'b.h': '#include "a.h"\n'}, 'circle: a.h -> b.h -> a.h'),
    (structure.check_headers_alone, {'a.h': 'uint32_t a;\n'}, 'does not compile alone'),
    (structure.check_header_names, {'arch/a.h': '', 'monitor/a.h': ''}, 'the same name'),
    (structure.check_module_names, {'tests/a/b.py': '', 'tests/c/b.py': ''}, 'the same name'),
    (structure.check_static_names,
     {'arch/a.c': 'static int one(void)\n{\n}\n', 'lib/b.c': 'static bool one(int a)\n{\n}\n'}, 'one()'),
    (structure.check_portable, {'monitor/a.c': '#if defined(__x86_64__)\n#endif\n'}, '#if'),
    (structure.check_homes, {'lib/a.h': 'int f(void);\n', 'lib/b.c': 'int f(void)\n{\n}\n'}, 'declares f'),
    (structure.check_homes, {'lib/a.h': 'void f(int a,\n       int b);\n', 'lib/a.c': '/* f( */ int g;\n'},
     'declares f'),
    (structure.check_homes, {'arch/a.h': 'extern const int a[2];\n', 'arch/a.c': 'int b = a[0];\n'}, 'declares a'),
    (structure.check_homes, {'boot/multiboot2/a.h': 'void f(void);\n', 'boot/multiboot2/a.asm': '\tcall f\n'}, 'declares f'),
    (structure.check_assembly_offsets, {'a.asm': '\tmov eax, [rdi + 8]\n'}, 'bare number'),
    (structure.check_assembly_offsets, {'a.asm': '\tmov eax, [esp-0x10]\n'}, 'bare number'),
]

RIGHT = [
    (structure.check_licence, {'a.c': SPDX, 'Makefile': '# SPDX-License-Identifier: MIT\n'}),
    (structure.check_blanks, {'a.c': '\tint a;\n'}),
    (structure.check_directions,
     {'monitor/slot/a.c': '#include "monitor/slot/b.h"\n#include "c.h"\n#include "lib/d.h"\n',
      'monitor/slot/b.h': '', 'include/c.h': '', 'lib/d.h': ''}),
    (structure.check_directions,
     {'monitor/console/a.c': '#include "monitor/switch/b.h"\n#include "arch/x86/cpu/c.h"\n',
      'monitor/switch/b.h': '', 'arch/x86/cpu/c.h': ''}),
    (structure.check_directions,
     {'monitor/a.c': '#include "monitor/console/b.h"\n', 'monitor/console/b.h': ''}),
    (structure.check_directions,
     {'boot/efi/a.c': '#include "monitor/main.h"\n', 'monitor/main.h': ''}),
    (structure.check_directions,
     {'monitor/slot/a.c': '#include "guest/linux/switchyard.h"\n', 'guest/linux/switchyard.h': ''}),
    (structure.check_directions, {'tests/a.c': '#include "monitor/b.h"\n', 'monitor/b.h': ''}),
    (structure.check_full_paths,
     {'monitor/a.c': '#include "monitor/b.h"\n#include "c.h"\n#include <d.h>\n', 'monitor/b.h': '',
      'include/c.h': ''}),
    (structure.check_full_paths, {'tests/a.c': '#include "b.h"\n', 'tests/b.h': ''}),
    (structure.check_folder_sizes,
     {**{f'lib/{number}.c': '' for number in range(structure.MOST_FILES)},
      **{f'lib/corpus/{number}.cfg': '' for number in range(structure.MOST_FILES + 1)}}),
    (structure.check_circles, {'a.h': '#include "b.h"\n#include "c.h"\n',
                               'b.h': '#include "c.h"\n', 'c.h': ''}),
    (structure.check_headers_alone, {'a.h': '#include <stdint.h>\nextern uint32_t a;\n'}),
    (structure.check_static_names,
     {'arch/a.c': 'static int one(void);\nstatic int one(void)\n{\n}\n', 'lib/b.c': 'int one_more(void)\n{\n}\n'}),
    (structure.check_header_names,
     {'arch/a.h': '', 'arch/a.c': '', 'monitor/a.c': '', 'monitor/b.h': ''}),
    (structure.check_module_names,
     {**{f'tests/{folder}/{name}.py': '' for folder in 'ab' for name in ('conftest', 'test_c')},
      'tests/a/d.py': ''}),
    (structure.check_portable, {'arch/x86/a.c': '#if defined(__x86_64__)\n#endif\n'}),
    (structure.check_homes,
     {'lib/a.h': '#define M(x) f(x)\nstruct s {\n\tint (*call)(int);\n};\ntypedef int (*call_fn)(int);\n'
                 'static inline int g(void)\n{\n\treturn h();\n}\n'
                 '#ifdef SWITCHYARD_HOST\nint fake(void);\n#endif\n'
                 'int *f(int a,\n       int b) __attribute__((noreturn));\nextern const int a[2][3], b;\n',
      'lib/a.c': 'const int a[2][3] = {0};\nconst int b;\nint *f(int a,\n       int b)\n{\n}\n'}),
    (structure.check_homes,
     {'arch/a.h': 'void f(void);\nvoid g(void);\n', 'arch/a.asm': 'f:\n\tret\n', 'arch/a.c': 'void g(void)\n{\n}\n'}),
    (structure.check_homes, {'arch/a.h': 'extern int a;\n', 'arch/a.py': "print('int a = 1;')\n"}),
    (structure.check_assembly_offsets,
     {'a.asm': '\tmov eax, [rdi + page.cr3]\n\tadd eax, 8 ; [rdi + 8]\n\tmov eax, [ebx]\n'}),
]


@pytest.mark.parametrize('check, files, fault', WRONG)
def test_wrong(tree, check, files, fault):
    faults = list(check(tree(files)))
    assert len(faults) == 1 and fault in faults[0]


@pytest.mark.parametrize('check, files', RIGHT)
def test_right(tree, check, files):
    assert list(check(tree(files))) == []


@pytest.mark.parametrize('table, fault', [
    ({'b': ['a'], 'a': []}, 'b names a, which does not stand above it'),
    ({'x/a': [], 'x/b': ['x'], 'x/c': []}, 'x/b names x, but x/c stands below it'),
    ({'a': ['b']}, 'a names b, which does not stand above it'),
])
def test_a_wrong_order_is_found(table, fault):
    assert any(fault in line for line in structure.check_order(table))


def test_a_right_order_passes():
    assert not list(structure.check_order(
        {'x/a': [], 'x/b': ['x/a'], 'x': ['x'], 'y': ['x/a', 'x/main.h']}))


def test_a_long_function_is_found(tree):
    functions = list(structure.all_functions(tree({'a.c': LONG_FUNCTION})))
    assert functions == [(62, 'a.c:3: long_one')]
    assert list(structure.check_lengths(functions))
    assert list(structure.check_lengths([(structure.LONGEST_FUNCTION, 'a.c:3: b')])) == []


def test_a_long_routine_is_found(tree):
    """It ends where the next one begins, but for what is said of that one."""
    routine = 'f:\n' + '\tnop\n.again:\n' * 30 + '\tjmp .again\n'
    paths = tree({'a.asm': '%macro m 1\n\tnop\n%endmacro\n' + routine + '\n; About g.\nalign 16\ng:\n\tret\n'})
    functions = list(structure.all_functions(paths))
    assert functions == [(62, 'a.asm:4: f'), (2, 'a.asm:69: g')]
    assert len(list(structure.check_lengths(functions))) == 1


def test_a_long_table_is_none(tree):
    paths = tree({'a.asm': 'f:\n\tret\ntable:\n' + '\tdq 0 ; zero\n\ttimes 2 dd 1\n' * 60 + 'b: db 1\n'})
    assert list(structure.all_functions(paths)) == [(2, 'a.asm:1: f')]
