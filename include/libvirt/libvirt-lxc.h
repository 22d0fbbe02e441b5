/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only LXC containers have: entering one. */
#ifndef LIBVIRT_LXC_H
#define LIBVIRT_LXC_H

#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Entering a container ---- */

/*
 * Descriptors of the container's namespaces, in *fdlist: the array is the caller's to free(), the descriptors to
 * close. Returns their number. flags 0. Needs a connection that passes descriptors.
 */
int virDomainLxcOpenNamespace(virDomainPtr domain, int **fdlist, unsigned int flags);

/*
 * Moves the calling process into the namespaces of nfdlist descriptors. With oldfdlist and noldfdlist, those it
 * was in are given back as descriptors. Children see the new PID namespace, the caller itself does not. flags 0. 0
 * or -1.
 */
int virDomainLxcEnterNamespace(virDomainPtr domain, unsigned int nfdlist, int *fdlist, unsigned int *noldfdlist,
                               int **oldfdlist, unsigned int flags);

/*
 * Sets the label with which the caller's next program runs; oldlabel (may be NULL) receives the present one. flags
 * 0. 0 or -1.
 */
int virDomainLxcEnterSecurityLabel(virSecurityModelPtr model, virSecurityLabelPtr label, virSecurityLabelPtr oldlabel,
                                   unsigned int flags);

/* Moves the calling process into the container's control groups. flags 0. 0 or -1. */
int virDomainLxcEnterCGroup(virDomainPtr domain, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
