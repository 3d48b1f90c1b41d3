# SPDX-License-Identifier: GPL-2.0-only
"""What is left out, item by item: the text that saves or restores it, and what stands in its place.

A text has to be in its file exactly once: when the code changes, its mutation changes with it. Items are
named as the torture guest and docs/STATE.md name them; tests/lint/test_state.py holds the three together.
"""

from mutation import Mutation, drop
from quick_mutations import QUICK_MUTATIONS

HASWELL = 'Haswell-noTSX,-pcid,-invpcid,-tsc-deadline,-x2apic'

GATE = 'arch/x86/gate/gate.asm'
CPU_STATE = 'arch/x86/gate/cpu_state.c'
XSTATE = 'arch/x86/cpu/xstate.c'
MTRR = 'arch/x86/cpu/mtrr.c'
MACHINE_CHECK = 'arch/x86/cpu/machine_check.c'
LAPIC = 'arch/x86/interrupt/lapic.c'
IOAPIC = 'arch/x86/interrupt/ioapic.c'
PIC = 'arch/x86/interrupt/pic.c'
PIT = 'arch/x86/time/pit.c'
PIT_RESTORED = 'if (PIT_ACCESS(state->status[channel])'
HPET = 'arch/x86/time/hpet.c'
UART = 'arch/x86/serial/uart.c'
KEYBOARD = 'arch/x86/keyboard/keyboard.c'
RTC = 'arch/x86/time/rtc.c'
ACPI = 'arch/x86/acpi/acpi_events.c'
PLATFORM = 'arch/x86/platform/platform.c'
VGA = 'arch/x86/screen/vga_state.c'
VGA_PORTS = 'arch/x86/screen/vga_ports.c'
PCI = 'arch/x86/pci/pci_state.c'
PCI_MSI = 'arch/x86/pci/pci_msi.c'
PCI_CONFIG = 'arch/x86/pci/pci_config.c'
VTD = 'arch/x86/iommu/vtd.c'
VTD_QUEUE = 'arch/x86/iommu/vtd_queue.c'
AMD_IOMMU = 'arch/x86/iommu/amd_iommu.c'
I6300ESB = 'arch/x86/watchdog/i6300esb.c'
ITCO = 'arch/x86/watchdog/itco.c'

# Items of the guest that nothing here shows, and why.
NOT_MUTATED = {
    'memory': 'it is not saved: nobody writes to it',
    'stray-interrupts': 'test_negative.py has a mutation of its own: an IO-APIC that is not masked',
    'opmask': 'QEMU emulates no AVX-512',
    'zmm-high': 'QEMU emulates no AVX-512',
    'zmm-upper': 'QEMU emulates no AVX-512',
}


def but(name, text, parameter='%1'):
    """In a macro of the gate that loads lists of fields: all but that one."""
    return f'%ifnidn {parameter}, {name}\n{text}%endif\n'


LOAD = '\tmov %1, [CONTEXT + cpu_context.%1]\n'
LOAD_CONTROL = '\tmov %1, rbx\n'
LOAD_MSR = '\twrmsr\n'


def general_registers():
    for name in 'rbx rcx rdx rsi rbp r8 r9 r10 r11 r12 r13 r14 r15'.split():
        yield drop(name, GATE, LOAD, but(name, LOAD))
    yield drop('rdi', GATE, '\tpush qword [rdi + cpu_context.rdi]\n', '\tpush rdi\n')
    yield drop('rsp', GATE, LOAD, but('rsp', LOAD), stops=True)
    yield Mutation(('rflags',), ((GATE, '\tpush qword [rdi + cpu_context.rflags]\n', ''),
                                 (GATE, '\tpopfq\t\t\t\t; with the interrupt flag', '\t; with')))


