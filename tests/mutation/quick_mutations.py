# SPDX-License-Identifier: GPL-2.0-only
"""What is left out of a switch to which the other CPUs come, as to each quick one: torture guests with two CPUs see it,
or a unit test does.

The items that each CPU keeps are the same code as in a deep switch, and mutations.py leaves them out.
Here it is what makes each CPU keep its own, and what is done with functions that go on working.
"""

from mutation import Mutation, drop

CREW = 'arch/x86/gate/crew.c'
GATE = 'arch/x86/gate/gate.asm'
GATE_CALL, PARKING = 'monitor/call/gate_call.c', 'monitor/call/parking.c'
PLATFORM = 'arch/x86/platform/platform.c'
KEPT_STATE = 'monitor/switch/kept_state.c'
SWITCH = 'monitor/switch/switch.c'
OWNER = 'monitor/owner/owner.c'
WORKS = 'arch/x86/pci/pci_works.c'
LAPIC = 'arch/x86/interrupt/lapic.c'
HPET = 'arch/x86/time/hpet.c'

TWO_CPUS = {'options': 'quick', 'cpus': 2}
KEEP_CPUS = {'options': 'keep', 'cpus': 2}


def other_cpus():
    """Items of the second CPU, by what crew.c does for all of them."""
    yield drop('lapic-svr lapic-timer-divide', CREW, '\tlapic_restore(cpu_state_lapic(context), drained);\n',
               '\t(void)drained;\n', **TWO_CPUS)
    yield drop('lapic-lvt-error', CREW, '\tlapic_save(lapic);\n', **TWO_CPUS)
    yield drop('lapic-pending', CREW, '\tlapic_drain(lapic);\n', **TWO_CPUS)
    yield drop('lapic-dfr', CREW, '\twait_for_slot(cpu, &drained);\n', '\t(void)drained;\n\twait_for_slot(cpu, NULL);\n',
               **TWO_CPUS)
    yield drop('dr0 lstar xmm', CREW, '\tcpu_state_restore(context);\n\tset_state(cpu, CREW_READY);\n',
               '\tset_state(cpu, CREW_READY);\n', **TWO_CPUS)
    # The slot's other CPU does not come back.
    yield drop('rbx', PARKING, '\tkept->crew = crew_waiting();\n', stops=True, **TWO_CPUS)
    yield drop('rbx', PLATFORM, '\tcrew_leave();\n', stops=True, **TWO_CPUS)
    yield drop('rbx', SWITCH, '\tcrew_go(kept->crew, result);\n', stops=True, **TWO_CPUS)
    # It runs the start page's code in place of the slot's.
    yield drop('rbx', GATE, '\tlea r12, [crew_started]\n', '\tlea r12, [gate_cpu_landed.stop]\n', stops=True,
               **TWO_CPUS)
    # All CPUs keep their registers in the boot CPU's context: that is busy.
    yield drop('rbx', GATE, '\tje %%found\n', '\tjmp %%found\n', stops=True, **TWO_CPUS)


def kept_cpus():
    """In a deep switch, the other CPUs come to it, are not reset, and come back; and everything else is as deep."""
    yield drop('rbx', GATE_CALL, 'others_come = how == KEPT_CPUS || how == KEPT_QUICK', 'others_come = how == KEPT_QUICK',
               stops=True, **KEEP_CPUS)
    yield drop('rbx', KEPT_STATE, 'how == KEPT_CPUS || how == KEPT_QUICK', 'how == KEPT_QUICK', stops=True, **KEEP_CPUS)
    yield drop('pci-msix-table', GATE_CALL, 'request->op & SWITCHYARD_KEEP_CPUS ? KEPT_CPUS : KEPT_DEEP',
               'request->op & SWITCHYARD_KEEP_CPUS ? KEPT_QUICK : KEPT_DEEP', **KEEP_CPUS)


def bridges():
    yield drop('pci-bridge-io', WORKS, '\t\t\tpci_save_function(functions, i, state, true);', '\t\t\t(void)0;',
               **TWO_CPUS)
    yield drop('pci-address', WORKS, '\tpci_config_save(&state->address);\n', **TWO_CPUS)
    yield drop('pci-address', WORKS, '\tpci_config_restore(state->address);\n', **TWO_CPUS)


def unit(name, program, file, text, replacement=''):
    return Mutation((name,), ((file, text, replacement),), unit=program)


def units(prefix, program, file):
    """Makes mutations of one file that one unit test sees."""
    def left_out(name, text, replacement=''):
        return unit(f'{prefix}-{name}', program, file, text, replacement)
    return left_out


