// SPDX-License-Identifier: GPL-2.0-only
/*
 * pm_probe.c - a device and its driver, which writes to the kernel's log what drivers are told when
 * they are suspended and resumed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/suspend.h>

static void tell(const char *step)
{
	pr_info("%s: state %d, firmware suspends %d, firmware resumes %d\n", step,
		pm_suspend_target_state, pm_suspend_via_firmware(), pm_resume_via_firmware());
}

static bool fails;
module_param(fails, bool, 0644);
MODULE_PARM_DESC(fails, "It can't be suspended");

static int probe_suspend(struct device *device)
{
	tell("suspend");
	return fails ? -EIO : 0;
}

static int probe_resume(struct device *device)
{
	tell("resume");
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(probe_pm, probe_suspend, probe_resume);

static int probe_device(struct platform_device *device)
{
	return 0;
}

static struct platform_driver driver = {
	.driver = {.name = KBUILD_MODNAME, .pm = pm_sleep_ptr(&probe_pm)},
};

static struct platform_device *device;

static int __init probe_init(void)
{
	device = platform_create_bundle(&driver, probe_device, NULL, 0, NULL, 0);
	return PTR_ERR_OR_ZERO(device);
}

static void __exit probe_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}

module_init(probe_init);
module_exit(probe_exit);

MODULE_DESCRIPTION("Says what drivers are told about a switch");
MODULE_LICENSE("GPL");