def segments_and_tables():
    for name in 'ds es fs gs ss'.split():
        yield drop(name, GATE, LOAD, but(name, LOAD))
    yield drop('cs', GATE, '\tmovzx ebx, word [rdi + cpu_context.cs]\n', '\tmov ebx, SELECTOR_CODE64\n')
    yield drop('gdtr-base gdtr-limit', GATE, '\tlgdt [rdi + cpu_context.gdtr]\n', stops=True)
    yield drop('idtr-base idtr-limit', GATE, '\tlidt [rdi + cpu_context.idtr]\n', stops=True)
    yield drop('ldtr', GATE, '\tlldt [rdi + cpu_context.ldtr]\n', stops=True)
    yield drop('tr', GATE, '\tltr [rdi + cpu_context.tr]\n')
    for name in 'fs gs kernel_gs'.split():
        yield drop(name.replace('_', '-') + '-base', GATE, LOAD_MSR, but(f'{name}_base', LOAD_MSR, '%2'))


# The gate restores CR4 in one go: one bit of it is left out.
CR4_LOAD = '\tbtr rbx, CR4_FRED_BIT\n\tmov cr4, rbx\n\tload_control cr3\n'
CR4_BITS = {'tsd': 2, 'de': 3, 'mce': 6, 'pge': 7, 'pce': 8, 'umip': 11, 'fsgsbase': 16, 'smep': 20,
            'smap': 21, 'pke': 22, 'pks': 24}


def control_registers():
    for name, bit in CR4_BITS.items():
        yield drop(f'cr4-{name}', GATE, CR4_LOAD, f'\tbtr rbx, {bit}\n' + CR4_LOAD)
    # Without it the guest's own XGETBV faults.
    yield drop('cr4-osxsave', GATE, CR4_LOAD, '\tbtr rbx, 18\n' + CR4_LOAD, stops=True)
    for name in 'cr0 cr2 cr3'.split():
        yield drop(name, GATE, LOAD_CONTROL, but(name, LOAD_CONTROL))
    # The local APIC has it by another name: either would do.
    yield Mutation(('cr8',), ((GATE, LOAD_CONTROL, but('cr8', LOAD_CONTROL)),
                              (LAPIC, '\t\tlapic_write(LAPIC_TPR, state->tpr);', '\t\t(void)0;')))
    yield drop('cr4-la57', GATE, '\tcall la57_enter\n', stops=True, options='la57')
    for name in 'dr0 dr1 dr2 dr3 dr6'.split():
        yield drop(name, CPU_STATE, f'\twrite_{name}(debug->{name});\n')
    yield drop('dr7', GATE, '\tmov dr7, rbx\n\tmov rax, rsi\n', '\tmov rax, rsi\n')



def msrs():
    for name, bit in {'efer': 0, 'efer-nxe': 11, 'efer-svme': 12}.items():
        # The gate restores EFER in one go: one bit of it is left out.
        yield drop(name, GATE, LOAD_MSR, f'%ifidn %2, efer\n\tbtr eax, {bit}\n%endif\n' + LOAD_MSR)
    for name in ('star lstar cstar sfmask sysenter-cs sysenter-esp sysenter-eip pat tsc-aux pkrs '
                 'bndcfgs').split():
        yield drop(name, CPU_STATE, f'\t{{MSR_{name.replace("-", "_").upper()}, 1}},')
    yield drop('misc-enable', CPU_STATE, '\t{MSR_MISC_ENABLE, 1},', cpu=HASWELL)
    yield drop('hsave-pa', CPU_STATE, '\t{MSR_AMD_VM_HSAVE_PA, 1},')
    yield drop('mtrr-fixed', MTRR, '\t\t\twrmsr(fixed_msr[i], state->fixed[i]);', '\t\t\t(void)state;')
    yield drop('mtrr-variable', MTRR, '\t\t\twrmsr(MSR_MTRR_PHYSBASE0 + 2 * i, state->variable[i].base);',
               '\t\t\t(void)state;')
    yield drop('mtrr-variable', MTRR, '\t\t\twrmsr(MSR_MTRR_PHYSMASK0 + 2 * i, state->variable[i].mask);',
               '\t\t\t(void)state;')
    yield drop('mtrr-default', MTRR, '\twrmsr(MSR_MTRR_DEF_TYPE, state->default_type);\n')
    yield drop('mcg-ctl', MACHINE_CHECK, '\t\tmsr_list_add(list, MSR_MCG_CTL, 1, 0);', '\t\t(void)list;')
    yield drop('mc-ctl', MACHINE_CHECK, '\tmsr_list_add(list, MSR_MC0_CTL, banks, BANK_STEP);\n')


