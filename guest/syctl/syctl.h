/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * syctl.h - the parts of syctl: show.c writes what the driver told, ask.c asks the monitor for
 * services, wait.c makes requests that may take long, load.c loads an image, slots.c adds and
 * removes slots, snapshot.c takes and restores snapshots, core.c and dump.c show and write another
 * slot's memory or a snapshot's, slot_file.c reads such a file, restore_file.c restores it,
 * progress.c shows how far they are, try.c tries a kernel, hooks.c runs programs before and after a switch, on_crash.c
 * after a crash, words.c reads options, syctl.c does all else.
 */
#ifndef SYCTL_H
#define SYCTL_H

#include <stdbool.h>
#include "switchyard_ioctl.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct options {
	bool json;
	bool force;
	bool quick, deep;
};

/* Prints "error: " and the text. Returns EXIT_FAILED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints how that command is called, or says that syctl knows no such word. NULL: there was no
 * command, and all of them are printed. Returns EXIT_USAGE.
 */
int wrong_usage(const char *word);

/* Opens the driver. On failure, it prints why and returns a negative number. */
int open_device(void);

/*
 * Gives the machine away by an ioctl of struct switchyard_request. Returns when this slot is
 * resumed. name is for people.
 */
int give_away(int device, const char *name, unsigned long request_code, uint32_t slot,
	      const struct options *options);

/*
 * Makes that ioctl, or that of struct switchyard_snapshot_request, and tells on standard error what it waits for, if it takes long. Returns 0 or
 * an errno.
 */
int request_and_tell(int device, unsigned long code, void *request);

/* Prints why that ioctl has failed with that errno. Returns EXIT_FAILED. */
int cannot_suspend(int device, const char *name, int error);

/*
 * What may stand behind a command: one word that names something, --json, flags, and options with a
 * value. flag() returns false if it does not know the word; NULL: there are no flags. option() does
 * the same, and if an option is given twice.
 */
struct words {
	void *context;
	const char **named; /* where the one word goes to, which is NULL before */
	bool *json;
	bool (*flag)(void *context, const char *word);
	bool (*option)(void *context, const char *option, char *value);
};

/* False: the words are wrong. */
bool read_words(const struct words *words, int count, char **word);

/* Writes all of it. False: errno says why it failed. */
bool write_all(int file, const void *bytes, size_t size);

/* Gets the list from the driver. On failure, it prints why and returns false. */
bool get_list(int device, struct switchyard_list *list);

/* What has become of the slot's crash. */
enum switchyard_care care_of(const struct switchyard_slot *slot);

/* The number of the slot of that name, from 1. 0: there is none; named_slot() has printed so. */
uint32_t find_slot(const struct switchyard_list *list, const char *name);
uint32_t named_slot(const struct switchyard_list *list, const char *name);

/*
 * Asks the monitor. what stands in the error line, if there is one. Returns EXIT_DONE or
 * EXIT_FAILED.
 */
int ask_monitor(int device, const char *what, struct switchyard_ask *ask);

/*
 * Asks for a service that needs only a slot's name. *list and *slot are the slot, as it was before.
 * Returns EXIT_DONE or EXIT_FAILED.
 */
int ask_about_slot(int device, uint32_t service, const char *name, struct switchyard_list *list,
		   uint32_t *slot);

/* Prints a JSON string. The text may have any byte: a person's path is not the monitor's ASCII. */
void print_json_text(const char *text, size_t length);

/* Commands: they print and return an exit status. */
int kill_slot(int device, const char *name, bool json);
int show_log(int device, const char *name, bool json); /* name NULL: the monitor's */
int show_storage(int device, bool json);
int check_storage(int device, const char *path); /* fails if it is a parked slot's */
int storage_properties(int device, const char *path);
int force_storage(int device, bool on); /* the driver keeps this kernel from such devices, or not */
int show_devices(int device, const char *name, bool json); /* name NULL: this slot's */

