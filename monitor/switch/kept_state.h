/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept_state.h - what the monitor keeps of the machine for each slot: CPU contexts, platform
 * state, and checksums.
 */
#ifndef MONITOR_SWITCH_KEPT_STATE_H
#define MONITOR_SWITCH_KEPT_STATE_H

#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/platform/platform.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/monitor.h"

struct kept_state {
	struct cpu_context *cpu[GATE_MAX_CPUS]; /* the boot CPU comes first; NULL: not the slot's */
	void *platform;				/* of platform_layout()->size bytes */
	uint64_t crew;				/* CPUs that come back where they were (crew.h) */
	uint64_t registers;			/* CPUs whose contexts are as when the slot left */
	uint64_t interrupted; /* what its kernel told (interrupted.h); 0: nothing */
	uint32_t spared;      /* what its kernel noted at its last call */
	uint64_t apart; /* RAM for what is kept apart, taken when it is first needed; 0: none */
	uint64_t apart_room;	    /* bytes of that RAM */
	uint32_t apart_size;	    /* of what is kept there now */
	struct integrity integrity; /* checksums of these, and of the slot's memory */
	uint64_t rsdp;		    /* address of the slot's own root pointer, 0: none */
	uint64_t log_note; /* how far the search for its kernel's log has come (slot_log.h) */
	uint64_t log_hint; /* where its kernel's note was, or is by its own word; 0: not known */
	/*
	 * Its state came from a file (monitor/file/), and it has not run since. Then, of the
	 * platform's, only some items are there.
	 */
	bool from_file;
	uint64_t picture; /* RAM for its picture of the framebuffer; 0: none */
};

/*
 * Takes RAM for the CPU contexts and the platform state of every slot, and for what the monitor
 * needs for devices and on each CPU. It also measures the slots' blocks, so it is called before
 * plan_slots().
 */
bool kept_state_place(struct monitor *monitor, struct error *error);

/*
 * Gives every slot in the final slot table its part of that RAM, and builds its block
 * (slot_block.h). So ACPI tables that can't be made are in the log from the start.
 */
void kept_state_init(struct monitor *monitor);

/*
 * Takes RAM for slot number index, which comes later, and measures its block. False, with the
 * reason: there is none. All of it is given back when the slot is removed, and the RAM that a slot
 * has from the start, too.
 */
bool kept_state_add(struct monitor *monitor, uint32_t index, struct error *error);
void kept_state_drop(struct monitor *monitor, uint32_t index);

/*
 * Builds the block of slot number index. If its ACPI tables can't be made, the log says so.
 * slot_block_allows() says the same before the slot is started.
 */
void kept_state_build_block(struct monitor *monitor, uint32_t index);

/* The state that is kept for slot number index (from 0). */
struct kept_state *kept_state(uint32_t index);

/* Bytes of RAM for a slot's state; and those that the monitor itself needs for devices and CPUs. */
uint64_t kept_state_size(const struct monitor *monitor, uint32_t index);
uint64_t kept_state_own_size(void);

/* How a slot leaves the machine. */
enum kept_how {
	KEPT_ENDED,	  /* it ends or crashes */
	KEPT_DEEP,	  /* it is parked, and has suspended its devices */
	KEPT_CPUS,	  /* the same, but its other CPUs come back where they are */
	KEPT_QUICK,	  /* the same, and its devices go on working */
	KEPT_INTERRUPTED, /* the same as quick, but in the middle of anything */
};

/* True if the slot's devices go on working when it leaves in that way. */
bool kept_state_works(const struct slot *slot, enum kept_how how);

/*
 * Saves the machine's state of a slot (platform_save()), with its notes (switchyard.h). A slot that
 * ends, crashes or is interrupted may have been in the middle of anything, so what it notes as
 * spared is not trusted. Its note of a watchdog is trusted all the same, because one that runs on
 * would reset the machine.
 */
void kept_state_save(const struct slot_table *slots, const struct slot *slot,
		     struct kept_state *kept, enum kept_how how);

/*
 * Keeps the part of a saved state that is kept apart (platform.h). If there is no RAM for it, the
 * log says so, and the slot gets the monitor's font when it is resumed.
 */
void kept_state_save_apart(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept);

/* Notes which CPUs have come to the gate, in `registers`, when the slot leaves the machine. */
void kept_state_note_registers(struct kept_state *kept);

/*
 * Marks the slot's CPUs from number first on as not in the gate, but for those in crew. It is
 * called when the slot boots, and when its other CPUs were stopped.
 */
void kept_state_idle(struct kept_state *kept, uint32_t first);

#endif
