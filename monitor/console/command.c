// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command.h"
#include "monitor/console/command_help.h"
#include "monitor/console/command_log.h"
#include "monitor/console/command_machine.h"
#include "monitor/console/command_memory.h"
#include "monitor/console/command_pci.h"
#include "monitor/console/command_regs.h"
#include "monitor/console/command_selftest.h"
#include "monitor/console/command_slots.h"
#include "monitor/console/command_snapshot.h"
#include "lib/string.h"
#include "monitor/config/words.h"

const struct command commands[] = {
	{"help", "[COMMAND]", "lists commands, or explains one", "", 0, 1, command_help},
	{"slots", "", "lists the slots",
	 "STATE: empty (no image yet), ready (image held, not running), running, parked,\n"
	 "crashed, or interrupted (by an NMI).\n"
	 "MEMORY and BASE: size and address of its large range. RUNS: how often it was\n"
	 "started or resumed. IMAGE: size of its pristine files in RAM, in whole KiB.\n",
	 0, 0, command_slots},
	{"boot", "SLOT [force]", "starts a slot afresh from its image in RAM",
	 "What a slot that does not run was doing is lost. It is refused\n"
	 "without \"force\" while devices work for a parked slot: a kernel that starts\n"
	 "looks at all of them.\n",
	 1, 2, command_boot},
	{"switch", "SLOT [force]", "resumes a parked slot, boots a ready one",
	 "A crashed slot needs \"boot\". One whose memory was changed while it was\n"
	 "parked is refused without \"force\": it may crash, or harm what it works on.\n"
	 "So is one that uses devices which work for another parked slot. An interrupted\n"
	 "slot goes on where it was, unless another one has used its devices since.\n",
	 1, 2, command_switch},
	{"dump", "SLOT via SLOT2", "boots SLOT2 with SLOT's memory as its /proc/vmcore",
	 "For parked and crashed slots, if no slot with a driver is there. SLOT2 must be\n"
	 "ready or crashed. It gets elfcorehdr= on its command line, so its Linux takes\n"
	 "itself for a crash kernel: makedumpfile and vmcore-dmesg work there. Until it\n"
	 "ends or is killed, SLOT can't run.\n",
	 3, 3, command_dump},
	{"snapshot", "SLOT NAME", "keeps a copy of a parked slot's memory and state",
	 "Pages that its Linux kernel has free are left out. The slot that runs takes its\n"
	 "own by \"syctl snapshot\".\n",
	 2, 2, command_snapshot},
	{"snapshots", "", "lists the snapshots",
	 "TIME: as in the log. KIND: a quick one was taken while devices worked. SIZE:\n"
	 "what it takes of the pool. PAGES, ZERO, FREE: pages of the slot that are kept,\n"
	 "that were zero, and that nobody had.\n",
	 0, 0, command_snapshots},
	{"restore", "NAME [force]", "puts a slot back to a snapshot: it is parked then",
	 "What that slot was doing is lost. It can be done any number of times.\n", 1, 2,
	 command_restore},
	{"drop", "NAME", "forgets a snapshot", "", 1, 1, command_drop},
	{"kill", "SLOT", "forgets a slot's state: it is ready again",
	 "For parked, crashed and interrupted slots. Its image stays in RAM.\n", 1, 1,
	 command_kill},
	{"add", "SLOT --mem SIZE [--cpus LIST]", "a new slot out of free RAM",
	 "It is empty until a guest's \"syctl load\" gives it an image. SIZE may have an\n"
	 "address, as in 64M@1M. LIST: as in 0,2-3; all CPUs unless given. It takes\n"
	 "--on-crash, --on-end and --efi, too, as in the menu entry.\n",
	 3, 11, command_add},
	{"remove", "SLOT", "gives back a slot's RAM and its images",
	 "For ready and empty slots, those of the menu entry, too.\n", 1, 1, command_remove},
	{"mem", "[SLOT]", "shows who owns which RAM, or how much a slot uses",
	 "START is a region's first byte, END its last one. With a slot that does not\n"
	 "run: what its 64-bit Linux uses of its RAM and what is free, as that kernel's\n"
	 "page descriptors say. A cache of files is in use.\n",
	 0, 1, command_mem},
	{"md", "[SLOT:]ADDRESS [LENGTH]", "shows memory, in hexadecimal and ASCII",
	 "Numbers are decimal or 0x hexadecimal; K, M or G may follow.\n"
	 "LENGTH is 128 bytes unless given, and 64K at most. The address is physical,\n"
	 "or with a slot that does not run, virtual: as that slot's page tables say.\n",
	 1, 2, command_md},
	{"cpus", "", "shows the processors, and which slots see them",
	 "CPU: as cpus= counts, the enabled ones of the ACPI tables (MADT); 0 boots.\n"
	 "UID: ACPI's number for it.\n",
	 0, 0, command_cpus},
	{"ioapic", "", "shows the interrupt controllers' redirection tables",
	 "As the hardware has them now: all is masked while no slot runs. GSI: ACPI's\n"
	 "number of the interrupt. DEST: a local APIC's ID, or in logical mode a set.\n",
	 0, 0, command_ioapic},
	{"pci", "", "shows the devices on the PCI buses",
	 "As the hardware has them now. ADDRESS: bus:device.function. ENABLED: what it\n"
	 "answers to (io, memory), and if it may write to memory by itself (master).\n"
	 "INTERRUPT: IRQ is the line that was noted; MSI is off while no slot runs.\n",
	 0, 0, command_pci},
	{"log", "[SLOT]", "shows the monitor's log, or a kernel's",
	 "The last 32 KiB of it, whatever loglevel= shows at once. Times are seconds.\n"
	 "Of a slot that does not run: the last lines of its Linux kernel's own log, as\n"
	 "they are in its memory.\n",
	 0, 1, command_log},
	{"regs", "SLOT", "shows the registers of a slot that does not run",
	 "Of each CPU that came to the gate. Of an interrupted slot, they are as when the\n"
	 "NMI came. Functions of Linux 6.0 and later have names, those of modules have\n"
	 "none.\n",
	 1, 1, command_regs},
	{"selftest", "", "checks the monitor's own code and tables",
	 "And the pristine images, and what it keeps of parked slots.\n", 0, 0, command_selftest},
	{"reboot", "", "restarts the machine", "The state of parked slots is lost.\n", 0, 0,
	 command_reboot},
	{"poweroff", "", "switches the machine off", "The state of parked slots is lost.\n", 0, 0,
	 command_poweroff},
	{.name = NULL},
};

const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

/*
 * Cuts line into words. If there are too many, the first that does not fit is counted but not kept.
 */
static int split_words(char *line, char **argv)
{
	int argc = 0;

	while (argc <= COMMAND_MAX_ARGS) {
		while (*line == ' ')
			*line++ = '\0';
		if (*line == '\0')
			break;
		if (argc < COMMAND_MAX_ARGS)
			argv[argc] = line;
		argc++;
		while (*line != ' ' && *line != '\0')
			line++;
	}
	return argc;
}

void command_run(struct ui *ui, char *line)
{
	char *argv[COMMAND_MAX_ARGS];
	const struct command *command;
	char quote[QUOTE_TEXT];
	int argc = split_words(line, argv);

	if (argc == 0)
		return;
	command = command_find(argv[0]);
	if (!command)
		console_error(&ui->console, "no command \"%s\"; help lists them",
			      quote_text(quote, argv[0]));
	else if (argc - 1 < command->min_args || argc - 1 > command->max_args)
		console_error(&ui->console, "usage: %s%s%s", command->name,
			      command->arguments[0] ? " " : "", command->arguments);
	else
		command->run(ui, argc, argv);
}
