/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard_names.h - the words for numbers of the guest ABI. switchyard.h lists them. A number
 * that is in no list comes from a later version of the ABI.
 */
#ifndef SWITCHYARD_NAMES_H
#define SWITCHYARD_NAMES_H

#include "switchyard.h"

#define SWITCHYARD_CASE(name, number, word) \
	case name:                          \
		return word;

/* The word for an enum switchyard_state. */
static inline const char *switchyard_state_name(int state)
{
	switch (state) {
		SWITCHYARD_STATES(SWITCHYARD_CASE)
	}
	return "unknown";
}

/* The word for an enum switchyard_care. */
static inline const char *switchyard_care_name(int care)
{
	switch (care) {
		SWITCHYARD_CARES(SWITCHYARD_CASE)
	}
	return "unknown";
}

/* The word for an enum switchyard_type. */
static inline const char *switchyard_type_name(int type)
{
	switch (type) {
		SWITCHYARD_TYPES(SWITCHYARD_CASE)
	}
	return "unknown";
}

/* The word for an enum switchyard_end. */
static inline const char *switchyard_end_name(int end)
{
	switch (end) {
		SWITCHYARD_ENDS(SWITCHYARD_CASE)
	}
	return "unknown";
}

/* The word for an enum switchyard_storage_use. */
static inline const char *switchyard_storage_use_name(int use)
{
	switch (use) {
		SWITCHYARD_STORAGE_USES(SWITCHYARD_CASE)
	}
	return "unknown";
}

/* The meaning of an enum switchyard_error, for people. */
static inline const char *switchyard_error_text(int error)
{
	switch (error) {
		SWITCHYARD_ERRORS(SWITCHYARD_CASE)
	}
	return "unknown: the monitor is newer, and gave an error without words in this program";
}

#endif
