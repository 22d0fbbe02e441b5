/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <cpu> of <capabilities>: this host's processor; and of <domainCapabilities>: what guests can be given. */
#pragma once

#include "common/xml.h"
#include "virtqemud/caps/emulator_caps.h"
#include "virtqemud/host/host.h"

void cpu_xml_write_host(XmlWriter *xml, const HostInfo *info);

/* caps are those for guests of the kind: with KVM or without. */
void cpu_xml_write_modes(XmlWriter *xml, const EmulatorCaps *caps, gboolean is_kvm);
