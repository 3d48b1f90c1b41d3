/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the hooks into the kernel by which it stops, ends and crashes. They use only
 * switchyard_core.h of the core.
 *
 * A stock kernel has no interface for some of that, so other interfaces are used (stock/stock.h). A
 * kernel with the patch series has its own.
 *
 * Functions named *_init() return 0 or a negative errno, and print the reason. *_exit() undoes
 * them.
 */
#ifndef SWITCHYARD_HOOKS_H
#define SWITCHYARD_HOOKS_H

#include <linux/suspend.h>
#include "switchyard_core.h"

struct vc_data;

/*
 * Called on a CPU on which this kernel ends or crashes. If that is another CPU, the boot CPU stops
 * what it does, for good, and waits in the monitor. Callable in any context.
 */
void switchyard_fetch_boot_cpu(void);

/* Timers for the parameter `timeout`. They can't fail. */
void switchyard_timeout_init(void);
void switchyard_timeout_spread(void); /* called when all CPUs are back after a switch */

/* Called when this kernel has started other CPUs. */
void switchyard_guard_again(void);

/*
 * Says whether _changed() is called whenever a VGA's fonts may change. If not, the monitor reads
 * the fonts at each switch.
 */
void switchyard_font_watch(bool watches);
void switchyard_font_changed(void);

/*
 * Called before a switch with the console that is shown then. Returns SWITCHYARD_SPARE_SAME_FONTS
 * if fonts and colours are as they were before the last switch, else 0. _kept() is called after a
 * switch.
 */
u32 switchyard_font_spared(const struct vc_data *shown);
void switchyard_font_kept(void);

/* The same as the first one for a quick switch, while all CPUs are stopped. */
u32 switchyard_font_spared_running(void);

/* What the monitor need not keep now, in a deep switch: bits of enum switchyard_spared. */
u32 switchyard_spared(void);

/* Called before a deep switch, while the person's console is shown. */
void switchyard_screen_note(void);

/* Operations for the PM core, in the order in which it calls them (struct platform_suspend_ops). */
int switchyard_switch_begin(suspend_state_t state);
int switchyard_switch_devices_off(void);
int switchyard_switch_enter(suspend_state_t state);
void switchyard_switch_wake(void);
void switchyard_switch_end(void);

/*
 * Suspends Linux, without a sync. Returns 0 or a negative errno. Of that call, _failed_device()
 * names the device that made it fail (false: none did). _syncs(): the person wants a sync before.
 * _forget() is called when pm_system_wakeup() has called it off. It makes Linux freeze its tasks,
 * and _only_freezes() says meanwhile that nothing else is to be suspended.
 */
int switchyard_suspend_once(suspend_state_t state);
bool switchyard_suspend_failed_device(char *name, size_t size);
bool switchyard_suspend_syncs(void);
void switchyard_suspend_forget(suspend_state_t state);
bool switchyard_suspend_only_freezes(void);

/* Timers for the CPUs that a quick switch stops, and notifier of PCI drivers. They can't fail. */
void switchyard_quick_init(void);
void switchyard_quick_exit(void);

/*
 * A quick switch: _find() comes first, and _forget() last. The others are called while all CPUs are
 * stopped: _begin(), _enter() and _end() on the boot CPU, the second with Linux's core suspended,
 * and _back() on each other CPU that was in switchyard_request_park() meanwhile.
 */
void switchyard_quick_find(void);
void switchyard_quick_forget(void);
int switchyard_quick_begin(void);
int switchyard_quick_enter(void);
void switchyard_quick_end(bool entered);
void switchyard_quick_back(void);

/*
 * Raises all interrupts once that a device may have sent while the monitor had the machine. It is
 * called in an interrupt, when this kernel goes on after an NMI: then MSI-X was not masked.
 */
void switchyard_quick_raise(void);

/* Handlers of NMIs. */
int switchyard_nmi_init(void);
void switchyard_nmi_exit(void);

/* Functions for struct switchyard_way. */
bool switchyard_find_lost(struct switchyard_lost *lost);
u32 switchyard_find_uses(u16 *uses, u32 *count, const char **reason);
const char *switchyard_why_not_quick(void);

/* Notifier of network devices. _resume() is called when devices are back. It sleeps. */
int switchyard_network_init(void);
void switchyard_network_exit(void);
void switchyard_network_resume(void);

/*
 * Called after a switch, before any device is resumed: functions that this kernel does not use are
 * left as they are.
 */
void switchyard_quick_wake(void);

/*
 * What is plugged in and taken out while this slot is away. _note() comes before a deep switch, and
 * sleeps for a second at most. _wake() is called before devices are resumed, _look() afterwards.
 * Around a quick switch, _note_quick() and _look_quick() take next to no time; what there is to do
 * is done later.
 */
void switchyard_plug_init(void);
void switchyard_plug_exit(void);
void switchyard_plug_note(void);
void switchyard_plug_wake(void);
void switchyard_plug_look(void);
void switchyard_plug_note_quick(void);
void switchyard_plug_look_quick(void);

/* The virtio device of a PCI function, with a reference. NULL: it is none. */
struct device *switchyard_virtio_of(struct device *card);

/* Notifier of platform devices. */
int switchyard_watchdog_init(void);
void switchyard_watchdog_exit(void);

/* Notifier of suspend and hibernation. */
int switchyard_sleep_init(void);
void switchyard_sleep_exit(void);

/*
 * From now on, requests are taken. It can't fail. It comes last: in a stock kernel, it sets the PM
 * core's operations, and the former ones can't be restored.
 */
void switchyard_suspend_init(void);
void switchyard_suspend_exit(void);

/* Tells in the log that this kernel may not sleep in that way. */
void switchyard_sleep_refused(const char *what);

#endif
