// SPDX-License-Identifier: GPL-2.0-only
/*
 * stand_in.c - lets drivers of virtio let go of a device that was taken out while this slot was
 * away.
 *
 * At suspend, a driver of virtio takes its queues down. If the device does not come back, they stay
 * so, and removing the driver takes them down once more: virtio_net of Linux 6.1 and 6.12 stops
 * with a fault. And whoever resets a device waits until its status reads as 0, which it never does
 * if all registers read as ones (vp_reset() in drivers/virtio/virtio_pci_modern.c).
 *
 * So the driver gets other functions in place of the transport's (struct virtio_config_ops). They
 * touch no register. Its queues are memory, are broken from the start, and take no request, as if
 * the device had been pulled out at work. Thus it is resumed, and can be removed. Drivers that do
 * nothing at suspend, like those of virtio_gpu and 9p, keep their queues if a person forces a deep
 * switch on them (hooks_devices.c). These queues are broken, and are taken down by the transport.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/virtio.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>
#include "compat.h"
#include "hooks.h"
#include "plug.h"

#define DRIVER "virtio-pci"

/* More than any driver needs for a request, so that none refuses the queue. */
#define QUEUE_SIZE 256

struct stand_in {
	struct list_head list;
	struct virtio_device *device; /* with a reference */
	const struct virtio_config_ops *transport;
	struct virtio_config_ops ops; /* device->config points to it */
	u8 status;
	u16 disk_queues; /* of virtio_blk */
};

/* Changed only with the PCI core's lock for removal, or while devices are suspended. */
static LIST_HEAD(all);

static struct stand_in *stand_in_of(const struct virtio_device *device)
{
	return container_of(device->config, struct stand_in, ops);
}

/*
 * The number of queues is all that a driver reads when it is resumed, and uses. virtio_blk takes it
 * for the length of a list; the block layer keeps as many queues as before.
 */
static void get(struct virtio_device *device, unsigned int offset, void *to, unsigned int length)
{
	memset(to, 0, length);
	if (device->id.device == VIRTIO_ID_BLOCK &&
	    offset == offsetof(struct virtio_blk_config, num_queues) && length == sizeof(u16))
		memcpy(to, &stand_in_of(device)->disk_queues, length);
}

static void set(struct virtio_device *device, unsigned int offset, const void *from,
		unsigned int length)
{
}

static u8 get_status(struct virtio_device *device)
{
	return stand_in_of(device)->status;
}

static void set_status(struct virtio_device *device, u8 status)
{
	stand_in_of(device)->status = status;
}

/* Interrupts that are under way end before this returns. */
static void reset(struct virtio_device *device)
{
	struct stand_in *stand_in = stand_in_of(device);

	stand_in->status = 0;
	if (stand_in->ops.synchronize_cbs)
		stand_in->ops.synchronize_cbs(device);
}

/* What was agreed on before. */
static u64 get_features(struct virtio_device *device)
{
	return device->features;
}

static int finalize_features(struct virtio_device *device)
{
	return 0;
}

static bool notify(struct virtqueue *queue)
{
	return false;
}

/*
 * virtio may be a module, which is there if a driver of virtio is. This driver is also loaded where
 * it is not.
 */
static void break_device(struct virtio_device *device)
{
	typeof(virtio_break_device) *function = symbol_get(virtio_break_device);

	if (!function)
		return;
	function(device);
	symbol_put(virtio_break_device);
}

static int restore(struct virtio_device *device)
{
	typeof(virtio_device_restore) *function = symbol_get(virtio_device_restore);
	int error;

	if (!function)
		return -EOPNOTSUPP;
	error = function(device);
	symbol_put(virtio_device_restore);
	return error;
}

static void del_queues(struct virtio_device *device)
{
	typeof(vring_del_virtqueue) *function = symbol_get(vring_del_virtqueue);
	struct virtqueue *queue, *next;

	if (!function)
		return;
	list_for_each_entry_safe (queue, next, &device->vqs, list)
		function(queue);
	symbol_put(vring_del_virtqueue);
}

static struct virtqueue *new_queue(struct virtio_device *device, unsigned int index, bool ctx,
				   void (*callback)(struct virtqueue *queue), const char *name)
{
	typeof(vring_create_virtqueue) *function = symbol_get(vring_create_virtqueue);
	struct virtqueue *queue;

	if (!function)
		return NULL;
	queue = function(index, QUEUE_SIZE, PAGE_SIZE, device, true, true, ctx, notify, callback,
			 name);
	symbol_put(vring_create_virtqueue);
	return queue;
}

/* A queue without a name is one that the driver leaves out. */
static bool add_queue(struct virtio_device *device, struct virtqueue **queue, unsigned int *index,
		      bool ctx, void (*callback)(struct virtqueue *queue), const char *name)
{
	*queue = name ? new_queue(device, (*index)++, ctx, callback, name) : NULL;
	return *queue || !name;
}

static int finish_queues(struct virtio_device *device, bool complete)
{
	if (!complete) {
		del_queues(device);
		return -ENOMEM;
	}
	break_device(device);
	return 0;
}

#ifdef COMPAT_VIRTQUEUE_INFO

static int find_queues(struct virtio_device *device, unsigned int count, struct virtqueue *queues[],
		       struct virtqueue_info infos[], struct irq_affinity *affinity)
{
	unsigned int i, index = 0;
	bool complete = true;