# One component of the area is left out, by its bit.
XRSTOR = ('"1: xrstor64 %1\\n\\t"\n\t\t\t\t "xor %%edx, %%edx\\n"\n\t\t\t\t "2:\\n\\t" FIXUP("1b", "2b")\n'
          '\t\t\t\t : "+d"(failed)\n\t\t\t\t : "m"(*area), "a"(~0u)')


def vector_registers():
    for items, bits in {'fcw fsw ftw st': 1, 'xmm': 2, 'ymm': 4, 'mxcsr': 6, 'bndregs': 8,
                        'bndcsr': 16}.items():
        yield drop(items, XSTATE, XRSTOR, XRSTOR.replace('~0u', f'~{bits}u'))
    yield drop('fcw fsw ftw mxcsr st xmm', XSTATE, '"1: fxrstor64 %1\\n\\t"', '"1: nop\\n\\t"', cpu='qemu64')
    yield drop('xcr0', XSTATE, '"1: xsetbv\\n\\t"', '"1: nop\\n\\t"', stops=True)
    yield drop('pkru', XSTATE, '\t\twrpkru(state->pkru);', '\t\t(void)state;')


def lapic():
    for name in 'ldr dfr'.split():
        yield drop(f'lapic-{name}', LAPIC, f'\t\t\tlapic_write(LAPIC_{name.upper()}, state->{name});', '\t\t\t(void)0;')
    yield drop('lapic-svr', LAPIC, '\tstate->svr = lapic_read(LAPIC_SVR);\n')
    for name, text in {'timer': '{LAPIC_LVT_TIMER, 0}', 'lint0': '{LAPIC_LVT_LINT0, 0}',
                       'lint1': '{LAPIC_LVT_LINT1, 0}', 'error': '{LAPIC_LVT_ERROR, 3}',
                       'perf': '{LAPIC_LVT_PERF, 4}', 'thermal': '{LAPIC_LVT_THERMAL, 5}'}.items():
        other = 'LINT0' if name == 'error' else 'ERROR'
        yield drop(f'lapic-lvt-{name}', LAPIC, text, f'{{LAPIC_LVT_{other}, 3}}')
    yield drop('lapic-timer-divide', LAPIC, '\t\tlapic_write(LAPIC_TIMER_DIVIDE, state->divide);', '\t\t(void)0;')
    count = 'mode == LVT_TIMER_ONESHOT ? state->current : state->initial'
    yield drop('lapic-timer-initial', LAPIC, count, 'state->current')
    yield drop('lapic-timer-current', LAPIC, count, 'state->initial')


def interrupt_controllers():
    yield drop('ioapic-entry', IOAPIC, '\t\tioapic_write(ioapic, IOREDTBL(pin), (uint32_t)rte);', '\t\t(void)0;')
    yield drop('ioapic-destination', IOAPIC,
               '\t\tioapic_write(ioapic, IOREDTBL(pin) + 1, (uint32_t)(rte >> 32));', '\t\t(void)0;')
    yield drop('pic-master-mask', PIC, '\toutb(PIC_MASTER_DATA, state->mask[0]);\n',
               '\toutb(PIC_MASTER_DATA, (uint8_t)~3);\n')
    yield drop('pic-slave-mask', PIC, '\toutb(PIC_SLAVE_DATA, state->mask[1]);\n')
    yield drop('elcr-master', PIC, '\t\toutb(PIC_ELCR_MASTER, state->elcr[0] & ELCR_MASTER_BITS);',
               '\t\t(void)0;')
    yield drop('elcr-slave', PIC, '\t\toutb(PIC_ELCR_SLAVE, state->elcr[1] & ELCR_SLAVE_BITS);',
               '\t\t(void)0;')
    yield drop('pic-vectors', PIC,
               '\t\tinitialise(PIC_MASTER_COMMAND, PIC_MASTER_DATA, state->base[0], ICW3_MASTER);',
               '\t\t(void)initialise;')