/* Prints the last lines of the log of slot number `slot`, which is called `name` in errors. */
int show_last_lines(int device, const char *name, uint32_t slot, unsigned int lines);

/*
 * Runs the programs in SWITCHYARD_HOOKS with these two arguments. Returns EXIT_FAILED if one of
 * them failed, and has said which.
 */
int run_hooks(const char *when, const char *to);

/*
 * Runs those in SWITCHYARD_ON_CRASH for each crash that is for this slot. Returns EXIT_FAILED if
 * one of them failed, now or before this kernel started.
 */
int run_on_crash(void);

/* What `add` was told. The values are as its words are; NULL: none. */
enum {
	ADD_MEM,
	ADD_CPUS,
	ADD_ON_CRASH,
	ADD_ON_END,
	ADD_EFI,
	ADD_SWITCH,
	ADD_DEVICES,
	ADD_LOW,
	ADD_OPTIONS
};
struct add {
	const char *slot;
	const char *value[ADD_OPTIONS];
	bool json;
};

/* Takes an option of `add` with its value. False: it is none of them, or is given twice. */
bool add_option(struct add *add, const char *option, const char *value);

/* Reads the words behind `add`. False: they are wrong. */
bool add_parse(struct add *add, int count, char **word);

/* Adds the slot. *number is its number then. */
int ask_to_add(int device, const struct add *add, uint32_t *number);

/* The same, but it prints nothing. False: it has not added the slot. */
bool add_if_possible(int device, const struct add *add);

/* Commands. */
int add_slot(int device, const struct add *add);
int remove_slot(int device, const char *name, bool json);

/* What `load` was told. */
#define LOAD_MAX_FILES 10
struct load_file {
	uint32_t kind;			  /* enum switchyard_file */
	const char *path, *name, *string; /* the name is for people */
	uint64_t size;
	int descriptor; /* -1: it is not open yet. The end of the program closes it */
};
struct load {
	const char *slot, *append; /* NULL: not given */
	uint32_t count;
	struct load_file file[LOAD_MAX_FILES];
	bool json;
};

/* Reads the words behind `load`. False: they are wrong. */
bool load_parse(struct load *load, int count, char **word);

/* Adds a file. NULL: there are too many. */
struct load_file *load_add_file(struct load *load, uint32_t kind, const char *path);

/* Gives the slot the image, and shows the progress unless load->json is set. */
int load_send(int device, struct load *load);

/* The same, and with load->json it shows what came of it. */
int load_image(int device, struct load *load);

/* Does what `try` and the words behind it say. */
int run_try(int count, char **word, const struct options *options);

/*
 * The line that shows the progress, behind what was printed before. If it was not begun, the others
 * do nothing. fail() ends it before it prints.
 */
void begin_progress(void);
void show_progress(uint64_t done, uint64_t total);
void end_progress(bool done);

/* All snapshots there are. */
#define MOST_SNAPSHOTS 32
struct snapshots {
	uint32_t count;
	struct switchyard_snapshot row[MOST_SNAPSHOTS];
};

/* Gets them from the monitor. On failure, it prints why and returns false. */
bool get_snapshots(int device, struct snapshots *snapshots);

/* The one of that name, and, if slot is not NULL, of that slot. NULL: there is none. */
const struct switchyard_snapshot *find_snapshot(const struct snapshots *snapshots, const char *slot,
						const char *name);

/* Commands. */
int take_snapshot(int device, const char *name, const struct options *options);
int show_snapshots(int device, bool json);
int restore_snapshot(int device, const char *name, const struct options *options);
int drop_snapshot(int device, const char *name, bool json);

/* Does what `restore` and the words behind it say. */
int run_restore(int count, char **word, const struct options *options);

/* The table of all slots, or with json an array of objects. */
void show_list(const struct switchyard_list *list, bool json);

/* This slot, the driver and the last switches, or with json one object. */
void show_status(const struct switchyard_list *list, const struct switchyard_times *times,
		 bool json);

#endif