	for (i = 0; i < count; i++)
		complete &= add_queue(device, &queues[i], &index, infos[i].ctx, infos[i].callback,
				      infos[i].name);
	return finish_queues(device, complete);
}

#else

static int find_queues(struct virtio_device *device, unsigned int count, struct virtqueue *queues[],
		       vq_callback_t *callbacks[], const char *const names[], const bool *ctx,
		       struct irq_affinity *affinity)
{
	unsigned int i, index = 0;
	bool complete = true;

	for (i = 0; i < count; i++)
		complete &= add_queue(device, &queues[i], &index, ctx && ctx[i], callbacks[i],
				      names[i]);
	return finish_queues(device, complete);
}

#endif

static int find_virtio(struct device *device, void *found)
{
	if (!device->bus || strcmp(device->bus->name, "virtio"))
		return 0;
	*(struct device **)found = get_device(device);
	return 1;
}

struct device *switchyard_virtio_of(struct device *card)
{
	struct device *found = NULL;

	device_for_each_child(card, &found, find_virtio);
	return found;
}

static int count_queues(struct device *device, void *count)
{
	if (!device->class || strcmp(device->class->name, "block"))
		return 0;
	*(u16 *)count = dev_to_disk(device)->queue->nr_hw_queues;
	return 1;
}

static u16 count_disk_queues(struct virtio_device *device)
{
	u16 count = 1;

	device_for_each_child(&device->dev, &count, count_queues);
	return count;
}

/* virtio_balloon waits for an answer when it lets go of memory, whatever becomes of its queues. */
static struct virtio_device *find_device(struct pci_dev *card)
{
	struct virtio_device *device;
	struct device *child;

	if (!card->dev.driver || strcmp(card->dev.driver->name, DRIVER))
		return NULL;
	child = switchyard_virtio_of(&card->dev);
	if (!child)
		return NULL;
	device = dev_to_virtio(child);
	if (child->driver && device->id.device != VIRTIO_ID_BALLOON)
		return device;
	put_device(child);
	return NULL;
}

static struct stand_in *find_stand_in(const struct device *card)
{
	struct stand_in *stand_in;

	list_for_each_entry (stand_in, &all, list)
		if (stand_in->device->dev.parent == card)
			return stand_in;
	return NULL;
}

bool switchyard_stand_in_removable(const struct pci_dev *card)
{
	return !card->driver || strcmp(card->driver->name, DRIVER) || find_stand_in(&card->dev);
}

static struct stand_in *new_stand_in(struct pci_dev *card)
{
	struct virtio_device *device = find_stand_in(&card->dev) ? NULL : find_device(card);
	struct stand_in *stand_in;

	if (!device)
		return NULL;
	stand_in = kzalloc(sizeof(*stand_in), GFP_KERNEL);
	if (!stand_in) {
		put_device(&device->dev);
		return NULL;
	}
	stand_in->device = device;
	stand_in->transport = device->config;
	stand_in->disk_queues = count_disk_queues(device);
	return stand_in;
}

static void take_place(struct stand_in *stand_in)
{
	list_add(&stand_in->list, &all);
	/* Who sees the stand-in's operations finds it in the list. */
	smp_store_release(&stand_in->device->config, &stand_in->ops);
}

/* The driver has taken its queues down. */
static void use_own_queues(struct stand_in *stand_in)
{
	stand_in->ops = (struct virtio_config_ops){
		.get = get,
		.set = set,
		.get_status = get_status,
		.set_status = set_status,
		.reset = reset,
		.find_vqs = find_queues,
		.del_vqs = del_queues,
		.get_features = get_features,
		.finalize_features = finalize_features,
		.bus_name = stand_in->transport->bus_name,
	};
}

/* Its queues are the transport's, and so are their interrupts. */
static void use_its_queues(struct stand_in *stand_in)
{
	stand_in->ops = *stand_in->transport;
	stand_in->ops.get = get;
	stand_in->ops.set = set;
	stand_in->ops.get_status = get_status;
	stand_in->ops.set_status = set_status;
	stand_in->ops.reset = reset;
	stand_in->ops.finalize_features = finalize_features;
}

/*
 * virtio-pci has switched the function off at suspend, and would switch it on at resume. When it is
 * removed, it expects that.
 */
void switchyard_stand_in_frozen(struct pci_dev *card)
{
	struct stand_in *stand_in = new_stand_in(card);
	int error;

	if (!stand_in)
		return;
	if (list_empty(&stand_in->device->vqs))
		use_own_queues(stand_in);
	else
		use_its_queues(stand_in);
	take_place(stand_in);
	break_device(stand_in->device);
	dev_pm_syscore_device(&card->dev, true); /* the PM core passes over it */
	atomic_inc(&card->enable_cnt);
	error = restore(stand_in->device);
	if (error)
		pr_warn("%s is gone, and its driver was not resumed, error %d\n", pci_name(card),
			error);
}

void switchyard_stand_in_running(struct pci_dev *card)
{
	struct stand_in *stand_in = new_stand_in(card);

	if (!stand_in)
		return;
	use_its_queues(stand_in);
	take_place(stand_in);
	break_device(stand_in->device);
}

void switchyard_stand_in_forget(void)
{
	struct stand_in *stand_in, *next;

	list_for_each_entry_safe (stand_in, next, &all, list) {
		if (device_is_registered(&stand_in->device->dev))
			continue;
		list_del(&stand_in->list);
		stand_in->device->config = stand_in->transport;
		put_device(&stand_in->device->dev);
		kfree(stand_in);
	}
}