def crew():
    """Who waits for whom, and who gets INIT."""
    left_out = units('crew', 'arch/test_crew', CREW)
    yield left_out('hold', '\t\tchange_state(cpu, CREW_ARRIVED, CREW_HELD);\n')
    yield left_out('second-at-the-gate', 'state == arrived && clock_us() >= end && change_state',
                   'state == arrived && clock_us() >= end - COME_US && change_state')
    yield left_out('second-of-the-boot-cpu', '\t\tif (clock_us() >= end) {',
                   '\t\tif (clock_us() >= end - COME_US) {')
    yield left_out('unsaved', '\t\tif (state_of(cpu) == CREW_UNSAVED) {', '\t\tif (state_of(cpu) == CREW_GOES) {')
    yield left_out('refuse-held', '!change_state(cpu, CREW_HELD, CREW_RETURNS) &&\n\t\t    ')
    yield left_out('refuse-arrived', '\n\t\t    !change_state(cpu, CREW_ARRIVED, CREW_RETURNS))', ' 1)')
    yield left_out('refuse-unsaved', '\t\t\tchange_state(cpu, CREW_UNSAVED, CREW_RETURNS);', '\t\t\t(void)0;')
    yield left_out('state-after-refusal', '\tcpu_state_restore(context);\n\treturn result;', '\treturn result;')
    yield left_out('progress', '\tcontext->progress = GATE_PARKED;\n')
    yield left_out('init', '\t\tlapic_send_init(gate_cpus.cpu[cpu].apic_id);\n')
    yield left_out('away-after-init', '\t\tset_state(cpu, CREW_AWAY);\n\t}\n}\n\nstatic uint64_t set_in',
                   '\t}\n}\n\nstatic uint64_t set_in')
    yield left_out('init-for-those-that-fault', '\tset &= ~set_in(state);\n\tstop_cpus(set);\n',
                   '\tset &= ~set_in(state);\n')
    yield left_out('limit-of-a-step', '\twhile (set & ~set_in(state) && clock_us() < end)\n',
                   '\twhile (set & ~set_in(state) && end)\n')
    yield left_out('absent', '\tstop_cpus(absent);\n', '\t(void)absent;\n')
    yield left_out('only-the-slots', '\t\tif (gate_cpus.cpu[cpu].context && state_of(cpu) != CREW_HELD)',
                   '\t\tif (state_of(cpu) != CREW_HELD)')
    yield left_out('forget', '\t\tset_state(cpu, CREW_AWAY);\n}\n\nuint64_t crew_waiting',
                   '\t\t(void)cpu;\n}\n\nuint64_t crew_waiting')
    yield left_out('dismiss', '\tstop_cpus(crew_waiting() & ~set);\n', '\t(void)set;\n')
    yield left_out('start-page', '\tstart_page_write(CREW_START_PAGE, gate_cpu_landed);\n')
    yield left_out('init-before-start', '\tstop_cpus(set);\n\tfor (uint32_t time', '\tfor (uint32_t time')
    yield left_out('second-sipi', 'time < 2', 'time < 1')
    yield left_out('no-ram', '\tif (!crew.may_start)\n\t\treturn false;\n')
    yield left_out('virtual-wire-of-one-that-starts', '\tlapic_virtual_wire(NULL);\n')
    yield left_out('take-of-one-that-starts', '\tcpu_state_take();\n')
    yield left_out('go', '\tawait(cpu, CREW_GOES);\n')
    yield left_out('ready', '\treturn await_all(set, CREW_READY, STEP_US);', '\treturn set || !set;')


def functions():
    """Interrupts of functions that work while their slot is parked."""
    left_out = units('works', 'arch/test_pci', WORKS)
    yield left_out('known', '\t\t\tfunction->works_for = owner;', '\t\t\t(void)owner;')
    yield left_out('msix-mask', 'state->msix.table = pci_msix_mask(&image, &state->msix);',
                   'state->msix.table = false;')
    yield left_out('msix-unmask', '\t\t\tpci_msix_unmask(function, &had->msix);', '\t\t\t(void)0;')
    yield left_out('msi-mask', '!state->msix.table && pci_msi_mask(&image, &state->msi, word);',
                   '!state->msix.table && !word;')
    yield left_out('msi-unmask', 'pci_msi_unmask(function, &had->msi, pci_works_message(i)))', '!pci_works_message(i))')
    yield left_out('msi-came', '\t\t\traise_all(&had->msi, raise);',
                   '\t\t\t(void)raise_all, (void)raise;')
    yield left_out('pin-mask', '\tif (!(state->command & PCI_COMMAND_NO_INTX))', '\tif (!state->command)')
    yield left_out('pin-unmask', '\t\t\tpci_write16(function->address, PCI_COMMAND, had->command);', '\t\t\t(void)0;')
    yield left_out('back', '\t\tfunction->works_for = 0;\n', '')
    yield left_out('owner', '!had->works || function->works_for != state->owner', '!had->works')


def hpet():
    """A counter that runs on."""
    left_out = units('hpet', 'arch/test_hpet', HPET)
    yield left_out('not-halted', '\tif (!runs && state->config & CONFIG_ENABLE)',
                   '\tif (state->config & CONFIG_ENABLE)')
    yield left_out('no-period', 'i < count && !state->runs; i++)', 'i < count; i++)')
    yield left_out('counter-alone', '\tif (!state->runs)\n\t\tconfig = restore', '\t\tconfig = restore')
    yield left_out('period-alone', '\tif (periodic && !runs)', '\tif (periodic && (runs || !runs))')
    yield left_out('counter-not-known', 'else if (!now->runs && !counter_ran', 'else if (!counter_ran')


def lapic():
    """What is pending, on a CPU that a hypervisor does not let run all the time."""
    yield unit('drain-without-time', 'arch/test_lapic', LAPIC, '(tries < DRAIN_TRIES || clock_us() < end)',
               '(tries == UINT32_MAX || clock_us() < end)')


def interrupted():
    """A kernel that an NMI has stopped."""
    taken = units('nmi', 'switch/test_owner', OWNER)
    yield taken('keeps-away', ' ||\n\t\t    owner->state == SWITCHYARD_INTERRUPTED)', ')')
    yield taken('taken', '\t\t\tnote_taken(owner, to, boot, all);', '\t\t\t(void)note_taken;')
    yield taken('first-reason', '\tif (slot->crash[0])\n\t\treturn;\n')
    yield unit('nmi-registers-outside', 'core/test_interrupted', 'monitor/core/interrupted.c', ' &&\n\t       slot_owns(slot, address, told->size + (uint64_t)told->cpu_count * told->cpu_size)')


QUICK_MUTATIONS = [*other_cpus(), *kept_cpus(), *bridges()]
UNIT_MUTATIONS = [*crew(), *functions(), *hpet(), *lapic(), *interrupted()]
