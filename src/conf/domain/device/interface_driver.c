/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an interface does its work: <driver>. */
#include "conf/domain/device/interface.h"

const char *const interface_drivers[INTERFACE_DRIVER_LAST] = {NULL, "qemu", "vhost"};
const char *const tx_modes[TX_MODE_LAST] = {NULL, "iothread", "timer"};
static const char *const hostdev_drivers[HOSTDEV_DRIVER_LAST] = {NULL, "kvm", "vfio", "xen"};

/* clang-format off */
static const XmlField host_fields[] = {
    XML_ONOFF(InterfaceOffloads, csum, "@csum"),
    XML_ONOFF(InterfaceOffloads, gso, "@gso"),
    XML_ONOFF(InterfaceOffloads, tso4, "@tso4"),
    XML_ONOFF(InterfaceOffloads, tso6, "@tso6"),
    XML_ONOFF(InterfaceOffloads, ecn, "@ecn"),
    XML_ONOFF(InterfaceOffloads, ufo, "@ufo"),
    XML_ONOFF(InterfaceOffloads, mrg_rxbuf, "@mrg_rxbuf"),
    XML_END,
};
static const XmlElement host_element = {.fields = host_fields};

static const XmlField guest_fields[] = {
    XML_ONOFF(InterfaceOffloads, csum, "@csum"),
    XML_ONOFF(InterfaceOffloads, tso4, "@tso4"),
    XML_ONOFF(InterfaceOffloads, tso6, "@tso6"),
    XML_ONOFF(InterfaceOffloads, ecn, "@ecn"),
    XML_ONOFF(InterfaceOffloads, ufo, "@ufo"),
    XML_END,
};
static const XmlElement guest_element = {.fields = guest_fields};

#define CARDS (G_MAXUINT & ~XML_WHEN(INTERFACE_HOSTDEV))

static const XmlField driver_fields[] = {
    XML_ENUM(InterfaceDef, driver, "@name", interface_drivers, .when = CARDS),
    XML_ENUM(InterfaceDef, hostdev_driver, "@name", hostdev_drivers, .when = XML_WHEN(INTERFACE_HOSTDEV)),
    XML_ENUM(InterfaceDef, tx_mode, "@txmode", tx_modes),
    XML_ONOFF(InterfaceDef, ioeventfd, "@ioeventfd"),
    XML_ONOFF(InterfaceDef, event_idx, "@event_idx"),
    XML_UINT(InterfaceDef, queues, "@queues"),
    XML_UINT(InterfaceDef, rx_queue_size, "@rx_queue_size"),
    XML_UINT(InterfaceDef, tx_queue_size, "@tx_queue_size"),
    XML_ONOFF(InterfaceDef, rss, "@rss"),
    XML_ONOFF(InterfaceDef, rss_hash_report, "@rss_hash_report"),
    XML_INCLUDE(InterfaceDef, virtio, &virtio_options_element),
    XML_PART(InterfaceDef, host_offloads, "host", &host_element),
    XML_PART(InterfaceDef, guest_offloads, "guest", &guest_element),
    XML_END,
};
/* clang-format on */
const XmlElement interface_driver_element = {.fields = driver_fields, .variant = offsetof(InterfaceDef, type)};
