// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/amd_iommu.h"
#include "arch/x86/iommu/iommu_registers.h"
#include "lib/string.h"
#include "lib/units.h"

enum amd_register {
	DEVICE_TABLE = 0x00,
	COMMANDS = 0x08,
	EVENTS = 0x10,
	CONTROL = 0x18,
	EXCLUSION_BASE = 0x20,
	EXCLUSION_LIMIT = 0x28,
	FEATURES = 0x30,
	PAGE_REQUESTS = 0x38,
	GUEST_LOG = 0xe0,
	GUEST_LOG_TAIL_AT = 0xe8,
	DEVICE_TABLE_PARTS = 0x100, /* the second to the eighth */
	INTERRUPT_GENERAL = 0x170,
	INTERRUPT_PAGE_REQUESTS = 0x178,
	INTERRUPT_GUEST_LOG = 0x180,
	COMMANDS_HEAD = 0x2000,
	COMMANDS_TAIL = 0x2008,
	EVENTS_HEAD = 0x2010,
	EVENTS_TAIL = 0x2018,
	STATUS = 0x2020,
	PAGE_REQUESTS_HEAD = 0x2030,
	PAGE_REQUESTS_TAIL = 0x2038,
	GUEST_LOG_HEAD = 0x2040,
	GUEST_LOG_TAIL = 0x2048,
};

/* Each address comes before its head and tail, which are 0 after it was written. */
#define TABLE 0 /* the place of its address in the state */
static const struct iommu_register amd_registers[] = {
	[TABLE] = {DEVICE_TABLE, 8},
	{COMMANDS, 8},
	{EVENTS, 8},
	{EXCLUSION_BASE, 8},
	{EXCLUSION_LIMIT, 8},
	{PAGE_REQUESTS, 8},
	{GUEST_LOG, 8},
	{GUEST_LOG_TAIL_AT, 8},
	{DEVICE_TABLE_PARTS, 8},
	{DEVICE_TABLE_PARTS + 0x08, 8},
	{DEVICE_TABLE_PARTS + 0x10, 8},
	{DEVICE_TABLE_PARTS + 0x18, 8},
	{DEVICE_TABLE_PARTS + 0x20, 8},
	{DEVICE_TABLE_PARTS + 0x28, 8},
	{DEVICE_TABLE_PARTS + 0x30, 8},
	{INTERRUPT_GENERAL, 8},
	{INTERRUPT_PAGE_REQUESTS, 8},
	{INTERRUPT_GUEST_LOG, 8},
	{COMMANDS_HEAD, 8},
	{COMMANDS_TAIL, 8},
	{EVENTS_HEAD, 8},
	{EVENTS_TAIL, 8},
	{PAGE_REQUESTS_HEAD, 8},
	{PAGE_REQUESTS_TAIL, 8},
	{GUEST_LOG_HEAD, 8},
	{GUEST_LOG_TAIL, 8},
};
#define AMD_REGISTERS (sizeof(amd_registers) / sizeof(amd_registers[0]))
_Static_assert(AMD_REGISTERS <= IOMMU_FIELDS, "struct iommu_unit_state has room for all registers");

/* CONTROL, section 3.4.3. One bit is for translation and interrupt remapping. */
#define CONTROL_ON	  (1ull << 0)
#define CONTROL_COMMANDS  (1ull << 12)
#define CONTROL_EVENTS	  (1ull << 2 | 1ull << 3) /* the log, and its interrupt */
#define CONTROL_DONE	  (1ull << 4)		  /* interrupt when commands are done */
#define CONTROL_REQUESTS  (1ull << 13 | 1ull << 14 | 1ull << 15)
#define CONTROL_GUEST_LOG (1ull << 28 | 1ull << 29)
#define CONTROL_LOGS	  (CONTROL_EVENTS | CONTROL_DONE | CONTROL_REQUESTS | CONTROL_GUEST_LOG)

/* STATUS, section 3.4.14: what runs; and what writing 1 clears. */
#define STATUS_RUNS	   (1u << 3 | 1u << 4 | 1u << 7 | 1u << 8)
#define STATUS_HAPPENED	   (1u << 0 | 1u << 1 | 1u << 2 | 1u << 5 | 1u << 6 | 1u << 9 | 1u << 10)

#define FEATURE_FORGET_ALL (1ull << 6)

/* Commands, section 2.4: the first 64 bits. */
#define COMMAND(code)		 ((uint64_t)(code) << 60)
#define FORGET_DEVICE(id)	 (COMMAND(2) | (id))
#define FORGET_DOMAIN(id)	 (COMMAND(3) | (uint64_t)(id) << 32)
#define ALL_ITS_PAGES		 0x7ffffffffffff003ull /* second 64 bits: all sizes, all addresses */
#define FORGET_INTERRUPTS_OF(id) (COMMAND(5) | (id))
#define FORGET_ALL		 COMMAND(8)
#define DONE_AND_STORE(address)	 (COMMAND(1) | 1 | (address))
#define STORED			 1
#define IDS			 65536u /* of devices, and of domains */

#define COMMAND_WORDS		 2
#define OWN_COMMANDS		 256
#define OWN_ORDER		 8ull /* 2^8 commands */
#define ORDER_SHIFT		 56

/* The monitor's own commands, and where the last of them stores a number. */
static struct {
	uint64_t word[OWN_COMMANDS * COMMAND_WORDS];
	uint64_t stored;
	uint32_t next, waiting;
} own_commands __attribute__((aligned(PAGE_SIZE)));
_Static_assert(OWN_COMMANDS == 1 << OWN_ORDER, "the unit is told how many there are");

