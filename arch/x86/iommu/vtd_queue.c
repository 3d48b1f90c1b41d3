// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/vtd_queue.h"
#include <stddef.h>
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/iommu/vtd_registers.h"
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

/* Descriptors: VT-d 4.1, section 6.5.2; the first 64 bits. */
#define FORGET_CONTEXTS	  (0x1 | 1u << 4)		      /* all of them */
#define FORGET_MAPPINGS	  (0x2 | 1u << 4 | 1u << 6 | 1u << 7) /* after reads and writes are done */
#define FORGET_INTERRUPTS 0x4
#define FORGET_PROCESSES  (0x7 | 3u << 4)
#define WAIT_AND_STORE	  (0x5 | 1u << 5)
#define STORED		  1ull
#define WORDS_NARROW	  2
#define WORDS_WIDE	  4

/* Without a queue: sections 11.4.6.1 and 11.4.6.2. */
#define CCMD_ALL   (1ull << 63 | 1ull << 61)
#define IOTLB_ALL  (1ull << 63 | 1ull << 60 | 1ull << 49 | 1ull << 48)
#define UPPER_BUSY (1u << 31) /* in the upper half of both */

struct queue {
	uint64_t *words;
	uint32_t count; /* of descriptors */
	uint32_t words_each;
	uint32_t next;
};

/* The monitor's own queue, and where its descriptors store something. */
static struct {
	uint64_t words[PAGE_SIZE / sizeof(uint64_t)];
	uint64_t stored; /* its lower half */
} own __attribute__((aligned(PAGE_SIZE)));

bool vtd_command(const struct iommu_unit *unit, uint32_t bit, bool on, const char *what)
{
	uint32_t is = iommu_read32(unit->address + VTD_GSTS) & VTD_LASTING;

	iommu_write32(unit->address + VTD_GCMD, on ? is | bit : is & ~bit);
	return iommu_wait(unit, VTD_GSTS, bit, on ? bit : 0, what);
}

static void set_size(struct queue *queue, uint64_t iqa)
{
	uint64_t size = PAGE_SIZE << VTD_IQA_ORDER(iqa);

	queue->words_each = iqa & VTD_IQA_WIDE ? WORDS_WIDE : WORDS_NARROW;
	queue->count = (uint32_t)(size / sizeof(uint64_t) / queue->words_each);
}

/* The index that a head or tail register names. */
static uint32_t index_of(const struct queue *queue, uint64_t value)
{
	return (uint32_t)(value & VTD_IQ_INDEX_MASK) /
	       (queue->words_each * (uint32_t)sizeof(uint64_t));
}

static uint32_t register_of(const struct queue *queue)
{
	return queue->next * queue->words_each * (uint32_t)sizeof(uint64_t);
}

/* A slot's queue. Its address is whatever the slot wrote. False if it is not in the slot's RAM. */
static bool find_queue(struct queue *queue, uint64_t iqa, uint64_t tail)
{
	set_size(queue, iqa);
	queue->words = NULL;
	queue->next = index_of(queue, tail);
	if (queue->next < queue->count &&
	    iommu_in_ram(page_down(iqa), PAGE_SIZE << VTD_IQA_ORDER(iqa)))
		queue->words = phys(page_down(iqa));
	return queue->words;
}

/* Has the unit work on one descriptor. What the slot had in its place is there again after it. */
static bool submit(const struct iommu_unit *unit, struct queue *queue, uint64_t low, uint64_t high)
{
	volatile uint64_t *words = queue->words + queue->next * queue->words_each;
	uint64_t before[WORDS_WIDE] = {0};
	bool done;

	for (uint32_t i = 0; i < queue->words_each; i++) {
		before[i] = words[i];
		words[i] = 0;
	}
	words[0] = low;
	words[1] = high;
	queue->next = (queue->next + 1) % queue->count;
	iommu_write64(unit->address + VTD_IQT, register_of(queue));
	done = iommu_wait(unit, VTD_IQH, VTD_IQ_INDEX_MASK, register_of(queue),
			  "its queue of invalidations");
	for (uint32_t i = 0; i < queue->words_each; i++)
		words[i] = before[i];
	return done;
}

/*
 * Waits until everything before is done. The last descriptor before a queue is switched off has to
 * be one like this.
 */
static bool submit_wait(const struct iommu_unit *unit, struct queue *queue)
{
	own.stored = 0;
	return submit(unit, queue, WAIT_AND_STORE | STORED << 32, (uint64_t)&own.stored) &&
	       iommu_wait_stored(unit, &own.stored, STORED, "an invalidation");
}

static bool queue_switch_on(const struct iommu_unit *unit, uint64_t iqa)
{
	iommu_write64(unit->address + VTD_IQT, 0);
	iommu_write64(unit->address + VTD_IQA, iqa);
	return vtd_command(unit, VTD_QUEUED, true, "switching its queue on");
}

void vtd_queue_on(const struct iommu_unit *unit, uint64_t iqa, uint64_t tail)
{
	struct queue queue;
	uint32_t end;

	if (!queue_switch_on(unit, iqa))
		return;
	if (!find_queue(&queue, iqa, tail)) {
		iommu_complain(unit,
			       "its queue lies outside of its slot's RAM, and begins at 0 again");
		return;
	}
	end = queue.next;
	queue.next = 0;
	while (queue.next != end && submit_wait(unit, &queue))
		;
}

void vtd_queue_off(const struct iommu_unit *unit)
{
	uint64_t tail = iommu_read64(unit->address + VTD_IQT);
	struct queue queue;

	if (iommu_wait(unit, VTD_IQH, VTD_IQ_INDEX_MASK, tail & VTD_IQ_INDEX_MASK,
		       "emptying its queue of invalidations") &&
	    find_queue(&queue, iommu_read64(unit->address + VTD_IQA), tail))
		submit_wait(unit, &queue);
	vtd_command(unit, VTD_QUEUED, false, "switching its queue off");
}

static void forget_by_queue(const struct iommu_unit *unit, uint64_t ecap)
{
	uint64_t iqa = (uint64_t)own.words | (ecap & VTD_ECAP_SCALABLE ? VTD_IQA_WIDE : 0);
	struct queue queue = {.words = own.words};

	set_size(&queue, iqa);
	if (queue_switch_on(unit, iqa) && submit(unit, &queue, FORGET_CONTEXTS, 0) &&
	    (!(ecap & VTD_ECAP_SCALABLE) || submit(unit, &queue, FORGET_PROCESSES, 0)) &&
	    submit(unit, &queue, FORGET_MAPPINGS, 0) &&
	    (!(ecap & VTD_ECAP_REMAPPING) || submit(unit, &queue, FORGET_INTERRUPTS, 0)))
		submit_wait(unit, &queue);
	vtd_command(unit, VTD_QUEUED, false, "switching the monitor's queue off");
}

static void forget_by_register(const struct iommu_unit *unit, uint32_t offset, uint64_t all)
{
	iommu_write64(unit->address + offset, all);
	iommu_wait(unit, offset + sizeof(uint32_t), UPPER_BUSY, 0, "an invalidation");
}

void vtd_forget(const struct iommu_unit *unit)
{
	uint64_t ecap = iommu_read64(unit->address + VTD_ECAP);

	if (ecap & VTD_ECAP_QUEUED) {
		forget_by_queue(unit, ecap);
		return;
	}
	forget_by_register(unit, VTD_CCMD, CCMD_ALL);
	forget_by_register(unit, VTD_ECAP_IOTLB_AT(ecap), IOTLB_ALL);
}
