/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * syctl.h - the parts of syctl: show.c writes what the driver told, syctl.c does all else.
 */
#ifndef SYCTL_H
#define SYCTL_H

#include <stdbool.h>
#include "switchyard_ioctl.h"

/* The table of all slots, or with json an array of objects. */
void show_list(const struct switchyard_list *list, bool json);

/* This slot and the driver, or with json one object. */
void show_status(const struct switchyard_list *list, bool json);

#endif
