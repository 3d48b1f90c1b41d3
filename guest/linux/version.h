/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * version.h - the version of Switchyard. No other file has it. It lies here because the driver's
 * folder must build by itself. The Makefile reads it for everything that is not C.
 */
#ifndef SWITCHYARD_VERSION_H
#define SWITCHYARD_VERSION_H

#define SWITCHYARD_VERSION "0.1"

#endif
