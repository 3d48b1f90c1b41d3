/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plug.h - what the parts of the driver that look after devices that come and go share.
 *
 * plug.c finds them. stand_in.c lets a virtio driver let go of a device that is gone, and
 * lid.c looks at lids.
 */
#ifndef SWITCHYARD_PLUG_H
#define SWITCHYARD_PLUG_H

#include "switchyard_core.h"

struct pci_dev;

/*
 * True if the driver of that function, which is gone, may be asked to let go of it. For virtio-pci
 * that is so only after _frozen() or _running().
 */
bool switchyard_stand_in_removable(const struct pci_dev *card);

/*
 * Gives the driver of a virtio device that is gone something else to talk to, which answers at
 * once. _frozen(): its driver is suspended, and the PM core will not resume it, because this does
 * so. _running(): it is not. Both sleep, and do nothing for a function that is no virtio device.
 */
void switchyard_stand_in_frozen(struct pci_dev *card);
void switchyard_stand_in_running(struct pci_dev *card);

/* Forgets those whose devices were removed. It sleeps. */
void switchyard_stand_in_forget(void);

/* Lets Linux look whether lids are open. It sleeps. */
void switchyard_lid_look(void);

#endif