def timers():
    yield drop('pit-mode', PIT, PIT_RESTORED, f'{PIT_RESTORED} && channel')
    yield drop('pit-reload', PIT, '\t\tcount = (uint16_t)state->reload;', '\t\t(void)0;')
    yield drop('pit-speaker-mode', PIT, PIT_RESTORED, f'{PIT_RESTORED} && channel != 2')
    yield drop('port-61', PIT, '\t\toutb(PORT_B, state->gate);', '\t\t(void)0;')
    yield drop('hpet-counter', HPET, '\twrite64(address + HPET_COUNTER, state->counter);\n')
    yield drop('hpet-timer', HPET, '\t\tmmio_write32(at, timer->config);', '\t\t(void)0;')
    yield drop('hpet-comparator', HPET, '\t\tload_comparator(at, timer->config, timer->comparator);',
               '\t\t(void)load_comparator;')
    yield drop('hpet-route', HPET, '\t\twrite64(at + HPET_TIMER_ROUTE, timer->route);', '\t\t(void)0;')
    yield drop('hpet-period', HPET, 'timer->comparator, timer->period);', 'timer->comparator, timer->comparator);')
    yield drop('hpet-config', HPET, '\t\tmmio_write32(address + HPET_CONFIG, state->config);', '\t\t(void)0;')
    yield drop('rtc-rate', RTC, '\t\trtc_set(RTC_A, A_RATE, state->rate);', '\t\t(void)0;')
    yield drop('rtc-control', RTC, '\t\trtc_set(RTC_B, B_KEPT, state->interrupts);', '\t\t(void)0;')
    yield drop('rtc-alarm', RTC,
               '\t\t\trtc_set(alarm_index(layout, i), alarm_mask(layout, i), state->alarm[i]);', '\t\t\t(void)0;')


def each_uart(suffix):
    return ' '.join(f'com{number}-{suffix}' for number in (1, 2, 3, 4))


def ports():
    yield drop(each_uart('lcr'), UART, '\tstate->lcr = inb(port + UART_LCR);\n')
    yield drop(each_uart('divisor'), UART,
               '\tuart_set_divisor(port, state->lcr & (uint8_t)~UART_LCR_DLAB, state->dll, state->dlm);\n')
    yield drop(each_uart('fifo'), UART, '\toutb(port + UART_FCR, fifos ? UART_FCR_ENABLE : 0);\n',
               '\t(void)fifos;\n')
    yield drop(each_uart('scratch'), UART, '\toutb(port + UART_SCR, state->scr);\n')
    yield drop(each_uart('mcr'), UART, '\toutb(port + UART_MCR, state->mcr);\n')
    yield drop(each_uart('ier'), UART, '\tstate->ier = inb(port + UART_IER);\n')
    for number in (2, 3, 4):
        yield drop(f'com{number}-scratch com{number}-divisor', PLATFORM, f', UART_COM{number}', ', 0')
    yield drop('i8042-command-byte', KEYBOARD, '\ti8042_write_command_byte(state->command);\n')
    yield drop('acpi-pm1-enable', ACPI, '\t\toutw(events->pm1[block].enable, state->pm1[block]);', '\t\t(void)0;')
    yield drop('acpi-gpe0-enable', ACPI,
               '\t\t\toutb(events->gpe[block].enable + byte, enable);', '\t\t\t(void)0;')


