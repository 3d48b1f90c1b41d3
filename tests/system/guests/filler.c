/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the monitor larger, for a test that nothing of a slot moves then. */
char monitor_filler[3 << 20] __attribute__((visibility("hidden")));
