/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <sysinfo>: what a guest's firmware says of the machine, and files that it can ask for. */
#pragma once

#include "conf/xml_table.h"

typedef enum { SYSINFO_SMBIOS, SYSINFO_FWCFG, SYSINFO_LAST } SysinfoType;
extern const char *const sysinfo_types[SYSINFO_LAST];

typedef struct {
    char *name, *value;
    char *file; /* fwcfg: instead of value */
} SysinfoEntry;

typedef struct {
    GPtrArray *entries; /* SysinfoEntry; may be NULL */
} SysinfoBoard;

/* Lists may be NULL. Those of entries are in the order of the specification, without entries it does not know. */
typedef struct {
    SysinfoType type;
    /* smbios */
    GPtrArray *bios, *system, *chassis; /* SysinfoEntry */
    GPtrArray *boards;                  /* SysinfoBoard */
    GPtrArray *oem;                     /* char * */
    /* fwcfg */
    GPtrArray *files; /* SysinfoEntry */
} SysinfoDef;
extern const XmlElement sysinfo_element;

/* The value of an entry, or NULL. Borrowed. */
const char *sysinfo_value(const GPtrArray *entries, const char *name);
