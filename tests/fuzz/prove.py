#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Shows that fuzzing finds what it is there to find: `make fuzz-prove`.

In a copy of the sources, drops one check at a time from a parser, and expects its target to find
that within FUZZ_SECONDS. Fails if one is not found, or if a check is no longer in the sources.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / 'build/fuzz/planted'
PARTS = ['Makefile', 'arch', 'boot', 'guest', 'images', 'include', 'lib', 'linker', 'monitor', 'tests']

# Target, file, the check as it is, what takes its place.
PLANTED = [
    ('multiboot2_info', 'boot/multiboot2/loader_info.c', ' || tag->size > total - offset', ''),
    ('multiboot2_info', 'boot/multiboot2/loader_info.c', 'boot->region_count == BOOT_MAX_REGIONS', 'false'),
    ('lines', 'monitor/config/words.c', 'word->length >= SWITCHYARD_NAME_SIZE', 'false'),
    ('lines', 'monitor/config/lines.c', 'slot->module_count == SLOT_MAX_MODULES', 'false'),
    ('lines', 'monitor/config/parse_devices.c', 'devices->count == SLOT_MAX_DEVICES', 'false'),
    ('plan', 'monitor/plan/plan_regions.c', 'last - first >= search->size', 'true'),
    ('plan', 'monitor/plan/plan_init.c', 'plan->count == PLAN_MAX_REGIONS', 'false'),
    ('pool', 'monitor/plan/plan_regions.c', ' || region->base + region->size != next->base', ''),
    ('pool', 'monitor/plan/plan_regions.c', 'if (size != region->size)', 'if (size + 4096 < region->size)'),
    ('linux', 'monitor/load/load_linux.c', ' || below > top - layout->end', ''),
    ('linux', 'monitor/load/bzimage.c', '!in_file(file, HDR_OFFSET, sizeof(*hdr))', 'false'),
    ('initrd', 'monitor/load/initrd.c', 'bytes < walk->left ? bytes : walk->left', 'bytes'),
    ('elf', 'lib/elf.c', '!in_elf_file(file, segment->offset, segment->filesz)', 'false'),
    ('elf', 'lib/elf.c', 'segment->filesz > segment->memsz', 'false'),
    ('multiboot', 'monitor/load/multiboot.c', ' || addresses->load_end - load > image->load_size', ''),
    ('multiboot', 'monitor/load/multiboot2_header.c', ' || tag.size > length - offset', ''),
    ('request', 'include/boot_info.h', 'size <= region->size - (address - region->base)', 'size <= region->size'),
    ('request', 'monitor/switch/new_image.c', 'size > left || ', ''),
    ('request', 'monitor/call/service.c', 'call->length > SWITCHYARD_ADD_TEXT', 'false'),
    ('request', 'monitor/switch/new_slot.c', '!life_allows(slot, LIFE_REMOVE, error) ||\n\t    ', ''),
    ('acpi', 'arch/x86/acpi/acpi_walk.c', ' ||\n\t    !phys_range(address, table->length)', ''),
    ('acpi', 'arch/x86/acpi/acpi_walk.c', 'entry->length < sizeof(*entry) ||\n\t    ', ''),
    ('acpi', 'arch/x86/iommu/iommu_tables.c', ' || entry->length > table->length - offset', ''),
    ('smbios', 'arch/x86/acpi/smbios.c', ' ||\n\t\t    header->length > list.length - at', ''),
    ('printk', 'monitor/core/guest_memory.c', ' ||\n\t\t    !page_walk_owns(&memory->walk, physical, part)', ''),
    ('printk', 'monitor/core/printk_log.c', ' || bits > most', ' || !most'),
    ('printk', 'monitor/core/slot_memory.c', 'cpu->rsp % sizeof(address) || ', ''),
    ('printk', 'guest/linux/format/core_notes.h', 'SWITCHYARD_CORE_PHYSICAL ? sizeof(Elf64_Nhdr) : 0', 'SWITCHYARD_CORE_PHYSICAL ? 0 : 0'),
    ('printk', 'guest/linux/format/core_notes.h', 'range->size - mapped);', 'range->size);'),
    ('printk', 'guest/linux/format/core_registers.h', 'return (size + 3) & ~(uint64_t)3;', 'return size;'),
    ('printk', 'monitor/core/interrupted.c', ' &&\n\t       slot_owns(slot, address, told->size + (uint64_t)told->cpu_count * told->cpu_size)', ''),
    ('printk', 'arch/x86/memory/page_walk.c', 'if (!page_walk_owns(walk, table, PAE_TABLE))', 'if (0)'),
    ('free_pages', 'monitor/snapshot/free_pages.c', ' || size > end - page', ' || !end'),
    ('free_pages', 'arch/x86/memory/page_walk.c', 'if (!page_walk_owns(walk, *physical, *size))', 'if (0)'),
    ('console', 'monitor/terminal/lineedit.c', 'edit->length + 1 >= LINE_SIZE', 'false'),
]


def copy_sources():
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, COPY / part)


def is_found(target, seconds):
    """True if fuzzing the copy finds something; it has to compile for that."""
    program = f'build/fuzz/asan/fuzz_{target}'
    subprocess.run(['make', '-s', program], cwd=COPY, check=True, stdout=subprocess.DEVNULL)
    result = subprocess.run(['tests/fuzz/run.sh', 'build/fuzz', target, seconds], cwd=COPY, check=False,
                            stdout=subprocess.DEVNULL)
    return result.returncode != 0


def main(seconds):
    missed = 0
    copy_sources()
    for target, name, check, instead in PLANTED:
        path = COPY / name
        text = path.read_text()
        if text.count(check) < 1:
            sys.exit(f'{name}: has no "{check}" any more')
        path.write_text(text.replace(check, instead, 1))
        found = is_found(target, seconds)
        path.write_text(text)
        missed += not found
        dropped = ' '.join(check.split())
        print(f'{"found " if found else "MISSED"}  {target:16} {name}: without "{dropped}"', flush=True)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else '60'))
