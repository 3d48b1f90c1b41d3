/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - hides the differences between kernels from the driver's code.
 *
 * Kbuild searches the kernel's own headers, and defines the words that are tested here. The
 * kernel's version is no help, because stable series and distributions take over later changes.
 */
#ifndef SWITCHYARD_COMPAT_H
#define SWITCHYARD_COMPAT_H

#include <linux/bits.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/syscore_ops.h>
#include <linux/types.h>
#include <asm/processor-flags.h>

/*
 * Defines a function that Linux calls last when it shuts down, on the boot CPU, with interrupts
 * off. Since Linux 6.19 (and 6.12.114) such functions get a pointer, which the driver does not
 * need.
 */
#ifdef COMPAT_SYSCORE_DATA
#define SHUTDOWN_ARGUMENTS void *data

struct shutdown_hook {
	struct syscore_ops ops;
	struct syscore syscore;
};

static inline void shutdown_hook_add(struct shutdown_hook *hook)
{
	hook->syscore.ops = &hook->ops;
	register_syscore(&hook->syscore);
}

static inline void shutdown_hook_remove(struct shutdown_hook *hook)
{
	unregister_syscore(&hook->syscore);
}
#else
#define SHUTDOWN_ARGUMENTS void

struct shutdown_hook {
	struct syscore_ops ops;
};

static inline void shutdown_hook_add(struct shutdown_hook *hook)
{
	register_syscore_ops(&hook->ops);
}

static inline void shutdown_hook_remove(struct shutdown_hook *hook)
{
	unregister_syscore_ops(&hook->ops);
}
#endif

/* Since Linux 6.13, one function takes the place of two steps, and Linux 6.15 has only that one. */
static inline void compat_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *),
					clockid_t clock, enum hrtimer_mode mode)
{
#ifdef COMPAT_HRTIMER_SETUP
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

/* Since Linux 6.3, a mapping's flags are changed by functions only. */
static inline void compat_vm_flags_mod(struct vm_area_struct *vma, unsigned long set,
				       unsigned long clear)
{
#ifdef COMPAT_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* The type of the key that a SysRq handler gets. It is an int before Linux 6.7. */
#ifdef COMPAT_SYSRQ_U8
typedef u8 sysrq_key;
#else
typedef int sysrq_key;
#endif

/* Since Linux 6.9, the pages of a block device have a name of their own. */
static inline struct address_space *compat_bdev_mapping(struct block_device *bdev)
{
#ifdef COMPAT_BDEV_MAPPING
	return bdev->bd_mapping;
#else
	return bdev->bd_inode->i_mapping;
#endif
}

/* A disk that is not shown to anybody. Since Linux 6.9, it takes its limits at once. */
static inline struct gendisk *compat_alloc_disk(void)
{
#ifdef COMPAT_DISK_LIMITS
	return blk_alloc_disk(NULL, NUMA_NO_NODE);
#else
	return blk_alloc_disk(NUMA_NO_NODE);
#endif
}

/*
 * The device's own read-only policy, as BLKROSET sets it: writes fail with EPERM, and no driver
 * hears of it. Since Linux 6.10, it is one of several flags.
 */
static inline bool compat_bdev_is_read_only(struct block_device *bdev)
{
#ifdef COMPAT_BDEV_FLAGS
	return bdev_test_flag(bdev, BD_READ_ONLY);
#else
	return bdev->bd_read_only;
#endif
}

static inline void compat_bdev_make_read_only(struct block_device *bdev)
{
#ifdef COMPAT_BDEV_FLAGS
	bdev_set_flag(bdev, BD_READ_ONLY);
#else
	bdev->bd_read_only = true;
#endif
}

static inline void compat_bdev_make_writable(struct block_device *bdev)
{
#ifdef COMPAT_BDEV_FLAGS
	bdev_clear_flag(bdev, BD_READ_ONLY);
#else
	bdev->bd_read_only = false;
#endif
}

/* Linear address space separation. Linux up to 6.12 does not define it, and does not use it. */
#ifndef X86_CR4_LASS
#define X86_CR4_LASS BIT(27)
#endif

#endif