def vga():
    yield drop('vga-misc', VGA_PORTS, '\toutb(VGA_MISC_WRITE, registers->misc);\n')
    yield drop('vga-sequencer', VGA_PORTS,
               '\t\tvga_write(VGA_SEQUENCER_INDEX, i, registers->sequencer[i]);', '\t\t(void)0;')
    # To load the font writes all graphics registers again, so one of them is left out of the save.
    graphics = 'registers->graphics[i] = vga_read(VGA_GRAPHICS_INDEX, i);'
    yield drop('vga-graphics', VGA_PORTS, graphics, 'if (i != 2) ' + graphics)
    yield drop('vga-attribute', VGA_PORTS, '\t\tattributes_write(registers, now);', '\t\t(void)attributes_write;')
    crtc = 'if (i != CRTC_RETRACE_END && now'
    for name, index in {'crtc': 0x14, 'cursor': 0x0f, 'start': 0x0d}.items():
        yield drop(f'vga-{name}', VGA_PORTS, crtc, f'if (i != CRTC_RETRACE_END && i != {index} && now')
    yield drop('vga-dac', VGA_PORTS, '\tdac_write(registers, now);', '\t(void)dac_write;')
    yield drop('vga-index', VGA_PORTS, '\toutb(VGA_GRAPHICS_INDEX, registers->index.graphics);\n')
    yield drop('vga-vbe', VGA_PORTS, '\t\tvbe_registers_write(registers);', '\t\t(void)vbe_registers_write;')
    yield drop('vga-font', VGA, '\t\tload_font(&state->registers, own.restored_font, state->font_hash);', '\t\t(void)0;')
    yield drop('vga-contents', VGA, '\t\t\tto[word] = state->contents[word];', '\t\t\t(void)to;')


PCI_FIELDS = {
    'cache-line': '{ALL, PCI_CACHE_LINE, 1, 0xff},',
    'bar': '{DEVICE, PCI_BAR0, 4, ~0u},',
    'rom': '{DEVICE, PCI_ROM, 4, ~0u},',
    'interrupt-line': '{ALL, PCI_INTERRUPT_LINE, 1, 0xff},',
    'bridge-latency': '{BRIDGE, PCI_BRIDGE_LATENCY, 1, 0xff},',
    'bridge-io': '{BRIDGE, PCI_BRIDGE_IO, 2, 0xffff},',
    'bridge-memory': '{BRIDGE, PCI_BRIDGE_MEMORY, 4, ~0u},',
    'bridge-prefetch': '{BRIDGE, PCI_BRIDGE_PREFETCH, 4, ~0u},',
    'bridge-prefetch-high': '{BRIDGE, PCI_BRIDGE_PREFETCH_LIMIT_HIGH, 4, ~0u},',
    'bridge-control': '{BRIDGE, PCI_BRIDGE_CONTROL, 2, 0xfbbf},',
    'express': '{EXPRESS, DEVICE_CONTROL, 2, 0x7fff},',
}


def pci():
    for name, field in PCI_FIELDS.items():
        yield drop(f'pci-{name}', PCI, f'\t{field}')
    yield drop('pci-command', PCI, '\t\tpci_write16(function->address, PCI_COMMAND, command);', '\t\t(void)0;')
    yield drop('pci-power', PCI, '\t\twrite_power(&function[i], state->function[i].power, &now->function[i]);\n')
    yield drop('pci-bridge-bus', PCI, '\t\tnumber_buses(&function[i], state->function[i].buses,\n'
               '\t\t\t     now->owner ? now->function[i].buses : function[i].buses);\n')
    yield drop('pci-address', PCI_CONFIG, '\toutl(CONFIG_ADDRESS, address);\n', '\t(void)address;\n')
    at = '(function->address, at + MSI_'
    yield drop('pci-msi-address', PCI_MSI, f'\tpci_write32{at}ADDRESS, state->address_low);\n')
    yield drop('pci-msi-address', PCI_MSI, f'\t\tpci_write32{at}ADDRESS_HIGH, state->address_high);', '\t\t(void)0;')
    yield drop('pci-msi-data', PCI_MSI, f'\tpci_write16{at}DATA(control), state->data);\n')
    yield drop('pci-msi-mask', PCI_MSI, f'\t\tpci_write32{at}MASK(control), state->mask);', '\t\t(void)0;')
    yield drop('pci-msi-control', PCI_MSI, f'\tpci_write16{at}CONTROL, control);\n')
    yield Mutation(('pci-msix-control',), (
        (PCI_MSI, '\t\tpci_write16(function->address, at, control);', '\t\t(void)at;'),
        (PCI_MSI, '\t\t    state->control | MSIX_CONTROL_MASK_ALL);', '\t\t    (state->control & 0) | MSIX_CONTROL_MASK_ALL);')))
    yield drop('pci-msix-table', PCI_MSI, 'load_table(table, entries, function->msix_entries);',
               'load_table(table, entries, 0);')


