/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bitmaps of processors that calls answer with, as text. All results are the caller's. */
#pragma once

#include <glib.h>

/* "0-3,6" of a map of n_cpus bits; "" of an empty one. */
char *cpu_map_list(const unsigned char *map, int n_cpus);

/* "yy-y": a letter for each processor. */
char *cpu_map_letters(const unsigned char *map, int n_cpus);