/* The value of DEVICE_TABLE for the empty table; 0: there is none. */
static uint64_t empty_table;

void amd_iommu_give_empty_table(const void *table)
{
	empty_table = (uint64_t)table | (AMD_IOMMU_EMPTY_TABLE / PAGE_SIZE - 1);
}

static uint64_t amd_control(const struct iommu_unit *unit)
{
	return iommu_read64(unit->address + CONTROL);
}

static void set_amd_control(const struct iommu_unit *unit, uint64_t control)
{
	iommu_write64(unit->address + CONTROL, control);
}

bool amd_iommu_present(const struct iommu_unit *unit)
{
	return amd_control(unit) != UINT64_MAX;
}

bool amd_iommu_is_on(const struct iommu_unit *unit)
{
	return amd_control(unit) & CONTROL_ON;
}

bool amd_iommu_is_on_in(const struct iommu_unit_state *state)
{
	return state->control & CONTROL_ON;
}

void amd_iommu_save(const struct iommu_unit *unit, struct iommu_unit_state *state)
{
	state->control = amd_control(unit);
	iommu_fields_save(unit, amd_registers, AMD_REGISTERS, state->field);
	if (state->field[TABLE] == empty_table)
		state->field[TABLE] = 0;
}

static bool amd_differs(const struct iommu_unit *unit, const struct iommu_unit_state *state)
{
	struct iommu_unit_state now;

	amd_iommu_save(unit, &now);
	return now.control != state->control ||
	       memcmp(now.field, state->field, AMD_REGISTERS * sizeof(now.field[0]));
}

/* What happened in one slot is not the next one's. */
void amd_iommu_off(const struct iommu_unit *unit)
{
	uint64_t control = amd_control(unit);

	if (control & (CONTROL_ON | CONTROL_COMMANDS | CONTROL_LOGS)) {
		control &= ~CONTROL_ON;
		set_amd_control(unit, control);
		set_amd_control(unit, control & ~(CONTROL_COMMANDS | CONTROL_LOGS));
		iommu_wait(unit, STATUS, STATUS_RUNS, 0, "stopping its commands and logs");
	}
	if (iommu_read32(unit->address + STATUS) & STATUS_HAPPENED)
		iommu_write32(unit->address + STATUS, STATUS_HAPPENED);
}

static void put_command(uint64_t low, uint64_t high)
{
	uint64_t *word = &own_commands.word[own_commands.next * COMMAND_WORDS];

	word[0] = low;
	word[1] = high;
	own_commands.next = (own_commands.next + 1) % OWN_COMMANDS;
	own_commands.waiting++;
}

/* Waits until the unit has done all commands so far. */
static bool finish_commands(const struct iommu_unit *unit)
{
	own_commands.stored = 0;
	put_command(DONE_AND_STORE((uint64_t)&own_commands.stored), STORED);
	own_commands.waiting = 0;
	iommu_write64(unit->address + COMMANDS_TAIL,
		      own_commands.next * COMMAND_WORDS * sizeof(uint64_t));
	return iommu_wait_stored(unit, &own_commands.stored, STORED, "an invalidation");
}

/* False if the unit does not do its commands. */
static bool command(const struct iommu_unit *unit, uint64_t low, uint64_t high)
{
	put_command(low, high);
	return own_commands.waiting < OWN_COMMANDS - 2 || finish_commands(unit);
}

/* The first units can't forget everything at once. */
static bool forget_one_by_one(const struct iommu_unit *unit)
{
	for (uint32_t id = 0; id < IDS; id++)
		if (!command(unit, FORGET_DEVICE(id), 0) ||
		    !command(unit, FORGET_DOMAIN(id), ALL_ITS_PAGES) ||
		    !command(unit, FORGET_INTERRUPTS_OF(id), 0))
			return false;
	return true;
}

/*
 * The unit takes commands only while it is on. No device writes to memory yet, and no event is
 * logged meanwhile.
 */
static void amd_forget(const struct iommu_unit *unit, uint64_t control)
{
	uint64_t features = iommu_read64(unit->address + FEATURES);

	own_commands.next = own_commands.waiting = 0;
	iommu_write64(unit->address + COMMANDS,
		      (uint64_t)own_commands.word | OWN_ORDER << ORDER_SHIFT);
	iommu_write64(unit->address + COMMANDS_HEAD, 0);
	iommu_write64(unit->address + COMMANDS_TAIL, 0);
	set_amd_control(unit, (control & ~CONTROL_LOGS) | CONTROL_COMMANDS | CONTROL_ON);
	if (features & FEATURE_FORGET_ALL ? command(unit, FORGET_ALL, 0) : forget_one_by_one(unit))
		finish_commands(unit);
	amd_iommu_off(unit);
}

/*
 * As with vtd_restore(), the unit first has to forget what it has cached of another slot. Its
 * tables are in place by then, because it uses them as soon as it is on.
 */
void amd_iommu_restore(const struct iommu_unit *unit, const struct iommu_unit_state *state)
{
	if (!amd_differs(unit, state))
		return;
	amd_iommu_off(unit);
	iommu_fields_restore(unit, amd_registers, AMD_REGISTERS, state->field);
	if (amd_iommu_is_on_in(state)) {
		amd_forget(unit, state->control);
		iommu_fields_restore(unit, amd_registers, AMD_REGISTERS, state->field);
	} else if (!state->field[TABLE]) {
		iommu_write64(unit->address + DEVICE_TABLE, empty_table);
	}
	set_amd_control(unit, state->control & ~CONTROL_ON);
	set_amd_control(unit, state->control);
}