def watchdogs():
    nothing = '\t\t(void)0;'
    yield drop('i6300esb-config', I6300ESB, '\t\tpci_write16(device->address, CONFIG, state->config);', nothing)
    yield drop('i6300esb-enable', I6300ESB, '\t\tpci_write8(device->address, LOCK, state->lock);', nothing)
    yield drop('tco-time', ITCO, '\t\toutw(tco.base + TCO_TIME, (time & (uint16_t)~TIME_MASK) | state->time);', nothing)
    yield drop('tco-control', ITCO, '\t\toutw(tco.base + TCO_CONTROL, state->control);', nothing)
    yield drop('tco-reset', ITCO, '\twrite_reset(state->reset);', '\t(void)write_reset;')


ON_INTEL = {'iommu': 'intel-iommu,intremap=on'}
ON_AMD = {'cpu': 'EPYC', 'iommu': 'amd-iommu,intremap=on'}


def vtd():
    yield drop('vtd-root', VTD, '[OTHERS] = {VTD_RTADDR, 8},', '[OTHERS] = {VTD_AFLOG, 8},', **ON_INTEL)
    for name, row in {'interrupt-table': 'VTD_IRTA, 8', 'fault-interrupt': 'VTD_FEDATA, 4',
                      'queue-interrupt': 'VTD_IEADDR, 4'}.items():
        yield drop(f'vtd-{name}', VTD, f'\t{{{row}}},\n', **ON_INTEL)
    yield drop('vtd-queue', VTD, 'vtd_queue_on(unit, state->field[QUEUE],', 'vtd_queue_on(unit, 0,', **ON_INTEL)
    yield drop('vtd-queue-position', VTD_QUEUE, '\tend = queue.next;\n', '\tend = 0;\n', **ON_INTEL)
    for bit in ('TRANSLATION', 'REMAPPING'):
        yield drop('vtd-control', VTD, f'switch_on(unit, state->control, VTD_{bit},',
                   'switch_on(unit, state->control, 0,',
                   **ON_INTEL)


def amd_iommu():
    for name, row in {'devices': '[TABLE] = {DEVICE_TABLE, 8},', 'events': '{EVENTS, 8},',
                      'commands': '{COMMANDS, 8},', 'position': '{COMMANDS_TAIL, 8},'}.items():
        other = row.replace(row.split('{')[1].split(',')[0], 'EXCLUSION_BASE')
        yield drop(f'amd-iommu-{name}', AMD_IOMMU, row, other, **ON_AMD)
    yield drop('amd-iommu-control', AMD_IOMMU, '\tset_amd_control(unit, state->control);\n', **ON_AMD)


MUTATIONS = [
    *general_registers(), *segments_and_tables(), *control_registers(), *msrs(), *vector_registers(),
    *lapic(), *interrupt_controllers(), *timers(), *ports(), *vga(), *pci(), *watchdogs(),
    *vtd(), *amd_iommu(), *QUICK_MUTATIONS,
]
