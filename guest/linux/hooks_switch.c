// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_switch.c - a deep switch. Linux suspends itself, and these operations call the gate instead
 * of firmware.
 *
 * A switch has to look to drivers like S3, which is suspend to RAM by firmware: other slots use the
 * devices meanwhile, so a device can be in any state when its driver resumes it. Some drivers would
 * otherwise do less: NVMe keeps its queues, amdgpu does nothing, and i8042 leaves the keyboard's
 * controller alone.
 */
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

int switchyard_switch_begin(suspend_state_t state)
{
	if (switchyard_suspend_only_freezes())
		return -ECANCELED;
	pm_set_suspend_via_firmware();
	switchyard_plug_note();
	switchyard_media_note();
	switchyard_phase(SWITCHYARD_PHASE_SUSPEND);
	return 0;
}

/* Devices are suspended. */
int switchyard_switch_devices_off(void)
{
	switchyard_phase(SWITCHYARD_PHASE_CPUS_OFF);
	return 0;
}

int switchyard_switch_enter(suspend_state_t state)
{
	bool left;
	int error;

	switchyard_spare(switchyard_spared());
	error = switchyard_request_enter(&left);
	switchyard_spare(0);

	/* If the gate refuses at once, nobody else has used the devices. */
	if (left) {
		pm_set_resume_via_firmware();
		switchyard_font_kept();
	}
	return error;
}

/* The CPUs are back. */
void switchyard_switch_wake(void)
{
	switchyard_phase(SWITCHYARD_PHASE_RESUME);
	switchyard_quick_wake();
	switchyard_plug_wake();
}

void switchyard_switch_end(void)
{
	switchyard_guard_again();
	switchyard_timeout_spread();
	switchyard_request_end();
	switchyard_media_check();
	switchyard_network_resume();
	switchyard_plug_look();
	switchyard_phase(SWITCHYARD_PHASE_THAW);
}
