/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <host> of <capabilities>: the processors, memory and what guards it. Never blocks. */
#pragma once

#include "common/xml.h"

void host_xml_write(XmlWriter *xml);
