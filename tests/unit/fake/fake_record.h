/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_record.h - a record of a slot that suits a fake machine, for tests of what reads records.
 */
#ifndef TESTS_FAKE_RECORD_H
#define TESTS_FAKE_RECORD_H

#include "monitor/switch/monitor.h"

/* Bytes of the record, with what follows it. */
uint64_t fake_record_size(void);

/*
 * Writes a record that restores the slot, by any CPU with PAE. Tests change what is in it, and then
 * the sum.
 */
void fake_record_make(const struct slot *slot, struct switchyard_record *record);
void fake_record_sum(struct switchyard_record *record);

/* The context behind it, which lies at any address. */
struct cpu_context fake_record_cpu(const struct switchyard_record *record);
void fake_record_set_cpu(struct switchyard_record *record, const struct cpu_context *cpu);

/* The fake monitor keeps the state of slot number index there. The caller has context and platform. */
void fake_record_keep(uint32_t index, struct cpu_context *context, void *platform);

#endif
