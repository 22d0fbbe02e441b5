/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <storagepoolCapabilities>: which types of pools there are, and what their volumes can be. */
#pragma once

/* Caller frees. */
char *capabilities_format(void);
