/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - where kernels differ, so that the driver's code need not ask.
 *
 * Kbuild looks into the kernel's own headers and defines the words that are asked for here. The
 * kernel's version does not tell: stable series and distributions take over later changes.
 */
#ifndef SWITCHYARD_COMPAT_H
#define SWITCHYARD_COMPAT_H

#include <linux/bits.h>
#include <linux/syscore_ops.h>
#include <linux/types.h>
#include <asm/processor-flags.h>

/*
 * A function that Linux calls last of all when it shuts down, on the boot CPU, interrupts off.
 * Since Linux 6.19 (and 6.12.114) such functions get a pointer, which the driver does not need.
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

/* The key that a SysRq handler is given: an int before Linux 6.7. */
#ifdef COMPAT_SYSRQ_U8
typedef u8 sysrq_key;
#else
typedef int sysrq_key;
#endif

/* Linear address space separation. Linux up to 6.12 has no name for it, and leaves it off. */
#ifndef X86_CR4_LASS
#define X86_CR4_LASS BIT(27)
#endif

#endif
